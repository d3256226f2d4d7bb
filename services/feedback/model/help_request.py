"""A request for help to the coordinators of a cohort."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chassis.aggregate import Aggregate
from chassis.errors import Conflict
from chassis.events import Event
from chassis.sealing import Sealed
from contracts.feedback import HELP_ASKED, HELP_CLOSED


class HelpIsClosed(Conflict):
    """Somebody has seen to it already."""


@dataclass(kw_only=True)
class HelpRequest(Aggregate):
    """Somebody asks the coordinators of the cohort for help; the words reach nobody else."""

    cohort_id: str
    pair_id: str
    member_id: str
    coordinator_ids: list[str]
    asked_at: datetime
    words: Sealed | None = None
    state: Literal["open", "closed"] = "open"

    def ask(self) -> list[Event]:
        """The coordinators are told."""
        return [HELP_ASKED(self.id, self.public())]

    def ask_again(self, words: Sealed | None) -> list[Event]:
        """Other words belong to the same request; they open it again if it was closed."""
        if not words or words == self.words:
            return []
        self.words, was, self.state = words, self.state, "open"
        return [HELP_ASKED(self.id, self.public())] if was == "closed" else []

    def close(self) -> list[Event]:
        """A coordinator has seen to it."""
        if self.state == "closed":
            raise HelpIsClosed
        self.state = "closed"
        return [HELP_CLOSED(self.id, self.public())]

    def public(self) -> dict[str, Any]:
        """Who asks, never what for."""
        return {
            "association_id": self.association_id,
            "help_id": self.id,
            "cohort_id": self.cohort_id,
            "pair_id": self.pair_id,
            "member_id": self.member_id,
            "coordinator_ids": self.coordinator_ids,
            "state": self.state,
        }
