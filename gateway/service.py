"""What the gateway does: people sign in and out, mails leave, what is over goes."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from chassis.clock import to_text
from chassis.errors import NotFound
from chassis.events import fact_id
from chassis.repository import LostRace, Repository
from chassis.store import EVERYWHERE, Document
from chassis.tokens import Actor
from gateway import letters, sending
from gateway.config import (
    ADDRESS_MAILS,
    ADDRESS_TRIES,
    PEER_TRIES,
    SIGN_IN_MINUTES,
    TRIES_WINDOW,
)
from gateway.links import make_link
from gateway.model import (
    EVERYBODY,
    Session,
    TooManyTries,
    Tries,
    hash_address,
)
from gateway.repository import Records

Act = Callable[[Records, str, str, datetime], None]
ROLES = frozenset({"participant", "coordinator", "admin"})
"""What a member can be; nobody becomes an operator by signing in."""
WRITES_OF_SIGN_IN = 2
"""A link and a mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who asks by a session, and whether the session was lengthened for it."""

    actor: Actor
    is_lengthened: bool


def ask_sign_in(
    records: Records, address: str, *, language: str | None, next: str, peer: str, now: datetime
) -> None:
    """Mail a sign-in link if the address is known; whoever asks is not told whether it is. Raises
    TooManyTries for a peer that asks and asks.
    """
    if not take_try(records, f"peer {peer}", most=PEER_TRIES, now=now):
        raise TooManyTries
    hashed = hash_address(address)
    if not take_try(records, f"address {hashed} {peer}", most=ADDRESS_TRIES, now=now):
        return
    if not take_try(records, f"address {hashed}", most=ADDRESS_MAILS, now=now):
        return
    known = records.members_at(address)
    if not known:
        _take_as_long(records, hashed, now)
        return
    member = known[0]
    link = make_link(
        records,
        association_id=member["association_id"],
        member_id=member["_id"],
        purpose="sign-in",
        target=local_path(next),
        until=now + timedelta(minutes=SIGN_IN_MINUTES),
        now=now,
        params={"address_hash": hashed},
    )
    mail = letters.write_sign_in(
        member,
        link,
        cause=link,
        language=language or member["language"],
        is_of_several=len(known) > 1,
        now=now,
    )
    records.mails.add(mail, now=now)


def ask_address(records: Records, who: Actor, address: str, *, now: datetime) -> None:
    """Mail a link to a member's new address: pressed, it proves that they read what is sent there.
    The address that they have is told. Raises TooManyTries.
    """
    member = records.members.get(who.association_id, who.id)
    if member is None:
        raise NotFound
    limits = {
        f"new address of {who.id}": ADDRESS_TRIES,
        f"address {hash_address(address)}": ADDRESS_MAILS,
    }
    for what, most in limits.items():
        if not take_try(records, what, most=most, now=now):
            raise TooManyTries
    for mail in letters.write_new_address(member, address, cause=str(uuid4()), now=now):
        records.mails.add(mail, now=now)


def _take_as_long(records: Records, hashed: str, now: datetime) -> None:
    """Write as often as for an address that is known, so that no clock tells it from others."""
    for n in range(WRITES_OF_SIGN_IN):
        tries = Tries(
            id=fact_id("nobody", hashed, to_text(now), n), association_id=EVERYBODY, due_at=now
        )
        records.tries.add(tries, now=now)


def take_try(records: Records, what: str, *, most: int, now: datetime) -> bool:
    """Count a try within the last hour; False if there were too many."""
    tries = Tries(id=fact_id("tries", what), association_id=EVERYBODY)
    taken = False

    def act(each: Tries) -> None:
        nonlocal taken
        taken = each.take(now, most=most, within=TRIES_WINDOW)

    records.tries.add(tries, now=now)
    try:
        records.tries.change(EVERYBODY, tries.id, act, now=now)
    except (LostRace, NotFound):
        # Others count at the same time: one try more or less is no matter.
        return True
    return taken


def local_path(next: str) -> str:
    """The path of a page of ours, or `/`: a link of ours never leads elsewhere."""
    if not next.startswith("/") or next.startswith(("//", "/\\", "/l/")):
        return "/"
    if any(ord(c) <= 32 or c in "\\\x7f" for c in next):
        return "/"
    try:
        parts = urlsplit(next)
    except ValueError:
        return "/"
    return next if not parts.scheme and not parts.netloc else "/"


def open_session(records: Records, *, association_id: str, member_id: str, now: datetime) -> str:
    """Sign a member in; the token is for their browser only."""
    token = secrets.token_urlsafe(32)
    session = Session.begin(token, association_id=association_id, member_id=member_id, now=now)
    records.sessions.add(session, now=now)
    return token


def close_session(records: Records, token: str) -> None:
    """Sign out; a token that is none does nothing."""
    session = find_session(records, token)
    if session is not None:
        records.sessions.delete(session.association_id, session.id)


def find_session(records: Records, token: str) -> Session | None:
    """The session of a token, or None."""
    if not token or len(token) > 100:
        return None
    return session_by_id(records, Session.id_of(token))


def session_by_id(records: Records, id: str) -> Session | None:
    """The session with this id, or None."""
    return records.sessions.find_one(EVERYWHERE, {"_id": id})


def who(records: Records, token: str, *, now: datetime) -> SignedIn | None:
    """Who is signed in with this token; a session in use lives on. None if it is over or the member
    is gone.
    """
    session = find_session(records, token)
    if session is None or session.is_over(now):
        return None
    actor = actor_of(records, session.association_id, session.member_id)
    if actor is None:
        return None
    lives_on = session.wants_lengthening(now)
    if lives_on:
        _lengthen(records, session, now)
    return SignedIn(actor=actor, is_lengthened=lives_on)


def actor_of(
    records: Records, association_id: str, member_id: str, *, link: str = ""
) -> Actor | None:
    """A member as who acts, with the roles of this moment; None if there is no such member."""
    member = records.members.get(association_id, member_id)
    if member is None:
        return None
    roles = ROLES.intersection(member["roles"])
    return Actor(id=member_id, association_id=association_id, roles=roles, link=link)


def shown_me(records: Records, who: Actor) -> dict[str, Any]:
    """The person who is signed in, as the client knows them."""
    member = records.members.get(who.association_id, who.id)
    if member is None:
        raise NotFound
    association = records.associations.get(who.association_id, who.association_id)
    return {
        "id": who.id,
        **{name: member[name] for name in ("given_name", "family_name", "zone", "language")},
        "roles": sorted(who.roles),
        "association": shown_association(association) if association else None,
    }


def only_coordinates(records: Records, who: Actor) -> bool:
    """Whether somebody coordinates and takes part in nothing themself."""
    if not who.is_one_of("coordinator", "admin"):
        return False
    return not records.applications.find(who.association_id, {"member_id": who.id}, limit=1)


def shown_association(association: Document) -> dict[str, Any]:
    """An association as the client knows it."""
    named = {name: association[name] for name in ("name", "zone", "languages")}
    return {"id": association["_id"], **named}


def only_association(records: Records) -> Document | None:
    """The association of an instance that has one."""
    found = records.associations.find(EVERYWHERE, {}, limit=2)
    return found[0] if len(found) == 1 else None


def erase_member(records: Records, association_id: str, member_id: str) -> None:
    """Keep nothing of a member who is erased: no session, no mail. Links name nobody and end."""
    for mail in records.mails.each(association_id, {"member_id": member_id}, sort="made_at"):
        records.mails.delete(association_id, mail.id)
    for session in records.sessions.each(association_id, {"member_id": member_id}):
        records.sessions.delete(association_id, session.id)


def send_mail(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Put a mail that waits into words and hand it to whoever carries it; if it is not taken,
    later again. One that has long been sent is forgotten.
    """
    claimed: list[bool] = []
    mail = records.mails.change(
        association_id, id, lambda each: claimed.append(each.claim(now)), now=now
    )
    if claimed[-1]:
        act = sending.carry(records, mail, now)
        records.mails.change(association_id, id, act, now=now)
    elif mail.state != "waiting":
        records.mails.delete(association_id, id)


def forget(of: Callable[[Records], Repository[Any]]) -> Act:
    """A timer's act: what is due is deleted, unless it has been lengthened meanwhile."""

    def act(records: Records, association_id: str, id: str, now: datetime) -> None:
        things = of(records)
        thing = things.find_one(association_id, {"_id": id})
        if thing is not None and thing.due_at <= now:
            things.delete(association_id, id)

    return act


def _lengthen(records: Records, session: Session, now: datetime) -> None:
    try:
        records.sessions.change(
            session.association_id, session.id, lambda each: each.lengthen(now), now=now
        )
    except (LostRace, NotFound):
        # Another request lengthens it, or ends it.
        return
