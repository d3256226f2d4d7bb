from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from dateutil.rrule import rrulestr

from chassis.zones import zone, zone_names
from services.scheduling.timezones import is_plain, is_zone, parse, vtimezone

SINCE, UNTIL = datetime(2027, 1, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC)
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def text_of(name):
    return vtimezone(name).to_ical().decode()


def offset_told(name, moment):
    """What the text says, by a reader of its own that knows RFC 5545 but no zone."""
    instants, offsets = changes_told(name)
    return offsets[bisect_right(instants, moment) - 1]


@cache
def changes_told(name):
    return changes_in(text_of(name).replace(f"TZID:{name}\r\n", ""))


@cache
def changes_in(text):
    found = []
    for part in text.split("BEGIN:")[2:]:
        fields = dict(line.split(":", 1) for line in part.split("\r\n")[1:] if ":" in line)
        before, after = (offset(fields[word]) for word in ("TZOFFSETFROM", "TZOFFSETTO"))
        start = datetime.fromisoformat(fields["DTSTART"])
        local = rrulestr(fields["RRULE"], dtstart=start) if "RRULE" in fields else [start]
        for at in local:
            if at.year > UNTIL.year:
                break
            found.append(((at - before).replace(tzinfo=UTC), after))
    return [list(column) for column in zip(*sorted(found), strict=True)]


def offset(text):
    hours, minutes = text[:3], text[0] + text[3:]
    return timedelta(hours=int(hours), minutes=int(minutes))


def moments_around_changes(clock):
    """Every quarter hour of days on which the offset changes, and a noon of every week."""
    for day in range((UNTIL - SINCE) // DAY):
        at = SINCE + day * DAY
        if at.astimezone(clock).utcoffset() != (at + DAY).astimezone(clock).utcoffset():
            yield from (at + n * QUARTER for n in range(-4, 101))
        elif day % 7 == 0:
            yield at + DAY / 2


def test_every_plain_instant_of_every_zone_is_told_as_it_is():
    wrong = []
    for name in sorted(zone_names()):
        clock = zone(name)
        wrong += [
            (name, moment)
            for moment in moments_around_changes(clock)
            if offset_told(name, moment) != moment.astimezone(clock).utcoffset()
            and is_plain(moment, name)
        ]
    assert wrong == []


def test_a_zone_is_plain_but_for_its_repeated_hours():
    for name in ("Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Jerusalem"):
        clock = zone(name)
        for moment in moments_around_changes(clock):
            shown = moment.astimezone(clock)
            is_repeated = shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset()
            assert is_plain(moment, name) != is_repeated


def test_hardly_any_zone_departs_from_its_yearly_rule():
    """tzdata lists changes by year for a few zones; were many not plain, feeds would be all UTC."""
    departing = {
        name
        for name in zone_names()
        for month in range(1, 13)
        if not is_plain(utc(2028, month, 9, 12), name)
    }
    assert len(departing) < 10
    assert "Europe/Berlin" not in departing


def test_a_time_before_a_change_of_law_is_not_plain():
    """Morocco was at +01 in July 2026 and at +00 in March (Ramadan): no one rule tells both."""
    march, july = utc(2026, 3, 1, 12), utc(2026, 7, 1, 12)
    clock = zone("Africa/Casablanca")
    assert march.astimezone(clock).utcoffset() != july.astimezone(clock).utcoffset()
    for moment in (march, july):
        is_told = offset_told("Africa/Casablanca", moment) == moment.astimezone(clock).utcoffset()
        assert is_plain(moment, "Africa/Casablanca") == is_told
    assert not (is_plain(march, "Africa/Casablanca") and is_plain(july, "Africa/Casablanca"))


def test_two_yearly_rules_or_one_fixed_offset():
    for name in zone_names():
        text = text_of(name)
        assert text.count("BEGIN:STANDARD") == 1
        assert text.count("RRULE:FREQ=YEARLY") == 2 * text.count("BEGIN:DAYLIGHT")
        assert "RDATE" not in text


def test_the_usual_form_is_month_and_nth_weekday():
    assert text_of("Europe/Berlin").split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Berlin",
        "BEGIN:STANDARD",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700329T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "",
    ]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Europe/Dublin", ["TZNAME:IST\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nEND:DAYLIGHT"]),
        ("Australia/Lord_Howe", ["TZOFFSETFROM:+1030\r\nTZOFFSETTO:+1100\r\nEND:DAYLIGHT"]),
        ("America/St_Johns", ["TZOFFSETFROM:-0330\r\nTZOFFSETTO:-0230\r\nEND:DAYLIGHT"]),
        ("Asia/Jerusalem", ["BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29;BYMONTH=3"]),
        ("Africa/Cairo", ["DTSTART:19701029T235959\r\nRRULE:FREQ=YEARLY;BYDAY=-1TH;BYMONTH=10"]),
        ("Asia/Kolkata", ["DTSTART:19700101T000000\r\nTZNAME:IST\r\nTZOFFSETFROM:+0530"]),
        ("Pacific/Auckland", ["DTSTART:19700405T030000", "DTSTART:19700927T020000"]),
    ],
)
def test_odd_zones_are_written_so(name, lines):
    for line in lines:
        assert line in text_of(name)


def test_an_alias_keeps_its_name():
    assert "TZID:Europe/Kiev\r\n" in text_of("Europe/Kiev")
    assert changes_told("Europe/Kiev") == changes_told("Europe/Kyiv")


def test_no_zone_is_refused_and_never_plain():
    assert not is_zone("Mars/Base")
    assert not is_plain(utc(2027, 1, 1), "Mars/Base")
    with pytest.raises(ValueError, match="not a time zone"):
        vtimezone("Mars/Base")


@pytest.mark.parametrize(
    "text", ["", "CET", "CET-1CEST", "CET-1CEST,J60,J300", "CET-1,M3.5.0,M10.5.0"]
)
def test_rules_of_another_form_are_refused(text):
    with pytest.raises(ValueError, match="not a rule"):
        parse(text)


def test_a_change_that_leaves_its_month_is_refused():
    rule = parse("XST0XDT,M3.5.0,M10.5.4/48")
    with pytest.raises(ValueError, match="no yearly rule"):
        rule.changes[0].recurrence()
