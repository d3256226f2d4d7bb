"""The calendars that people subscribe to: who may read one, and what stands in it.

Offers of times are in no calendar: programs look again after hours, some after a day, and would go
on showing times that were let go of long ago. What is agreed is shown as confirmed, what is called
off as cancelled until its day is over, what both missed is taken out.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from chassis.clock import from_text, to_text
from chassis.errors import NotFound, Problem
from chassis.events import fact_id
from chassis.log import logger
from chassis.repository import EVERYWHERE
from chassis.store import Document, Range
from chassis.tokens import Actor
from services.scheduling import ical, service
from services.scheduling.model.feed import Subscription, hash_of
from services.scheduling.model.meeting import Meeting
from services.scheduling.repository import Records
from services.scheduling.words import Words, words_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whose calendar it is. url: where the product is, without a slash at its end."""

    association_id: str
    member_id: str
    zone: str
    words: Words
    url: str


def subscription_of(records: Records, actor: Actor) -> Subscription:
    """The actor's own, whether there is a feed or not."""
    id = _id_of(actor)
    found = records.subscriptions.find_one(actor.association_id, {"_id": id})
    return found or Subscription(id=id, association_id=actor.association_id, member_id=actor.id)


def renew(records: Records, actor: Actor, token: str, *, now: datetime) -> Subscription:
    """Make the feed, or give it a new address."""
    records.subscriptions.add(subscription_of(records, actor), now=now)
    return records.subscriptions.change(
        actor.association_id, _id_of(actor), lambda found: found.renew(token, now=now), now=now
    )


def revoke(records: Records, actor: Actor, *, now: datetime) -> None:
    """The address is dead from now on; without a feed nothing happens."""
    with suppress(NotFound):
        records.subscriptions.change(
            actor.association_id, _id_of(actor), lambda found: found.revoke(), now=now
        )


def calendar(records: Records, token: str, url: str, *, now: datetime) -> bytes:
    """The calendar that a token opens. NotFound if it opens none (any more)."""
    subscription = records.subscriptions.find_one(EVERYWHERE, {"token_hash": hash_of(token)})
    if subscription is None:
        raise NotFound
    with suppress(Problem):
        # Worth knowing, but no reason to keep somebody from their calendar.
        records.subscriptions.change(
            subscription.association_id, subscription.id, lambda s: s.use(now=now), now=now
        )
    reader = _reader(records, subscription.association_id, subscription.member_id, url)
    shown = [entry for entry in entries(records, reader, now=now) if ical.is_shown(entry, now)]
    feed = ical.feed(
        shown, reader.words.calendar, reader.zone, cancelled_prefix=reader.words.cancelled
    )
    if feed.left_out:
        logger().warning("left out of a calendar", uids=feed.left_out)
    return feed.body


def invitation(records: Records, actor: Actor, id: str, url: str) -> bytes:
    """One agreed meeting as a file to open (METHOD:REQUEST, or CANCEL). Only its reader is invited:
    addresses of others stay where they are. NotFound while no time is agreed.
    """
    meeting, _ = service.access_meeting(records, actor, id)
    member = records.members.get(actor.association_id, actor.id)
    if meeting.starts_at is None or member is None:
        raise NotFound
    reader = _reader(records, actor.association_id, actor.id, url)
    name = f"{member['given_name']} {member['family_name']}"
    host = urlsplit(url).hostname or "localhost"
    return ical.invitation(
        _meeting(records, meeting, reader),
        "CANCEL" if meeting.state == "cancelled" else "REQUEST",
        ical.Correspondent(name="Guildway", address=f"no-reply@{host}"),
        [ical.Correspondent(name=name, address=member["address"])],
        cancelled_prefix=reader.words.cancelled,
    )


def entries(records: Records, reader: Reader, *, now: datetime) -> Iterator[ical.Entry]:
    """Everything that may stand in the reader's calendar."""
    since = Range(at_least=to_text(ical.window(now) - _DAY))
    for side in ("mentor_id", "mentee_id"):
        where = {side: reader.member_id, "at": since}
        for meeting in records.meetings.each(reader.association_id, where, sort="at"):
            if meeting.starts_at is not None and meeting.state != "missed":
                yield _meeting(records, meeting, reader)
    accepted = {"member_id": reader.member_id, "state": "accepted"}
    cohort_ids = {
        application["cohort_id"]
        for application in records.applications.each(reader.association_id, accepted)
    }
    for cohort_id in sorted(cohort_ids):
        if cohort := records.cohorts.get(reader.association_id, cohort_id):
            yield _day(cohort, "starts_on", reader.words.cohort_begins, reader)
            yield _day(cohort, "ends_on", reader.words.cohort_ends, reader)


def _reader(records: Records, association_id: str, member_id: str, url: str) -> Reader:
    member = records.members.get(association_id, member_id) or {}
    return Reader(
        association_id=association_id,
        member_id=member_id,
        zone=member.get("zone", "UTC"),
        words=words_of(member.get("language")),
        url=url.rstrip("/"),
    )


def _meeting(records: Records, meeting: Meeting, reader: Reader) -> ical.FeedEvent:
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    is_mentor = meeting.role_of(reader.member_id) == "mentor"
    partner_id = meeting.mentee_id if is_mentor else meeting.mentor_id
    name = service.person(records, reader.association_id, partner_id)["given_name"]
    words, page = reader.words, f"{reader.url}/meetings/{meeting.id}"
    is_video = meeting.way == "video" and bool(meeting.place)
    return ical.FeedEvent(
        uid=fact_id("calendar entry", meeting.id),
        sequence=meeting.sequence,
        created_at=meeting.made_at,
        changed_at=meeting.changed_at,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        zone=reader.zone,
        status="cancelled" if meeting.state == "cancelled" else "confirmed",
        summary=words.meeting_with.format(name=name) if name else words.meeting,
        # Few programs show URL.
        description=page,
        # A telephone number stays out of other companies' clouds.
        location="" if meeting.way == "phone" or is_video else meeting.place or "",
        url=page,
        video_link=(meeting.place or "") if is_video else "",
    )


def _day(
    cohort: Document, which: Literal["starts_on", "ends_on"], words: str, reader: Reader
) -> ical.FeedDate:
    told_at = from_text(cohort["told_at"])
    day = date.fromisoformat(cohort[which])
    return ical.FeedDate(
        uid=fact_id("calendar entry", cohort["_id"], which),
        sequence=cohort["heard"],
        created_at=told_at,
        changed_at=told_at,
        first=day,
        last=day,
        summary=words.format(cohort=cohort["name"]),
        url=f"{reader.url}/",
    )


def _id_of(actor: Actor) -> str:
    return fact_id("subscription", actor.association_id, actor.id)
