"""An application: a member's wish to take part in a cohort, and what becomes of it."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.aggregate import Aggregate
from chassis.clock import to_text
from chassis.errors import Conflict, Fault, Invalid
from chassis.events import Event, EventType, fact_id
from chassis.sealing import Sealed
from contracts.availability import Window, window_faults
from contracts.profiles import (
    APPLICATION_RECEIVED,
    MAIL_ASKED,
    PARTICIPANT_ACCEPTED,
    PARTICIPANT_CHANGED,
    PARTICIPANT_DECLINED,
    PARTICIPANT_WAITLISTED,
    PARTICIPANT_WITHDRAWN,
)

STATES = ("applied", "shortlisted", "interviewed", "accepted", "waitlisted", "declined")
"""What screening may make of an application, in order; beside them `draft` and `withdrawn`."""
PRACTICAL = frozenset({"availability", "zone", "languages", "capacity", "ways"})
"""What a participant changes at any time: life goes on. The other answers are fixed when sent; what
was left open, as a members' list may do, can still be answered."""
_NOTHING = Sealed()
_OPEN: tuple[object, ...] = (None, "", [])
_TOLD: dict[str, EventType] = {
    "accepted": PARTICIPANT_ACCEPTED,
    "waitlisted": PARTICIPANT_WAITLISTED,
    "declined": PARTICIPANT_DECLINED,
}


class AnswersAreSent(Conflict):
    """What was sent is no longer changed, but for availability, zone, languages, capacity, ways."""


class ApplicationIsOver(Conflict):
    """It was declined or withdrawn."""


class ApplicationIsSent(Conflict):
    """It is sent already."""


class ApplicationIsWithdrawn(Conflict):
    """The member withdrew: nobody else decides."""


class ApplicationIsDraft(Conflict):
    """The member has not sent it yet."""


class ItIsSoAlready(Conflict):
    """The application is in this state already."""


class ChangedSince(Conflict):
    """The application changed after the decision that is to be undone."""


@dataclass(kw_only=True)
class Wish:
    """A topic with a weight (mentee) or a level (mentor), 1 to 3."""

    id: str
    strength: int


@dataclass(kw_only=True)
class WeeklyWindow:
    """A stretch of a week on the member's own clock."""

    weekday: int
    start: str
    end: str


@dataclass(kw_only=True)
class Decided:
    """The last decision of a bulk: from which state, and the version it made."""

    by: str
    before: str
    made_version: int


