"""Offering times to meet, also instead of times that were offered before."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from chassis.errors import Conflict, Fault, Invalid, NotFound
from chassis.sealing import Sealed
from chassis.store import Document, KeysTaken
from chassis.tokens import Actor
from services.scheduling import times
from services.scheduling.config import FURTHEST, MOST_OFFERS
from services.scheduling.model.meeting import Meeting, OfferIsOver, Role
from services.scheduling.repository import Records
from services.scheduling.service import (
    access_meeting,
    access_running_pair,
    time_is_taken,
    unless_ended,
)


class TooManyOffers(Conflict):
    """Offers that are open are to be answered first."""


def propose(
    records: Records,
    actor: Actor,
    pair_id: str,
    body: dict[str, Any],
    *,
    id: str,
    now: datetime,
) -> Meeting:
    """Offer times, perhaps instead of those of another open offer."""
    pair, role = access_running_pair(records, actor, pair_id)
    if repeat := records.meetings.find_one(actor.association_id, {"_id": id}):
        return _go_on(records, repeat, now=now)
    _must_be_plannable(body["proposed"], now=now)
    meeting = _drafted(records, pair, role, body, id=id, now=now)
    if meeting.replaces is None:
        return _offer(records, meeting, now=now)
    old, _ = access_meeting(records, actor, meeting.replaces)
    return _offer_instead(records, meeting, old, now=now)


def _drafted(
    records: Records, pair: Document, role: Role, body: dict[str, Any], *, id: str, now: datetime
) -> Meeting:
    proposed = sorted(set(body["proposed"]))
    return Meeting(
        id=id,
        association_id=pair["association_id"],
        pair_id=pair["_id"],
        cohort_id=pair["cohort_id"],
        mentor_id=pair["mentor_id"],
        mentee_id=pair["mentee_id"],
        proposed_by=role,
        proposed=proposed,
        minutes=body["minutes"] or times.minutes_of(records, pair),
        way=body["way"],
        place=Sealed(body["place"]) if body["place"] else None,
        agenda=[Sealed(text) for text in body["agenda"]],
        replaces=body["replaces"],
        made_at=now,
        changed_at=now,
        at=proposed[0],
    )


def _offer(records: Records, meeting: Meeting, *, now: datetime) -> Meeting:
    where = {"pair_id": meeting.pair_id, "state": "proposed"}
    if records.meetings.count(meeting.association_id, where) >= MOST_OFFERS:
        raise TooManyOffers(most=MOST_OFFERS)
    events = meeting.propose(is_holding=True, now=now)
    try:
        meeting = records.meetings.add(meeting, events, now=now)
    except KeysTaken as error:
        raise time_is_taken(records, meeting, now=now) from error
    return unless_ended(records, meeting, now=now)


def _offer_instead(records: Records, meeting: Meeting, old: Meeting, *, now: datetime) -> Meeting:
    """Store the new offer before the old one goes, so that never both are lost."""
    if old.pair_id != meeting.pair_id:
        raise NotFound
    if old.state != "proposed":
        raise OfferIsOver(state=old.state)
    _must_be_free(records, meeting, but=old.id, now=now)
    events = meeting.propose(is_holding=False, now=now)
    return _go_on(records, records.meetings.add(meeting, events, now=now), now=now)


def _go_on(records: Records, meeting: Meeting, *, now: datetime) -> Meeting:
    """What follows once an offer is stored; after a repeat, what had not happened yet.

    The times of an offer that replaces another are held as soon as the other let go of its own.
    """
    if meeting.replaces is None or meeting.is_holding or meeting.state != "proposed":
        return unless_ended(records, meeting, now=now)
    association_id, role = meeting.association_id, meeting.proposed_by
    try:
        records.meetings.change(
            association_id,
            meeting.replaces,
            lambda old: old.give_way(meeting.id, by=role),
            now=now,
        )
    except OfferIsOver:
        # It was answered meanwhile: the answer holds.
        records.meetings.change(
            association_id, meeting.id, lambda new: new.cancel(role, now=now), now=now
        )
        raise
    # Taken by somebody since it was looked at: the times stay on offer without being held.
    with suppress(KeysTaken):
        meeting = records.meetings.change(
            association_id, meeting.id, lambda new: new.hold(), now=now
        )
    return unless_ended(records, meeting, now=now)


def _must_be_plannable(starts: list[datetime], *, now: datetime) -> None:
    faults = [
        Fault(field=f"proposed.{n}", code="in-the-past" if at <= now else "too-far-ahead")
        for n, at in enumerate(starts)
        if not now < at <= now + FURTHEST
    ]
    if faults:
        raise Invalid(faults)


def _must_be_free(records: Records, meeting: Meeting, *, but: str, now: datetime) -> None:
    wanted = [(at, at + meeting.length) for at in meeting.proposed]
    for member_id in (meeting.mentor_id, meeting.mentee_id):
        for begin, end in times.busy_of(records, meeting.association_id, member_id, but=but):
            if any(starts_at < end and begin < ends_at for starts_at, ends_at in wanted):
                raise time_is_taken(records, meeting, now=now)
