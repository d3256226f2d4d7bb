"""VTIMEZONEs that every calendar program reads alike: two yearly rules, or one fixed offset.

`icalendar` writes lists of dates, of which Thunderbird reads the first only and Outlook none. The
rules come from the POSIX TZ string at the end of each TZif file of tzdata (RFC 9636, 3.3): what
holds from the last listed change on. Where a listed change departs from it (a Ramadan in Morocco, a
winter in Cuba, a law that changed within the shown past), and in hours that the clocks repeat,
readers would disagree. `is_plain` tells such instants apart, and whoever writes them writes UTC.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur, vText

from chassis.zones import is_zone, zone, zone_data

__all__ = ["is_plain", "is_zone", "vtimezone"]

FIRST_YEAR: Final = 1970
"""Where the rules begin: before any event, the same for every feed, and read by everybody."""

_TIME = r"[+-]?\d+(?::\d\d)?"
_DAY = rf"M\d+\.\d\.\d(?:/{_TIME})?"
_POSIX = re.compile(
    rf"(?P<standard>[A-Za-z]+|<[^>]+>)(?P<west>{_TIME})"
    rf"((?P<summer>[A-Za-z]+|<[^>]+>)(?P<summer_west>{_TIME})?"
    rf",(?P<begins>{_DAY}),(?P<ends>{_DAY}))?"
)
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_SECOND = timedelta(seconds=1)
_DAY_LENGTH = timedelta(days=1)
_LAST_WEEK = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A yearly change of the clocks: a month's nth weekday (Sunday 0; week 5: the last).

    `after` counts from 00:00 of that day, on the clock before the change, and may leave the day.
    """

    name: str
    offset_from: timedelta
    offset_to: timedelta
    month: int
    week: int
    weekday: int
    after: timedelta

    def at(self, year: int) -> datetime:
        """The naive local time of the change, on the clock before it."""
        last = date(year, self.month, monthrange(year, self.month)[1])
        first = last.replace(day=1) if self.week < _LAST_WEEK else last - 6 * _DAY_LENGTH
        ahead = (self.weekday - first.isoweekday()) % 7
        weeks = (self.week - 1) if self.week < _LAST_WEEK else 0
        day = first + timedelta(days=ahead, weeks=weeks)
        return datetime.combine(day, time.min) + self.after

    def recurrence(self) -> vRecur:
        """The yearly rule (RFC 5545, 3.3.10), with month days only if the change leaves its day."""
        moved = self.after // _DAY_LENGTH
        weekday = _WEEKDAYS[(self.weekday + moved) % 7]
        if not moved:
            nth = self.week if self.week < _LAST_WEEK else -1
            return vRecur(freq="YEARLY", bymonth=self.month, byday=f"{nth}{weekday}")
        length = monthrange(FIRST_YEAR, self.month)[1]
        first = (7 * self.week - 6 if self.week < _LAST_WEEK else length - 6) + moved
        if first < 1 or first + 6 > length:
            raise ValueError(f"no yearly rule within one month for {self}")
        days = list(range(first, first + 7))
        return vRecur(freq="YEARLY", bymonth=self.month, bymonthday=days, byday=weekday)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a POSIX TZ string says: a fixed offset with its name, and no or two changes a year."""

    name: str
    offset: timedelta
    changes: tuple[Change, ...]

    def offset_at(self, moment: datetime) -> timedelta:
        """The offset east of UTC at a naive UTC time."""
        past = [
            (change.at(year) - change.offset_from, change.offset_to)
            for change in self.changes
            for year in (moment.year - 1, moment.year, moment.year + 1)
        ]
        return max((each for each in past if each[0] <= moment), default=(moment, self.offset))[1]

    def offsets_of(self, local: datetime) -> list[timedelta]:
        """The offsets at which a naive local time is shown: none in a gap, two in a fold."""
        offsets = {self.offset} | {change.offset_to for change in self.changes}
        return [offset for offset in offsets if self.offset_at(local - offset) == offset]


def is_plain(moment: datetime, zone_name: str) -> bool:
    """Tell whether all readers turn this instant's local time back into this instant.

    False in a repeated hour, where the VTIMEZONE departs from tzdata, and for a name that is no
    zone.
    """
    if not is_zone(zone_name):
        return False
    shown = moment.astimezone(zone(zone_name))
    local, offset = shown.replace(tzinfo=None, fold=0), shown.utcoffset()
    is_repeated = shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset()
    return not is_repeated and rule_of(zone_name).offsets_of(local) == [offset]


@cache
def vtimezone(zone_name: str) -> Timezone:
    """The VTIMEZONE of a zone; shared, so only to be read. Raises ValueError for a name of none."""
    rule = rule_of(zone_name)
    component = Timezone()
    component.add("tzid", vText(zone_name))
    for change in rule.changes:
        component.add_component(_observance(change))
    if not rule.changes:
        component.add_component(_fixed(rule))
    return component


@cache
def rule_of(zone_name: str) -> Rule:
    """The yearly rule that tzdata's footer gives. Raises ValueError for a name that is no zone."""
    footer = zone_data(zone_name).rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")
    return parse(footer)


def parse(text: str) -> Rule:
    """Read a POSIX TZ string as tzdata writes them (POSIX.1-2024, 8.3); ValueError for any other.

    The time with the larger offset is called summer, for Dublin's footer calls winter the
    exception.
    """
    match = _POSIX.fullmatch(text)
    if match is None:
        raise ValueError(f"not a rule of months, weeks and weekdays: {text!r}")
    names = match["standard"].strip("<>"), (match["summer"] or "").strip("<>")
    standard = -_span(match["west"])
    if not match["summer"]:
        return Rule(name=names[0], offset=standard, changes=())
    west = match["summer_west"]
    summer = -_span(west) if west else standard + timedelta(hours=1)
    there = _change(match["begins"], names[1], standard, summer)
    back = _change(match["ends"], names[0], summer, standard)
    return Rule(name=names[0], offset=standard, changes=(back, there))


def _change(text: str, name: str, offset_from: timedelta, offset_to: timedelta) -> Change:
    day, _, clock = text.partition("/")
    month, week, weekday = (int(number) for number in day.removeprefix("M").split("."))
    after = _span(clock or "2")
    if after == _DAY_LENGTH:
        # One second early stays within the day, and so in the form that Outlook reads; Cairo's last
        # Thursday in October would leave its month. No meeting begins or ends in that second.
        after -= _SECOND
    return Change(
        name=name,
        offset_from=offset_from,
        offset_to=offset_to,
        month=month,
        week=week,
        weekday=weekday,
        after=after,
    )


def _span(text: str) -> timedelta:
    hours, _, minutes = text.lstrip("+-").partition(":")
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -span if text.startswith("-") else span


def _observance(change: Change) -> TimezoneStandard | TimezoneDaylight:
    is_summer = change.offset_to > change.offset_from
    part = TimezoneDaylight() if is_summer else TimezoneStandard()
    part.add("dtstart", change.at(FIRST_YEAR))
    part.add("tzoffsetfrom", change.offset_from)
    part.add("tzoffsetto", change.offset_to)
    part.add("tzname", vText(change.name))
    part.add("rrule", change.recurrence())
    return part


def _fixed(rule: Rule) -> TimezoneStandard:
    part = TimezoneStandard()
    part.add("dtstart", datetime.combine(date(FIRST_YEAR, 1, 1), time.min))
    part.add("tzoffsetfrom", rule.offset)
    part.add("tzoffsetto", rule.offset)
    part.add("tzname", vText(rule.name))
    return part
