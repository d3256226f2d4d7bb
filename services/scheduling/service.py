"""What can be done with meetings (with offers of times: `offers.py`)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chassis.clock import from_text, to_text
from chassis.errors import Conflict, Fault, Invalid, NotFound
from chassis.events import Event
from chassis.sealing import Sealed
from chassis.store import After, Document, In, KeysTaken, Range
from chassis.tokens import Actor
from contracts.availability import Stretch
from contracts.persons import shown_person
from services.scheduling import times
from services.scheduling.config import FRESH_TIMES, FURTHEST
from services.scheduling.model.meeting import Meeting, Role
from services.scheduling.repository import Records


class PairIsNotRunning(Conflict):
    """It is not matched, or has ended."""


class TimeIsTaken(Conflict):
    """One of the two has something else then; `times` are some that are free."""


def access_pair(records: Records, actor: Actor, id: str) -> tuple[Document, Role]:
    """A pair the actor belongs to, and as what; for everybody else it is not there."""
    pair = records.pairs.get(actor.association_id, id)
    if pair is None or actor.id not in (pair["mentor_id"], pair["mentee_id"]):
        raise NotFound
    return pair, "mentor" if actor.id == pair["mentor_id"] else "mentee"


def access_running_pair(records: Records, actor: Actor, id: str) -> tuple[Document, Role]:
    """A pair of the actor's that may plan meetings."""
    pair, role = access_pair(records, actor, id)
    if pair["state"] != "matched":
        raise PairIsNotRunning(state=pair["state"])
    return pair, role


def access_meeting(records: Records, actor: Actor, id: str) -> tuple[Meeting, Role]:
    """A meeting of the actor's, and as what; coordinators see figures only."""
    meeting = records.meetings.get(actor.association_id, id)
    role = meeting.role_of(actor.id)
    if role is None:
        raise NotFound
    return meeting, role


def common_times(
    records: Records, actor: Actor, pair_id: str, minutes: int | None, *, now: datetime
) -> tuple[times.Times, Document, Role, int]:
    """When both can meet."""
    pair, role = access_running_pair(records, actor, pair_id)
    minutes = minutes or times.minutes_of(records, pair)
    return times.times_of(records, pair, minutes, now=now), pair, role, minutes


def meetings_of(
    records: Records,
    actor: Actor,
    *,
    pair_id: str | None,
    is_past: bool,
    after: After | None,
    limit: int,
) -> list[Meeting]:
    """A page of the actor's meetings: those to come or to be logged by time, those that were newest
    first.
    """
    shelf = "past" if is_past else "ahead"
    if pair_id:
        _, role = access_pair(records, actor, pair_id)
        questions = [{"pair_id": pair_id, f"shelves.{role}": shelf}]
    else:
        questions = [{f"{r}_id": actor.id, f"shelves.{r}": shelf} for r in times.ROLES]
    found = [
        meeting
        for where in questions
        for meeting in records.meetings.find(
            actor.association_id, where, sort="at", descending=is_past, limit=limit, after=after
        )
    ]
    return sorted(found, key=lambda each: (each.at, each.id), reverse=is_past)[:limit]


def confirm(
    records: Records,
    actor: Actor,
    id: str,
    starts_at: datetime,
    *,
    now: datetime,
    cause: str | None,
) -> Meeting:
    """Take one of the times that the other offered."""
    meeting, role = access_meeting(records, actor, id)
    access_running_pair(records, actor, meeting.pair_id)

    def act(found: Meeting) -> list[Event]:
        return found.confirm(role, starts_at, now=now)

    return _planned(records, meeting, act, now=now, cause=cause)


def move(
    records: Records,
    actor: Actor,
    id: str,
    starts_at: datetime,
    minutes: int | None,
    *,
    now: datetime,
    cause: str | None,
) -> Meeting:
    """Give a meeting another time."""
    meeting, _ = access_meeting(records, actor, id)
    access_running_pair(records, actor, meeting.pair_id)
    if starts_at > now + FURTHEST:
        raise Invalid([Fault(field="starts_at", code="too-far-ahead")])

    def act(found: Meeting) -> list[Event]:
        return found.move(starts_at, minutes, now=now)

    return _planned(records, meeting, act, minutes, now=now, cause=cause)


