"""A matching run and its rows: one a proposal, one a person left out.

computing -> ready -> publishing -> published. What it was made of stays with it, so that it can be
replayed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from chassis.aggregate import Aggregate
from chassis.errors import Conflict
from chassis.events import Event
from contracts.matching import RUN_CHANGED


class ParticipantsOnTheirWay(Conflict):
    """The screen showed more accepted people than matching has heard of."""


class RunIsNotReady(Conflict):
    """It is still computing, or nothing of it is left to publish."""


class RunIsUnderWay(Conflict):
    """Another run of the cohort computes or publishes."""


@dataclass(kw_only=True)
class Run(Aggregate):
    """One computation for a cohort. `batch` names the rows that count."""

    cohort_id: str
    number: int
    asked_by: str
    """Who started it; empty: matching by itself, and then it publishes itself too."""
    asked_at: datetime
    state: Literal["computing", "ready", "publishing", "published", "failed"] = "computing"
    batch: str = ""
    criteria: dict[str, Any] = field(default_factory=dict)
    mentees: int = 0
    mentors: int = 0
    places: int = 0
    proposals: int = 0
    unmatched: int = 0
    mean: int = 0
    lowest: int | None = None
    lowest_share: int | None = None
    chosen: list[str] | None = None
    """The rows that are still to be published; None: all drafts."""
    published: int = 0
    refused: int = 0
    code: str | None = None
    """Why it failed."""
    due_at: datetime | None = None

    def keys(self) -> list[str]:
        """One number a cohort, and one run under way at a time."""
        busy = [f"busy:{self.cohort_id}"] if self.state in ("computing", "publishing") else []
        return [f"number:{self.cohort_id}:{self.number}", *busy]

    @property
    def is_by_itself(self) -> bool:
        """Whether nobody started it."""
        return not self.asked_by

    def begin(self) -> list[Event]:
        """It will be computed at once."""
        self.due_at = self.asked_at
        return self._told()

    def ready(self, batch: str, figures: dict[str, Any]) -> list[Event]:
        """The rows of `batch` are the result, unless another worker was first."""
        if self.state != "computing":
            return []
        for name, value in figures.items():
            setattr(self, name, value)
        self.batch, self.state, self.due_at = batch, "ready", None
        if self.is_by_itself and self.proposals:
            return self.publish(None, now=self.asked_at)
        return self._told()

    def fail(self, code: str) -> list[Event]:
        """It cannot be computed (too many people for this engine, criteria that are not sound)."""
        if self.state != "computing":
            return []
        self.state, self.code, self.due_at = "failed", code, None
        return self._told()

    def publish(self, row_ids: list[str] | None, *, now: datetime) -> list[Event]:
        """All that is still a draft (None), or these rows; the worker does it."""
        if self.state not in ("ready", "published"):
            raise RunIsNotReady(state=self.state)
        self.state, self.chosen, self.due_at = "publishing", row_ids, now
        return self._told()

    def advance(
        self, *, done: list[str], published: int, refused: int, is_done: bool, now: datetime
    ) -> list[Event]:
        """The rows `done` are done with; so many of the run are published, and refused, by now."""
        if self.chosen is not None:
            self.chosen = [id for id in self.chosen if id not in set(done)]
        self.published, self.refused = published, refused
        self.due_at = None if is_done else now
        self.state = "published" if is_done else "publishing"
        return self._told()

    def public(self) -> dict[str, Any]:
        """The state of the events."""
        return {
            "association_id": self.association_id,
            "run_id": self.id,
            "cohort_id": self.cohort_id,
            "state": self.state,
            "number": self.number,
            "proposals": self.proposals,
            "unmatched": self.unmatched,
        }

    def _told(self) -> list[Event]:
        return [RUN_CHANGED(self.id, self.public())]


@dataclass(kw_only=True)
class Row(Aggregate):
    """A proposal (`kind` proposal) or a person left out (mentee, mentor); `place` sorts them."""

    run_id: str
    batch: str
    kind: Literal["proposal", "mentee", "mentor"]
    place: int
    state: Literal["draft", "published", "refused", "left_out"] = "draft"
    mentor_id: str = ""
    mentee_id: str = ""
    mentor_application_id: str = ""
    mentee_application_id: str = ""
    score: int | None = None
    parts: list[dict[str, Any]] = field(default_factory=list)
    best: dict[str, Any] | None = None
    reason: dict[str, Any] | None = None
    change: dict[str, Any] | None = None
    pair_id: str | None = None
    code: str | None = None
