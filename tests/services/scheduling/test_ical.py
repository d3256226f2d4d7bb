import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from chassis.errors import Invalid
from services.scheduling.ical import (
    Correspondent,
    FeedDate,
    FeedEvent,
    etag,
    feed,
    invitation,
    is_shown,
    window,
)

HOSTILE = [
    "Tea\r\nBEGIN:VALARM\r\nTRIGGER:-PT1M",
    "a\x00b\x0bc\x1b[31m\x7fd\x85e\u2028f",
    "semi; comma, back\\slash, \\n and \\N \\, \\;",
    "🧑‍🏫 Mentorat à l\u2019été — ﷽ " * 9,
    "\ud800lone",
    "\ufeffBOM",
    '"quoted" : ; ^n ^^',
    "",
    "   ",
]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def an_event(**changes):
    event = FeedEvent(
        uid="a1@guildway",
        sequence=0,
        created_at=utc(2027, 1, 1, 8),
        changed_at=utc(2027, 1, 2, 8, 0, 0, 999000),
        starts_at=utc(2027, 5, 4, 8),
        ends_at=utc(2027, 5, 4, 9),
        zone="Europe/Berlin",
        status="confirmed",
        summary="Mentoring: Ada",
        url="https://guildway.example/meetings/1",
    )
    return replace(event, **changes)


def a_date(**changes):
    entry = FeedDate(
        uid="d1@guildway",
        sequence=0,
        created_at=utc(2027, 1, 1, 8),
        changed_at=utc(2027, 1, 2, 8),
        first=date(2027, 6, 30),
        last=date(2027, 6, 30),
        summary="Applications close",
    )
    return replace(entry, **changes)


def a_feed(*entries, name="Mentoring", zone="Europe/Berlin"):
    return feed(entries, name, zone, cancelled_prefix="Cancelled: ")


def lines(body):
    """Content lines, unfolded; checks on the way what holds for every file."""
    text = body.decode("utf-8")
    assert not text.startswith("\ufeff")
    assert text.endswith("END:VCALENDAR\r\n")
    assert not re.search(
        "\r(?!\n)|(?<!\r)\n|\r\n\r\n|[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028]", text
    )
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def events(body):
    return Calendar.from_ical(body).walk("VEVENT")


def the_event(body):
    (event,) = events(body)
    return event


def test_a_meeting_is_written_like_this():
    body = a_feed(an_event(video_link="https://meet.example/ada", description="Agenda, soon")).body
    assert [line for line in lines(body) if not line.startswith(("X-", "TZ"))] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Guildway//Guildway//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Mentoring",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "BEGIN:VTIMEZONE",
        "BEGIN:STANDARD",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700329T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "SUMMARY:Mentoring: Ada",
        "DTSTART;TZID=Europe/Berlin:20270504T100000",
        "DTEND;TZID=Europe/Berlin:20270504T110000",
        "DTSTAMP:20270102T080000Z",
        "UID:a1@guildway",
        "SEQUENCE:0",
        "CONFERENCE;FEATURE=AUDIO,VIDEO;VALUE=URI:https://meet.example/ada",
        "CREATED:20270101T080000Z",
        "DESCRIPTION:Agenda\\, soon",
        "LAST-MODIFIED:20270102T080000Z",
        "LOCATION:https://meet.example/ada",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "URL:https://guildway.example/meetings/1",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_the_calendar_has_its_name_twice_and_an_interval_and_no_method():
    found = lines(a_feed(an_event(), name="Ada; Bo, \\N\nx").body)
    assert "NAME:Ada\\; Bo\\, \\\\N x" in found
    assert "X-WR-CALNAME:Ada\\; Bo\\, \\\\N x" in found
    assert "X-WR-TIMEZONE:Europe/Berlin" in found
    assert "X-PUBLISHED-TTL:PT1H" in found
    forbidden = ("METHOD", "ATTENDEE", "ORGANIZER", "BEGIN:VALARM")
    assert not [line for line in found if line.startswith(forbidden)]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "Mars/Base", ""])
def test_an_empty_feed_is_a_valid_calendar_with_a_zone(zone):
    found = a_feed(zone=zone)
    assert found.left_out == ()
    names = [str(part["TZID"]) for part in Calendar.from_ical(found.body).walk("VTIMEZONE")]
    assert names == [zone if "/" in zone and "Mars" not in zone else "UTC"]
    assert lines(found.body)


