"""What matching makes of what it hears: twice, late, and in the wrong order."""

from contracts import examples, profiles
from tests.harness import Town, an_event
from tests.services.matching.conftest import COORDINATOR, accepted, an_id, my_pair

PATH = f"/cohorts/{examples.COHORT}/standing"


def test_an_acceptance_heard_twice_is_one_participant(town: Town) -> None:
    accepted(town, "Amara", "mentee")
    accepted(town, "Amara", "mentee")
    assert town.matching.get(PATH, actor=COORDINATOR).json["mentees_waiting"] == 1


def test_an_acceptance_that_comes_after_the_withdrawal_changes_nothing(town: Town) -> None:
    withdrawn = {"application_id": an_id("application Amara mentee"), "state": "withdrawn"}
    town.matching.hear_that(profiles.PARTICIPANT_WITHDRAWN, version=3, **withdrawn)
    accepted(town, "Amara", "mentee", version=2)
    assert town.matching.get(PATH, actor=COORDINATOR).json["accepted_known"] == 0


def test_a_withdrawal_heard_again_later_ends_nothing_new(matched: Town) -> None:
    heard = an_event(
        profiles.PARTICIPANT_WITHDRAWN,
        version=2,
        application_id=an_id("application Amara mentee"),
        state="withdrawn",
    )
    matched.matching.hear(heard)
    matched.go_on(days=1)
    matched.matching.hear(heard)
    matched.pump()
    assert len(matched.events("pair-ended")) == 1


def test_people_who_arrive_before_their_cohort_are_there_once_it_is(town: Town) -> None:
    other = an_id("another cohort")
    accepted(town, "Amara", "mentee", cohort_id=other)
    path = f"/cohorts/{other}/standing"
    assert town.matching.get(path, actor=COORDINATOR).status_code == 404
    town.matching.hear_that(profiles.COHORT_OPENED, cohort_id=other)
    assert town.matching.get(path, actor=COORDINATOR).json["mentees_waiting"] == 1


def test_a_name_that_changes_is_shown_anew(matched: Town) -> None:
    accepted(matched, "Ruth", "mentor", version=1)
    matched.matching.hear_that(
        profiles.PROFILE_UPDATED, version=7, member_id=an_id("member Ruth"), given_name="Ruthie"
    )
    assert my_pair(matched, "Amara")["mentor"]["given_name"] == "Ruthie"
