"""When a mail is made, when it waits, when it is better not sent, what is kept of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.events import Heard
from contracts import examples, matching, profiles
from gateway.letters import write_sign_in
from tests.gateway.letters.letterbox import (
    AMARA,
    NOW,
    RUTH,
    URL,
    acting_links,
    ask_for_a_link,
    hear_people,
    mails,
    mails_to,
    only,
    plain,
    states,
    text_of,
)
from tests.harness import Town, an_event


def test_an_event_that_comes_twice_makes_one_mail(people_known: Town) -> None:
    heard = people_known.gateway.hear_that(matching.PAIR_MATCHED)
    people_known.gateway.hear(heard)
    people_known.pump()
    people_known.gateway.hear(heard)
    people_known.go_on(hours=1)
    assert len(mails(people_known)) == 2


def test_no_mail_is_made_from_old_events(people_known: Town) -> None:
    people_known.gateway.hear_that(matching.PAIR_MATCHED, at=NOW - timedelta(days=4))
    people_known.pump()
    assert mails(people_known) == []


def test_a_mail_waits_for_whom_it_is_to_and_about(office: Town) -> None:
    office.gateway.hear_that(matching.PAIR_MATCHED)
    office.go_on(minutes=1)
    assert mails(office) == []
    hear_people(office)
    office.go_on(minutes=2)
    assert only(office, AMARA)["Subject"] == "You and Ruth are a pair"


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "You and your mentor are a pair", "You and your mentor have both accepted."),
        (
            "fr",
            "Vous et votre mentor ou mentore formez une dyade",
            "Vous et votre mentor ou mentore avez accepté.",
        ),
    ],
)
def test_names_that_do_not_come_are_done_without(
    office: Town, language: str, subject: str, words: str
) -> None:
    office.gateway.hear_that(profiles.PROFILE_UPDATED, language=language)
    office.gateway.hear_that(matching.PAIR_MATCHED)
    office.go_on(minutes=30)
    mail = only(office, AMARA)
    assert mail["Subject"] == subject
    assert words in text_of(mail)


def test_who_is_erased_gets_no_mail_and_is_named_in_none(people_known: Town) -> None:
    gone = an_event(profiles.PROFILE_UPDATED, version=9, member_id=examples.MENTOR)
    people_known.gateway.hear(tombstone(gone))
    people_known.gateway.hear_that(matching.PAIR_ENDED, ended_by="coordinator")
    people_known.pump()
    assert mails_to(people_known, RUTH) == []
    assert "Ruth" not in text_of(only(people_known, AMARA))


def test_nothing_readable_is_kept_of_a_mail_that_left(people_known: Town) -> None:
    people_known.gateway.hear_that(profiles.MAIL_ASKED, kind="invitation", words="Welcome back")
    people_known.pump()
    (kept,) = people_known.gateway.records.mails.find(None, {})
    assert (kept.state, kept.about) == ("sent", {})
    assert (kept.text, kept.html, kept.subject, kept.to, kept.more) == ("", "", "", "", "")


def test_a_sign_in_link_that_is_over_is_not_sent(people_known: Town) -> None:
    link = f"{URL}/l/x"
    member = people_known.gateway.records.members.get(examples.ASSOCIATION, examples.MENTEE)
    mail = write_sign_in(member, link, cause=link, language="fr", is_of_several=False, now=NOW)
    people_known.clock.at = NOW + timedelta(minutes=15)
    people_known.gateway.records.mails.add(mail, now=NOW)
    people_known.pump()
    assert states(people_known) == {"sign-in": ["dropped"]}


def test_a_sign_in_mail_is_in_the_language_of_the_page(people_known: Town) -> None:
    ask_for_a_link(people_known, language="fr")
    mail = only(people_known, AMARA)
    text = plain(mail)
    assert "Il sert une seule fois, jusqu\u2019à 8 h 15 (heure de Saskatoon)." in text
    assert [link.purpose for link in acting_links(people_known, mail)] == ["sign-in"]


def tombstone(heard: Heard) -> Heard:
    return replace(heard, data=None)
