"""Times at which both people of a pair can meet.

Each person's windows and overrides become stretches of UTC; one sweep over all ends keeps what lies
in stretches of both and in no busy time of either. The choice of slots is the mentor's clock's:
whole and half hours there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from chassis.errors import Fault, Invalid
from chassis.zones import zone
from contracts.availability import Override, Stretch, Window, free_stretches, merged

QUARTER = timedelta(minutes=15)
"""Meetings begin and end at whole quarter hours: they hold one key a member and quarter."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARGIN = timedelta(days=2)  # windows over midnight, and zones up to 14 hours from UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What a person made known: hours on the clock of a zone, busy stretches in any order."""

    zone: str
    windows: tuple[Window, ...] = ()
    overrides: tuple[Override, ...] = ()
    busy: tuple[Stretch, ...] = ()


def free_times(
    mentor: Availability,
    mentee: Availability,
    *,
    now: datetime,
    notice: timedelta,
    horizon: timedelta,
    length: timedelta,
) -> list[Stretch]:
    """Stretches of `length` in which both are free, in order, of `now + notice` to `now + horizon`.

    They start at :00 and :30 of the mentor's clock and may overlap one another.
    Raises Invalid: `not-quarter-hours` at `length` unless it is one or more whole quarter hours.
    """
    if length < QUARTER or length % QUARTER:
        raise Invalid([Fault(field="length", code="not-quarter-hours")])
    now = now.astimezone(UTC)
    since, until = now + max(notice, timedelta()), now + horizon
    shared = common(
        _stretches(mentor, since, until),
        _stretches(mentee, since, until),
        chain(mentor.busy, mentee.busy),
    )
    clock = zone(mentor.zone)
    return [
        (starts_at, starts_at + length)
        for stretch in shared
        for starts_at in _starts(stretch, since, until, length)
        if starts_at.astimezone(clock).minute % 30 == 0
    ]


def common(
    one: Iterable[Stretch], other: Iterable[Stretch], busy: Iterable[Stretch]
) -> list[Stretch]:
    """What lies in both and in no busy stretch, in order; an empty or reversed one is none."""
    changes: list[tuple[datetime, int, int]] = []
    for starts_at, ends_at in chain(merged(one), merged(other)):
        changes += [(starts_at, 1, 0), (ends_at, -1, 0)]
    for starts_at, ends_at in merged(busy):
        changes += [(starts_at, 0, 1), (ends_at, 0, -1)]
    result, people, meetings, since = [], 0, 0, _EPOCH
    for at, person, meeting in sorted(changes):
        if people == 2 and not meetings:
            result.append((since, at))
        people, meetings, since = people + person, meetings + meeting, at
    return merged(result)


def quarters(starts_at: datetime, ends_at: datetime) -> list[str]:
    """The quarter hours of a stretch, as text of fixed width: `2026-05-14T18:15Z`.

    Raises Invalid: `not-a-quarter-hour` at `starts_at` or `ends_at`, `not-after-start` at
    `ends_at`.
    """
    first, end = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    faults = [
        Fault(field=field, code="not-a-quarter-hour")
        for field, at in (("starts_at", first), ("ends_at", end))
        if (at - _EPOCH) % QUARTER
    ]
    if end <= first:
        faults.append(Fault(field="ends_at", code="not-after-start"))
    if faults:
        raise Invalid(faults)
    return [f"{first + n * QUARTER:%Y-%m-%dT%H:%MZ}" for n in range((end - first) // QUARTER)]


def _stretches(availability: Availability, since: datetime, until: datetime) -> Sequence[Stretch]:
    first, last = (since - _MARGIN).date(), (until + _MARGIN).date()
    return free_stretches(
        availability.windows, availability.zone, first, last, availability.overrides
    )


def _starts(
    stretch: Stretch, since: datetime, until: datetime, length: timedelta
) -> Iterable[datetime]:
    """Every quarter hour at which a slot may begin that ends within the stretch."""
    first = -((_EPOCH - max(stretch[0], since)) // QUARTER)
    last = (min(stretch[1], until) - length - _EPOCH) // QUARTER
    return (_EPOCH + n * QUARTER for n in range(first, last + 1))
