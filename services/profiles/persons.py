"""Which persons a members' list names, and in which row first: so that a person who stands twice in
a long list is found without keeping the list in memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from chassis.events import fact_id
from chassis.store import Collection, In, Index, Store

PERSONS = Collection(name="import_persons", indexes=(Index(fields=("_id",)),))
ROLES = ("mentor", "mentee")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person in a role, as a row of the list names them. `name` is the id of the name only: the
    store holds no readable list of people who are not members yet.
    """

    address: str
    role: str
    name: str
    row: int


class Persons:
    """The persons of lists that are being checked."""

    def __init__(self, store: Store) -> None:
        """Keep them in a collection of their own."""
        self._store = store

    def name(
        self, association_id: str, check: str, persons: Iterable[Named]
    ) -> dict[tuple[str, str], Named]:
        """Note persons of a page; the first row that names an (address, role) keeps it.

        check: the import and its round. Gives whoever has these addresses, in either role.
        """
        noted: dict[tuple[str, str], Named] = {}
        for person in persons:
            noted.setdefault((person.address, person.role), person)
        documents = [
            {
                "_id": _id(check, person.address, person.role),
                "association_id": association_id,
                "version": 1,
                "name": person.name,
                "row": person.row,
            }
            for person in noted.values()
        ]
        for n in range(0, len(documents), _AT_ONCE):
            self._store.save_many(PERSONS.name, documents[n : n + _AT_ONCE])
        return self._first(association_id, check, {person.address for person in noted.values()})

    def _first(
        self, association_id: str, check: str, addresses: set[str]
    ) -> dict[tuple[str, str], Named]:
        ids = {
            _id(check, address, role): (address, role) for address in addresses for role in ROLES
        }
        asked = list(ids)
        first = {}
        for n in range(0, len(asked), _AT_ONCE):
            for document in self._store.find(
                PERSONS.name,
                association_id,
                {"_id": In(values=asked[n : n + _AT_ONCE])},
                limit=_AT_ONCE,
            ):
                address, role = ids[document["_id"]]
                first[address, role] = Named(
                    address=address, role=role, name=document["name"], row=document["row"]
                )
        return first


def _id(check: str, address: str, role: str) -> str:
    return fact_id("person", check, address, role)
