"""Mails about proposals."""

from datetime import UTC, datetime

from contracts import examples, matching
from tests.gateway.letters.letterbox import (
    AMARA,
    ANSWER_BY,
    NO_BREAK,
    RUTH,
    URL,
    acting_links,
    mails_to,
    only,
    states,
    text_of,
)
from tests.harness import Town


def test_it_says_who_where_until_when_and_how(people_known: Town) -> None:
    people_known.gateway.hear_that(matching.PROPOSAL_MADE, answer_by=ANSWER_BY)
    people_known.pump()
    mail = only(people_known, AMARA)
    assert mail["Subject"] == "A mentor for you: Ruth Abernathy"
    text = text_of(mail)
    assert "We suggest Ruth Abernathy (Halifax) as your mentor in Spring cohort 2026." in text
    assert f"Monday 18 May\n8:00{NO_BREAK}a.m.\nSaskatoon time.\n" in text
    assert f"{URL}/proposals/{examples.PAIR}" in text
    assert only(people_known, RUTH)["Subject"] == "A mentee for you: Amara Nwosu"


def test_what_ends_at_midnight_ends_with_the_day_before(people_known: Town) -> None:
    people_known.gateway.hear_that(matching.PROPOSAL_MADE, answer_by="2026-05-18T06:00:00.000Z")
    people_known.pump()
    text = text_of(only(people_known, AMARA))
    assert "Please answer by\nSunday 17 May\nEnd of the day\nSaskatoon time.\n" in text
    elsewhere = text_of(only(people_known, RUTH))
    assert f"Monday 18 May\n3:00{NO_BREAK}a.m.\nHalifax time.\n" in elsewhere


def test_its_links_accept_and_decline_until_the_deadline(people_known: Town) -> None:
    people_known.gateway.hear_that(matching.PROPOSAL_MADE, answer_by=ANSWER_BY)
    people_known.pump()
    links = acting_links(people_known, only(people_known, RUTH))
    assert [link.purpose for link in links] == ["accept", "decline"]
    assert {link.member_id for link in links} == {examples.MENTOR}
    assert {link.target for link in links} == {examples.PAIR}
    assert {link.until for link in links} == {datetime(2026, 5, 18, 14, tzinfo=UTC)}


def test_the_reminder_repeats_the_same_links(people_known: Town) -> None:
    people_known.gateway.hear_that(matching.PROPOSAL_MADE, answer_by=ANSWER_BY)
    people_known.gateway.hear_that(
        matching.PROPOSAL_REMINDED, version=3, answer_by=ANSWER_BY, accepted_by=["mentor"]
    )
    people_known.pump()
    first, reminder = mails_to(people_known, AMARA)
    assert acting_links(people_known, first) == acting_links(people_known, reminder)
    assert "Ruth has accepted." in text_of(reminder)


def test_what_is_answered_meanwhile_is_not_asked(people_known: Town) -> None:
    town = people_known
    town.gateway.hear_that(matching.PROPOSAL_DECLINED, version=3, declined_by="mentee")
    town.gateway.hear_that(matching.PROPOSAL_MADE, version=1, answer_by=ANSWER_BY)
    town.pump()
    assert states(town)["proposal"] == ["dropped", "dropped"]


def test_what_is_over_is_not_asked(people_known: Town) -> None:
    people_known.gateway.hear_that(matching.PROPOSAL_MADE, answer_by="2026-05-11T14:00:00.000Z")
    people_known.pump()
    assert states(people_known)["proposal"] == ["dropped", "dropped"]


def test_nobody_is_told_why_somebody_declined(people_known: Town) -> None:
    people_known.gateway.hear_that(matching.PROPOSAL_DECLINED)
    people_known.pump()
    text = text_of(only(people_known, AMARA))
    assert text.index("Your place in Spring cohort 2026 stays") < text.index("Ruth declined")
