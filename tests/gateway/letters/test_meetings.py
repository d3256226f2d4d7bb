"""Mails about meetings."""

from pathlib import Path

from contracts import examples, scheduling
from tests.gateway.letters.letterbox import (
    AMARA,
    OFFER,
    RUTH,
    acting_links,
    an_office,
    hear_people,
    hear_ruth,
    mails_to,
    only,
    plain,
    text_of,
)
from tests.harness import Town


def test_each_time_is_a_link_on_both_clocks(people_known: Town) -> None:
    people_known.gateway.hear_that(scheduling.TIMES_PROPOSED, **OFFER)
    people_known.pump()
    mail = only(people_known, RUTH)
    links = acting_links(people_known, mail)
    assert [link.params for link in links] == [{"starts_at": at} for at in OFFER["proposed"]]
    text = plain(mail)
    assert "Halifax time. By video." in text
    assert "Confirm Thursday 14 May, 3:00 \u2013 3:45 p.m." in text
    assert "12:00 p.m. for Amara, in Saskatoon." in text


def test_times_that_passed_while_a_mail_waited_are_left_out(people_known: Town) -> None:
    past = ["2026-05-11T13:00:00.000Z", OFFER["proposed"][0]]
    people_known.gateway.hear_that(scheduling.TIMES_PROPOSED, **{**OFFER, "proposed": past})
    people_known.pump()
    mail = only(people_known, RUTH)
    assert mail["Subject"] == "Amara proposes a time to meet"
    assert len(acting_links(people_known, mail)) == 1


def test_a_meeting_is_told_with_both_clocks(people_known: Town) -> None:
    people_known.gateway.hear_that(scheduling.MEETING_SCHEDULED)
    people_known.pump()
    text = plain(only(people_known, AMARA))
    assert "Thursday 14 May\n12:00 \u2013 12:45 p.m.\n" in text
    assert "Saskatoon time. 3:00 p.m. for Ruth, in Halifax.\nBy video.\n" in text
    assert "Ruth Abernathy has confirmed a time that you proposed." in text
    assert "You have confirmed a time" in text_of(only(people_known, RUTH))


def test_french_says_it_the_french_way(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        hear_people(office, language="fr")
        office.gateway.hear_that(scheduling.MEETING_SCHEDULED)
        office.pump()
        text = plain(only(office, AMARA))
        assert "Le jeudi 14 mai\n12 h à 12 h 45\n" in text
        assert "Heure de Saskatoon. 15 h pour Ruth, à Halifax.\nPar vidéo.\n" in text


def test_the_others_day_is_named_where_it_is_another(people_known: Town) -> None:
    hear_ruth_in(people_known, "Pacific/Auckland", "Auckland")
    people_known.gateway.hear_that(scheduling.MEETING_SCHEDULED)
    people_known.pump()
    text = plain(only(people_known, AMARA))
    assert "Friday 15 May, 6:00 a.m. for Ruth, in Auckland." in text


def test_one_clock_is_told_once(people_known: Town) -> None:
    hear_ruth_in(people_known, "America/Regina", "Regina")
    people_known.gateway.hear_that(scheduling.MEETING_SCHEDULED)
    people_known.pump()
    assert "for Ruth, in" not in text_of(only(people_known, AMARA))


def test_a_city_that_nobody_gave_is_that_of_the_zone(people_known: Town) -> None:
    hear_ruth_in(people_known, "America/Vancouver", "")
    people_known.gateway.hear_that(scheduling.MEETING_SCHEDULED)
    people_known.pump()
    assert "for Ruth, in Vancouver." in text_of(only(people_known, AMARA))


def test_a_meeting_that_was_moved_again_is_told_once(people_known: Town) -> None:
    later = {
        "starts_at": "2026-05-15T18:00:00.000Z",
        "ends_at": "2026-05-15T18:45:00.000Z",
    }
    people_known.gateway.hear_that(scheduling.MEETING_SCHEDULED)
    people_known.gateway.hear_that(scheduling.MEETING_MOVED, version=2, **later)
    people_known.pump()
    assert only(people_known, AMARA)["Subject"] == "New time: you meet Ruth on Friday 15 May"


def test_times_that_are_taken_back_for_others_are_one_mail(people_known: Town) -> None:
    tell = people_known.gateway.hear_that
    tell(scheduling.MEETING_CANCELLED, version=2, starts_at=None, ends_at=None)
    tell(scheduling.TIMES_PROPOSED, **OFFER, meeting_id=examples.RUN)
    people_known.go_on(minutes=5)
    assert only(people_known, RUTH)["Subject"] == "Amara proposes times to meet"


def test_who_has_said_whether_they_met_is_not_asked(people_known: Town) -> None:
    people_known.gateway.hear_that(
        scheduling.LOG_DUE, met={"mentee": True}, ends_at="2026-05-11T13:45:00.000Z"
    )
    people_known.pump()
    assert mails_to(people_known, AMARA) == []
    links = acting_links(people_known, only(people_known, RUTH))
    assert [link.purpose for link in links] == ["met", "not-met"]


def test_who_disagreed_is_asked_by_fresh_links(people_known: Town) -> None:
    people_known.gateway.hear_that(scheduling.LOG_DUE)
    people_known.gateway.hear_that(scheduling.LOG_DISPUTED, version=3)
    people_known.pump()
    again = mails_to(people_known, AMARA)[-1]
    assert {link.params["asked"] for link in acting_links(people_known, again)} == {"again"}


def hear_ruth_in(office: Town, zone: str, city: str) -> None:
    hear_ruth(office, version=9, zone=zone, city=city)
