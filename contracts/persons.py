"""How a person is shown beside a proposal, a pair, a meeting or a check-in: alike in every service,
so that the client knows one shape.
"""

from collections.abc import Mapping
from typing import Any


def shown_person(member_id: str, member: Mapping[str, Any] | None) -> dict[str, Any]:
    """A member by their copy; without a name until it has arrived."""
    known = member or {}
    return {
        "id": member_id,
        "given_name": known.get("given_name", ""),
        "family_name": known.get("family_name", ""),
        "zone": known.get("zone", "UTC"),
        "city": known.get("city", ""),
    }
