"""A person of an association."""

from dataclasses import dataclass, field
from typing import Any

from chassis.aggregate import Aggregate
from chassis.events import Event
from contracts.profiles import PROFILE_UPDATED


@dataclass(kw_only=True)
class Member(Aggregate):
    """Whoever can sign in. One mail address, one member of the association."""

    given_name: str
    family_name: str
    address: str
    language: str
    zone: str
    city: str = ""
    roles: list[str] = field(default_factory=lambda: ["participant"])

    def keys(self) -> list[str]:
        """The mail address, in lower case."""
        return [f"address:{self.address}"]

    def join(self) -> list[Event]:
        """Be there."""
        return [PROFILE_UPDATED(self.id, self.public())]

    def amend(self, changes: dict[str, Any]) -> list[Event]:
        """Take another name, address, language, zone or city."""
        before = self.public()
        for name, value in changes.items():
            setattr(self, name, value)
        return [] if self.public() == before else [PROFILE_UPDATED(self.id, self.public())]

    def card(self) -> dict[str, Any]:
        """What a screen shows of a person."""
        return {
            "id": self.id,
            "given_name": self.given_name,
            "family_name": self.family_name,
            "zone": self.zone,
            "city": self.city,
        }

    def public(self) -> dict[str, Any]:
        """What others may know."""
        return {
            "association_id": self.association_id,
            "member_id": self.id,
            "given_name": self.given_name,
            "family_name": self.family_name,
            "address": self.address,
            "language": self.language,
            "zone": self.zone,
            "city": self.city,
            "roles": self.roles,
        }