def test_each_zone_in_use_is_there_once_before_the_events_and_no_other():
    body = a_feed(
        an_event(uid="1", zone="Pacific/Auckland"),
        an_event(uid="2", zone="America/New_York"),
        an_event(uid="3", zone="America/New_York"),
        an_event(uid="4", zone="Mars/Base"),
    ).body
    assert [line for line in lines(body) if line.startswith("TZID")] == [
        "TZID:America/New_York",
        "TZID:Pacific/Auckland",
    ]
    assert body.index(b"VEVENT") > body.rindex(b"VTIMEZONE")


def test_all_times_come_back_as_they_were_in_every_kind_of_zone():
    for zone in (
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Europe/Dublin",
        "Europe/Kiev",
        "UTC",
    ):
        for month in range(1, 13):
            event = an_event(
                zone=zone, starts_at=utc(2026, month, 7, 8), ends_at=utc(2026, month, 7, 9)
            )
            read = the_event(a_feed(event).body)
            assert (read.start, read.end) == (event.starts_at, event.ends_at)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "is_local"),
    [
        (utc(2027, 10, 30, 23, 0), utc(2027, 10, 30, 23, 45), True),
        (utc(2027, 10, 30, 23, 0), utc(2027, 10, 31, 0, 0), False),
        (utc(2027, 10, 31, 0, 0), utc(2027, 10, 31, 0, 30), False),
        (utc(2027, 10, 31, 1, 30), utc(2027, 10, 31, 3, 0), False),
        (utc(2027, 10, 31, 2, 0), utc(2027, 10, 31, 3, 0), True),
        (utc(2027, 3, 28, 0, 30), utc(2027, 3, 28, 1, 30), False),
        (utc(2027, 3, 28, 1, 0), utc(2027, 3, 28, 2, 0), True),
    ],
)
def test_in_and_across_a_change_of_the_clocks_both_ends_are_utc(starts_at, ends_at, is_local):
    body = a_feed(an_event(starts_at=starts_at, ends_at=ends_at)).body
    times = [line for line in lines(body) if line.startswith(("DTSTART", "DTEND"))][-2:]
    assert [line.endswith("Z") for line in times] == [not is_local] * 2
    assert ("TZID=Europe/Berlin" in times[0]) == is_local
    assert the_event(body).start == starts_at


def test_a_cancelled_meeting_says_so_and_blocks_no_time():
    event = the_event(a_feed(an_event(status="cancelled", sequence=3)).body)
    assert event["STATUS"] == "CANCELLED"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["SUMMARY"] == "Cancelled: Mentoring: Ada"
    assert event["SEQUENCE"] == 3


def test_proposed_times_are_tentative():
    event = the_event(a_feed(an_event(status="tentative")).body)
    assert (event["STATUS"], event["TRANSP"]) == ("TENTATIVE", "OPAQUE")


def test_whole_days_end_on_the_day_after():
    body = a_feed(a_date(), a_date(uid="d2", last=date(2027, 7, 1))).body
    assert [line for line in lines(body) if line.startswith(("DTSTART;", "DTEND"))] == [
        "DTSTART;VALUE=DATE:20270630",
        "DTEND;VALUE=DATE:20270701",
        "DTSTART;VALUE=DATE:20270630",
        "DTEND;VALUE=DATE:20270702",
    ]
    assert {str(event["TRANSP"]) for event in events(body)} == {"TRANSPARENT"}


def test_the_same_entries_in_any_order_are_the_same_bytes():
    entries = [an_event(uid=f"{n}", starts_at=utc(2027, 5, 4, n % 5)) for n in range(9)]
    entries.append(a_date())
    body = a_feed(*entries).body
    assert body == a_feed(*reversed(entries)).body
    starts = [event.start for event in events(body)[:-1]]
    assert starts == sorted(starts)
    assert etag(body) == etag(a_feed(*entries).body)
    assert re.fullmatch('"[0-9a-f]{32}"', etag(body))
    assert etag(body) != etag(a_feed(*entries[1:]).body)


