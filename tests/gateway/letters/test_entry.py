"""Mails before there is a pair."""

import re
from datetime import timedelta

from contracts import examples, profiles
from gateway.service import ask_address
from tests.gateway.letters.letterbox import (
    AMARA,
    JOSEE,
    NOW,
    URL,
    acting_links,
    hear_people,
    html_of,
    mails,
    mails_to,
    only,
    states,
    text_of,
)
from tests.harness import Town, an_actor


def test_the_words_of_a_coordinator_are_quoted(people_known: Town) -> None:
    words = "Dear all,\n\nwe <b>look forward</b>.\nJosée\u202e"
    people_known.gateway.hear_that(profiles.MAIL_ASKED, kind="accepted", words=words)
    people_known.go_on(minutes=1)
    mail = only(people_known, AMARA)
    quoted = "> Dear all,\n>\n> we <b>look forward</b>.\n> Josée\n"
    assert quoted in text_of(mail)
    assert "we &lt;b&gt;look forward&lt;/b&gt;.<br>Josée</p>" in html_of(mail)
    assert "Matching is planned for Tuesday 2 June." in text_of(mail)


def test_a_decision_that_is_undone_at_once_is_not_told(people_known: Town) -> None:
    people_known.gateway.hear_that(profiles.MAIL_ASKED, kind="accepted")
    people_known.go_on(seconds=5)
    people_known.gateway.hear_that(profiles.PARTICIPANT_CHANGED, version=5, state="applied")
    people_known.go_on(hours=1)
    assert states(people_known) == {"accepted": ["dropped"]}


def test_of_a_decision_that_is_made_anew_only_the_last_is_told(people_known: Town) -> None:
    tell = people_known.gateway.hear_that
    tell(profiles.MAIL_ASKED, kind="accepted", words="The first words.")
    people_known.go_on(seconds=5)
    tell(profiles.MAIL_ASKED, version=2, kind="accepted", words="Other words.")
    people_known.go_on(hours=1)
    assert "> Other words." in text_of(only(people_known, AMARA))
    assert states(people_known) == {"accepted": ["dropped", "sent"]}


def test_a_decision_waits_for_the_application_that_it_is_about(office: Town) -> None:
    hear_people(office)
    office.gateway.hear_that(profiles.MAIL_ASKED, kind="waitlisted")
    office.go_on(minutes=1)
    assert mails(office) == []
    office.gateway.hear_that(profiles.PARTICIPANT_WAITLISTED, version=4)
    office.go_on(minutes=2)
    assert only(office, AMARA)["Subject"] == "You are on the waiting list: Spring cohort 2026"


def test_an_invitation_signs_in_for_a_week(people_known: Town) -> None:
    people_known.gateway.hear_that(profiles.MAIL_ASKED, kind="invitation")
    people_known.pump()
    (link,) = acting_links(people_known, only(people_known, AMARA))
    assert (link.purpose, link.target) == ("sign-in", f"/apply/{examples.MENTEE_APPLICATION}")
    assert link.until == NOW + timedelta(days=7)
    assert "complete it by Saturday 30 May" in text_of(only(people_known, AMARA))


def test_the_link_of_an_invitation_signs_in_and_opens_the_application(people_known: Town) -> None:
    people_known.gateway.hear_that(profiles.MAIL_ASKED, kind="invitation")
    people_known.pump()
    token = re.findall(rf"{URL}/l/(\S+)", text_of(only(people_known, AMARA)))[0]
    client = people_known.gateway.client
    answer = client.post(f"/links/{token}", json={}, headers={"Origin": URL})
    assert (answer.status_code, answer.json["next"]) == (
        200,
        f"/apply/{examples.MENTEE_APPLICATION}",
    )
    assert "guildway=" in answer.headers["Set-Cookie"]
    again = client.post(f"/links/{token}", json={}, headers={"Origin": URL})
    assert again.status_code == 410


def test_no_coordinator_is_signed_in_by_a_link_that_lasts_for_days(people_known: Town) -> None:
    people_known.gateway.hear_that(
        profiles.MAIL_ASKED, kind="invitation", member_id=examples.COORDINATOR
    )
    people_known.gateway.hear_that(
        profiles.PROFILE_UPDATED,
        version=3,
        member_id=examples.COORDINATOR,
        address=JOSEE,
        roles=["participant", "coordinator"],
    )
    people_known.go_on(hours=2)
    mail = only(people_known, JOSEE)
    assert acting_links(people_known, mail) == []
    assert f"{URL}/apply" in text_of(mail)


def test_the_address_so_far_is_told_also_if_another_holds_by_then(people_known: Town) -> None:
    ask_address(people_known.gateway.records, an_actor(), "new@example.org", now=NOW)
    people_known.gateway.hear_that(profiles.PROFILE_UPDATED, version=9, address="new@example.org")
    people_known.pump()
    (told,) = mails_to(people_known, AMARA)
    assert "are to go elsewhere" in told["Subject"]
