from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Invalid
from chassis.zones import zone
from contracts.availability import Hours, Override, Window
from services.scheduling.availability import Availability, common, free_times, quarters

MINUTE, QUARTER, HOUR, DAY = (
    timedelta(minutes=1),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(days=1),
)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def a_person(zone="UTC", start="09:00", end="17:00", weekdays=range(7), overrides=(), busy=()):
    windows = tuple(Window(weekday=weekday, start=start, end=end) for weekday in weekdays)
    return Availability(zone=zone, windows=windows, overrides=tuple(overrides), busy=tuple(busy))


def times_of(mentor, mentee, now, days=7, length=HOUR, notice=timedelta()):
    return free_times(mentor, mentee, now=now, notice=notice, horizon=days * DAY, length=length)


def by_brute_force(mentor, mentee, now, days=7, length=HOUR, notice=timedelta()):
    """Look minute by minute: both clocks within hours, nobody busy, for the whole length."""
    since, until = now + notice, now + days * DAY
    free = minutes_of(mentor, since, until) & minutes_of(mentee, since, until)
    clock = zone(mentor.zone)
    result, at = [], since
    while at + length <= until:
        is_start = at.minute % 15 == 0 and at.astimezone(clock).minute % 30 == 0
        if is_start and all(at + n * MINUTE in free for n in range(length // MINUTE)):
            result.append((at, at + length))
        at += MINUTE
    return result


def minutes_of(person, since, until):
    clock = zone(person.zone)
    margin = 2 * DAY
    count = (until - since + 2 * margin) // MINUTE
    shown = [
        (moment, moment.astimezone(clock).replace(tzinfo=None, fold=0))
        for moment in (since - margin + n * MINUTE for n in range(count))
    ]
    by_reading = {}
    for moment, reading in shown:
        by_reading.setdefault(reading, []).append(moment)
    free = set()
    day = shown[0][1].date()
    while day <= shown[-1][1].date():
        for hours in hours_on(day, person):
            free |= minutes_between(*readings(day, hours), by_reading)
        day += DAY
    busy = person.busy
    return {at for at in free if not any(start <= at < end for start, end in busy)}


def hours_on(day, person):
    for override in person.overrides:
        if override.on == day:
            return override.hours
    return [window for window in person.windows if window.weekday == day.weekday()]


def readings(day, hours):
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (a reading of a clock)
    start, end = (
        midnight + timedelta(hours=int(text[:2]), minutes=int(text[3:]))
        for text in (hours.start, hours.end)
    )
    return start, end if end > start else end + DAY


def minutes_between(start, end, by_reading):
    """Every minute whose reading lies within, and those between: a window is one stretch."""
    found = [
        moment
        for n in range((end - start) // MINUTE)
        for moment in by_reading.get(start + n * MINUTE, ())
    ]
    if not found:
        return set()
    return {min(found) + n * MINUTE for n in range((max(found) - min(found)) // MINUTE + 1)}


BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
CASES = {
    "US and EU differ in March": (
        a_person(NEW_YORK, "08:00", "12:00"),
        a_person(BERLIN),
        utc(2027, 3, 12),
        18,
    ),
    "US and EU differ in autumn": (
        a_person(BERLIN),
        a_person(NEW_YORK, "08:00", "12:00"),
        utc(2027, 10, 29),
        11,
    ),
    "five-hour night": (a_person(BERLIN, "22:00", "04:00"), a_person(), utc(2027, 3, 26), 4),
    "five-hour night of both": (a_person(BERLIN, "22:00", "04:00"),) * 2 + (utc(2027, 3, 26), 4),
    "seven-hour night of both": (a_person(BERLIN, "22:00", "04:00"),) * 2 + (utc(2027, 10, 29), 4),
    "window wholly in the gap": (a_person(BERLIN, "02:00", "03:00"),) * 2 + (utc(2027, 3, 26), 4),
    "window that starts in the gap": (a_person(BERLIN, "02:30", "05:00"),) * 2
    + (utc(2027, 3, 26), 4),
    "window that ends in the gap": (a_person(BERLIN, "01:00", "02:30"),) * 2
    + (utc(2027, 3, 26), 4),
    "window into the fold": (a_person(NEW_YORK, "00:30", "01:30"),) * 2 + (utc(2027, 11, 5), 4),
    "window out of the fold": (a_person(NEW_YORK, "01:30", "02:30"),) * 2 + (utc(2027, 11, 5), 4),
    "window within the fold": (a_person(NEW_YORK, "01:00", "02:00"),) * 2 + (utc(2027, 11, 5), 4),
    "window up to the fold": (a_person(NEW_YORK, "00:00", "01:00"),) * 2 + (utc(2027, 11, 5), 4),
    "nine o'clock on the change day": (
        a_person(BERLIN),
        a_person(BERLIN, "09:00", "11:00"),
        utc(2027, 3, 27),
        3,
    ),
    "Auckland's Monday is New York's Sunday": (
        a_person("Pacific/Auckland", "08:00", "12:00", [0]),
        a_person(NEW_YORK, "12:00", "20:00", [6]),
        utc(2027, 1, 1),
        14,
    ),
    "Auckland leaves summer as London enters": (
        a_person("Pacific/Auckland", "19:00", "22:00"),
        a_person("Europe/London", "07:00", "11:00"),
        utc(2027, 3, 25),
        14,
    ),
    "half-hour zones": (
        a_person("Asia/Kolkata"),
        a_person("Australia/Adelaide", "12:00", "20:00"),
        utc(2027, 4, 1),
        6,
    ),
    "Kathmandu's quarters": (
        a_person("Asia/Kathmandu"),
        a_person("Asia/Kolkata"),
        utc(2027, 4, 1),
        3,
    ),
    "Lord Howe's half hour in spring": (a_person("Australia/Lord_Howe", "00:00", "06:00"),) * 2
    + (utc(2027, 10, 1), 4),
    "Lord Howe's half hour in autumn": (a_person("Australia/Lord_Howe", "00:00", "06:00"),) * 2
    + (utc(2027, 4, 2), 4),
    "over midnight": (
        a_person(start="22:00", end="03:00"),
        a_person(start="23:30", end="02:00"),
        utc(2027, 1, 4),
        3,
    ),
    "all day and all night": (
        a_person(start="00:00", end="24:00"),
        a_person(start="20:00", end="04:00"),
        utc(2027, 1, 4),
        3,
    ),
    "change at midnight": (a_person("America/Santiago", "23:00", "02:00"),) * 2
    + (utc(2027, 9, 3), 4),
    "change back at midnight": (a_person("America/Santiago", "22:00", "02:00"),) * 2
    + (utc(2027, 4, 2), 4),
    "day of 23 hours": (a_person(BERLIN, "00:00", "24:00"),) * 2 + (utc(2027, 3, 27), 3),
    "Reykjavik and London": (
        a_person("Atlantic/Reykjavik"),
        a_person("Europe/London"),
        utc(2027, 3, 26),
        5,
    ),
    "nothing in common": (
        a_person(start="08:00", end="10:00"),
        a_person(start="10:00", end="12:00"),
        utc(2027, 1, 4),
        3,
    ),
    "no windows": (a_person(weekdays=()), a_person(), utc(2027, 1, 4), 3),
    "Casablanca's Ramadan begins": (
        a_person("Africa/Casablanca"),
        a_person("Europe/Paris"),
        utc(2027, 2, 5),
        5,
    ),
    "Gaza": (
        a_person("Asia/Gaza", "00:00", "06:00"),
        a_person("Asia/Gaza", "00:00", "24:00"),
        utc(2027, 3, 25),
        5,
    ),
    "aliases": (a_person("Europe/Kyiv"), a_person("Europe/Kiev"), utc(2027, 3, 26), 4),
    "week 53": (
        a_person(weekdays=[3, 4]),
        a_person(BERLIN, weekdays=[3, 4]),
        utc(2026, 12, 28),
        10,
    ),
    "notice over a change": (a_person(BERLIN, "00:00", "06:00"),) * 2
    + (utc(2027, 3, 27, 12), 3, HOUR, 13 * HOUR),
    "from within a quarter": (a_person(), a_person(), utc(2027, 1, 4, 10, 7), 1, HOUR, 20 * MINUTE),
    "horizon within a slot": (a_person(), a_person(), utc(2027, 1, 4, 10, 40), 1),
    "busy": (
        a_person(
            busy=[
                (utc(2027, 1, 4, 10), utc(2027, 1, 4, 11)),
                (utc(2027, 1, 4, 10, 30), utc(2027, 1, 4, 11, 20)),
                (utc(2027, 1, 5, 8), utc(2027, 1, 5, 9)),
                (utc(2027, 1, 5, 16, 59), utc(2027, 1, 5, 23)),
                (utc(2027, 1, 6), utc(2027, 1, 7)),
                (utc(2027, 1, 7, 12), utc(2027, 1, 7, 12)),
            ]
        ),
        a_person(
            busy=[
                (utc(2027, 1, 4, 11, 20), utc(2027, 1, 4, 12)),
                (utc(2027, 1, 3), utc(2027, 1, 4, 9, 15)),
            ]
        ),
        utc(2027, 1, 4),
        5,
    ),
    "overrides on the person's date": (
        a_person(
            "Pacific/Auckland",
            overrides=[
                Override(on=date(2027, 1, 5)),
                Override(
                    on=date(2027, 1, 6),
                    hours=(Hours(start="20:00", end="23:00"), Hours(start="06:00", end="07:00")),
                ),
            ],
        ),
        a_person(start="00:00", end="24:00", overrides=[Override(on=date(2027, 1, 7))]),
        utc(2027, 1, 3),
        6,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_free_times_are_those_found_minute_by_minute(case):
    found = times_of(*CASES[case])
    assert found == by_brute_force(*CASES[case])
    assert bool(found) == (case not in {"nothing in common", "no windows", "five-hour night"})


def test_a_window_in_the_skipped_hour_gives_no_slot_that_day_only():
    days = {starts_at.date() for starts_at, _ in times_of(*CASES["window wholly in the gap"])}
    assert days == {date(2027, 3, 26), date(2027, 3, 27), date(2027, 3, 29)}


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_any_two_people_on_any_days_of_change(data):
    text = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
    hours = st.tuples(text, text).filter(lambda pair: pair[0] != pair[1])
    zones = st.sampled_from([BERLIN, NEW_YORK, "Australia/Lord_Howe", "America/Santiago", "UTC"])
    day = data.draw(st.sampled_from([(2027, 3, 27), (2027, 10, 30), (2027, 4, 3), (2027, 9, 4)]))
    people = [a_person(data.draw(zones), *data.draw(hours)) for _ in range(2)]
    length = data.draw(st.integers(1, 8)) * QUARTER
    assert times_of(*people, utc(*day), 2, length) == by_brute_force(*people, utc(*day), 2, length)


def test_slots_follow_the_mentors_half_hours_on_quarters_of_utc():
    times = times_of(a_person("Asia/Kathmandu"), a_person("Asia/Kolkata"), utc(2027, 4, 1), 1)
    assert {starts_at.minute for starts_at, _ in times} == {15, 45}
    assert all(starts_at.tzinfo is UTC for starts_at, _ in times)


def test_a_slot_longer_than_any_window_does_not_exist():
    assert times_of(a_person(), a_person(), utc(2027, 1, 4), length=9 * HOUR) == []
    assert len(times_of(a_person(), a_person(), utc(2027, 1, 4), 1, length=8 * HOUR)) == 1


@pytest.mark.parametrize("length", [timedelta(), -QUARTER, 20 * MINUTE, MINUTE])
def test_a_length_is_whole_quarters(length):
    with pytest.raises(Invalid) as caught:
        times_of(a_person(), a_person(), utc(2027, 1, 4), length=length)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [
        ("length", "not-quarter-hours")
    ]


def test_no_notice_reaches_into_the_past_and_none_beyond_the_horizon():
    now = utc(2027, 1, 4, 12)
    assert times_of(a_person(), a_person(), now, notice=-DAY)[0][0] == now
    assert times_of(a_person(), a_person(), now, days=1, notice=2 * DAY) == []


def test_thirteen_months_have_every_working_hour():
    times = times_of(a_person(BERLIN), a_person(BERLIN), utc(2027, 1, 1), 395, length=8 * HOUR)
    assert len(times) == 395
    assert {starts_at.astimezone(zone(BERLIN)).hour for starts_at, _ in times} == {9}


def test_a_meeting_stays_where_it_is_when_a_person_changes_zone():
    meeting = (utc(2027, 1, 5, 10), utc(2027, 1, 5, 11))
    for name in ("UTC", BERLIN):
        times = times_of(a_person(name, busy=[meeting]), a_person(), utc(2027, 1, 5), 1)
        assert not any(start < meeting[1] and meeting[0] < end for start, end in times)


def test_common_time_of_nobody_is_none():
    hour = (utc(2027, 1, 5, 10), utc(2027, 1, 5, 11))
    assert common([], [], []) == []
    assert common([hour], [], []) == []
    assert common([hour], [hour], []) == [hour]
    assert common([hour], [hour], [hour]) == []


def test_quarters_are_keys_of_fixed_width_in_utc():
    berlin = zone(BERLIN)
    starts_at = utc(2027, 10, 31, 0, 30).astimezone(berlin)
    ends_at = utc(2027, 10, 31, 1, 30).astimezone(berlin)
    assert quarters(starts_at, ends_at) == [
        "2027-10-31T00:30Z",
        "2027-10-31T00:45Z",
        "2027-10-31T01:00Z",
        "2027-10-31T01:15Z",
    ]


def test_quarters_of_stretches_that_touch_differ():
    at = utc(2027, 1, 4, 10)
    assert not set(quarters(at, at + HOUR)) & set(quarters(at + HOUR, at + 2 * HOUR))


def test_what_is_no_stretch_of_quarters_is_refused_with_every_fault():
    at = utc(2027, 1, 4, 10)
    with pytest.raises(Invalid) as caught:
        quarters(at + MINUTE, at + timedelta(seconds=1))
    assert {(fault.field, fault.code) for fault in caught.value.faults} == {
        ("starts_at", "not-a-quarter-hour"),
        ("ends_at", "not-a-quarter-hour"),
        ("ends_at", "not-after-start"),
    }
    with pytest.raises(Invalid):
        quarters(at, at)
