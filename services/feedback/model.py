"""The rules of check-ins and help, and the rows that the figures are counted from.

A row says what a screen lists (one application, pair or meeting); a figure is the count of the same
query.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from chassis.aggregate import Aggregate
from chassis.clock import from_text, to_text
from chassis.errors import Conflict
from chassis.events import Event, fact_id
from chassis.sealing import Sealed
from contracts.feedback import (
    FEEDBACK_DUE,
    FEEDBACK_GIVEN,
    FIGURES_CHANGED,
    HELP_ASKED,
    HELP_CLOSED,
    PAIR_AT_RISK,
)
from services.feedback.config import ANSWER_DAYS, QUIET_RHYTHMS, RECOUNT_EVERY

Role = Literal["mentor", "mentee"]
STAGES = ("applied", "accepted", "matched", "agreed", "met", "completing")


class CheckInIsOver(Conflict):
    """The time to answer has passed."""


class HelpIsClosed(Conflict):
    """Somebody has seen to it already."""


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

    def ask(self) -> list[Event]:
        """It falls due."""
        return [FEEDBACK_DUE(self.id, self.public())]

    def take(self, answer: Answer, *, now: datetime) -> list[Event]:
        """Keep what is new of the answer; the first one is told."""
        if now > self.asked_at + timedelta(days=ANSWER_DAYS):
            raise CheckInIsOver(until=to_text(self.asked_at + timedelta(days=ANSWER_DAYS)))
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


@dataclass(kw_only=True)
class ApplicationRow(Aggregate):
    """How far one application has come; each stage is a field, so that count and list are one
    query.
    """

    cohort_id: str
    member_id: str
    role: Role
    stream_id: str | None
    name: str
    applied: bool = False
    accepted: bool = False
    matched: bool = False
    agreed: bool = False
    met: bool = False
    completing: bool = False


def stages_of(application: dict[str, Any], pairs: list["PairRow"]) -> dict[str, bool]:
    """The stages one application has reached, each only if the one before is."""
    begun = [pair for pair in pairs if pair.was_matched]
    reached = {
        "applied": True,
        "accepted": application["state"] == "accepted" or bool(begun),
        "matched": bool(begun),
        "agreed": any(pair.agreed for pair in begun),
        "met": any(pair.meetings_held for pair in begun),
        "completing": any(pair.is_completing for pair in begun),
    }
    holds = True
    for stage in STAGES:
        holds = reached[stage] = holds and reached[stage]
    return reached


@dataclass(kw_only=True)
class PairRow(Aggregate):
    """What is known of one pair: whether it runs, meets, is quiet, and when to look again."""

    cohort_id: str
    mentor_id: str
    mentee_id: str
    mentor_application_id: str
    mentee_application_id: str
    mentor_name: str = ""
    mentee_name: str = ""
    state: str = "proposed"
    was_matched: bool = False
    agreed: bool = False
    matched_at: datetime | None = None
    ended_by: str | None = None
    meetings_held: int = 0
    last_held_at: datetime | None = None
    first_known_at: datetime | None = None
    planned_until: datetime | None = None
    is_quiet: bool = False
    quiet_since: datetime | None = None
    check_ins: int = 0
    next_check_in_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        """Matched and not ended."""
        return self.state == "matched"

    @property
    def is_completing(self) -> bool:
        """On its way to a good end, or there."""
        return self.ended_by == "term" or (self.is_running and not self.is_quiet)

    def look(self, *, rhythm: timedelta, now: datetime) -> list[Event]:
        """Find out whether the pair is quiet, and when to look again; who falls quiet is told of
        once.
        """
        if not self.is_running or self.matched_at is None:
            self.is_quiet, self.quiet_since, self.due_at = False, None, None
            return []
        lately = max(filter(None, (self.matched_at, self.last_held_at, self.planned_until)))
        quiet_at = lately + rhythm * QUIET_RHYTHMS
        was_quiet, self.is_quiet = self.is_quiet, now >= quiet_at
        self.quiet_since = lately if self.is_quiet else None
        ahead = [self.next_check_in_at, None if self.is_quiet else quiet_at]
        self.due_at = min(filter(None, ahead), default=None)
        return [PAIR_AT_RISK(self.id, self.risk())] if self.is_quiet and not was_quiet else []

    def risk(self) -> dict[str, Any]:
        """The state of the event: no word of why."""
        assert self.quiet_since is not None
        return {
            "association_id": self.association_id,
            "pair_id": self.id,
            "cohort_id": self.cohort_id,
            "mentor_id": self.mentor_id,
            "mentee_id": self.mentee_id,
            "quiet_since": to_text(self.quiet_since),
        }

    def check_ins_now(self, occasion: str, *, now: datetime) -> list[CheckIn]:
        """The two check-ins of an occasion; asked twice they are the same two."""
        return [
            CheckIn(
                id=fact_id("check-in", self.id, occasion, role),
                association_id=self.association_id,
                pair_id=self.id,
                cohort_id=self.cohort_id,
                member_id=member_id,
                partner_id=partner_id,
                role=role,
                occasion=occasion,
                asked_at=now,
            )
            for role, member_id, partner_id in self._sides()
        ]

    def _sides(self) -> list[tuple[Role, str, str]]:
        return [
            ("mentee", self.mentee_id, self.mentor_id),
            ("mentor", self.mentor_id, self.mentee_id),
        ]


@dataclass(kw_only=True)
class MeetingRow(Aggregate):
    """One meeting: held, planned or neither, and its month on the cohort's calendar (`2026-05`)."""

    cohort_id: str
    pair_id: str
    kind: Literal["held", "planned", "none"]
    month: str
    starts_at: datetime | None
    pair_names: str = ""
    topics: list[str] = field(default_factory=list)


def kind_of(meeting: dict[str, Any]) -> Literal["held", "planned", "none"]:
    """What a meeting counts as."""
    if meeting["state"] == "held":
        return "held"
    return "planned" if meeting["state"] == "scheduled" else "none"


def month_of(starts_at: str | None, zone: str) -> str:
    """`2026-05` on the clocks of the zone; empty without a time."""
    return from_text(starts_at).astimezone(ZoneInfo(zone)).strftime("%Y-%m") if starts_at else ""


@dataclass(kw_only=True)
class Figures(Aggregate):
    """The dashboard of a cohort. `marks` rises with everything that happened, so that no recount
    misses one.
    """

    cohort_id: str
    marks: int = 0
    counted_at: datetime | None = None
    due_at: datetime | None = None
    funnel: dict[str, int] = field(default_factory=dict)
    meetings: list[dict[str, Any]] = field(default_factory=list)
    pairs: int = 0
    quiet: int = 0
    check_ins_due: int = 0
    check_ins_answered: int = 0
    help_open: int = 0
    topics: list[dict[str, Any]] = field(default_factory=list)

    def mark(self, *, now: datetime) -> None:
        """Something changed: recount, but not more often than once a second."""
        self.marks += 1
        if self.due_at is None:
            earliest = self.counted_at + RECOUNT_EVERY if self.counted_at else now
            self.due_at = max(now, earliest)

    def counted(self, figures: dict[str, Any], *, now: datetime) -> list[Event]:
        """Take what was counted; tell only if a figure moved."""
        before = {name: getattr(self, name) for name in figures}
        for name, value in figures.items():
            setattr(self, name, value)
        self.due_at, self.counted_at = None, now
        if before == figures:
            return []
        state = {
            "association_id": self.association_id,
            "cohort_id": self.cohort_id,
            "counted_at": to_text(now),
        }
        return [FIGURES_CHANGED(self.id, state)]
