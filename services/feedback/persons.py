"""How people are shown: by name from the copies, many at once."""

from collections.abc import Iterable
from typing import Any

from chassis.store import Document, In
from services.feedback.repository import Records

_AT_ONCE = 500


def person(records: Records, association_id: str, member_id: str) -> dict[str, Any]:
    """How a person is shown; without a name until it has arrived."""
    return _shown(member_id, records.members.get(association_id, member_id) or {})


def persons(
    records: Records, association_id: str, member_ids: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """How these people are shown, by id."""
    ids = sorted(set(member_ids))
    known: dict[str, Document] = {}
    for n in range(0, len(ids), _AT_ONCE):
        where = {"_id": In(values=ids[n : n + _AT_ONCE])}
        for member in records.members.find(association_id, where, limit=_AT_ONCE):
            known[member["_id"]] = member
    return {id: _shown(id, known.get(id, {})) for id in ids}


def full_name(shown: dict[str, Any]) -> str:
    """Given and family name; empty until they have arrived."""
    return f"{shown['given_name']} {shown['family_name']}".strip()


def name_of(records: Records, association_id: str, member_id: str) -> str:
    """The full name of a member."""
    return full_name(person(records, association_id, member_id))


def language_of(records: Records, association_id: str, member_id: str) -> str:
    """The language somebody reads; English until it has arrived."""
    member = records.members.get(association_id, member_id)
    return str(member["language"]) if member else "en"


def _shown(member_id: str, member: Document) -> dict[str, Any]:
    return {
        "id": member_id,
        "given_name": member.get("given_name", ""),
        "family_name": member.get("family_name", ""),
        "zone": member.get("zone", "UTC"),
        "city": member.get("city", ""),
    }
