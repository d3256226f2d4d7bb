"""When the two of a pair can meet: their availability, and what is planned for either."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.store import Document
from contracts.availability import Stretch, Window, free_stretches, merged
from services.scheduling.availability import Availability, free_times
from services.scheduling.config import LOOK_AHEAD, MOST_TIMES, NOTICE
from services.scheduling.model.meeting import Meeting
from services.scheduling.repository import Records

ROLES = ("mentor", "mentee")
MINUTES = 45
"""How long a meeting is when the cohort has not arrived yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What both can do. `free`: by role, without what is planned for them."""

    common: list[Stretch]
    free: dict[str, list[Stretch]]
    has_availability: dict[str, bool]


def times_of(records: Records, pair: Document, minutes: int, *, now: datetime) -> Times:
    """The common times of the next weeks."""
    both = {role: availability_of(records, pair, role) for role in ROLES}
    common = free_times(
        both["mentor"],
        both["mentee"],
        now=now,
        notice=NOTICE,
        horizon=LOOK_AHEAD,
        length=timedelta(minutes=minutes),
    )
    return Times(
        common=common[:MOST_TIMES],
        free={role: _weeks(both[role], now) for role in ROLES},
        has_availability={role: bool(both[role].windows) for role in ROLES},
    )


def availability_of(records: Records, pair: Document, role: str) -> Availability:
    """What one of the pair made known; no windows before the application has arrived."""
    association_id = pair["association_id"]
    application = records.applications.get(association_id, pair[f"{role}_application_id"]) or {}
    windows = tuple(Window(**window) for window in application.get("availability", ()))
    return Availability(
        zone=application.get("zone", "UTC"),
        windows=windows,
        busy=tuple(busy_of(records, association_id, pair[f"{role}_id"])),
    )


def busy_of(
    records: Records, association_id: str, member_id: str, *, but: str | None = None
) -> Iterator[Stretch]:
    """What is planned for a member in all pairs and both roles, held offers included."""
    for meeting in planned(records, association_id, member_id):
        if meeting.id != but:
            yield from meeting.stretches()


def planned(records: Records, association_id: str, member_id: str) -> Iterator[Meeting]:
    """The meetings and offers of a member that are not over."""
    for role in ROLES:
        where = {f"{role}_id": member_id, f"shelves.{role}": "ahead"}
        yield from records.meetings.each(association_id, where, sort="at")


def minutes_of(records: Records, pair: Document) -> int:
    """How long meetings of the pair's cohort usually are."""
    cohort = records.cohorts.get(pair["association_id"], pair["cohort_id"])
    return int(cohort["meeting_minutes"]) if cohort else MINUTES


def _weeks(availability: Availability, now: datetime) -> list[Stretch]:
    """One person's free stretches, cut to the weeks that are looked at."""
    since, until = now + NOTICE, now + LOOK_AHEAD
    first, last = (since - timedelta(days=2)).date(), (until + timedelta(days=2)).date()
    free = free_stretches(availability.windows, availability.zone, first, last)
    cut = [(max(begin, since), min(end, until)) for begin, end in free]
    return _without(merged(cut), merged(availability.busy))


def _without(free: list[Stretch], busy: list[Stretch]) -> list[Stretch]:
    for busy_from, busy_until in busy:
        free = [
            part
            for begin, end in free
            for part in ((begin, min(end, busy_from)), (max(begin, busy_until), end))
        ]
        free = [(begin, end) for begin, end in free if begin < end]
    return free
