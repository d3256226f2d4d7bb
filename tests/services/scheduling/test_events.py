"""What scheduling makes of what it hears: twice, late, and before what goes before it."""

from typing import Any

import pytest

from chassis.clock import to_text
from contracts import examples, matching, profiles
from contracts.catalogue import BY_NAME, of
from contracts.scheduling import EVENTS
from services.scheduling import service as use_cases
from services.scheduling.app import service
from tests.harness import Town, an_event
from tests.services.scheduling.conftest import (
    AMARA,
    ENDED,
    MATCHED,
    RUTH,
    act,
    an_id,
    another_pair,
    at,
    end_pair,
    hear_all,
    listed,
    offered,
    propose,
    scheduled,
    seen,
    told,
)

TIMES = f"/pairs/{examples.PAIR}/times"


@pytest.mark.parametrize("event", list(service.listens), ids=lambda e: e.name)
def test_every_example_is_heard_again_and_again(town: Town, event: Any) -> None:
    for version in (2, 2, 1):
        town.scheduling.hear_that(event, version=version)
    town.pump()
    assert town.events() == []


def test_every_topic_of_what_is_copied_is_heard() -> None:
    for aggregate in ("member", "cohort", "application", "pair"):
        assert set(of(aggregate)) <= set(service.listens)


def test_what_is_sent_is_shaped_like_the_examples(pair: Town) -> None:
    meeting = scheduled(pair)
    act(pair, meeting, "moving", {"starts_at": at(1)})
    pair.scheduling.patch(f"/meetings/{meeting['id']}", {"way": "phone"}, actor=RUTH)
    offer = offered(pair, at(24))
    act(pair, offer, "cancellation")
    offered(pair, at(48))
    pair.go_on(days=6)
    for met, actor in ((True, AMARA), (False, RUTH)):
        act(pair, meeting, "log", {"met": met}, actor=actor)
    sent = told(pair)
    assert {e["type"] for e in sent} == {kind.name for kind in EVENTS}
    for event in sent:
        example = BY_NAME[event.pop("type")].example
        assert event.keys() == example.keys()
        for name, value in event.items():
            if value is not None and example[name] is not None:
                assert type(value) is type(example[name]), name


def test_when_a_pair_ends_what_was_to_come_is_off(pair: Town) -> None:
    meeting, offer = scheduled(pair), offered(pair, at(24))
    heard = end_pair(pair)
    assert [seen(pair, m)["cancelled_by"] for m in (meeting, offer)] == ["end", "end"]
    assert listed(pair) == []
    assert [m["id"] for m in listed(pair, "past")] == [meeting["id"]]
    pair.scheduling.hear(heard)
    assert len(told(pair, "meeting-cancelled")) == 2
    # The time is free for others.
    anne, anna = another_pair(pair, "Anne")
    assert propose(pair, at(), actor=anna, pair_id=anne).status_code == 201


def test_meetings_of_other_pairs_stay(pair: Town) -> None:
    anne, anna = another_pair(pair, "Anne")
    theirs = offered(pair, at(24), actor=anna, pair_id=anne)
    end_pair(pair)
    assert seen(pair, theirs, anna)["state"] == "proposed"


def test_an_end_that_is_heard_late_cancels_what_began_after_it(pair: Town) -> None:
    before, after = scheduled(pair, at()), scheduled(pair, at(24))
    ended_at = at(12)
    pair.go_on(days=6)
    end_pair(pair, ended_at=ended_at)
    assert seen(pair, before)["state"] == "scheduled"
    assert (seen(pair, after)["state"], seen(pair, after)["cancelled_by"]) == ("cancelled", "end")


def test_what_was_logged_before_a_late_end_stays(pair: Town) -> None:
    meeting = scheduled(pair)
    pair.go_on(days=4)
    act(pair, meeting, "log", {"met": True})
    end_pair(pair, ended_at=at(-24))
    assert seen(pair, meeting)["state"] == "held"


def test_a_pair_heard_to_have_ended_before_it_is_heard_to_have_begun_never_runs(
    town: Town,
) -> None:
    town.scheduling.hear_that(
        matching.PAIR_ENDED, version=9, **{**ENDED, "ended_at": "2026-05-11T13:00:00.000Z"}
    )
    hear_all(town)
    answer = propose(town)
    assert (answer.status_code, answer.json["code"]) == (409, "pair-is-not-running")


def test_an_old_state_that_comes_late_does_not_bring_a_pair_back(pair: Town) -> None:
    end_pair(pair)
    pair.scheduling.hear_that(matching.AGREEMENT_SIGNED, version=5, **MATCHED)
    assert propose(pair).json["code"] == "pair-is-not-running"


