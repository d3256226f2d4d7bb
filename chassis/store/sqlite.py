"""Documents in one SQLite file a service: JSON text, expression indexes; nothing to install.
See `chassis.sqlite` for how the file is shared.
"""

# ruff: noqa: S608 (names put into SQL are checked by `Collection` and `Index`; values never are)

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from chassis.errors import StoreUnavailable
from chassis.sqlite import SqliteFile, Watch
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

LOOK_SECONDS = 0.01

_SIGNS = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<"}

Sql = tuple[str, list[Any]]
"""A condition and the values of its parameters."""


class SqliteStore:
    """The store of one service on one machine; safe to be used by threads and greenlets."""

    def __init__(self, folder: str, *, name: str) -> None:
        """Keep everything in `<folder>/<name>.db`; `prepare` makes both."""
        self._file = SqliteFile(Path(folder) / f"{name}.db", unavailable=StoreUnavailable)
        self._collections: dict[str, Collection] = {}
        self._watching = threading.local()
        self._watches: list[Watch] = []

    def prepare(self, collections: Iterable[Collection]) -> None:
        """Make file, tables and indexes that are not there."""
        declared = {collection.name: collection for collection in collections}
        self._file.prepare(_schema(declared.values()))
        self._collections |= declared

    def get(self, collection: str, association_id: str | None, id: str) -> Document | None:
        """One document by its id."""
        condition, values = _matching(association_id, {"_id": id})
        sql = f"SELECT body FROM {self._table(collection)} WHERE {condition}"
        with self._file.connected() as connection:
            row = connection.execute(sql, values).fetchone()
        return json.loads(row[0]) if row else None

    def save(self, collection: str, document: Document, *, replaces: int) -> None:
        """Insert or replace by version, and exchange the keys, in one transaction."""
        table = self._table(collection)
        keys = _keys(document) if self._collections[collection].has_keys else frozenset()
        row = _row(document)
        with self._file.writing() as connection:
            if replaces:
                _replace(connection, table, row, replaces)
            elif not _insert(connection, table, [row]):
                raise IdTaken
            if keys:
                _exchange_keys(connection, collection, document, keys)

    def save_many(self, collection: str, documents: Sequence[Document]) -> None:
        """Insert those whose ids and keys are not there yet, in one transaction."""
        table = self._table(collection)
        rows = [_row(document) for document in documents]
        if not self._collections[collection].has_keys:
            with self._file.writing() as connection:
                _insert(connection, table, rows)
            return
        keys = [_keys(document) for document in documents]
        with self._file.writing() as connection:
            for document, row, own in zip(documents, rows, keys, strict=True):
                with suppress(KeysTaken), _undoing(connection):
                    if _insert(connection, table, [row]):
                        _exchange_keys(connection, collection, document, own)

    def rewrite_many(self, collection: str, documents: Sequence[Document]) -> None:
        """Replace those that have still the same version, in one transaction."""
        table = self._table(collection)
        rows = [_row(document) for document in documents]
        with self._file.writing() as connection:
            for row in rows:
                with suppress(VersionLost):
                    _replace(connection, table, row, row[2])

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
        table = self._table(collection)
        refuse_unserved(self._collections[collection], association_id, where, sort=sort)
        condition, values = _matching(association_id, where)
        found: list[Document] = []
        with self._file.connected() as connection:
            for (beyond, limits), order in _stretches(_sorted_by(sort, where), descending, after):
                sql = (
                    f"SELECT body FROM {table} WHERE {condition} AND {beyond}"
                    f" ORDER BY {order} LIMIT ?"
                )
                left = max(0, limit - len(found))
                rows = connection.execute(sql, [*values, *limits, left])
                found += [json.loads(row[0]) for row in rows]
        return found

    def count(self, collection: str, association_id: str | None, where: Where) -> int:
        """How many match."""
        table = self._table(collection)
        refuse_unserved(self._collections[collection], association_id, where, sort=None)
        condition, values = _matching(association_id, where)
        sql = f"SELECT COUNT(*) FROM {table} WHERE {condition}"
        with self._file.connected() as connection:
            return int(connection.execute(sql, values).fetchone()[0])

    def delete(self, collection: str, association_id: str, id: str) -> None:
        """Remove the document and its keys."""
        table = self._table(collection)
        condition, values = _matching(association_id, {"_id": id})
        with self._file.writing() as connection:
            if connection.execute(f"DELETE FROM {table} WHERE {condition}", values).rowcount:
                _free_keys(connection, collection, id)

    def wait(self, seconds: float) -> bool:
        """Look every 10 ms whether anybody has written since this thread looked last."""
        until = monotonic() + seconds
        while not self._has_news():
            if monotonic() >= until:
                return False
            sleep(min(LOOK_SECONDS, seconds))
        return True

    def ping(self) -> None:
        """Read from the file."""
        with self._file.connected() as connection:
            connection.execute("PRAGMA schema_version").fetchone()

    def close(self) -> None:
        """Close all connections; nobody may be using the store any more."""
        self._file.close()
        while self._watches:
            self._watches.pop().close()
        self._watching = threading.local()

    def _table(self, collection: str) -> str:
        if collection not in self._collections:
            raise LookupError(f"the store is not prepared for {collection}")
        return f'"{collection}"'

    def _has_news(self) -> bool:
        watch: Watch | None = getattr(self._watching, "watch", None)
        if watch is None:
            watch = self._watching.watch = self._file.watch()
            self._watches.append(watch)
        return watch.has_news()


def _row(document: Document) -> tuple[str, str, int, str]:
    body = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return document["_id"], document["association_id"], document["version"], body


