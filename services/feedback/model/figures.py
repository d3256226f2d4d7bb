"""The figures of a cohort, and when they are counted again."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chassis.aggregate import Aggregate
from chassis.clock import to_text
from chassis.events import Event
from contracts.feedback import FIGURES_CHANGED
from services.feedback.config import RECOUNT_EVERY, TOPICS_EVERY


@dataclass(kw_only=True)
class Figures(Aggregate):
    """The dashboard of a cohort.

    Something happens: the row is written first, then the dashboard is marked, which most often
    finds it marked and writes nothing. What happens while somebody counts makes it stale, and it is
    counted once more. So no recount is missed, and none is undone by what happens meanwhile.
    """

    cohort_id: str
    counted_at: datetime | None = None
    due_at: datetime | None = None
    is_counting: bool = False
    is_stale: bool = False
    topics_moved: bool = True
    topics_counted_at: datetime | None = None
    topics_are_stale: bool = False
    funnel: dict[str, int] = field(default_factory=dict)
    meetings: list[dict[str, Any]] = field(default_factory=list)
    pairs: int = 0
    quiet: int = 0
    check_ins_due: int = 0
    check_ins_answered: int = 0
    help_open: int = 0
    topics: list[dict[str, Any]] = field(default_factory=list)

    def mark(self, *, topics: bool, now: datetime) -> None:
        """Something changed: recount, but not more often than once a second."""
        if self.is_counting:
            self.is_stale, self.topics_are_stale = True, self.topics_are_stale or topics
            return
        self.topics_moved = self.topics_moved or topics
        self.due_at = min(filter(None, (self.due_at, self._next_at(now))))

    def counts_topics(self, *, are_many: bool, now: datetime) -> bool:
        """Whether it is time to count the topics too."""
        if not self.topics_moved or not are_many or self.topics_counted_at is None:
            return self.topics_moved
        return now >= self.topics_counted_at + TOPICS_EVERY

    def begin(self) -> None:
        """Count now. `due_at` stays, so that a count that is cut off is begun again."""
        self.is_counting, self.is_stale, self.topics_are_stale = True, False, False

    def counted(self, figures: dict[str, Any], *, now: datetime) -> list[Event]:
        """Take what was counted; tell only if a figure moved."""
        before = {name: getattr(self, name) for name in figures}
        for name, value in figures.items():
            setattr(self, name, value)
        self.counted_at = now
        if "topics" in figures:
            self.topics_counted_at, self.topics_moved = now, False
        self.topics_moved = self.topics_moved or self.topics_are_stale
        later = (self.topics_counted_at or now) + TOPICS_EVERY if self.topics_moved else None
        again = self._next_at(now) if self.is_stale else None
        self.due_at = min(filter(None, (again, later)), default=None)
        self.is_counting = self.is_stale = self.topics_are_stale = False
        if before == figures:
            return []
        state = {
            "association_id": self.association_id,
            "cohort_id": self.cohort_id,
            "counted_at": to_text(now),
        }
        return [FIGURES_CHANGED(self.id, state)]

    def _next_at(self, now: datetime) -> datetime:
        return max(now, self.counted_at + RECOUNT_EVERY) if self.counted_at else now
