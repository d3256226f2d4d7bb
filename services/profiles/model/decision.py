"""A decision of screening on one application or many."""

from dataclasses import dataclass
from datetime import datetime

from chassis.errors import Conflict
from services.profiles.config import UNDONE_WITHIN
from services.profiles.model.bulk import Bulk


class DecisionIsNotDone(Conflict):
    """It is still being applied, or undone already."""


class DecisionIsOld(Conflict):
    """What was decided longer ago has had consequences, maybe a pair: each is decided anew."""


@dataclass(kw_only=True)
class Decision(Bulk):
    """States: applying, done, undoing, undone."""

    decision: str
    mail: bool
    words: str

    def undo(self, *, now: datetime) -> None:
        """Let each application go back that did not change since."""
        if self.state != "done":
            raise DecisionIsNotDone
        assert self.confirmed_at is not None
        if now > self.confirmed_at + UNDONE_WITHIN:
            raise DecisionIsOld
        self.line_up("undoing", now=now)
