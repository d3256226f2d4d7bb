"""The rows that the figures are counted from: one an application, a pair, a meeting.

A row says what a screen lists; a figure is the count of the same query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from chassis.aggregate import Aggregate
from chassis.clock import from_text, to_text
from chassis.errors import Conflict
from chassis.events import Event, fact_id
from chassis.zones import zone
from contracts.feedback import PAIR_AT_RISK, PAIR_NUDGED
from services.feedback.config import NUDGE_EVERY, QUIET_GRACE, QUIET_RHYTHMS
from services.feedback.model.check_in import CheckIn, Role

MeetingKind = Literal["held", "planned", "not_logged", "none"]
STAGES = ("applied", "accepted", "matched", "agreed", "met", "completing")


class PairIsNotRunning(Conflict):
    """It is not matched, or has ended."""


class NudgedLately(Conflict):
    """A coordinator has written to the two a short while ago."""


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
    planned_until: datetime | None = None
    is_quiet: bool = False
    quiet_since: datetime | None = None
    nudged_at: datetime | None = None
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

    def look(self, *, rhythm: timedelta, is_time: bool, now: datetime) -> list[Event]:
        """Find out whether the pair is quiet, and when to look again; who falls quiet is told of
        once. `is_time`: the pair is looked at because time has come, not because of news.
        """
        if not self.is_running or self.matched_at is None:
            self.is_quiet, self.quiet_since, self.due_at = False, None, None
            return []
        lately = max(filter(None, (self.matched_at, self.last_held_at, self.planned_until)))
        quiet_at = lately + rhythm * QUIET_RHYTHMS
        was_quiet = self.is_quiet
        self.is_quiet = now >= quiet_at and (was_quiet or is_time)
        if now >= quiet_at and not self.is_quiet:
            quiet_at = now + QUIET_GRACE
        self.quiet_since = lately if self.is_quiet else None
        ahead = [self.next_check_in_at, None if self.is_quiet else quiet_at]
        self.due_at = min(filter(None, ahead), default=None)
        return [PAIR_AT_RISK(self.id, self.risk())] if self.is_quiet and not was_quiet else []

    def nudge(self, *, now: datetime) -> list[Event]:
        """A coordinator asks the two how it goes. Raises PairIsNotRunning, NudgedLately."""
        if not self.is_running:
            raise PairIsNotRunning(state=self.state)
        if self.nudged_at and now < self.nudged_at + NUDGE_EVERY:
            raise NudgedLately(again_at=to_text(self.nudged_at + NUDGE_EVERY))
        self.nudged_at = now
        last = to_text(self.last_held_at) if self.last_held_at else None
        state = {**self._who(), "nudged_at": to_text(now), "last_held_at": last}
        return [PAIR_NUDGED(self.id, state)]

    def risk(self) -> dict[str, Any]:
        """The state of the event: no word of why."""
        assert self.quiet_since is not None
        return {**self._who(), "quiet_since": to_text(self.quiet_since)}

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

    def _who(self) -> dict[str, Any]:
        return {
            "association_id": self.association_id,
            "pair_id": self.id,
            "cohort_id": self.cohort_id,
            "mentor_id": self.mentor_id,
            "mentee_id": self.mentee_id,
        }


@dataclass(kw_only=True)
class MeetingRow(Aggregate):
    """One meeting, what it counts as, and its month on the cohort's calendar (`2026-05`)."""

    cohort_id: str
    pair_id: str
    kind: MeetingKind
    month: str
    starts_at: datetime | None
    due_at: datetime | None = None
    """When a planned one is over."""
    pair_names: str = ""
    topics: list[str] = field(default_factory=list)


def stages_of(application: Mapping[str, Any], pairs: Sequence[PairRow]) -> dict[str, bool]:
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


def kind_of(meeting: Mapping[str, Any], *, now: datetime) -> MeetingKind:
    """What a meeting counts as; over without a word it is not logged."""
    if meeting["state"] == "held":
        return "held"
    if meeting["state"] != "scheduled":
        return "none"
    return "planned" if now < from_text(meeting["ends_at"]) else "not_logged"


def month_of(starts_at: str | None, name: str) -> str:
    """`2026-05` on the clocks of the zone of that name; empty without a time."""
    return from_text(starts_at).astimezone(zone(name)).strftime("%Y-%m") if starts_at else ""
