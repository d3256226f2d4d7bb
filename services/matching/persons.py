"""How people are shown: by name from the copies, many at once."""

from collections.abc import Collection
from typing import Any

from contracts.persons import shown_person
from services.matching.repository import Records


def persons(
    records: Records, association_id: str, member_ids: Collection[str]
) -> dict[str, dict[str, Any]]:
    """How these people are shown, by id."""
    known = records.members.many(association_id, member_ids)
    return {id: shown_person(id, known.get(id)) for id in member_ids}


def members_of(
    records: Records, association_id: str, application_ids: Collection[str]
) -> dict[str, str]:
    """Application id -> member id, of those that are known."""
    found = records.applications.many(association_id, application_ids)
    return {id: application["member_id"] for id, application in found.items()}


def language_of(records: Records, association_id: str, member_id: str) -> str | None:
    """The language somebody reads, once it has arrived."""
    member = records.members.get(association_id, member_id)
    return member["language"] if member else None
