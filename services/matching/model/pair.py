"""A pair, from its proposal to its end: one document, one id.

proposed -> matched (both accepted) -> ended; or proposed -> declined, expired, withdrawn.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, get_args

from chassis.aggregate import Aggregate
from chassis.clock import to_text
from chassis.errors import Conflict, Fault, Invalid
from chassis.events import Event
from chassis.sealing import Sealed
from chassis.zones import zone
from contracts.matching import (
    AGREEMENT_CHANGED,
    AGREEMENT_SIGNED,
    PAIR_ENDED,
    PAIR_MATCHED,
    PROPOSAL_ACCEPTED,
    PROPOSAL_DECLINED,
    PROPOSAL_EXPIRED,
    PROPOSAL_MADE,
    PROPOSAL_REMINDED,
    PROPOSAL_WITHDRAWN,
)
from services.matching.config import REMIND_AT_SHARE

Role = Literal["mentor", "mentee"]
State = Literal["proposed", "declined", "expired", "withdrawn", "matched", "ended"]
STATES: tuple[State, ...] = get_args(State)
SEATED = ("proposed", "matched")
"""The states in which a pair holds a seat of each of its two applications."""


class MentorIsFull(Conflict):
    """All places of the mentor are taken or asked for."""


class MenteeIsTaken(Conflict):
    """The mentee has a mentor or an open proposal."""


class ProposalIsOver(Conflict):
    """It was declined, withdrawn, or nobody answered in time."""


class AlreadyMatched(Conflict):
    """Both accepted: who no longer wants to, ends the pair."""


class PairIsNotRunning(Conflict):
    """It is not matched, or has ended."""


class AgreementHasChanged(Conflict):
    """What was to be signed is not what stands there now."""


@dataclass(kw_only=True)
class Agreement:
    """What both sign: a text a section. Version 0 is the cohort's template, untouched."""

    version: int = 0
    language: str | None = None
    """What the template speaks that it began with."""
    sections: dict[str, Sealed] = field(default_factory=dict)
    signed_by: list[Role] = field(default_factory=list)
    agreed_at: datetime | None = None


