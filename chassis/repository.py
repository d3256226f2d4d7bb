"""One write: an aggregate's new state, its outbox and its inbox in one document, saved at once.

A lost race is tried three times anew, then it is a Conflict. A cause (the id of an event, of a row
of a bulk…) that the document has already seen changes nothing. So the same code is right on SQLite,
on one MongoDB and on a sharded cluster, without transactions over documents.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic

from cattrs import Converter

from chassis import trace
from chassis.aggregate import A, from_document, to_document
from chassis.clock import to_text
from chassis.errors import Conflict, NotFound, Stale
from chassis.events import Event, Heard, envelope, refuse_too_large
from chassis.store import (
    EVERYWHERE,
    After,
    Collection,
    Document,
    IdTaken,
    In,
    Index,
    Store,
    VersionLost,
    Where,
)

TRIES = 4
INBOX = 100
AT_ONCE = 500
"""How many documents are read, or written, with one question."""
PENDING = Index(fields=("pending",), everywhere=True)
DUE = Index(fields=("due_at",), everywhere=True)

Act = Callable[[A], Iterable[Event] | None]


class LostRace(Conflict):
    """Others changed the thing again and again while this change was tried."""


class Repository(Generic[A]):
    """Aggregates of one kind in one collection."""

    def __init__(
        self, store: Store, collection: Collection, kind: type[A], converter: Converter
    ) -> None:
        """Bind a kind of aggregate to where it is stored."""
        self._store, self.collection, self._kind, self._converter = (
            store,
            collection,
            kind,
            converter,
        )

    def get(self, association_id: str, id: str) -> A:
        """The aggregate; NotFound if it is not there or another association's."""
        return self._load(self._document(association_id, id))

    def many(self, association_id: str, ids: Iterable[str]) -> dict[str, A]:
        """Those of these ids that are there, by id."""
        found = documents_by_id(self._store, self.collection.name, association_id, ids)
        return {id: self._load(document) for id, document in found.items()}

    def find_one(self, association_id: str | None, where: Where) -> A | None:
        """The first that matches, or None."""
        found = self.find(association_id, where, limit=1)
        return found[0] if found else None

    def find(
        self,
        association_id: str | None,
        where: Where,
        *,
        sort: str = "_id",
        descending: bool = False,
        limit: int = 50,
        after: After | None = None,
    ) -> list[A]:
        """A page of those that match."""
        documents = self._store.find(
            self.collection.name,
            association_id,
            where,
            sort=sort,
            descending=descending,
            limit=limit,
            after=after,
        )
        return [self._load(document) for document in documents]

    def each(self, association_id: str | None, where: Where, *, sort: str = "_id") -> Iterator[A]:
        """All that match, read page by page (500 at once in memory)."""
        for document in each_document(
            self._store, self.collection.name, association_id, where, sort=sort
        ):
            yield self._load(document)

    def count(self, association_id: str, where: Where) -> int:
        """How many match."""
        return self._store.count(self.collection.name, association_id, where)

    def add(
        self, thing: A, events: Iterable[Event] = (), *, now: datetime, cause: str | None = None
    ) -> A:
        """Store a new aggregate; if its id is there already this is a repeat and gives what is
        stored.
        """
        document = self._written(thing, {}, events, cause, now)
        try:
            self._store.save(self.collection.name, document, replaces=0)
        except IdTaken:
            return self.get(thing.association_id, thing.id)
        return replace(thing, version=document["version"])

    def add_many(
        self,
        things: Iterable[A],
        *,
        now: datetime,
        events: Callable[[A], Iterable[Event]] = lambda _: (),
    ) -> None:
        """Store new aggregates, each with its events; one whose id is there, or one of whose keys
        another holds, is left out, and nothing is told of it.
        """
        documents = [self._written(thing, {}, events(thing), None, now) for thing in things]
        for start in range(0, len(documents), AT_ONCE):
            self._store.save_many(self.collection.name, documents[start : start + AT_ONCE])

    def change(
        self,
        association_id: str,
        id: str,
        act: Act[A],
        *,
        now: datetime,
        cause: str | None = None,
        expected: int | None = None,
    ) -> A:
        """Load, let `act` change it and return its events, save; nothing is written if nothing
        changed.

        cause: skip if this document has seen it. expected: the version a person saw (If-Match),
        else Stale.
        """
        for _ in range(TRIES):
            before = self._document(association_id, id)
            if cause is not None and cause in before["inbox"]:
                return self._load(before)
            thing = self._load(before)
            if expected is not None and thing.version != expected:
                raise Stale(version=thing.version)
            events = list(act(thing) or ())
            if not events and cause is None and thing == self._load(before):
                return thing
            document = self._written(thing, before, events, cause, now)
            try:
                self._store.save(self.collection.name, document, replaces=thing.version)
            except VersionLost:
                continue
            thing.version = document["version"]
            return thing
        raise LostRace

    def delete(self, association_id: str, id: str) -> None:
        """Remove it without a trace; only for what no event has told of."""
        self._store.delete(self.collection.name, association_id, id)

    def _document(self, association_id: str | None, id: str) -> Document:
        document = self._store.get(self.collection.name, association_id, id)
        if document is None:
            raise NotFound
        return document

    def _load(self, document: Mapping[str, Any]) -> A:
        return from_document(document, self._kind, self._converter)

    def _written(
        self,
        thing: A,
        before: Mapping[str, Any],
        events: Iterable[Event],
        cause: str | None,
        now: datetime,
    ) -> Document:
        document = to_document(thing, self._converter)
        document["version"] = version = thing.version + 1
        fresh = []
        for n, event in enumerate(events):
            event.type.check(event.data)
            fresh.append(
                envelope(
                    event,
                    association_id=thing.association_id,
                    version=version,
                    n=n,
                    at=to_text(now),
                    trace=trace.traceparent(),
                )
            )
            refuse_too_large(fresh[-1])
        document["outbox"] = [*before.get("outbox", ()), *fresh]
        document["pending"] = bool(document["outbox"])
        document["inbox"] = [*before.get("inbox", ()), *([cause] if cause else ())][-INBOX:]
        if self.collection.has_keys:
            document["keys"] = [thing.id, *thing.keys()]
        return document


