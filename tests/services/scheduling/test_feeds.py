"""Calendars to subscribe to: who may read one, what stands in it, how it is served."""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from icalendar import Calendar

from chassis.errors import StoreUnavailable
from contracts import examples, profiles
from tests.harness import Town, an_actor
from tests.services.scheduling.conftest import (
    AMARA,
    ELSEWHERE,
    FOREIGN,
    RUTH,
    THURSDAY,
    act,
    an_id,
    another_pair,
    at,
    end_pair,
    hear_all,
    offered,
    scheduled,
)


def subscribed(town: Town, actor: Any = AMARA) -> str:
    """The path of somebody's new calendar."""
    answer = town.scheduling.post("/feed", actor=actor)
    assert answer.status_code == 201, answer.json
    path: str = answer.json["path"]
    return path


def fetched(town: Town, path: str, method: str = "GET", **headers: str) -> Any:
    """The answer that a calendar program gets."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return town.scheduling.ask(method, path, actor=None, headers=names)


def shown(town: Town, path: str) -> list[Any]:
    """What a calendar shows: (summary, status, start) in order."""
    answer = fetched(town, path)
    assert answer.status_code == 200, answer.text
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    return [(str(e["SUMMARY"]), str(e["STATUS"]), e["DTSTART"].dt) for e in events]


def meetings_shown(town: Town, path: str) -> list[Any]:
    return [entry for entry in shown(town, path) if isinstance(entry[2], datetime)]


def one_event(town: Town, path: str) -> Any:
    (event,) = [
        e
        for e in Calendar.from_ical(fetched(town, path).data).walk("VEVENT")
        if isinstance(e["DTSTART"].dt, datetime)
    ]
    return event


def test_a_meeting_appears_moves_and_is_called_off(pair: Town) -> None:
    path = subscribed(pair)
    assert meetings_shown(pair, path) == []
    meeting = scheduled(pair)
    assert meetings_shown(pair, path) == [("Mentoring: Ruth", "CONFIRMED", THURSDAY)]
    first = one_event(pair, path)
    pair.go_on(hours=1)
    act(pair, meeting, "moving", {"starts_at": at(24)})
    moved = one_event(pair, path)
    assert moved["DTSTART"].dt == THURSDAY + timedelta(days=1)
    assert (first["SEQUENCE"], moved["SEQUENCE"], first["UID"]) == (0, 1, moved["UID"])
    assert moved["DTSTAMP"].dt - first["DTSTAMP"].dt == timedelta(hours=1)
    act(pair, meeting, "cancellation")
    off = one_event(pair, path)
    assert (off["STATUS"], off["SUMMARY"], off["SEQUENCE"], off["TRANSP"], off["UID"]) == (
        "CANCELLED",
        "Cancelled: Mentoring: Ruth",
        2,
        "TRANSPARENT",
        first["UID"],
    )
    pair.go_to(THURSDAY + timedelta(days=1, hours=11))
    assert len(meetings_shown(pair, path)) == 1  # Friday, 11 p.m. in Regina
    pair.go_on(hours=2)
    assert meetings_shown(pair, path) == []


def test_both_see_the_same_meeting_each_in_their_own_zone_and_language(pair: Town) -> None:
    scheduled(pair)
    mentee, mentor = (one_event(pair, subscribed(pair, actor)) for actor in (AMARA, RUTH))
    assert mentee["UID"] == mentor["UID"]
    assert (mentee["SUMMARY"], mentor["SUMMARY"]) == ("Mentoring: Ruth", "Mentorat : Amara")
    zones = [each["DTSTART"].params["TZID"] for each in (mentee, mentor)]
    assert zones == ["America/Regina", "America/Halifax"]
    assert mentee["DTSTART"].dt == mentor["DTSTART"].dt


def test_who_moves_to_another_zone_keeps_the_instant(pair: Town) -> None:
    scheduled(pair)
    path = subscribed(pair)
    pair.scheduling.hear_that(profiles.PROFILE_UPDATED, version=8, zone="America/St_Johns")
    event = one_event(pair, path)
    assert event["DTSTART"].params["TZID"] == "America/St_Johns"
    assert event["DTSTART"].dt == THURSDAY
    assert (event["SEQUENCE"], event["DTSTART"].dt.minute) == (0, 30)


def test_offers_are_in_no_calendar(pair: Town) -> None:
    path = subscribed(pair)
    meeting = offered(pair)
    assert meetings_shown(pair, path) == []
    act(pair, meeting, "cancellation")
    assert meetings_shown(pair, path) == []


def test_what_was_stays_for_sixty_days_unless_both_missed_it(pair: Town) -> None:
    path, meeting = subscribed(pair), scheduled(pair)
    pair.go_on(days=10)
    assert len(meetings_shown(pair, path)) == 1
    act(pair, meeting, "log", {"met": False})
    assert meetings_shown(pair, path) == []
    act(pair, meeting, "log", {"met": True})
    assert len(meetings_shown(pair, path)) == 1
    pair.go_on(days=60)
    assert meetings_shown(pair, path) == []


def test_the_end_of_a_pair_shows_its_meetings_cancelled_until_their_day(pair: Town) -> None:
    path, other = subscribed(pair), subscribed(pair, RUTH)
    scheduled(pair)
    end_pair(pair)
    assert meetings_shown(pair, path) == [("Cancelled: Mentoring: Ruth", "CANCELLED", THURSDAY)]
    assert meetings_shown(pair, other) == [("Annulé : Mentorat : Amara", "CANCELLED", THURSDAY)]
    pair.go_on(days=4)
    assert meetings_shown(pair, path) == []


def test_first_and_last_day_of_a_cohort_are_shown_as_days(town: Town) -> None:
    town.go_to(datetime.fromisoformat("2026-02-01T00:00:00+00:00"))
    hear_all(town)
    path = subscribed(town)
    days = [(summary, f"{start}") for summary, _, start in shown(town, path)]
    assert days == [
        ("Spring cohort 2026: first day", "2026-02-09"),
        ("Spring cohort 2026: last day", "2026-07-31"),
    ]
    before = fetched(town, path).headers["ETag"]
    town.scheduling.hear_that(profiles.COHORT_CHANGED, version=2, ends_on="2026-08-31")
    assert [f"{start}" for *_, start in shown(town, path)] == ["2026-02-09", "2026-08-31"]
    assert fetched(town, path).headers["ETag"] != before
    town.scheduling.hear_that(profiles.PARTICIPANT_WITHDRAWN, version=2, state="withdrawn")
    assert shown(town, path) == []


def test_somebody_without_anything_has_an_empty_calendar_that_is_valid(town: Town) -> None:
    answer = fetched(town, subscribed(town, an_actor(an_id("Newcomer"))))
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.data)
    assert [c.name for c in calendar.subcomponents] == ["VTIMEZONE"]
    assert str(calendar["X-WR-CALNAME"]) == str(calendar["NAME"]) == "Mentoring"


def test_the_text_is_as_calendar_programs_need_it(pair: Town) -> None:
    scheduled(pair, place="https://meet.example/é b", agenda=["secret agenda"])
    body = fetched(pair, subscribed(pair)).data
    assert body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    for word in (b"METHOD", b"ATTENDEE", b"ORGANIZER", b"VALARM", b"secret", b"example.org"):
        assert word not in body
    text = body.replace(b"\r\n ", b"").decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert "https://meet.example/%C3%A9%20b" in text
    assert re.search(r"^URL:http://127.0.0.1:\d+/meetings/", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("way", "place", "location"),
    [
        ("in_person", "Central Library, Halifax", "Central Library\\, Halifax"),
        ("video", "Teams", "Teams"),
        ("phone", "902 555 0199", None),
    ],
)
def test_a_place_is_shown_but_a_telephone_number_is_not(
    pair: Town, way: str, place: str, location: str | None
) -> None:
    scheduled(pair, way=way, place=place)
    text = fetched(pair, subscribed(pair)).data.replace(b"\r\n ", b"").decode()
    assert (f"LOCATION:{location}\r\n" in text) is (location is not None)
    assert "555" not in text


def test_control_characters_in_names_do_not_break_a_calendar(pair: Town) -> None:
    name = "R\x0bu\x00th,;\\\nBEGIN:VEVENT"
    pair.scheduling.hear_that(
        profiles.PROFILE_UPDATED, version=5, member_id=examples.MENTOR, given_name="Ruth"
    )
    member = pair.scheduling.running.store.get("members", examples.ASSOCIATION, examples.MENTOR)
    assert member
    changed = {**member, "given_name": name, "version": member["version"] + 1}
    pair.scheduling.running.store.save("members", changed, replaces=member["version"])
    scheduled(pair)
    body = fetched(pair, subscribed(pair)).data
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f]", body)
    assert len(Calendar.from_ical(body).walk("VEVENT")) == 2
    assert rb"SUMMARY:Mentoring: R uth\,\;\\ BEGIN:VEVENT" in body


def test_the_same_data_give_the_same_bytes_on_every_day(pair: Town) -> None:
    path = subscribed(pair)
    scheduled(pair)
    first = fetched(pair, path)
    pair.go_on(days=1)
    again = fetched(pair, path)
    assert (first.data, first.headers["ETag"]) == (again.data, again.headers["ETag"])
    assert re.fullmatch(r'"[0-9a-f]{32}"', first.headers["ETag"])


@pytest.mark.parametrize("asked", ["{tag}", "W/{tag}", '"other", {tag}', '"x",W/{tag} , "y"', "*"])
def test_who_has_it_already_gets_no_body(pair: Town, asked: str) -> None:
    path = subscribed(pair)
    scheduled(pair)
    tag = fetched(pair, path).headers["ETag"]
    for method in ("GET", "HEAD"):
        answer = fetched(pair, path, method, If_None_Match=asked.format(tag=tag))
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert answer.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("asked", ['"other"', "", "garbage", '"', "W/", ",,,", 'W/"a", "b"'])
def test_who_has_another_or_says_nonsense_gets_the_whole(pair: Town, asked: str) -> None:
    path = subscribed(pair)
    answer = fetched(pair, path, If_None_Match=asked, If_Modified_Since="garbage")
    assert answer.status_code == 200


def test_the_headers_are_those_that_calendar_programs_and_privacy_need(pair: Town) -> None:
    answer = fetched(pair, subscribed(pair), Accept="application/x-nothing")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers
    assert "Last-Modified" not in answer.headers


def test_head_has_the_headers_of_get_and_no_body(pair: Town) -> None:
    path = subscribed(pair)
    whole, head = fetched(pair, path), fetched(pair, path, "HEAD")
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control", "Vary"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_other_methods_are_refused(pair: Town, method: str) -> None:
    path = subscribed(pair)
    answer = fetched(pair, path, method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert fetched(pair, path).status_code == 200


def test_the_address_is_told_once_and_only_its_hash_is_kept(pair: Town) -> None:
    assert pair.scheduling.get("/feed", actor=AMARA).json == {
        "exists": False,
        "created_at": None,
        "used_at": None,
    }
    path = subscribed(pair)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) >= 32
    assert len(path) < 128
    answer = pair.scheduling.get("/feed", actor=AMARA)
    assert (answer.json["exists"], token in answer.text) == (True, False)
    pair.pump()
    folder = pair.settings.path("GUILDWAY_DATA")
    files = [p.read_bytes() for p in folder.rglob("*") if p.is_file()]
    assert not [text for text in files if token.encode() in text]
    assert [text for text in files if sha256(token.encode()).hexdigest().encode() in text]


def test_a_new_address_ends_the_old_one_at_once(pair: Town) -> None:
    old, new = subscribed(pair), subscribed(pair)
    assert old != new
    assert (fetched(pair, old).status_code, fetched(pair, new).status_code) == (404, 200)


def test_a_revoked_and_an_unknown_address_answer_alike(pair: Town) -> None:
    path = subscribed(pair)
    for _ in range(2):
        assert pair.scheduling.ask("DELETE", "/feed", actor=AMARA).status_code == 204
    answers = [fetched(pair, each) for each in (path, f"/calendar/{'x' * 32}.ics")]
    assert [a.status_code for a in answers] == [404, 404]
    bodies = [{k: v for k, v in a.json.items() if k != "trace"} for a in answers]
    assert bodies[0] == bodies[1]
    assert pair.scheduling.get("/feed", actor=AMARA).json["exists"] is False
    assert pair.scheduling.ask("DELETE", "/feed", actor=FOREIGN).status_code == 204


def test_each_has_their_own_and_revokes_only_that(pair: Town) -> None:
    mine, theirs = subscribed(pair), subscribed(pair, RUTH)
    pair.scheduling.ask("DELETE", "/feed", actor=AMARA)
    assert (fetched(pair, mine).status_code, fetched(pair, theirs).status_code) == (404, 200)


def test_when_it_was_last_fetched_is_known_to_the_day(pair: Town) -> None:
    path = subscribed(pair)
    for _ in range(3):
        fetched(pair, path)
        pair.go_on(hours=8)
    used = "2026-05-11T14:00:00.000Z"
    assert pair.scheduling.get("/feed", actor=AMARA).json["used_at"] == used
    fetched(pair, path)
    assert pair.scheduling.get("/feed", actor=AMARA).json["used_at"] != used
    assert pair.scheduling.get("/feed", actor=RUTH).json["used_at"] is None


def test_nothing_of_another_association_is_shown(pair: Town) -> None:
    scheduled(pair)
    # The same member id in another association: whoever that is, has nothing of this one.
    assert meetings_shown(pair, subscribed(pair, FOREIGN)) == []
    pair.scheduling.hear_that(
        profiles.PARTICIPANT_ACCEPTED,
        association_id=ELSEWHERE,
        application_id=an_id("theirs"),
        member_id=examples.MENTEE,
    )
    assert shown(pair, subscribed(pair, FOREIGN)) == []


def test_nothing_of_another_pair_is_shown(pair: Town) -> None:
    anne, anna = another_pair(pair, "Anne")
    scheduled(pair)
    other = offered(pair, at(24), actor=anna, pair_id=anne)
    act(pair, other, "confirmation", {"starts_at": at(24)})
    assert [when for *_, when in meetings_shown(pair, subscribed(pair))] == [THURSDAY]
    assert len(meetings_shown(pair, subscribed(pair, RUTH))) == 2


def test_a_store_that_is_down_is_never_an_empty_calendar(
    pair: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = subscribed(pair)

    def down(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("down")

    for method in ("find", "get"):
        with monkeypatch.context() as patch:
            patch.setattr(pair.scheduling.running.store, method, down)
            answer = fetched(pair, path)
            if method == "find":
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
            assert answer.status_code in (200, 503)
            assert answer.status_code == 503 or b"VEVENT" in answer.data


def test_a_calendar_is_served_while_nothing_can_be_written(
    pair: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = subscribed(pair)

    def full(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("full")

    monkeypatch.setattr(pair.scheduling.running.store, "save", full)
    assert fetched(pair, path).status_code == 200


def test_no_line_of_the_log_holds_the_token(pair: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[Any] = []

    class Pen:
        def __getattr__(self, level: str) -> Any:
            return lambda *words, **values: lines.append((level, words, values))

    for module in ("chassis.web.logger", "services.scheduling.feeds.logger"):
        monkeypatch.setattr(module, Pen)
    path = subscribed(pair)
    for method in ("GET", "HEAD", "POST"):
        fetched(pair, path, method)
    fetched(pair, f"{path}/x")
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert len(lines) >= 4
    assert token not in str(lines)
    assert token not in pair.scheduling.get("/metrics", actor=None).text


def test_a_meeting_can_be_taken_along_as_a_file(pair: Town) -> None:
    meeting = scheduled(pair)
    path = f"/meetings/{meeting['id']}/invite.ics"
    answer = pair.scheduling.get(path, actor=AMARA)
    assert answer.content_type == "text/calendar; charset=utf-8; method=REQUEST"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="meeting.ics"'
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["UID"] == one_event(pair, subscribed(pair))["UID"]
    assert str(event["ATTENDEE"]) == "mailto:amara.nwosu@example.org"
    assert b"ruth@example.org" not in answer.data
    act(pair, meeting, "cancellation")
    off = pair.scheduling.get(path, actor=AMARA)
    assert off.content_type == "text/calendar; charset=utf-8; method=CANCEL"
    assert b"STATUS:CANCELLED" in off.data


def test_an_offer_is_no_file(pair: Town) -> None:
    path = f"/meetings/{offered(pair)['id']}/invite.ics"
    assert pair.scheduling.get(path, actor=AMARA).status_code == 404
