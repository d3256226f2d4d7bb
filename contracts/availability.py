"""When a person can meet: weekly windows on the person's own clock, and what instants they are.

Profiles takes the windows in, matching compares the hours of a week, scheduling looks for common
times; so the windows, their faults and their meaning stand here once. Windows are never kept in UTC
or with an offset: nine o'clock stays nine o'clock when the clocks change.

On the days when they do: a window opens at the first instant its start is shown, or passed over; it
closes after the last showing of its last minute. A window that holds a repeated hour is one
stretch, one that lies wholly in a skipped hour is none. Arithmetic is done in UTC, for Python's
arithmetic on aware local times ignores changes.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chassis.errors import Fault, Invalid
from chassis.zones import is_zone, zone

Stretch = tuple[datetime, datetime]
"""From, and up to but without: two instants, aware UTC."""

_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_HOURS_OF_WEEK = 168


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From `start` to `end` on a local clock, both "HH:MM"; "24:00" is an end only.

    An end that is not after the start is on the next day.
    """

    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Hours):
    """Hours of every week; `weekday` is that of the start, Monday 0."""

    weekday: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What replaces the windows that start on one local date; no hours: closed."""

    on: date
    hours: tuple[Hours, ...] = ()


def hours_faults(hours: Sequence[Hours], field: str) -> list[Fault]:
    """Every fault: `not-a-time` at `<field>.<n>.start` or `.end`, `empty` at `<field>.<n>`."""
    faults = []
    for n, each in enumerate(hours):
        if not _TIME.fullmatch(each.start):
            faults.append(Fault(field=f"{field}.{n}.start", code="not-a-time"))
        if each.end != "24:00" and not _TIME.fullmatch(each.end):
            faults.append(Fault(field=f"{field}.{n}.end", code="not-a-time"))
        if each.start == each.end:
            faults.append(Fault(field=f"{field}.{n}", code="empty"))
    return faults


def window_faults(windows: Sequence[Window], field: str = "windows") -> list[Fault]:
    """Every fault: those of the hours, and `not-a-weekday` at `<field>.<n>.weekday`."""
    weekdays = [
        Fault(field=f"{field}.{n}.weekday", code="not-a-weekday")
        for n, window in enumerate(windows)
        if window.weekday not in range(7)
    ]
    return weekdays + hours_faults(windows, field)


def check_windows(windows: Sequence[Window], zone_name: str, field: str = "windows") -> None:
    """Raise Invalid with every fault of the windows, and `not-a-zone` at `zone`."""
    faults = window_faults(windows, field)
    if not is_zone(zone_name):
        faults.append(Fault(field="zone", code="not-a-zone"))
    if faults:
        raise Invalid(faults)


def free_stretches(
    windows: Iterable[Window],
    zone_name: str,
    first: date,
    last: date,
    overrides: Iterable[Override] = (),
) -> list[Stretch]:
    """The stretches that start on local dates `first` to `last`, merged and in order.

    Hours over midnight belong to the date on which they start: closing the next date leaves them
    whole.
    """
    week: list[list[Hours]] = [[] for _ in range(7)]
    for window in windows:
        week[window.weekday].append(window)
    replaced = {override.on: override.hours for override in overrides}
    clock = zone(zone_name)
    days = (first + n * _DAY for n in range((last - first).days + 1))
    return merged(
        _stretch(day, hours, clock)
        for day in days
        for hours in replaced.get(day, week[day.weekday()])
    )


def hours_of_week(windows: Iterable[Window], zone_name: str, week_of: date) -> list[int]:
    """The hours of that date's week which lie wholly in windows, in order.

    They are hours of UTC: Monday 00:00 is 0, the last of Sunday is 167.
    """
    monday = week_of - week_of.weekday() * _DAY
    zero = datetime.combine(monday, time.min, UTC)
    hours: list[int] = []
    for starts_at, ends_at in free_stretches(
        windows, zone_name, monday - 2 * _DAY, monday + 8 * _DAY
    ):
        first, end = -((zero - starts_at) // _HOUR), (ends_at - zero) // _HOUR
        hours.extend(range(max(first, 0), min(end, _HOURS_OF_WEEK)))
    return hours


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time in order, without empty stretches, those that touch or overlap joined."""
    result: list[Stretch] = []
    for starts_at, ends_at in sorted(each for each in stretches if each[0] < each[1]):
        if result and starts_at <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], ends_at))
        else:
            result.append((starts_at, ends_at))
    return result


def _stretch(day: date, hours: Hours, clock: ZoneInfo) -> Stretch:
    opens, closes = _minutes(hours.start), _minutes(hours.end)
    if closes <= opens:
        closes += 24 * 60
    midnight = datetime.combine(day, time.min)
    starts_at = _first_showing(midnight + opens * _MINUTE, clock)
    return starts_at, _end_of_last_showing(midnight + (closes - 1) * _MINUTE, clock)


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _first_showing(local: datetime, clock: ZoneInfo) -> datetime:
    """The first instant at which the clock shows this minute, or skips it."""
    moment = local.replace(tzinfo=clock, fold=0).astimezone(UTC)
    return moment if _shows(clock, moment, local) else _change_over(local, clock)


def _end_of_last_showing(local: datetime, clock: ZoneInfo) -> datetime:
    """The instant at which the clock has shown this minute for the last time, or skips it."""
    moment = local.replace(tzinfo=clock, fold=1).astimezone(UTC)
    return moment + _MINUTE if _shows(clock, moment, local) else _change_over(local, clock)


def _shows(clock: ZoneInfo, moment: datetime, local: datetime) -> bool:
    return moment.astimezone(clock).replace(tzinfo=None, fold=0) == local


def _change_over(local: datetime, clock: ZoneInfo) -> datetime:
    """The instant of the change that skips this local time.

    Read with the offset after the change it comes out before it, and the other way round (PEP 495).
    """
    earliest = local.replace(tzinfo=clock, fold=1).astimezone(UTC)
    latest = local.replace(tzinfo=clock, fold=0).astimezone(UTC)
    before = earliest.astimezone(clock).utcoffset()
    minutes = range((latest - earliest) // _MINUTE + 1)
    return earliest + _MINUTE * bisect_left(
        minutes,
        True,
        key=lambda n: (earliest + n * _MINUTE).astimezone(clock).utcoffset() != before,
    )
