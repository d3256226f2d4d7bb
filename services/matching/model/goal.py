"""A goal: what a member wants to reach in the pair. Its words are sealed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chassis.aggregate import Aggregate
from chassis.events import Event
from chassis.sealing import Sealed
from contracts.matching import GOAL_CHANGED


@dataclass(kw_only=True)
class Note:
    """A dated note on the way to a goal."""

    written_at: datetime
    progress: int
    text: Sealed


@dataclass(kw_only=True)
class Goal(Aggregate):
    """Private, or shared with the partner; progress 0-100."""

    pair_id: str
    cohort_id: str
    owner_id: str
    partner_id: str
    text: Sealed
    plan: Sealed
    written_at: datetime
    due_on: date | None = None
    progress: int = 0
    is_shared: bool = False
    notes: list[Note] = field(default_factory=list)

    def write(self) -> list[Event]:
        """It is there."""
        return [GOAL_CHANGED(self.id, self.public())]

    def amend(self, changes: dict[str, Any], note: Sealed | None, *, now: datetime) -> list[Event]:
        """Other words, another progress, another date; a note keeps how far it was."""
        for name, value in changes.items():
            setattr(self, name, value)
        if note:
            self.notes.append(Note(written_at=now, progress=self.progress, text=note))
        return [GOAL_CHANGED(self.id, self.public())]

    def is_seen_by(self, member_id: str) -> bool:
        """The owner sees it, the partner only if it is shared."""
        return member_id == self.owner_id or (self.is_shared and member_id == self.partner_id)

    def public(self) -> dict[str, Any]:
        """That it changed, and how far it is; a private goal names nobody but its owner."""
        return {
            "association_id": self.association_id,
            "goal_id": self.id,
            "pair_id": self.pair_id,
            "cohort_id": self.cohort_id,
            "owner_id": self.owner_id,
            "partner_id": self.partner_id if self.is_shared else self.owner_id,
            "progress": self.progress,
        }
