"""How people are shown: by name from the copies, many at once."""

from collections.abc import Collection
from typing import Any

from contracts.persons import shown_person
from services.feedback.repository import Records


def persons(
    records: Records, association_id: str, member_ids: Collection[str]
) -> dict[str, dict[str, Any]]:
    """How these people are shown, by id."""
    known = records.members.many(association_id, member_ids)
    return {id: shown_person(id, known.get(id)) for id in member_ids}


def full_name(shown: dict[str, Any]) -> str:
    """Given and family name; empty until they have arrived."""
    return f"{shown['given_name']} {shown['family_name']}".strip()


def name_of(records: Records, association_id: str, member_id: str) -> str:
    """The full name of a member."""
    return full_name(shown_person(member_id, records.members.get(association_id, member_id)))


def language_of(records: Records, association_id: str, member_id: str) -> str:
    """The language somebody reads; English until it has arrived."""
    member = records.members.get(association_id, member_id)
    return str(member["language"]) if member else "en"
