"""What the gateway decides about sessions, one-time links, answers, mails and tries. Pure: no I/O,
time comes in.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from chassis.aggregate import Aggregate
from chassis.errors import Conflict, NotFound, Problem
from chassis.events import fact_id
from chassis.sealing import Sealed
from gateway.config import (
    KEPT_AFTER_END,
    MAIL_CLAIM,
    MAIL_LONGEST_PAUSE,
    MAIL_PAUSE,
    MAIL_SHORTEST_WAIT,
    MAIL_TRIES,
    SESSION_DAYS,
    SESSION_STEP,
)

Purpose = Literal[
    "sign-in", "address", "accept", "decline", "confirm", "met", "not-met", "check-in"
]
LinkState = Literal["open", "used", "expired", "unknown"]
_NOTHING = Sealed("")
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


class LinkIsUnknown(NotFound):
    """No such link was ever made here."""


class LinkIsUsed(Problem):
    """The link, or another one to the same question, has been answered."""


class LinkIsExpired(Problem):
    """The link's time is over."""


class TooManyTries(Problem):
    """Somebody tries again and again."""


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
    address: Sealed = _NOTHING
    """The new mail address that the link proves."""
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
        return midnight_after(self.until + KEPT_AFTER_END)


@dataclass(kw_only=True)
class Answer(Aggregate):
    """A question was answered by one of its links."""

    purpose: str
    link_id: str
    answered_at: datetime
    due_at: datetime | None
    """When it is forgotten."""


@dataclass(kw_only=True)
class Mail(Aggregate):
    """A mail to one member, until it is sent. `id` is made from its cause and the member, so that
    an event that comes twice makes one mail.

    It is stored as what it is about and put into words when it is sent: by then names that were
    still on their way are there, and what nobody needs to be told any more is dropped.
    """

    member_id: str
    kind: str
    about: dict[str, Any]
    """The public state of the event it is made from."""
    more: Sealed
    """What no event tells: words of a coordinator, the link to sign in, or an address."""
    made_at: datetime
    due_at: datetime | None
    """While it waits: when it is to be sent; afterwards: when it is forgotten."""
    state: Literal["waiting", "sent", "failed", "dropped"] = "waiting"
    reason: str = ""
    """Why it was dropped or has failed; names nobody."""
    tries: int = 0
    sent_at: datetime | None = None
    language: str = ""
    to: Sealed = _NOTHING
    to_hash: str = ""
    subject: Sealed = _NOTHING
    text: Sealed = _NOTHING
    html: Sealed = _NOTHING
    links: list[Sealed] = field(default_factory=list)

    @classmethod
    def ask(
        cls,
        cause: str,
        *,
        association_id: str,
        member_id: str,
        kind: str,
        about: dict[str, Any],
        now: datetime,
        more: str = "",
        pause: timedelta = timedelta(),
    ) -> "Mail":
        """A mail that waits to be sent. cause: the id of the event (or request) it is made from;
        pause: it leaves no sooner than so long after now.
        """
        return cls(
            id=fact_id("mail", cause, member_id),
            association_id=association_id,
            member_id=member_id,
            kind=kind,
            about=about,
            more=Sealed(more),
            made_at=now,
            due_at=now + pause,
        )

    def claim(self, now: datetime) -> bool:
        """Take it in hand, so that nobody else sends it as well; whoever dies with it in hand
        leaves it to others after a while.
        """
        if self.state != "waiting" or self.due_at is None or self.due_at > now:
            return False
        self.due_at = now + MAIL_CLAIM
        return True

    def wait(self, now: datetime) -> None:
        """Something it needs is still on its way: look again, each time after twice as long."""
        self.due_at = now + max(MAIL_SHORTEST_WAIT, now - self.made_at)

    def drop(self, reason: str) -> None:
        """Nobody needs to be told any more."""
        self.state, self.reason, self.due_at = "dropped", reason, self._forget_at()
        self.more = _NOTHING

    def keep(
        self, *, to: str, language: str, subject: str, text: str, html: str, links: list[str]
    ) -> None:
        """Store what was sent (demo only: elsewhere no mail is readable once it is sent)."""
        self.to, self.to_hash, self.language = Sealed(to), hash_address(to), language
        self.subject, self.text, self.html = Sealed(subject), Sealed(text), Sealed(html)
        self.links = [Sealed(link) for link in links]

    def mark_sent(self, now: datetime) -> None:
        """It has left the house."""
        self.state, self.sent_at, self.due_at = "sent", now, self._forget_at()
        self.about, self.more = {}, _NOTHING

    def mark_failed(self, now: datetime, reason: str, *, for_good: bool = False) -> None:
        """It was not taken: try again later, each time after twice as long; not for ever."""
        self.tries, self.reason = self.tries + 1, reason
        if for_good or self.tries >= MAIL_TRIES:
            self.state, self.due_at, self.more = "failed", self._forget_at(), _NOTHING
            return
        self.due_at = now + min(MAIL_PAUSE * 2 ** (self.tries - 1), MAIL_LONGEST_PAUSE)

    def _forget_at(self) -> datetime:
        """When a repeat of its cause can no longer make it anew."""
        return midnight_after(self.made_at + KEPT_AFTER_END)


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


def midnight_after(moment: datetime) -> datetime:
    """The next midnight (UTC): what is forgotten is forgotten once a day."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)


def hash_address(address: str) -> str:
    """How a mail address is looked up: never by itself."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()
