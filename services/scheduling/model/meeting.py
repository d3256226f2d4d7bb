"""A meeting, from the first offer of times to its log: one document, one id.

proposed -> scheduled (the other confirmed a time) -> held or missed; or proposed -> lapsed; or
proposed, scheduled -> cancelled. What both said decides: held, if whoever spoke says they met;
missed, if whoever spoke says they did not. While the two disagree, and when nobody speaks, it stays
scheduled: nobody knows.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from chassis.aggregate import Aggregate
from chassis.clock import to_text
from chassis.errors import Conflict
from chassis.events import Event
from chassis.sealing import Sealed
from contracts.scheduling import (
    LOG_DISPUTED,
    LOG_DUE,
    MEETING_CANCELLED,
    MEETING_CHANGED,
    MEETING_LOGGED,
    MEETING_MOVED,
    MEETING_SCHEDULED,
    TIMES_LAPSED,
    TIMES_PROPOSED,
)
from services.scheduling.availability import quarters
from services.scheduling.config import HOLD, LOG_ASKED_FOR, LOG_OPEN_FOR
from services.scheduling.model.log import Part, part_after

Role = Literal["mentor", "mentee"]
State = Literal["proposed", "scheduled", "held", "missed", "cancelled", "lapsed"]
Way = Literal["in_person", "video", "phone"]
Shelf = Literal["ahead", "past", "away"]
"""Which list of a person shows it: what is to come or waits for their log, what was, or none
(offers that came to nothing)."""


class OfferIsOver(Conflict):
    """The offered times have lapsed, were called off or answered with others."""


class OnlyTheOtherConfirms(Conflict):
    """Who offered the times waits for the other's answer."""


class TimeIsNotOffered(Conflict):
    """The time is none of those that were offered."""


class TimeHasPassed(Conflict):
    """The time is over or has begun."""


class AlreadyScheduled(Conflict):
    """The meeting has its time already; who wants another moves it."""


class MeetingIsOver(Conflict):
    """It has ended, was logged, or was called off."""


class MeetingIsNotScheduled(Conflict):
    """It has no time yet."""


class MeetingIsAhead(Conflict):
    """It has not begun, so nobody can say how it was."""


class LogIsClosed(Conflict):
    """It is too long ago."""


