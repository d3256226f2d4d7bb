"""Founding an association, and what its members do with themselves."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.errors import Forbidden
from chassis.events import fact_id
from chassis.store import In, KeysTaken
from chassis.tokens import Actor
from contracts.shapes import LANGUAGES
from services.profiles.model.association import AddressIsTaken, Association
from services.profiles.model.member import Member
from services.profiles.repository import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What somebody says who founds an association."""

    name: str
    address: str
    zone: str
    language: str
    given_name: str
    family_name: str
    mail_address: str


def found(
    records: Records, actor: Actor, founding: Founding, *, id: str, now: datetime
) -> tuple[Association, Member]:
    """Begin an association with its first member, who may do everything in it.

    id: that of the act, so that a repeat (also one that was cut off in the middle) finds its own.
    Raises AddressIsTaken.
    """
    if not actor.is_one_of("operator"):
        raise Forbidden
    languages = [founding.language, *(other for other in LANGUAGES if other != founding.language)]
    association_id = Association.id_of(founding.address)
    association = Association(
        id=association_id,
        association_id=association_id,
        name=founding.name,
        address=founding.address,
        zone=founding.zone,
        languages=languages,
        founding=id,
        founded_at=now,
    )
    association = records.associations.add(association, association.found(), now=now)
    if association.founding != id:
        raise AddressIsTaken(address=founding.address)
    founder = Member(
        id=fact_id("founder", association_id),
        association_id=association_id,
        given_name=founding.given_name,
        family_name=founding.family_name,
        address=founding.mail_address,
        language=founding.language,
        zone=founding.zone,
        roles=["participant", "coordinator", "admin"],
    )
    return association, records.members.add(founder, founder.join(), now=now)


def get_association(records: Records, actor: Actor) -> Association:
    """The actor's own association."""
    return records.associations.get(actor.association_id, actor.association_id)


def amend_association(
    records: Records,
    actor: Actor,
    changes: dict[str, Any],
    *,
    now: datetime,
    cause: str | None = None,
    expected: int | None = None,
) -> Association:
    """Change name, zone or languages; an admin may."""
    if not actor.is_one_of("admin"):
        raise Forbidden
    return records.associations.change(
        actor.association_id,
        actor.association_id,
        lambda association: association.amend(changes),
        now=now,
        cause=cause,
        expected=expected,
    )


def get_me(records: Records, actor: Actor) -> Member:
    """The member who acts."""
    return records.members.get(actor.association_id, actor.id)


def amend_me(
    records: Records,
    actor: Actor,
    changes: dict[str, Any],
    *,
    now: datetime,
    cause: str | None = None,
    expected: int | None = None,
) -> Member:
    """Change the actor's own profile."""
    return records.members.change(
        actor.association_id,
        actor.id,
        lambda member: member.amend(changes),
        now=now,
        cause=cause,
        expected=expected,
    )


def take_address(
    records: Records, actor: Actor, address: str, *, now: datetime, cause: str | None = None
) -> Member:
    """Let a member have another mail address. Raises AddressIsTaken; Forbidden for whoever does not
    come by a link from a mail, for only who reads what is sent there may sign in by it.
    """
    if not actor.link:
        raise Forbidden
    with one_address():
        return records.members.change(
            actor.association_id,
            actor.id,
            lambda member: member.amend({"address": address}),
            now=now,
            cause=cause,
        )


def members_by_id(records: Records, association_id: str, ids: set[str]) -> Mapping[str, Member]:
    """These members, up to 500."""
    if not ids:
        return {}
    found = records.members.find(association_id, {"_id": In(values=sorted(ids))}, limit=len(ids))
    return {member.id: member for member in found}


def members_by_address(
    records: Records, association_id: str, addresses: set[str]
) -> dict[str, Member]:
    """The members who have these mail addresses, up to 500."""
    if not addresses:
        return {}
    found = records.members.find(
        association_id, {"address": In(values=sorted(addresses))}, limit=len(addresses)
    )
    return {member.address: member for member in found}


@contextmanager
def one_address() -> Iterator[None]:
    """Say whose rule it is that refuses the key."""
    try:
        yield
    except KeysTaken:
        raise AddressIsTaken from None
