"""What the gateway decides about sessions, one-time links, answers, mails and tries. Pure: no I/O,
time comes in.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from chassis.aggregate import Aggregate
from chassis.errors import Conflict, Problem
from chassis.events import fact_id
from chassis.sealing import Sealed
from gateway.config import (
    KEPT_AFTER_END,
    MAIL_LONGEST_PAUSE,
    MAIL_PAUSE,
    MAIL_TRIES,
    SESSION_DAYS,
    SESSION_STEP,
)

Purpose = Literal["sign-in", "accept", "decline", "confirm", "met", "not-met", "check-in"]
LinkState = Literal["open", "used", "expired", "unknown"]
EVERYBODY = "-"
"""The association of what belongs to none: tries, and the founding of the first one."""

GROUPS: dict[str, str] = {
    "accept": "proposal",
    "decline": "proposal",
    "confirm": "confirm",
    "met": "met",
    "not-met": "met",
    "check-in": "check-in",
}
"""Purposes that share one answer for each member and target."""


class LinkIsUnknown(Problem):
    """No such link was ever made here."""


class LinkIsUsed(Problem):
    """The link, or another one to the same question, has been answered."""


class LinkIsExpired(Problem):
    """The link's time is over."""


class InstanceIsFounded(Conflict):
    """There is an association already."""


@dataclass(kw_only=True)
class Session(Aggregate):
    """Somebody is signed in. `id` is the hash of the token that only their browser knows."""

    member_id: str
    since: datetime
    used_at: datetime
    due_at: datetime
    """When it ends; it is forgotten then."""

    @staticmethod
    def id_of(token: str) -> str:
        """The hash under which the session of a token is stored."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def begin(cls, token: str, *, association_id: str, member_id: str, now: datetime) -> "Session":
        """A new session."""
        return cls(
            id=cls.id_of(token),
            association_id=association_id,
            member_id=member_id,
            since=now,
            used_at=now,
            due_at=now + timedelta(days=SESSION_DAYS),
        )

    def is_over(self, now: datetime) -> bool:
        """Whether its time has ended."""
        return now >= self.due_at

    def wants_lengthening(self, now: datetime) -> bool:
        """Whether it has been used long enough since it was lengthened last."""
        return now - self.used_at >= SESSION_STEP

    def lengthen(self, now: datetime) -> None:
        """Somebody is using it."""
        self.used_at = now
        self.due_at = now + timedelta(days=SESSION_DAYS)


@dataclass(kw_only=True)
class Link(Aggregate):
    """A one-time link: what it may do, for whom, to what, until when."""

    member_id: str
    purpose: Purpose
    target: str
    params: dict[str, Any]
    made_at: datetime
    until: datetime
    used_at: datetime | None = None
    due_at: datetime | None = None
    """When it is forgotten."""

    @property
    def answer_id(self) -> str:
        """The id of the one answer that all links to the same question share; a question that is
        asked anew (`params["asked"]`) has another one.
        """
        group = GROUPS.get(self.purpose, self.id)
        return fact_id("answer", group, self.member_id, self.target, self.params.get("asked", ""))

    def is_over(self, now: datetime) -> bool:
        """Whether its time has ended."""
        return now >= self.until

    def use(self, now: datetime) -> None:
        """Mark it; LinkIsUsed if it is."""
        if self.used_at is not None:
            raise LinkIsUsed
        self.used_at = now

    def forget_at(self) -> datetime:
        """When nobody needs to be told any more that it was there."""
        return self.until + KEPT_AFTER_END


@dataclass(kw_only=True)
class Answer(Aggregate):
    """A question was answered by one of its links."""

    purpose: str
    link_id: str
    answered_at: datetime
    due_at: datetime


@dataclass(kw_only=True)
class Mail(Aggregate):
    """A mail to one member, until it is sent. `id` is made from its cause and the member, so that
    an event that comes twice makes one mail.
    """

    member_id: str
    kind: str
    """`sign-in` or the name of the event it is made from."""
    to: Sealed
    to_hash: str
    language: str
    subject: Sealed
    text: Sealed
    html: Sealed
    links: list[Sealed]
    made_at: datetime
    state: Literal["waiting", "sent", "failed"] = "waiting"
    due_at: datetime | None = None
    tries: int = 0
    sent_at: datetime | None = None

    @classmethod
    def to_member(
        cls,
        cause: str,
        member: dict[str, Any],
        *,
        kind: str,
        subject: str,
        text: str,
        html: str,
        links: list[str],
        now: datetime,
    ) -> "Mail":
        """A mail that waits to be sent. cause: the id of the event (or request) it is made from;
        member: the copy of who gets it.
        """
        address = member["address"]
        return cls(
            id=fact_id("mail", cause, member["_id"]),
            association_id=member["association_id"],
            member_id=member["_id"],
            kind=kind,
            to=Sealed(address),
            to_hash=hash_address(address),
            language=member["language"],
            subject=Sealed(subject),
            text=Sealed(text),
            html=Sealed(html),
            links=[Sealed(link) for link in links],
            made_at=now,
            due_at=now,
        )

    def mark_sent(self, now: datetime, *, keep: bool) -> None:
        """It has left the house; unless it is to be kept (demo), its words are forgotten."""
        self.state, self.sent_at, self.due_at = "sent", now, None
        if not keep:
            self.text = self.html = Sealed("")
            self.links = []

    def mark_failed(self, now: datetime, *, for_good: bool = False) -> None:
        """It was not taken: try again later, each time after twice as long; not for ever."""
        self.tries += 1
        if for_good or self.tries >= MAIL_TRIES:
            self.state, self.due_at = "failed", None
            return
        self.due_at = now + min(MAIL_PAUSE * 2 ** (self.tries - 1), MAIL_LONGEST_PAUSE)


@dataclass(kw_only=True)
class Tries(Aggregate):
    """How often somebody tried something lately."""

    at: list[datetime] = field(default_factory=list)
    due_at: datetime | None = None

    def take(self, now: datetime, *, most: int, within: timedelta) -> bool:
        """Count one more try; False if there were too many already."""
        self.at = [moment for moment in self.at if now - moment < within]
        if len(self.at) >= most:
            return False
        self.at.append(now)
        self.due_at = now + within
        return True


def hash_address(address: str) -> str:
    """How a mail address is looked up: never by itself."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()
