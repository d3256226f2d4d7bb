"""Documents in MongoDB (6 or newer, stand-alone, replica set or sharded), one database a service.

Only what every wire-compatible server does alike: insert, replace by version, delete, find by
plain comparisons, unique compound indexes. Writes are acknowledged once a majority has them in its
journal.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import sleep
from typing import Any

import pymongo
from pymongo import MongoClient, ReplaceOne, WriteConcern
from pymongo.collection import Collection as Documents
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
)

from chassis.errors import StoreUnavailable
from chassis.store import (
    After,
    Collection,
    Document,
    IdTaken,
    In,
    KeysTaken,
    Range,
    VersionLost,
    Where,
)
from chassis.store.served import ordered_fields, refuse_unserved

ANSWER_SECONDS = 5.0
INDEX_SECONDS = 3600.0
"""An index on a big collection takes its time; once, at an upgrade."""
LOOK_SECONDS = 0.1
"""Ten times a second a few empty answers of an index, for each process that waits."""

REWRITTEN_AT_ONCE = 20
"""So that a server that looks long for each lets others in between, and answers in time."""

_DUPLICATE_KEY = 11000
_OUT_OF_DISK_SPACE = 14031
_SIGNS = {"at_least": "$gte", "above": "$gt", "at_most": "$lte", "below": "$lt"}


class MongodbStore:
    """The store of one service beyond one machine; safe to be used by threads and greenlets."""

    def __init__(self, url: str, *, name: str) -> None:
        """Use the database `guildway_<name>`, or `<path>_<name>` if the URL has a path. Connects
        later.
        """
        self._client: MongoClient[Document] = MongoClient(
            url, appname=f"guildway-{name}", timeoutMS=int(ANSWER_SECONDS * 1000)
        )
        prefix = self._client.get_default_database("guildway").name
        self._database = self._client.get_database(
            f"{prefix}_{name}", write_concern=WriteConcern("majority", j=True)
        )
        self._collections: dict[str, Collection] = {}

    def prepare(self, collections: Iterable[Collection]) -> None:
        """Make indexes that are not there."""
        declared = {collection.name: collection for collection in collections}
        with self._telling():
            self._client.admin.command("ping")
            with pymongo.timeout(INDEX_SECONDS):
                for collection in declared.values():
                    self._prepare(collection)
        self._collections |= declared

    def get(self, collection: str, association_id: str | None, id: str) -> Document | None:
        """One document by its id."""
        documents = self._documents(collection)
        with self._telling():
            return documents.find_one(_matching(association_id, {"_id": id}))

    def save(self, collection: str, document: Document, *, replaces: int) -> None:
        """Insert or replace by version."""
        documents = self._documents(collection)
        self._refuse_keyless(collection, [document])
        with self._telling():
            if replaces:
                _replace(documents, document, replaces)
            else:
                _insert(documents, document)

    def save_many(self, collection: str, documents: Sequence[Document]) -> None:
        """Insert those whose ids and keys are not there yet."""
        into = self._documents(collection)
        self._refuse_keyless(collection, documents)
        if not documents:
            return
        with self._telling():
            try:
                into.insert_many(documents, ordered=False)
            except BulkWriteError as error:
                faults = error.details.get("writeErrors", [])
                others = [fault for fault in faults if fault["code"] != _DUPLICATE_KEY]
                if others or error.details.get("writeConcernErrors"):
                    raise

    def rewrite_many(self, collection: str, documents: Sequence[Document]) -> None:
        """Replace those that have still the same version."""
        into = self._documents(collection)
        same = ("association_id", "_id", "version")
        writes = [
            ReplaceOne({field: document[field] for field in same}, document)
            for document in documents
        ]
        with self._telling():
            for start in range(0, len(writes), REWRITTEN_AT_ONCE):
                into.bulk_write(writes[start : start + REWRITTEN_AT_ONCE], ordered=False)

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
        """A page, read by keyset."""
        documents = self._documents(collection)
        refuse_unserved(self._collections[collection], association_id, where, sort=sort)
        if limit < 1:
            # To MongoDB a limit of 0 is none.
            return []
        asked = _matching(association_id, where)
        if after is not None:
            asked = {"$and": [asked, _beyond(sort, descending, after)]}
        direction = pymongo.DESCENDING if descending else pymongo.ASCENDING
        order = [(field, direction) for field in dict.fromkeys((sort, "_id"))]
        with self._telling():
            return list(documents.find(asked, sort=order, limit=limit))

    def count(self, collection: str, association_id: str | None, where: Where) -> int:
        """How many match."""
        documents = self._documents(collection)
        refuse_unserved(self._collections[collection], association_id, where, sort=None)
        with self._telling():
            return documents.count_documents(_matching(association_id, where))

    def delete(self, collection: str, association_id: str, id: str) -> None:
        """Remove the document; its keys are part of it."""
        documents = self._documents(collection)
        with self._telling():
            documents.delete_one(_matching(association_id, {"_id": id}))

    def wait(self, seconds: float) -> bool:
        """Rest a little: a look at an index of what waits costs less than a change stream."""
        sleep(min(LOOK_SECONDS, seconds))
        return True

    def ping(self) -> None:
        """Ask the server for an answer."""
        with self._telling():
            self._client.admin.command("ping")

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _documents(self, collection: str) -> Documents[Document]:
        if collection not in self._collections:
            raise LookupError(f"the store is not prepared for {collection}")
        return self._database[collection]

    def _refuse_keyless(self, collection: str, documents: Iterable[Document]) -> None:
        if self._collections[collection].has_keys and not all(
            document["_id"] in document["keys"] for document in documents
        ):
            raise ValueError("the keys of a document hold its own id")

    def _prepare(self, collection: Collection) -> None:
        documents = self._database[collection.name]
        documents.create_index(["association_id", "_id"])
        for index in collection.indexes:
            lead = [] if index.everywhere else ["association_id"]
            documents.create_index([*lead, *ordered_fields(index)])
        if collection.has_keys:
            documents.create_index(["association_id", "keys"], unique=True)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except PyMongoError as error:
            if not _is_passing(error):
                raise
            raise StoreUnavailable(f"MongoDB does not answer: {error}") from error


def _is_passing(error: PyMongoError) -> bool:
    if isinstance(error, ConnectionFailure) or error.timeout:
        return True
    return isinstance(error, OperationFailure) and error.code == _OUT_OF_DISK_SPACE


def _insert(documents: Documents[Document], document: Document) -> None:
    try:
        documents.insert_one(document)
    except DuplicateKeyError as error:
        # Servers differ in how they name the index; a repeat has its id there, and that comes
        # first.
        if documents.find_one({"_id": document["_id"]}, projection=["_id"]):
            raise IdTaken from error
        raise KeysTaken from error


def _replace(documents: Documents[Document], document: Document, replaces: int) -> None:
    own = {field: document[field] for field in ("association_id", "_id")}
    try:
        written = documents.replace_one({**own, "version": replaces}, document)
    except DuplicateKeyError as error:
        raise KeysTaken from error
    if not written.matched_count:
        raise VersionLost


def _matching(association_id: str | None, where: Where) -> dict[str, Any]:
    lead = {} if association_id is None else {"association_id": association_id}
    return {**lead, **{field: _condition(wanted) for field, wanted in where.items()}}


def _condition(wanted: Any) -> Any:
    match wanted:
        case In():
            return {"$in": list(wanted.values)}
        case Range():
            limits = {sign: getattr(wanted, name) for name, sign in _SIGNS.items()}
            return {k: v for k, v in limits.items() if v is not None} or {"$ne": None}
        case _:
            return wanted


def _beyond(sort: str, descending: bool, after: After) -> dict[str, Any]:
    """What comes after: null sorts before everything else and compares with nothing."""
    sign = "$lt" if descending else "$gt"
    by_id = {"_id": {sign: after.id}}
    if sort == "_id":
        return by_id
    if after.value is None:
        tie = {sort: None, **by_id}
        return tie if descending else {"$or": [tie, {sort: {"$ne": None}}]}
    parts = [{sort: {sign: after.value}}, {sort: after.value, **by_id}]
    return {"$or": [*parts, {sort: None}] if descending else parts}