class Copies:
    """Read copies of another service's aggregates, fed by all topics of that aggregate.

    A copy's document holds the event's data as it came, the source's version as `heard`, and
    `erased` once a tombstone arrived.
    """

    def __init__(self, store: Store, collection: Collection) -> None:
        """Keep the copies in this collection."""
        self._store, self.collection = store, collection

    def hear(self, event: Heard, **more: Any) -> bool:
        """Store the state if it is newer than what is there; True if it was. `more`: fields derived
        from it.
        """
        for _ in range(TRIES):
            before = self._store.get(self.collection.name, event.association_id, event.subject)
            if before and (before["heard"] >= event.version or before["erased"]):
                return False
            version = before["version"] if before else 0
            document = {
                **event.state,
                **more,
                "_id": event.subject,
                "association_id": event.association_id,
                "version": version + 1,
                "heard": event.version,
                "erased": event.data is None,
            }
            try:
                self._store.save(self.collection.name, document, replaces=version)
            except (VersionLost, IdTaken):
                continue
            return True
        raise LostRace

    def get(self, association_id: str, id: str) -> Document | None:
        """The copy, or None if it has not arrived or is erased."""
        document = self._store.get(self.collection.name, association_id, id)
        return None if document is None or document["erased"] else document

    def many(self, association_id: str, ids: Iterable[str]) -> dict[str, Document]:
        """The copies of these ids that have arrived and are not erased, by id."""
        found = documents_by_id(self._store, self.collection.name, association_id, ids)
        return {id: document for id, document in found.items() if not document["erased"]}

    def find(
        self,
        association_id: str | None,
        where: Where,
        *,
        sort: str = "_id",
        descending: bool = False,
        limit: int = 50,
        after: After | None = None,
    ) -> list[Document]:
        """A page of copies that match."""
        return self._store.find(
            self.collection.name,
            association_id,
            where,
            sort=sort,
            descending=descending,
            limit=limit,
            after=after,
        )

    def each(
        self, association_id: str | None, where: Where, *, sort: str = "_id"
    ) -> Iterator[Document]:
        """All copies that match, read page by page."""
        return each_document(self._store, self.collection.name, association_id, where, sort=sort)

    def count(self, association_id: str, where: Where) -> int:
        """How many match."""
        return self._store.count(self.collection.name, association_id, where)


def each_document(
    store: Store, collection: str, association_id: str | None, where: Where, *, sort: str = "_id"
) -> Iterator[Document]:
    """All documents that match, page by page."""
    after: After | None = None
    while page := store.find(
        collection, association_id, where, sort=sort, limit=AT_ONCE, after=after
    ):
        yield from page
        after = After(value=_reach(page[-1], sort), id=page[-1]["_id"])


def documents_by_id(
    store: Store, collection: str, association_id: str, ids: Iterable[str]
) -> dict[str, Document]:
    """Documents of an association by their ids, asked for many at once."""
    wanted = sorted(set(ids))
    pages = (wanted[n : n + AT_ONCE] for n in range(0, len(wanted), AT_ONCE))
    return {
        document["_id"]: document
        for page in pages
        for document in store.find(
            collection, association_id, {"_id": In(values=page)}, limit=AT_ONCE
        )
    }


def _reach(document: Mapping[str, Any], field: str) -> Any:
    value: Any = document
    for name in field.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


__all__ = ["DUE", "EVERYWHERE", "PENDING", "Copies", "LostRace", "Repository", "each_document"]