@dataclass(kw_only=True)
class Meeting(Aggregate):
    """A mentor and a mentee, and when they meet. Words that people wrote are sealed."""

    pair_id: str
    cohort_id: str
    mentor_id: str
    mentee_id: str
    proposed_by: Role
    proposed: list[datetime]
    minutes: int
    way: Way
    made_at: datetime
    changed_at: datetime
    at: datetime
    replaces: str | None = None
    replaced_by: str | None = None
    state: State = "proposed"
    shelves: dict[Role, Shelf] = field(default_factory=lambda: _both("ahead"))
    is_holding: bool = False
    hold_until: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: Sealed | None = None
    agenda: list[Sealed] = field(default_factory=list)
    cancelled_by: Literal["mentor", "mentee", "end"] | None = None
    log: dict[Role, Part] = field(default_factory=dict)
    log_asked_at: datetime | None = None
    disputed_at: datetime | None = None
    sequence: int = 0
    due_at: datetime | None = None

    @property
    def length(self) -> timedelta:
        """How long it is planned to be."""
        return timedelta(minutes=self.minutes)

    @property
    def is_disputed(self) -> bool:
        """One said they met, the other that they did not."""
        return len({part.met for part in self.log.values()}) == 2

    def keys(self) -> list[str]:
        """The quarter hours of both that it takes: no other meeting can have them.

        Offered times take theirs while they are held. A time that was agreed stays taken whatever
        the log says, so that a corrected log never meets another meeting in its place.
        """
        taken = {
            f"{member_id}@{quarter}"
            for starts_at, ends_at in self.stretches()
            for quarter in quarters(starts_at, ends_at)
            for member_id in (self.mentor_id, self.mentee_id)
        }
        return sorted(taken)

    def stretches(self) -> set[tuple[datetime, datetime]]:
        """When nothing else can be planned for either."""
        if self.state in ("cancelled", "lapsed"):
            return set()
        if self.starts_at and self.ends_at:
            return {(self.starts_at, self.ends_at)}
        return {(at, at + self.length) for at in self.proposed} if self.is_holding else set()

    def role_of(self, member_id: str) -> Role | None:
        """Which of the two the member is."""
        if member_id == self.mentor_id:
            return "mentor"
        return "mentee" if member_id == self.mentee_id else None

    def propose(self, *, is_holding: bool, now: datetime) -> list[Event]:
        """Offer the times; `is_holding` keeps them free from now on."""
        self.is_holding = is_holding
        self.hold_until = min(now + HOLD, max(self.proposed))
        self.at, self.due_at = min(self.proposed), self.hold_until
        return [TIMES_PROPOSED(self.id, self.public())]

    def hold(self) -> None:
        """Keep the offered times free, now that the offer they replace has let go of them; not if
        their hold is over.
        """
        self.is_holding = self.state == "proposed" and self.hold_until is not None

    def give_way(self, to: str, *, by: Role) -> list[Event]:
        """Other times are offered instead. Given way twice is once."""
        if self.replaced_by == to:
            return []
        if self.state != "proposed":
            raise OfferIsOver(state=self.state)
        self.replaced_by = to
        return self._call_off(by)

    def confirm(self, role: Role, starts_at: datetime, *, now: datetime) -> list[Event]:
        """The other takes one of the times. Confirmed twice is confirmed once."""
        if self.state == "scheduled":
            if self.starts_at == starts_at:
                return []
            raise AlreadyScheduled
        if self.state != "proposed":
            raise OfferIsOver(state=self.state)
        if role == self.proposed_by:
            raise OnlyTheOtherConfirms
        if starts_at not in self.proposed:
            raise TimeIsNotOffered
        _must_be_ahead(starts_at, now)
        self.state, self.changed_at = "scheduled", now
        self._take(starts_at)
        return [MEETING_SCHEDULED(self.id, self.public())]

    def move(self, starts_at: datetime, minutes: int | None, *, now: datetime) -> list[Event]:
        """Another time, also for one that nobody came to. Moved to where it is, nothing happens."""
        if self.state != "scheduled" or self.log:
            raise self._not_scheduled()
        if (self.starts_at, self.minutes) == (starts_at, minutes or self.minutes):
            return []
        _must_be_ahead(starts_at, now)
        self.minutes = minutes or self.minutes
        self._take(starts_at)
        self._redraw(now)
        return [MEETING_MOVED(self.id, self.public())]

    def cancel(self, role: Role, *, now: datetime) -> list[Event]:
        """Call it off, or turn the offered times down. Called off twice is called off once."""
        if self.state == "cancelled":
            return []
        is_over = self.state not in ("proposed", "scheduled") or bool(self.log)
        if is_over or (self.ends_at and now >= self.ends_at):
            raise MeetingIsOver(state=self.state)
        self._redraw(now)
        return self._call_off(role)

    def end_with_pair(self, ended_at: datetime, *, now: datetime) -> list[Event]:
        """The pair ended: what was to come is off, what was stays to be logged."""
        is_ahead = self.starts_at is not None and self.starts_at > ended_at and not self.log
        if self.state == "proposed" or (self.state == "scheduled" and is_ahead):
            self._redraw(now)
            return self._call_off("end")
        return []

    def amend(
        self,
        *,
        way: Way | None,
        place: Sealed | None,
        agenda: list[Sealed] | None,
        now: datetime,
    ) -> list[Event]:
        """Another way, place or agenda; None leaves it as it is, an empty place is none."""
        fresh = (
            self.way if way is None else way,
            self.place if place is None else (place or None),
            self.agenda if agenda is None else agenda,
        )
        if fresh == (self.way, self.place, self.agenda):
            return []
        if self.state in ("cancelled", "lapsed"):
            raise MeetingIsOver(state=self.state)
        if fresh[:2] != (self.way, self.place):
            self._redraw(now)
        self.way, self.place, self.agenda = fresh
        return [MEETING_CHANGED(self.id, self.public())]

    def write_log(self, role: Role, said: dict[str, Any], *, now: datetime) -> list[Event]:
        """One says whether they met and what is worth keeping; said again, it adds or corrects."""
        self._must_be_loggable(now)
        part = part_after(self.log.get(role), said, now=now)
        if part == self.log.get(role):
            return []
        self.log[role] = part
        self._settle(now)
        events = [MEETING_LOGGED(self.id, self.public())]
        if self.is_disputed and self.disputed_at is None:
            self.disputed_at = now
            events.append(LOG_DISPUTED(self.id, self.public()))
        return events

    def needs_log_of(self, role: Role, *, now: datetime) -> bool:
        """Whether the person is asked for a log now."""
        if self.state in ("cancelled", "lapsed") or self.ends_at is None or role in self.log:
            return False
        return self.ends_at <= now < self.ends_at + LOG_ASKED_FOR

    def fall_due(self, *, now: datetime) -> list[Event]:
        """A hold, the last offered time, the meeting or the wait for its log is over."""
        if self.state == "proposed":
            return self._wait_on(now)
        if self.ends_at is None or self.state == "cancelled":
            self.due_at = None
            return []
        if now < self.ends_at:
            self.due_at = self.ends_at
            return []
        return self._ask_for_log(now)

    def public(self) -> dict[str, Any]:
        """The state of the events: no word that anybody wrote."""
        return {
            "association_id": self.association_id,
            "meeting_id": self.id,
            "pair_id": self.pair_id,
            "cohort_id": self.cohort_id,
            "mentor_id": self.mentor_id,
            "mentee_id": self.mentee_id,
            "state": self.state,
            "proposed_by": self.proposed_by,
            "proposed": [to_text(at) for at in self.proposed],
            "hold_until": _text(self.hold_until),
            "replaces": self.replaces,
            "replaced_by": self.replaced_by,
            "starts_at": _text(self.starts_at),
            "ends_at": _text(self.ends_at),
            "minutes": self.minutes,
            "way": self.way,
            "cancelled_by": self.cancelled_by,
            "met": {role: part.met for role, part in sorted(self.log.items())},
            "held_minutes": self._held_minutes(),
            "topics": sorted({t for part in self.log.values() if part.met for t in part.topics}),
        }

    def _held_minutes(self) -> int | None:
        """How long it really was: the mentee's word before the mentor's."""
        said = [self.log[role].minutes for role in ("mentee", "mentor") if role in self.log]
        return next((n for n in said if n), None) if self.state == "held" else None

    def _take(self, starts_at: datetime) -> None:
        """This is the time now; its log is asked for after its end."""
        self.is_holding, self.hold_until = False, None
        self.starts_at = self.at = starts_at
        self.ends_at = self.due_at = starts_at + self.length
        self.shelves, self.log_asked_at = _both("ahead"), None

    def _redraw(self, now: datetime) -> None:
        """Calendars show it otherwise from now on."""
        self.changed_at = now
        self.sequence += 1 if self.starts_at else 0

    def _call_off(self, by: Literal["mentor", "mentee", "end"]) -> list[Event]:
        self.state, self.cancelled_by = "cancelled", by
        self.is_holding, self.hold_until, self.due_at = False, None, None
        self.shelves = _both("past" if self.starts_at else "away")
        return [MEETING_CANCELLED(self.id, self.public())]

    def _wait_on(self, now: datetime) -> list[Event]:
        last = max(self.proposed)
        self.is_holding, self.hold_until, self.due_at = False, None, last
        if now < last:
            return []
        self.state, self.shelves, self.due_at = "lapsed", _both("away"), None
        return [TIMES_LAPSED(self.id, self.public())]

    def _ask_for_log(self, now: datetime) -> list[Event]:
        is_asked_now = self.log_asked_at is None and len(self.log) < 2
        self.log_asked_at = self.log_asked_at or now
        self._settle(now)
        return [LOG_DUE(self.id, self.public())] if is_asked_now else []

    def _settle(self, now: datetime) -> None:
        """Bring state, lists and next due date in line with what was said and asked so far."""
        assert self.ends_at is not None
        rests_at = self.ends_at + LOG_ASKED_FOR
        said = {part.met for part in self.log.values()}
        self.state = "scheduled"
        if len(said) == 1:
            self.state = "held" if said == {True} else "missed"
        is_waiting = now < rests_at
        for role in self.shelves:
            is_open = is_waiting and (role not in self.log or self.is_disputed)
            self.shelves[role] = "ahead" if is_open else "past"
        self.due_at = rests_at if "ahead" in self.shelves.values() else None
        if self.log_asked_at is None:
            self.due_at = self.ends_at

    def _not_scheduled(self) -> Conflict:
        if self.state == "proposed":
            return MeetingIsNotScheduled()
        return MeetingIsOver(state=self.state)

    def _must_be_loggable(self, now: datetime) -> None:
        if self.starts_at is None or self.ends_at is None or self.state == "cancelled":
            raise self._not_scheduled()
        if now < self.starts_at:
            raise MeetingIsAhead
        if now >= self.ends_at + LOG_OPEN_FOR:
            raise LogIsClosed(until=to_text(self.ends_at + LOG_OPEN_FOR))


def _must_be_ahead(starts_at: datetime, now: datetime) -> None:
    if starts_at <= now:
        raise TimeHasPassed


def _both(shelf: Shelf) -> dict[Role, Shelf]:
    return {"mentor": shelf, "mentee": shelf}


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
