"""The association: the tenant, at its own address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.aggregate import Aggregate
from chassis.errors import Conflict
from chassis.events import Event, fact_id
from contracts.profiles import ASSOCIATION_CHANGED, ASSOCIATION_FOUNDED


class AddressIsTaken(Conflict):
    """Another association or another member has this address."""


@dataclass(kw_only=True)
class Association(Aggregate):
    """Its id is made from its address, so that no two of the instance have the same."""

    name: str
    address: str
    zone: str
    languages: list[str]
    founding: str
    founded_at: datetime

    @staticmethod
    def id_of(address: str) -> str:
        """The id that the association of this address has."""
        return fact_id("association", address)

    def found(self) -> list[Event]:
        """Begin."""
        return [ASSOCIATION_FOUNDED(self.id, self.public())]

    def amend(self, changes: dict[str, Any]) -> list[Event]:
        """Take another name, zone or languages; the address stays, for links carry it."""
        before = self.public()
        for name, value in changes.items():
            setattr(self, name, value)
        return [] if self.public() == before else [ASSOCIATION_CHANGED(self.id, self.public())]

    def public(self) -> dict[str, Any]:
        """What others may know."""
        return {
            "association_id": self.id,
            "name": self.name,
            "address": self.address,
            "zone": self.zone,
            "languages": self.languages,
        }