@dataclass(kw_only=True)
class Application(Aggregate):
    """One for each cohort, member and role. What a person wrote freely is sealed."""

    cohort_id: str
    member_id: str
    role: str
    state: str = "draft"
    zone: str
    languages: list[str]
    stream_id: str | None = None
    capacity: int = 1
    motives: list[str] = dataclasses.field(default_factory=list)
    hopes: Sealed = _NOTHING
    offers: Sealed = _NOTHING
    topics: list[Wish] = dataclasses.field(default_factory=list)
    ways: list[str] = dataclasses.field(default_factory=list)
    region: str = ""
    employer: str = ""
    field: str = ""
    seniority: int | None = None
    wishes: list[str] = dataclasses.field(default_factory=list)
    excluded_member_ids: list[str] = dataclasses.field(default_factory=list)
    availability: list[WeeklyWindow] = dataclasses.field(default_factory=list)
    step: str = ""
    applied_at: datetime | None = None
    """None while nobody but the member may see it."""
    decided: Decided | None = None
    import_id: str | None = None

    @staticmethod
    def id_of(cohort_id: str, member_id: str, role: str) -> str:
        """The id that the application of this member in this role has."""
        return fact_id("application", cohort_id, member_id, role)

    def amend(self, changes: Mapping[str, Any]) -> list[Event]:
        """Save answers. Raises AnswersAreSent, ApplicationIsOver, Invalid."""
        self._check_changeable(changes)
        before = self.public()
        for name, value in changes.items():
            setattr(self, name, value)
        faults = window_faults(self._windows(), "availability")
        if self.role == "mentee" and self.capacity != 1:
            faults.append(Fault(field="capacity", code="a-mentee-has-one-place"))
        if faults:
            raise Invalid(faults)
        if self.state == "draft" or self.public() == before:
            return []
        return [PARTICIPANT_CHANGED(self.id, self.public())]

    def submit(self, *, stream_ids: Collection[str], now: datetime) -> list[Event]:
        """Send it. Raises ApplicationIsSent, or Invalid with every fault."""
        if self.state != "draft":
            raise ApplicationIsSent
        if self.stream_id is None and len(stream_ids) == 1:
            (self.stream_id,) = stream_ids
        if faults := self._missing(stream_ids):
            raise Invalid(faults)
        self.state, self.applied_at = "applied", now
        return [APPLICATION_RECEIVED(self.id, self.public())]

    def take_in(self, *, mail: Event | None) -> list[Event]:
        """Arrive by a members' list, complete or not; it is screened like any other."""
        return [APPLICATION_RECEIVED(self.id, self.public()), *([mail] if mail else ())]

    def decide(self, state: str, *, by: str, mail: bool, words: str) -> list[Event]:
        """Move to another state of screening; `by`: the bulk. Raises why not."""
        if self.state == "draft":
            raise ApplicationIsDraft
        if self.state == "withdrawn":
            raise ApplicationIsWithdrawn
        if self.state == state:
            raise ItIsSoAlready
        self.decided = Decided(by=by, before=self.state, made_version=self.version + 1)
        self.state = state
        events = [_TOLD.get(state, PARTICIPANT_CHANGED)(self.id, self.public())]
        if mail and state in _TOLD:
            events.append(self.mail(state, fact_id("mail", by, self.id), words))
        return events

    def go_back(self, *, by: str) -> list[Event]:
        """Undo the decision of this bulk. Raises ChangedSince."""
        decided = self.decided
        if decided is None or decided.by != by or decided.made_version != self.version:
            raise ChangedSince
        self.state, self.decided = decided.before, None
        return [PARTICIPANT_CHANGED(self.id, self.public())]

    def withdraw(self) -> list[Event]:
        """Take it back, at any time and without a reason; nobody hears of a draft."""
        was, self.state = self.state, "withdrawn"
        if was in {"draft", "withdrawn"}:
            return []
        return [PARTICIPANT_WITHDRAWN(self.id, self.public())]

    def start_again(self) -> None:
        """Make a draft of an application that was withdrawn; the answers are still there."""
        self.state, self.applied_at, self.decided, self.step = "draft", None, None, ""

    def mail(self, kind: str, id: str, words: str) -> Event:
        """A mail to the member."""
        data = {
            "association_id": self.association_id,
            "member_id": self.member_id,
            "cohort_id": self.cohort_id,
            "kind": kind,
            "role": self.role,
            "words": words,
        }
        return MAIL_ASKED(id, data)

    def public(self) -> dict[str, Any]:
        """What others may know: nothing that was written freely."""
        return {
            "association_id": self.association_id,
            "application_id": self.id,
            "cohort_id": self.cohort_id,
            "member_id": self.member_id,
            "role": self.role,
            "state": self.state,
            "stream_id": self.stream_id,
            "capacity": self.capacity,
            "topics": [{"id": wish.id, "strength": wish.strength} for wish in self.topics],
            "languages": self.languages,
            "ways": self.ways,
            "region": self.region,
            "employer": self.employer,
            "field": self.field,
            "seniority": self.seniority,
            "wishes": self.wishes,
            "excluded_member_ids": self.excluded_member_ids,
            "zone": self.zone,
            "availability": [dataclasses.asdict(window) for window in self.availability],
            "applied_at": to_text(self.applied_at) if self.applied_at else None,
        }

    def _check_changeable(self, changes: Mapping[str, Any]) -> None:
        if self.state in {"declined", "withdrawn"}:
            raise ApplicationIsOver
        given = (name for name in changes if getattr(self, name) not in (*_OPEN, changes[name]))
        if self.state != "draft" and (sent := sorted(set(given) - PRACTICAL)):
            raise AnswersAreSent(fields=sent)

    def _missing(self, stream_ids: Collection[str]) -> list[Fault]:
        faults = [
            Fault(field=name, code="required")
            for name in ("topics", "languages", "ways", "availability")
            if not getattr(self, name)
        ]
        if stream_ids and self.stream_id not in stream_ids:
            faults.append(Fault(field="stream_id", code="required"))
        return faults

    def _windows(self) -> list[Window]:
        return [Window(weekday=w.weekday, start=w.start, end=w.end) for w in self.availability]
