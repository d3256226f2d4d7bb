"""Mails about pairs."""

from contracts import feedback, matching, profiles, scheduling
from tests.gateway.letters.letterbox import AMARA, RUTH, mails_to, only, states, text_of
from tests.harness import Town


def test_several_changes_of_an_agreement_are_one_mail(people_known: Town) -> None:
    for version in (2, 3, 4):
        people_known.gateway.hear_that(
            matching.AGREEMENT_CHANGED, version=version, agreement_version=version
        )
        people_known.go_on(seconds=20)
    people_known.go_on(minutes=5)
    assert len(mails_to(people_known, AMARA)) == len(mails_to(people_known, RUTH)) == 1


def test_a_change_that_is_signed_at_once_is_one_mail_to_the_other(people_known: Town) -> None:
    people_known.gateway.hear_that(matching.AGREEMENT_CHANGED, version=2)
    people_known.gateway.hear_that(
        matching.AGREEMENT_SIGNED, version=3, agreement_version=2, signed_by=["mentor"]
    )
    people_known.go_on(minutes=5)
    assert only(people_known, AMARA)["Subject"] == "Ruth has signed your agreement"
    assert mails_to(people_known, RUTH) == []


def test_a_quiet_pair_that_plans_to_meet_is_left_alone(people_known: Town) -> None:
    people_known.gateway.hear_that(feedback.PAIR_AT_RISK)
    people_known.gateway.hear_that(scheduling.MEETING_SCHEDULED)
    people_known.pump()
    assert states(people_known)["pair-at-risk"] == ["dropped", "dropped"]


def test_who_ended_the_pair_is_not_told_so(people_known: Town) -> None:
    people_known.gateway.hear_that(
        matching.PAIR_ENDED, ended_by="mentor", ended_at="2026-05-11T13:00:00.000Z"
    )
    people_known.pump()
    text = text_of(only(people_known, AMARA))
    assert "Ruth Abernathy has ended your pair." in text
    assert "Your place in Spring cohort 2026 stays" in text


def test_who_has_withdrawn_gets_no_more_mails(people_known: Town) -> None:
    people_known.gateway.hear_that(profiles.PARTICIPANT_WITHDRAWN, version=3)
    people_known.gateway.hear_that(matching.PAIR_ENDED, ended_by="withdrawal")
    people_known.gateway.hear_that(feedback.PAIR_AT_RISK)
    people_known.pump()
    assert mails_to(people_known, AMARA) == []
    text = text_of(mails_to(people_known, RUTH)[0])
    assert "Amara Nwosu no longer takes part in Spring cohort 2026" in text
