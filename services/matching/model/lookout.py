"""When matching looks by itself who is free again: one document a cohort."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chassis.aggregate import Aggregate
from chassis.zones import zone

HOUR = time(9)
"""Proposals reach people in the morning, on the clocks of the association."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """A look every so many days (0: none), counted from the day of matching; none from the middle
    of the term on, since a pair needs time.
    """

    days: int
    match_on: date
    starts_on: date
    ends_on: date
    zone: str

    def next_after(self, now: datetime) -> datetime | None:
        """The next look that is still ahead."""
        if not self.days:
            return None
        today = now.astimezone(zone(self.zone)).date()
        past = max(0, (today - self.match_on).days // self.days)
        looks = (self.match_on + timedelta(days=self.days * n) for n in (past, past + 1, past + 2))
        moments = (datetime.combine(day, HOUR, zone(self.zone)) for day in looks)
        found = next(at for at in moments if at > now and at.date() > self.match_on)
        middle = self.starts_on + (self.ends_on - self.starts_on) / 2
        return found if found.date() <= middle else None


@dataclass(kw_only=True)
class Lookout(Aggregate):
    """The next look of a cohort; `seen` is who was free at the last one, and under which rules."""

    cohort_id: str
    seen: str = ""
    due_at: datetime | None = None

    def plan(self, rhythm: Rhythm, *, now: datetime) -> None:
        """Look again when the rhythm says so; one that is due already stays so."""
        is_due = self.due_at is not None and self.due_at <= now and rhythm.days
        self.due_at = self.due_at if is_due else rhythm.next_after(now)

    def look(self, rhythm: Rhythm, seen: str, *, now: datetime) -> None:
        """It was looked; the next one follows."""
        self.seen, self.due_at = seen, rhythm.next_after(now)
