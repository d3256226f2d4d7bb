"""Who may be matched: a participant as the criteria see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Strengths = list[tuple[Any, int]]
"""What somebody lists, in the order of the list, with the strength of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A participant who may be matched; `id` is that of the application.

    `attributes` are those of the application as profiles tells them (contracts.shapes), and beside
    them `hours` (hours of a UTC week, Monday 00:00 is 0), `previous_partner_ids` and
    `asked_before_ids` (whom a proposal with them did not become a pair).
    """

    id: str
    member_id: str
    attributes: Mapping[str, Any]

    def value(self, column: str) -> Any:
        """What the column holds; None where nothing is known, and an empty text tells nothing."""
        if column == "member_id":
            return self.member_id
        value = self.attributes.get(column)
        return None if value == "" else value

    def strengths(self, column: str) -> Strengths:
        """What a list holds: `{"id", "strength"}` or plain values, which have the strength 1."""
        return [
            (each["id"], each["strength"]) if isinstance(each, Mapping) else (each, 1)
            for each in self.value(column) or ()
        ]

    def rank_of(self, other: "Candidate", column: str | None) -> int | None:
        """At which place, from 1, the other one stands in a list of member ids."""
        named = list(self.value(column) or ()) if column else []
        return named.index(other.member_id) + 1 if other.member_id in named else None
