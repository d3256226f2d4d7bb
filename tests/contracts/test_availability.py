from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.errors import Invalid
from contracts.availability import (
    Hours,
    Override,
    Window,
    check_windows,
    free_stretches,
    hours_of_week,
    merged,
)


def a_window(weekday=0, start="09:00", end="17:00"):
    return Window(weekday=weekday, start=start, end=end)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_every_fault_is_named_at_once():
    windows = [
        a_window(),
        a_window(weekday=7, start="9:00", end="24:30"),
        a_window(weekday=-1, start="24:00", end="24:00"),
        a_window(start="10:00", end="10:00"),
        a_window(start="\u0661\u0660:\u0660\u0660"),
    ]
    with pytest.raises(Invalid) as caught:
        check_windows(windows, "Mars/Base")
    assert {(fault.field, fault.code) for fault in caught.value.faults} == {
        ("windows.1.weekday", "not-a-weekday"),
        ("windows.1.start", "not-a-time"),
        ("windows.1.end", "not-a-time"),
        ("windows.2.weekday", "not-a-weekday"),
        ("windows.2.start", "not-a-time"),
        ("windows.2", "empty"),
        ("windows.3", "empty"),
        ("windows.4.start", "not-a-time"),
        ("zone", "not-a-zone"),
    }


def test_good_windows_pass_and_none_are_good():
    check_windows(
        [a_window(start="00:00", end="24:00"), a_window(start="22:00", end="02:00")], "UTC"
    )
    check_windows([], "Europe/Kiev")


def test_stretches_are_joined_where_they_touch_or_overlap():
    day = [utc(2027, 1, 4, hour) for hour in range(10)]
    assert merged([(day[5], day[6]), (day[1], day[3]), (day[3], day[4]), (day[2], day[3])]) == [
        (day[1], day[4]),
        (day[5], day[6]),
    ]
    assert merged([(day[2], day[2]), (day[5], day[4])]) == []


def test_nine_o_clock_stays_nine_when_the_clocks_change():
    windows = [a_window(weekday=weekday) for weekday in range(7)]
    starts = [
        each[0]
        for each in free_stretches(windows, "Europe/Berlin", date(2027, 3, 27), date(2027, 3, 28))
    ]
    assert starts == [utc(2027, 3, 27, 8), utc(2027, 3, 28, 7)]


@pytest.mark.parametrize(
    ("start", "end", "stretch"),
    [
        ("02:15", "02:45", None),
        ("02:00", "03:00", None),
        ("02:30", "04:00", (utc(2027, 3, 28, 1), utc(2027, 3, 28, 2))),
        ("01:00", "02:30", (utc(2027, 3, 28, 0), utc(2027, 3, 28, 1))),
        ("01:00", "02:00", (utc(2027, 3, 28, 0), utc(2027, 3, 28, 1))),
        ("00:00", "24:00", (utc(2027, 3, 27, 23), utc(2027, 3, 28, 22))),
    ],
)
def test_a_skipped_hour_belongs_to_no_window(start, end, stretch):
    """Berlin has no 02:00 to 03:00 on this day; the change is at 01:00 UTC."""
    day = date(2027, 3, 28)
    found = free_stretches([a_window(6, start, end)], "Europe/Berlin", day, day)
    assert found == ([stretch] if stretch else [])


@pytest.mark.parametrize(
    ("start", "end", "stretch"),
    [
        ("02:30", "03:30", (utc(2027, 10, 31, 0, 30), utc(2027, 10, 31, 2, 30))),
        ("02:15", "02:45", (utc(2027, 10, 31, 0, 15), utc(2027, 10, 31, 1, 45))),
        ("01:00", "02:00", (utc(2027, 10, 30, 23), utc(2027, 10, 31, 0))),
        ("03:00", "04:00", (utc(2027, 10, 31, 2), utc(2027, 10, 31, 3))),
    ],
)
def test_a_window_with_a_repeated_hour_is_one_stretch(start, end, stretch):
    """Berlin shows 02:00 to 03:00 twice on this day, from 00:00 and from 01:00 UTC."""
    day = date(2027, 10, 31)
    assert free_stretches([a_window(6, start, end)], "Europe/Berlin", day, day) == [stretch]


def test_a_day_that_begins_at_one_begins_at_the_change():
    """Santiago skips 00:00 to 01:00 on 5 September 2027."""
    day = date(2027, 9, 5)
    assert free_stretches([a_window(6, "00:00", "02:00")], "America/Santiago", day, day) == [
        (utc(2027, 9, 5, 4), utc(2027, 9, 5, 5))
    ]
    before = date(2027, 9, 4)
    assert free_stretches([a_window(5, "23:00", "24:00")], "America/Santiago", before, before) == [
        (utc(2027, 9, 5, 3), utc(2027, 9, 5, 4))
    ]


def test_an_override_replaces_the_hours_of_its_own_local_date():
    windows = [a_window(weekday=weekday, start="22:00", end="02:00") for weekday in range(7)]
    overrides = [
        Override(on=date(2027, 1, 5)),
        Override(on=date(2027, 1, 6), hours=(Hours(start="08:00", end="09:00"),)),
    ]
    found = free_stretches(windows, "Asia/Kolkata", date(2027, 1, 4), date(2027, 1, 7), overrides)
    assert found == [
        (utc(2027, 1, 4, 16, 30), utc(2027, 1, 4, 20, 30)),
        (utc(2027, 1, 6, 2, 30), utc(2027, 1, 6, 3, 30)),
        (utc(2027, 1, 7, 16, 30), utc(2027, 1, 7, 20, 30)),
    ]


def test_no_windows_make_no_hours():
    assert hours_of_week([], "Europe/Berlin", date(2027, 1, 4)) == []


def test_only_whole_hours_of_utc_count():
    assert hours_of_week([a_window()], "Asia/Kolkata", date(2027, 1, 7)) == list(range(4, 11))
    assert hours_of_week([a_window(start="09:30", end="10:29")], "UTC", date(2027, 1, 7)) == []


def test_hours_that_two_windows_fill_together_count():
    windows = [a_window(start="09:00", end="09:30"), a_window(start="09:30", end="10:00")]
    assert hours_of_week(windows, "UTC", date(2027, 1, 7)) == [9]


def test_windows_at_the_edge_come_round_to_the_other_end_of_the_week():
    assert hours_of_week([a_window(0, "08:00", "15:00")], "Pacific/Auckland", date(2027, 1, 4)) == [
        0, 1, *range(163, 168)
    ]  # fmt: skip
    night = [a_window(6, "18:00", "24:00")]
    assert hours_of_week(night, "America/New_York", date(2027, 1, 10)) == [0, 1, 2, 3, 4, 167]


def test_always_is_every_hour_once_in_any_zone_and_week():
    windows = [a_window(weekday, "00:00", "24:00") for weekday in range(7)]
    for week in (date(2027, 3, 24), date(2026, 12, 31), date(2027, 10, 31)):
        for zone in ("UTC", "Pacific/Kiritimati", "Asia/Kathmandu", "America/Santiago"):
            assert hours_of_week(windows, zone, week) == list(range(168))


def test_the_hours_of_a_week_follow_the_clock_of_that_week():
    summer = hours_of_week([a_window()], "Europe/Berlin", date(2027, 7, 7))
    winter = hours_of_week([a_window()], "Europe/Berlin", date(2027, 1, 7))
    assert [hour + 1 for hour in summer] == winter
    assert (date(2027, 7, 7) - timedelta(days=2)).weekday() == 0
