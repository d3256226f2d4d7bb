"""The narrow protocol that everything above storage is written against.

A document is a JSON object (`dict` of str, int, float, bool, None, list, dict; times are text, see
`chassis.clock.to_text`) that holds at least `_id`, `association_id` and `version`. Two backends
fulfil the protocol: `chassis.store.sqlite` and `chassis.store.mongodb`; `open_store(url)` chooses.
The same cases in `tests/chassis/store/` run on both.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chassis.errors import Conflict

_COLLECTION = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FIELD = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")

Document = dict[str, Any]
EVERYWHERE: Final = None
"""Instead of an association's id: for chassis walks (relay, timers) and declared look-ups only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Fields that are asked for by equality, last one the sort key (dotted names reach inside).

    A field holds one kind of scalar (text, number or boolean) or null; missing is null.
    """

    fields: tuple[str, ...]
    everywhere: bool = False
    """False: led by `association_id`. True: for chassis walks and declared look-ups."""

    def __post_init__(self) -> None:
        """Refuse names that are no fields: they become part of SQL."""
        for field in self.fields:
            if not _FIELD.fullmatch(field):
                raise ValueError(f"not a field: {field!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A named set of documents and the indexes it may be asked by.

    has_keys: every document holds `keys`, a list of text with its own id in it, each unique within
    the association across the collection.
    """

    name: str
    indexes: tuple[Index, ...] = ()
    has_keys: bool = False

    def __post_init__(self) -> None:
        """Refuse a name that would not be safe in SQL."""
        if not _COLLECTION.fullmatch(self.name):
            raise ValueError(f"not a name of a collection: {self.name!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """A condition: the field equals one of these."""

    values: Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A condition: the field lies between; None leaves a side open. Null never matches."""

    at_least: Any = None
    above: Any = None
    at_most: Any = None
    below: Any = None


Where = Mapping[str, Any]
"""Field -> scalar (equality; None: null or missing), `In` or `Range`; all must hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Where a page goes on: the sort value and id of the last document seen."""

    value: Any
    id: str


class VersionLost(Conflict):
    """The document is no longer (or not yet) the version that the write replaces."""


class IdTaken(Conflict):
    """An insert found a document of the same id: a repeat."""


class KeysTaken(Conflict):
    """Another document of the association holds one of the keys."""


class Store(Protocol):
    """Documents in collections; each write is atomic and touches one document (and its keys).

    Every method raises StoreUnavailable if the store does not answer: the write may have happened.
    """

    def prepare(self, collections: Iterable[Collection]) -> None:
        """Make collections and indexes that are not there; any number of processes at once."""

    def get(self, collection: str, association_id: str | None, id: str) -> Document | None:
        """The document, or None; with EVERYWHERE whatever its association."""

    def save(self, collection: str, document: Document, *, replaces: int) -> None:
        """Insert (`replaces` 0) or replace the whole document if it is still version `replaces`.

        `document["version"]` is what it becomes; the relay writes the same version again.
        Raises VersionLost, IdTaken (insert only), KeysTaken.
        """

    def save_many(self, collection: str, documents: Sequence[Document]) -> None:
        """Insert up to 500 fresh documents at once; one whose id is there already, or one of whose
        keys another holds, is left out. Not atomic as a whole.
        """

    def rewrite_many(self, collection: str, documents: Sequence[Document]) -> None:
        """Replace up to 500 documents at once, each by one of the same version and the same keys;
        one that has another version by now stays as it is. Not atomic as a whole.
        """

    def find(
        self,
        collection: str,
        association_id: str | None,
        where: Where,
        *,
        sort: str = "_id",
        descending: bool = False,
        limit: int = 50,
        after: After | None = None,
    ) -> list[Document]:
        """Documents that match, by `sort` (null first) then `_id`, at most `limit`, beyond `after`.

        Raises LookupError if no declared index serves the question, see `chassis.store.served`.
        """

    def count(self, collection: str, association_id: str | None, where: Where) -> int:
        """How many match; LookupError as in `find`."""

    def delete(self, collection: str, association_id: str, id: str) -> None:
        """Remove the document and its keys; nothing happens if it is not there."""

    def wait(self, seconds: float) -> bool:
        """Return True as soon as something may have been written by anybody since this thread asked
        last, False when time is up.

        SQLite: looks at `PRAGMA data_version` every 10 ms. MongoDB: sleeps 100 ms, says True.
        """

    def ping(self) -> None:
        """Raise StoreUnavailable if the store does not answer."""

    def close(self) -> None:
        """Let go of connections."""


def open_store(url: str, *, name: str) -> Store:
    """Open the store of service `name`: `sqlite:<folder>` (one file a service) or `mongodb://…`
    (one database).
    """
    if url.startswith("sqlite:"):
        from chassis.store.sqlite import SqliteStore  # noqa: PLC0415 (pymongo is loaded only where used)

        return SqliteStore(url.removeprefix("sqlite:"), name=name)
    if url.startswith(("mongodb://", "mongodb+srv://")):
        from chassis.store.mongodb import MongodbStore  # noqa: PLC0415

        return MongodbStore(url, name=name)
    raise ValueError(f"a store is sqlite:<folder> or mongodb://…, not {url!r}")