def _insert(
    connection: sqlite3.Connection, table: str, rows: Sequence[tuple[str, str, int, str]]
) -> int:
    sql = f"INSERT INTO {table} VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
    return connection.executemany(sql, rows).rowcount


def _replace(
    connection: sqlite3.Connection, table: str, row: tuple[str, str, int, str], replaces: int
) -> None:
    id, association_id, version, body = row
    written = connection.execute(
        f"UPDATE {table} SET version = ?, body = ?"
        " WHERE id = ? AND association_id = ? AND version = ?",
        (version, body, id, association_id, replaces),
    )
    if not written.rowcount:
        raise VersionLost


@contextmanager
def _undoing(connection: sqlite3.Connection) -> Iterator[None]:
    """What is written here is undone by an exception, and nothing else of the transaction."""
    connection.execute("SAVEPOINT one")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK TO one")
        raise
    finally:
        connection.execute("RELEASE one")


def _keys(document: Document) -> frozenset[str]:
    if document["_id"] not in document["keys"]:
        raise ValueError("the keys of a document hold its own id")
    return frozenset(document["keys"])


def _exchange_keys(
    connection: sqlite3.Connection, collection: str, document: Document, keys: frozenset[str]
) -> None:
    _free_keys(connection, collection, document["_id"])
    rows = [(collection, document["association_id"], key, document["_id"]) for key in keys]
    try:
        connection.executemany("INSERT INTO _keys VALUES (?, ?, ?, ?)", rows)
    except sqlite3.IntegrityError as error:
        raise KeysTaken from error


def _free_keys(connection: sqlite3.Connection, collection: str, id: str) -> None:
    connection.execute("DELETE FROM _keys WHERE collection = ? AND id = ?", (collection, id))


def _schema(collections: Iterable[Collection]) -> Iterator[str]:
    yield (
        "CREATE TABLE IF NOT EXISTS _keys (collection TEXT, association_id TEXT, key TEXT,"
        " id TEXT NOT NULL, PRIMARY KEY (collection, association_id, key)) WITHOUT ROWID"
    )
    yield "CREATE INDEX IF NOT EXISTS _keys_of ON _keys (collection, id)"
    for collection in collections:
        table = f'"{collection.name}"'
        yield (
            f"CREATE TABLE IF NOT EXISTS {table} (id TEXT PRIMARY KEY NOT NULL,"
            " association_id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL)"
        )
        yield (
            f'CREATE INDEX IF NOT EXISTS "{collection.name} in an association"'
            f" ON {table} (association_id, id)"
        )
        for index in collection.indexes:
            if index.fields == ("_id",) and not index.everywhere:
                continue  # the one above
            lead = [] if index.everywhere else ["association_id"]
            columns = [*lead, *map(_column, ordered_fields(index))]
            name = f"{collection.name} by {' '.join([*lead, *ordered_fields(index)])}"
            yield f'CREATE INDEX IF NOT EXISTS "{name}" ON {table} ({", ".join(columns)})'


def _matching(association_id: str | None, where: Where) -> Sql:
    parts: list[Sql] = [] if association_id is None else [("association_id = ?", [association_id])]
    parts += [_condition(_column(field), wanted) for field, wanted in where.items()]
    condition = " AND ".join(text for text, _ in parts)
    return condition or "1", [value for _, values in parts for value in values]


def _condition(column: str, wanted: Any) -> Sql:
    match wanted:
        case None:
            return f"{column} IS NULL", []
        case In():
            # One parameter for any number of values; they are compared as the bodies' own are.
            text = f"{column} IN (SELECT value FROM json_each(?))"
            null = f" OR {column} IS NULL" if None in wanted.values else ""
            return f"({text}{null})", [json.dumps(list(wanted.values), ensure_ascii=False)]
        case Range():
            limits = {sign: getattr(wanted, name) for name, sign in _SIGNS.items()}
            limits = {sign: limit for sign, limit in limits.items() if limit is not None}
            text = " AND ".join(f"{column} {sign} ?" for sign in limits)
            return text or f"{column} IS NOT NULL", list(limits.values())
        case _:
            return f"{column} = ?", [wanted]


def _sorted_by(sort: str, where: Where) -> str:
    """The column to sort by. Few of many values in the order of ids: SQLite would walk all ids and
    compare each; the plus keeps it from that, and what is found by the values is sorted.
    """
    is_of_few = any(isinstance(each, In) for field, each in where.items() if field != "_id")
    return "+id" if sort == "_id" and is_of_few else _column(sort)


def _stretches(column: str, descending: bool, after: After | None) -> Iterator[tuple[Sql, str]]:
    """What lies beyond `after`, cut into conditions that are each one range of an index, and the
    order within. Null comes before everything else and compares with nothing.
    """
    sign, direction = ("<", "DESC") if descending else (">", "ASC")
    by_id = f"id {direction}"
    by_both = f"{column} {direction}, id {direction}"
    if column in {"id", "+id"}:
        beyond: Sql = ("1", []) if after is None else (f"{column} {sign} ?", [after.id])
        yield beyond, f"{column} {direction}"
    elif after is None:
        yield ("1", []), by_both
    elif after.value is None:
        yield (f"{column} IS NULL AND id {sign} ?", [after.id]), by_id
        if not descending:
            yield (f"{column} IS NOT NULL", []), by_both
    else:
        # SQLite finds no range of an expression's index by a comparison of rows: told twice.
        text = f"{column} {sign}= ? AND ({column} {sign} ? OR id {sign} ?)"
        yield (text, [after.value, after.value, after.id]), by_both
        if descending:
            yield (f"{column} IS NULL", []), by_id


def _column(field: str) -> str:
    # Fields are those of declared indexes (see served.py), whose names `Index` has checked.
    return "id" if field == "_id" else f"json_extract(body, '$.{field}')"