def cancel(records: Records, actor: Actor, id: str, *, now: datetime, cause: str | None) -> Meeting:
    """Call a meeting off, or turn offered times down."""
    _, role = access_meeting(records, actor, id)

    def act(found: Meeting) -> list[Event]:
        return found.cancel(role, now=now)

    return records.meetings.change(actor.association_id, id, act, now=now, cause=cause)


def amend(
    records: Records,
    actor: Actor,
    id: str,
    changes: dict[str, Any],
    *,
    now: datetime,
    expected: int | None,
) -> Meeting:
    """Change agenda, place or way."""
    access_meeting(records, actor, id)
    agenda = changes.get("agenda")
    words = None if agenda is None else [Sealed(text) for text in agenda]
    place = Sealed(changes["place"] or "") if "place" in changes else None

    def act(found: Meeting) -> list[Event]:
        return found.amend(way=changes.get("way"), place=place, agenda=words, now=now)

    return records.meetings.change(actor.association_id, id, act, now=now, expected=expected)


def write_log(
    records: Records,
    actor: Actor,
    id: str,
    said: dict[str, Any],
    *,
    now: datetime,
    cause: str | None,
) -> Meeting:
    """Say whether they met, and what is worth keeping."""
    _, role = access_meeting(records, actor, id)

    def act(found: Meeting) -> list[Event]:
        return found.write_log(role, said, now=now)

    return records.meetings.change(actor.association_id, id, act, now=now, cause=cause)


def number_of(records: Records, meeting: Meeting) -> int:
    """The how-many-th of the pair it is: meetings before it that were agreed and not missed."""
    before = {
        "pair_id": meeting.pair_id,
        "state": In(values=("scheduled", "held")),
        "at": Range(below=to_text(meeting.at)),
    }
    return records.meetings.count(meeting.association_id, before) + 1


def fall_due(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Something of a meeting has come to its time."""
    records.meetings.change(association_id, id, lambda found: found.fall_due(now=now), now=now)


def follow_pair(records: Records, association_id: str, id: str, *, now: datetime) -> None:
    """What a pair that has ended had planned is off."""
    pair = records.pairs.get(association_id, id)
    if pair is None or pair["state"] != "ended":
        return
    open_ones = {"pair_id": id, "state": In(values=("proposed", "scheduled"))}
    for meeting in records.meetings.each(association_id, open_ones, sort="at"):
        _end(records, meeting, pair, now=now)


def person(records: Records, association_id: str, member_id: str) -> dict[str, Any]:
    """How a person is shown; without a name until it has arrived."""
    return shown_person(member_id, records.members.get(association_id, member_id))


def unless_ended(records: Records, meeting: Meeting, *, now: datetime) -> Meeting:
    """The meeting, called off if its pair has ended.

    The end may have been heard between looking at the pair and saving the meeting: one of the two,
    the handler or this, sees what the other wrote.
    """
    pair = records.pairs.get(meeting.association_id, meeting.pair_id)
    if pair is None or pair["state"] != "ended":
        return meeting
    return _end(records, meeting, pair, now=now)


def time_is_taken(
    records: Records, meeting: Meeting, minutes: int | None = None, *, now: datetime
) -> TimeIsTaken:
    """The refusal, with times that are free for so many minutes."""
    pair = records.pairs.get(meeting.association_id, meeting.pair_id)
    minutes = minutes or meeting.minutes
    found = times.times_of(records, pair, minutes, now=now).common if pair else []
    return TimeIsTaken(times=[shown_time(stretch) for stretch in found[:FRESH_TIMES]])


def shown_time(stretch: Stretch) -> dict[str, str]:
    """A stretch as text."""
    return {"starts_at": to_text(stretch[0]), "ends_at": to_text(stretch[1])}


def _planned(
    records: Records,
    meeting: Meeting,
    act: Callable[[Meeting], list[Event]],
    minutes: int | None = None,
    *,
    now: datetime,
    cause: str | None,
) -> Meeting:
    """Change what takes time of both; whoever loses the time is told of others."""
    try:
        changed = records.meetings.change(
            meeting.association_id, meeting.id, act, now=now, cause=cause
        )
    except KeysTaken as error:
        raise time_is_taken(records, meeting, minutes, now=now) from error
    return unless_ended(records, changed, now=now)


def _end(records: Records, meeting: Meeting, pair: Document, *, now: datetime) -> Meeting:
    ended_at = from_text(pair["ended_at"])
    return records.meetings.change(
        meeting.association_id,
        meeting.id,
        lambda found: found.end_with_pair(ended_at, now=now),
        now=now,
    )