@dataclass(kw_only=True)
class Pair(Aggregate):
    """A mentor and a mentee, matched or asked whether they want to be."""

    cohort_id: str
    run_id: str
    mentor_id: str
    mentee_id: str
    mentor_application_id: str
    mentee_application_id: str
    mentor_seat: int
    mentee_seat: int
    zone: str
    ends_on: date
    proposed_at: datetime
    answer_by: datetime
    state: State = "proposed"
    score: int | None = None
    parts: list[dict[str, Any]] = field(default_factory=list)
    best: dict[str, Any] | None = None
    accepted_by: list[Role] = field(default_factory=list)
    declined_by: Role | None = None
    declined_reason: Sealed | None = None
    reminded_at: datetime | None = None
    matched_at: datetime | None = None
    agreement: Agreement = field(default_factory=Agreement)
    ended_at: datetime | None = None
    ended_by: Literal["mentor", "mentee", "term", "coordinator", "withdrawal"] | None = None
    kind_word: Sealed | None = None
    due_at: datetime | None = None

    def keys(self) -> list[str]:
        """The seats it holds: while one pair holds a seat, no other can."""
        if self.state not in SEATED:
            return []
        return [
            f"seat:{self.mentor_application_id}:{self.mentor_seat}",
            f"seat:{self.mentee_application_id}:{self.mentee_seat}",
        ]

    def propose(self) -> list[Event]:
        """Both are asked; halfway to the deadline who is silent is reminded once."""
        self.due_at = self.proposed_at + (self.answer_by - self.proposed_at) * REMIND_AT_SHARE
        return [PROPOSAL_MADE(self.id, self.public())]

    def role_of(self, member_id: str) -> Role | None:
        """Which of the two the member is."""
        if member_id == self.mentor_id:
            return "mentor"
        return "mentee" if member_id == self.mentee_id else None

    def accept(
        self, role: Role, *, agreement: Agreement, ends_on: date, now: datetime
    ) -> list[Event]:
        """One says yes; with the second yes the pair begins. A repeated yes changes nothing."""
        if role in self.accepted_by:
            return []
        self._must_be_open(now)
        self.accepted_by.append(role)
        if len(self.accepted_by) < 2:
            return [PROPOSAL_ACCEPTED(self.id, self.public())]
        self.state, self.matched_at, self.ends_on = "matched", now, ends_on
        self.agreement = agreement
        self.due_at = self.term_ends_at()
        return [PAIR_MATCHED(self.id, self.public())]

    def decline(self, role: Role, reason: Sealed | None, *, now: datetime) -> list[Event]:
        """One says no, also after a yes as long as the other has not said yes."""
        if self.state == "declined" and self.declined_by == role:
            return []
        if self.state in ("matched", "ended"):
            raise AlreadyMatched
        self._must_be_open(now)
        self.state, self.declined_by, self.declined_reason = "declined", role, reason
        self.due_at = None
        return [PROPOSAL_DECLINED(self.id, self.public())]

    def withdraw(self) -> list[Event]:
        """The coordinator takes the proposal back, or one of the two is no longer a participant."""
        if self.state != "proposed":
            raise ProposalIsOver
        self.state, self.due_at = "withdrawn", None
        return [PROPOSAL_WITHDRAWN(self.id, self.public())]

    def fall_due(self, *, now: datetime) -> list[Event]:
        """The reminder, the deadline or the end of the term has come."""
        if self.state == "matched":
            return self._end_term(now=now)
        if self.state != "proposed":
            self.due_at = None
            return []
        if now >= self.answer_by:
            self.state, self.due_at = "expired", None
            return [PROPOSAL_EXPIRED(self.id, self.public())]
        self.due_at = self.answer_by
        if self.reminded_at is not None:
            return []
        self.reminded_at = now
        return [PROPOSAL_REMINDED(self.id, self.public())]

    def change_agreement(self, sections: dict[str, str]) -> list[Event]:
        """Write other words; both are asked to sign again."""
        self.check_runs()
        fresh = {name: Sealed(text) for name, text in sections.items()}
        if fresh == self.agreement.sections:
            return []
        version, language = self.agreement.version + 1, self.agreement.language
        self.agreement = Agreement(version=version, language=language, sections=fresh)
        return [AGREEMENT_CHANGED(self.id, self.public())]

    def sign(self, role: Role, agreement_version: int, *, now: datetime) -> list[Event]:
        """One signs what stands there; with both names it holds. Signed twice is signed once."""
        self.check_runs()
        if agreement_version != self.agreement.version:
            raise AgreementHasChanged(agreement_version=self.agreement.version)
        if role in self.agreement.signed_by:
            return []
        self.agreement.signed_by.append(role)
        if len(self.agreement.signed_by) == 2:
            self.agreement.agreed_at = now
        return [AGREEMENT_SIGNED(self.id, self.public())]

    def end(
        self,
        by: Literal["mentor", "mentee", "coordinator", "withdrawal"],
        kind_word: Sealed | None,
        *,
        now: datetime,
    ) -> list[Event]:
        """No fault, and no reason needed; the seats are free again. Ended twice is ended once."""
        if self.state == "ended":
            return []
        self.check_runs()
        self.state, self.ended_at, self.ended_by, self.due_at = "ended", now, by, None
        self.kind_word = kind_word
        return [PAIR_ENDED(self.id, self.public())]

    def follow_term(self, ends_on: date) -> list[Event]:
        """The cohort ends on another day, and so does the pair."""
        self.ends_on = ends_on
        self.due_at = self.term_ends_at() if self.state == "matched" else self.due_at
        return []

    def term_ends_at(self) -> datetime:
        """Midnight after the last day, on the clocks of the association."""
        return datetime.combine(self.ends_on + timedelta(days=1), time(), zone(self.zone))

    def public(self) -> dict[str, Any]:
        """The state of the events: no reason, no word of an agreement."""
        return {
            "association_id": self.association_id,
            "pair_id": self.id,
            "cohort_id": self.cohort_id,
            "mentor_id": self.mentor_id,
            "mentee_id": self.mentee_id,
            "mentor_application_id": self.mentor_application_id,
            "mentee_application_id": self.mentee_application_id,
            "state": self.state,
            "score": self.score,
            "proposed_at": to_text(self.proposed_at),
            "answer_by": to_text(self.answer_by),
            "accepted_by": list(self.accepted_by),
            "declined_by": self.declined_by,
            "matched_at": _text(self.matched_at),
            "agreement_version": self.agreement.version,
            "signed_by": list(self.agreement.signed_by),
            "agreed_at": _text(self.agreement.agreed_at),
            "ends_on": self.ends_on.isoformat(),
            "ended_at": _text(self.ended_at),
            "ended_by": self.ended_by,
        }

    def _end_term(self, *, now: datetime) -> list[Event]:
        if now < self.term_ends_at():
            self.due_at = self.term_ends_at()
            return []
        self.state, self.ended_at, self.ended_by, self.due_at = "ended", now, "term", None
        return [PAIR_ENDED(self.id, self.public())]

    def _must_be_open(self, now: datetime) -> None:
        if self.state == "matched":
            raise AlreadyMatched
        if self.state != "proposed" or now >= self.answer_by:
            raise ProposalIsOver(state=self.state)

    def check_runs(self) -> None:
        """Raise PairIsNotRunning unless both accepted and neither ended it."""
        if self.state != "matched":
            raise PairIsNotRunning(state=self.state)


def agreement_faults(sections: dict[str, str], known: dict[str, str]) -> None:
    """Raise Invalid with every section that the cohort's template does not have."""
    unknown = [name for name in sections if name not in known]
    if unknown:
        raise Invalid([Fault(field=f"sections.{name}", code="unknown") for name in unknown])


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