@pytest.mark.parametrize("what", ["offer", "confirmation", "move"])
def test_an_end_that_comes_between_looking_and_saving_is_not_missed(
    pair: Town, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    meeting = (
        None if what == "offer" else offered(pair) if what == "confirmation" else scheduled(pair)
    )
    looked = use_cases.access_running_pair

    def then_it_ends(*asked: Any) -> Any:
        found = looked(*asked)
        end_pair(pair)
        return found

    for module in ("service", "offers"):
        monkeypatch.setattr(f"services.scheduling.{module}.access_running_pair", then_it_ends)
    answer = {
        "offer": lambda: propose(pair),
        "confirmation": lambda: act(pair, meeting, "confirmation", {"starts_at": at()}),
        "move": lambda: act(pair, meeting, "moving", {"starts_at": at(24)}),
    }[what]()
    # The offer's meeting was called off before it could be confirmed or moved: that is told.
    assert answer.status_code == (201 if what == "offer" else 409)
    states = {m.state for m in pair.scheduling.records.meetings.each(examples.ASSOCIATION, {})}
    assert states == {"cancelled"}


def test_people_of_a_pair_that_arrive_late_are_shown_once_they_are_there(town: Town) -> None:
    town.scheduling.hear_that(matching.PAIR_MATCHED, version=3, **MATCHED)
    meeting = offered(town)
    assert (meeting["mentor"]["given_name"], meeting["minutes"]) == ("", 45)
    times = town.scheduling.get(TIMES, actor=AMARA).json
    assert (times["items"], times["zones"]) == ([], {"mine": "UTC", "theirs": "UTC"})
    assert times["has_availability"] == {"mentor": False, "mentee": False}
    hear_all(town)
    assert seen(town, meeting)["mentor"]["given_name"] == "Ruth"
    assert town.scheduling.get(TIMES, actor=AMARA).json["items"]


def test_a_profile_told_twice_or_late_shows_the_newest(pair: Town) -> None:
    newer = {"member_id": examples.MENTOR, "given_name": "Ruthie", "zone": "America/St_Johns"}
    heard = an_event(profiles.PROFILE_UPDATED, version=7, **newer)
    for each in (heard, heard):
        pair.scheduling.hear(each)
    pair.scheduling.hear_that(
        profiles.PROFILE_UPDATED, version=6, member_id=examples.MENTOR, given_name="Old"
    )
    assert offered(pair)["mentor"]["given_name"] == "Ruthie"
    assert pair.scheduling.get(TIMES, actor=RUTH).json["zones"]["mine"] == "America/St_Johns"


def test_availability_that_changes_changes_the_common_times(pair: Town) -> None:
    first = pair.scheduling.get(TIMES, actor=AMARA).json["items"]
    never = an_event(profiles.PARTICIPANT_CHANGED, version=4, availability=[])
    for _ in range(2):
        pair.scheduling.hear(never)
    pair.scheduling.hear_that(profiles.PARTICIPANT_ACCEPTED, version=3)
    answer = pair.scheduling.get(TIMES, actor=AMARA).json
    assert first
    assert (answer["items"], answer["has_availability"]) == (
        [],
        {"mentor": True, "mentee": False},
    )


def test_the_usual_length_is_the_cohorts_newest(pair: Town) -> None:
    longer = an_event(profiles.COHORT_CHANGED, version=3, meeting_minutes=90)
    for _ in range(2):
        pair.scheduling.hear(longer)
    pair.scheduling.hear_that(profiles.COHORT_CHANGED, version=2, meeting_minutes=15)
    assert offered(pair)["minutes"] == 90
    assert pair.scheduling.get(TIMES, actor=AMARA).json["minutes"] == 90


def test_a_pair_that_is_erased_is_not_there(pair: Town) -> None:
    heard = an_event(matching.PAIR_MATCHED, version=20)
    pair.scheduling.hear(type(heard)(**{**_values(heard), "data": None}))
    assert propose(pair).status_code == 404


def test_the_clock_jumps_over_everything_that_is_due(pair: Town) -> None:
    meeting = scheduled(pair)
    other = offered(pair, at(24))
    pair.clock.at = pair.clock.at.replace(month=9)
    pair.pump()
    assert len(told(pair, "log-due")) == 1
    assert len(told(pair, "times-lapsed")) == 1
    assert seen(pair, other)["state"] == "lapsed"
    assert seen(pair, meeting)["log"]["needed"] is False
    assert to_text(pair.clock.at) > "2026-09"
    assert pair.scheduling.worker.timers.next_due_at() is None


def test_the_pair_of_somebody_else_is_not_mine_to_list(pair: Town) -> None:
    another_pair(pair, "Anne")
    path = f"/pairs/{an_id('pair Anne')}/times"
    assert pair.scheduling.get(path, actor=AMARA).status_code == 404
    assert pair.scheduling.get(path, actor=RUTH).status_code == 200


def _values(heard: Any) -> dict[str, Any]:
    return {name: getattr(heard, name) for name in heard.__dataclass_fields__}