def test_of_one_uid_only_the_newest_is_written():
    body = a_feed(an_event(sequence=2, summary="new"), an_event(sequence=1, summary="old")).body
    assert the_event(body)["SUMMARY"] == "new"


@pytest.mark.parametrize(
    "fault",
    [
        {"ends_at": utc(2027, 5, 4, 8)},
        {"starts_at": datetime(2027, 5, 4, 8)},  # noqa: DTZ001 (the fault)
        {"uid": "two\r\nlines"},
        {"uid": ""},
        {"sequence": -1},
        {"status": "lost"},
    ],
)
def test_one_bad_event_is_left_out_and_the_others_stay(fault):
    bad = an_event(**{"uid": "bad", **fault})
    found = a_feed(an_event(uid="1"), bad, a_date(uid="3"), a_date(uid="4", last=date(2027, 1, 1)))
    assert sorted(found.left_out) == sorted([bad.uid, "4"])
    assert [str(event["UID"]) for event in events(found.body)] == ["1", "3"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    found = a_feed(
        an_event(summary=text, location=text, description=text, video_link=text, url=text),
        name=text,
    )
    assert found.left_out == ()
    assert not [line for line in lines(found.body) if line.startswith(("BEGIN:VALARM", "TRIGGER"))]
    assert the_event(found.body)["UID"] == "a1@guildway"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_text_comes_back_but_for_control_characters(text):
    body = a_feed(an_event(description=text, summary=text)).body
    lines(body)
    breaks = re.sub("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text).replace("\t", " ")
    expected = re.sub("[\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff]", "", breaks)
    raw = [line for line in lines(body) if line.startswith(("DESCRIPTION:", "SUMMARY:"))]
    read = dict(line.split(":", 1) for line in raw)
    assert unescaped(read.get("DESCRIPTION", "")) == expected.strip()
    assert unescaped(read.get("SUMMARY", "")) == " ".join(expected.split())


def unescaped(text):
    """RFC 5545, 3.3.11, from left to right."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], text)


@pytest.mark.parametrize(
    ("link", "written"),
    [
        (
            "https://meet.example/Ünï code?q=é&r=%20",
            "https://meet.example/%C3%9Cn%C3%AF%20code?q=%C3%A9&r=%20",
        ),
        ("https://bücher.example/a,b;c", "https://xn--bcher-kva.example/a,b;c"),
        ('http://x.example/"<>\\^', "http://x.example/%22%3C%3E%5C%5E"),
        ("  https://x.example:8443/a#b  ", "https://x.example:8443/a#b"),
    ],
)
def test_links_are_percent_encoded(link, written):
    body = a_feed(an_event(url=link, video_link=link)).body
    assert f"URL:{written}" in lines(body)
    assert f"CONFERENCE;FEATURE=AUDIO,VIDEO;VALUE=URI:{written}" in lines(body)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "zoom.us/j/1",
        "https://",
        "http://[::1",
        "tel:+1",
        "https://" + "ü" * 99,
    ],
)
def test_what_is_no_link_is_text_only(text):
    found = lines(a_feed(an_event(url=text, video_link=text)).body)
    assert not [line for line in found if line.startswith(("URL", "CONFERENCE"))]
    assert f"LOCATION:{text}" in found


def test_the_video_link_is_told_in_the_description_when_the_location_is_taken():
    event = an_event(location="Room 5", video_link="https://meet.example/1", description="Hello")
    read = the_event(a_feed(event).body)
    assert read["LOCATION"] == "Room 5"
    assert read["DESCRIPTION"] == "Hello\n\nhttps://meet.example/1"
    told = replace(event, description="Join: https://meet.example/1")
    assert the_event(a_feed(told).body)["DESCRIPTION"] == "Join: https://meet.example/1"


def test_the_window_reaches_sixty_days_back_and_has_no_end():
    now = utc(2027, 5, 1, 12)
    assert window(now) == utc(2027, 3, 2, 12)
    assert is_shown(an_event(starts_at=utc(2040, 1, 1), ends_at=utc(2040, 1, 2)), now)
    assert is_shown(an_event(ends_at=utc(2027, 3, 2, 13)), now)
    assert not is_shown(an_event(ends_at=utc(2027, 3, 2, 12)), now)
    assert is_shown(a_date(last=date(2027, 3, 2)), now)
    assert not is_shown(a_date(last=date(2027, 3, 1)), now)


def test_a_cancelled_meeting_is_shown_until_its_local_day_is_over():
    event = an_event(status="cancelled", zone="America/New_York", ends_at=utc(2027, 5, 4, 20))
    assert is_shown(event, utc(2027, 5, 5, 3))
    assert not is_shown(event, utc(2027, 5, 5, 5))


GUILDWAY = Correspondent(name='Guildway, for "Ada"', address="no-reply@guildway.example")
ADA = Correspondent(name="Ada Łoś; PhD", address="ada+work@example.org")
BO = Correspondent(name="", address="bo@example.org")


def test_an_invitation_asks_both():
    body = invitation(an_event(sequence=1), "REQUEST", GUILDWAY, [ADA, BO])
    found = lines(body)
    assert "METHOD:REQUEST" in found
    assert "ORGANIZER;CN=\"Guildway, for 'Ada'\":mailto:no-reply@guildway.example" in found
    asks = "PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE"
    assert f'ATTENDEE;CN="Ada Łoś; PhD";{asks}:mailto:ada+work@example.org' in found
    assert f"ATTENDEE;{asks}:mailto:bo@example.org" in found
    assert "SEQUENCE:1" in found
    assert "UID:a1@guildway" in found
    assert found.count("BEGIN:VEVENT") == found.count("BEGIN:VTIMEZONE") == 1
    assert not [line for line in found if line.startswith(("X-WR", "NAME", "REFRESH"))]


def test_a_cancellation_is_a_cancel_of_the_same_uid():
    body = invitation(an_event(sequence=2), "CANCEL", GUILDWAY, [ADA], cancelled_prefix="Annulé : ")
    found = lines(body)
    assert "METHOD:CANCEL" in found
    assert "STATUS:CANCELLED" in found
    assert "SUMMARY:Annulé : Mentoring: Ada" in found
    assert 'ATTENDEE;CN="Ada Łoś; PhD";ROLE=REQ-PARTICIPANT:mailto:ada+work@example.org' in found
    assert "UID:a1@guildway" in found


def test_an_invitation_in_a_repeated_hour_is_utc_and_needs_no_zone():
    event = an_event(starts_at=utc(2027, 10, 31, 0), ends_at=utc(2027, 10, 31, 1))
    found = lines(invitation(event, "REQUEST", GUILDWAY, [ADA]))
    assert "DTSTART:20271031T000000Z" in found
    assert "BEGIN:VTIMEZONE" not in found


@pytest.mark.parametrize(
    ("event", "attendees", "field"),
    [
        (an_event(), [], "attendees"),
        (an_event(status="cancelled"), [ADA], "status"),
        (an_event(ends_at=utc(2027, 5, 4, 7)), [ADA], "ends_at"),
        (an_event(), [Correspondent(name="x", address="a@b\r\nX-EVIL:1")], "address"),
        (an_event(), [Correspondent(name="x", address="nobody")], "address"),
    ],
)
def test_a_wrong_invitation_is_refused(event, attendees, field):
    with pytest.raises(Invalid) as caught:
        invitation(event, "REQUEST", GUILDWAY, attendees)
    assert [fault.field for fault in caught.value.faults] == [field]


def test_no_name_gets_out_of_its_parameter():
    names = ['"\r\nX-EVIL:1', "a;b:c,d", "^n^'", "", "\x00", "é" * 200]
    guests = [Correspondent(name=name, address=f"g{n}@example.org") for n, name in enumerate(names)]
    body = invitation(an_event(), "REQUEST", GUILDWAY, guests)
    assert not [line for line in lines(body) if line.startswith("X-EVIL")]
    assert len(the_event(body)["ATTENDEE"]) == len(names)


def test_a_large_feed_stays_below_a_megabyte():
    start = utc(2027, 1, 1)
    entries = [
        an_event(
            uid=f"{n}@guildway",
            starts_at=start + n * timedelta(hours=1),
            ends_at=start + (n + 1) * timedelta(hours=1),
        )
        for n in range(1000)
    ]
    assert len(a_feed(*entries).body) < 1_000_000
