"""A check-in: a short feedback request to one of a pair. Its answers stay here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chassis.aggregate import Aggregate
from chassis.clock import to_text
from chassis.errors import Conflict
from chassis.events import Event
from chassis.sealing import Sealed
from contracts.feedback import FEEDBACK_DUE, FEEDBACK_GIVEN
from services.feedback.config import ANSWER_FOR

Role = Literal["mentor", "mentee"]


class CheckInIsOver(Conflict):
    """The time to answer has passed."""


@dataclass(kw_only=True)
class Answer:
    """What somebody answered: 1-5 and yes or no; `words` nobody but the author reads."""

    met: bool | None = None
    useful: int | None = None
    get_on: int | None = None
    words: Sealed | None = None
    wants_help: bool = False


@dataclass(kw_only=True)
class CheckIn(Aggregate):
    """A short feedback request to one of a pair on one occasion (`first`, `rhythm-<n>`)."""

    pair_id: str
    cohort_id: str
    member_id: str
    partner_id: str
    role: Role
    occasion: str
    asked_at: datetime
    answered_at: datetime | None = None
    is_answered: bool = False
    answer: Answer | None = None

    @property
    def closes_at(self) -> datetime:
        """Until when it takes an answer."""
        return self.asked_at + ANSWER_FOR

    def state(self, now: datetime) -> Literal["open", "answered", "closed"]:
        """Closed is what nobody answered in time; what was answered may be added to until then."""
        if self.is_answered:
            return "answered"
        return "open" if now <= self.closes_at else "closed"

    def ask(self) -> list[Event]:
        """It falls due."""
        return [FEEDBACK_DUE(self.id, self.public())]

    def take(self, answer: Answer, *, now: datetime) -> list[Event]:
        """Keep what is new of the answer; the first one is told."""
        if now > self.closes_at:
            raise CheckInIsOver(until=to_text(self.closes_at))
        self.answer = merged(self.answer, answer)
        if self.is_answered:
            return []
        self.is_answered, self.answered_at = True, now
        return [FEEDBACK_GIVEN(self.id, self.public())]

    def public(self) -> dict[str, Any]:
        """Who is asked and when, never what was answered."""
        return {
            "association_id": self.association_id,
            "check_in_id": self.id,
            "pair_id": self.pair_id,
            "cohort_id": self.cohort_id,
            "member_id": self.member_id,
            "partner_id": self.partner_id,
            "role": self.role,
            "occasion": self.occasion,
            "due_at": to_text(self.asked_at),
            "answered_at": to_text(self.answered_at) if self.answered_at else None,
        }


def merged(old: Answer | None, new: Answer) -> Answer:
    """One tap in a mail answers one question; the rest may follow, and nothing is lost by it."""
    if old is None:
        return new
    return Answer(
        met=old.met if new.met is None else new.met,
        useful=new.useful or old.useful,
        get_on=new.get_on or old.get_on,
        words=new.words or old.words,
        wants_help=new.wants_help or old.wants_help,
    )
