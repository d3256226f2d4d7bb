"""How people are shown: by name from the copies, many at once."""

from collections.abc import Iterable
from typing import Any

from chassis.store import Document, In
from services.matching.repository import Records

_AT_ONCE = 500


def persons(
    records: Records, association_id: str, member_ids: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """How these people are shown, by id; without a name until it has arrived."""
    ids = sorted(set(member_ids))
    known: dict[str, Document] = {}
    for n in range(0, len(ids), _AT_ONCE):
        where = {"_id": In(values=ids[n : n + _AT_ONCE])}
        for member in records.members.find(association_id, where, limit=_AT_ONCE):
            known[member["_id"]] = member
    return {id: _shown(id, known.get(id, {})) for id in ids}


def members_of(
    records: Records, association_id: str, application_ids: Iterable[str]
) -> dict[str, str]:
    """Application id -> member id, of those that are known."""
    ids = sorted(set(application_ids))
    return {
        application["_id"]: application["member_id"]
        for n in range(0, len(ids), _AT_ONCE)
        for application in records.applications.find(
            association_id, {"_id": In(values=ids[n : n + _AT_ONCE])}, limit=_AT_ONCE
        )
        if not application["erased"]
    }


def language_of(records: Records, association_id: str, member_id: str) -> str | None:
    """The language somebody reads, once it has arrived."""
    member = records.members.get(association_id, member_id)
    return member["language"] if member else None


def _shown(member_id: str, member: Document) -> dict[str, Any]:
    return {
        "id": member_id,
        "given_name": member.get("given_name", ""),
        "family_name": member.get("family_name", ""),
        "zone": member.get("zone", "UTC"),
        "city": member.get("city", ""),
    }
