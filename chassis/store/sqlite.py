"""Documents in one SQLite file a service: WAL, JSON text, expression indexes; nothing to install.

Every write is one BEGIN IMMEDIATE transaction (a deferred one that reads first fails at once when
another process writes, whatever busy_timeout says), on the disk before it is acknowledged.
Connections are pooled, not bound to threads: under gevent each request would leave one behind.
"""

# ruff: noqa: S608 (names put into SQL are checked by `Collection` and `Index`; values never are)

import fcntl
import json
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

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

BUSY_SECONDS = 5.0
"""How long a write waits for its turn among processes. It waits here and not in SQLite's own busy
timeout, which would stop every greenlet of a gevent process."""
TURN_SECONDS = 0.002
READ_BUSY_MS = 100
"""SQLite's own timeout, for the rare moments when WAL keeps readers out (recovery, last close)."""
LOOK_SECONDS = 0.01

_REASONS = {
    sqlite3.SQLITE_BUSY: "stays locked by another process",
    sqlite3.SQLITE_PROTOCOL: "stays locked by another process",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_IOERR: "cannot be read or written",
    sqlite3.SQLITE_READONLY: "may not be written",
    sqlite3.SQLITE_PERM: "may not be read",
    sqlite3.SQLITE_CORRUPT: "is damaged",
    sqlite3.SQLITE_NOTADB: "is no SQLite file",
}
"""What an operator can mend. Everything else is a bug and stays the error that it is."""
_SIGNS = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<"}

Sql = tuple[str, list[Any]]
"""A condition and the values of its parameters."""


class SqliteStore:
    """The store of one service on one machine; safe to be used by threads and greenlets."""

    def __init__(self, folder: str, *, name: str) -> None:
        """Keep everything in `<folder>/<name>.db`; `prepare` makes both."""
        self._path = Path(folder).absolute() / f"{name}.db"
        self._file: tuple[int, int] | None = None
        self._collections: dict[str, Collection] = {}
        self._idle: deque[sqlite3.Connection] = deque()
        self._watching = threading.local()
        self._watchers: list[sqlite3.Connection] = []

    def prepare(self, collections: Iterable[Collection]) -> None:
        """Make folder (mode 0700), file, tables and indexes that are not there; one process at a
        time, because two that switch to WAL at once lock each other out.
        """
        declared = {collection.name: collection for collection in collections}
        with self._telling(), self._alone():
            self._switch_to_wal()
            self._file = self._identity()
            with self._writing() as connection:
                for statement in _schema(declared.values()):
                    connection.execute(statement)
        self._collections |= declared

    def get(self, collection: str, association_id: str | None, id: str) -> Document | None:
        """One document by its id."""
        condition, values = _matching(association_id, {"_id": id})
        sql = f"SELECT body FROM {self._table(collection)} WHERE {condition}"
        with self._connected() as connection:
            row = connection.execute(sql, values).fetchone()
        return json.loads(row[0]) if row else None

    def save(self, collection: str, document: Document, *, replaces: int) -> None:
        """Insert or replace by version, and exchange the keys, in one transaction."""
        table = self._table(collection)
        keys = _keys(document) if self._collections[collection].has_keys else frozenset()
        row = _row(document)
        with self._writing() as connection:
            if replaces:
                _replace(connection, table, row, replaces)
            elif not _insert(connection, table, [row]):
                raise IdTaken
            if keys:
                _exchange_keys(connection, collection, document, keys)

    def save_many(self, collection: str, documents: Sequence[Document]) -> None:
        """Insert those whose ids are not there yet, in one transaction."""
        table = self._table(collection)
        if self._collections[collection].has_keys:
            raise ValueError(f"documents of {collection} have keys; save them one by one")
        rows = [_row(document) for document in documents]
        with self._writing() as connection:
            _insert(connection, table, rows)

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
        with self._connected() as connection:
            for (beyond, limits), order in _stretches(sort, descending, after):
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
        with self._connected() as connection:
            return int(connection.execute(sql, values).fetchone()[0])

    def delete(self, collection: str, association_id: str, id: str) -> None:
        """Remove the document and its keys."""
        table = self._table(collection)
        condition, values = _matching(association_id, {"_id": id})
        with self._writing() as connection:
            if connection.execute(f"DELETE FROM {table} WHERE {condition}", values).rowcount:
                _free_keys(connection, collection, id)

    def wait(self, seconds: float) -> bool:
        """Look at `PRAGMA data_version` until anybody has written since this thread looked last."""
        until = monotonic() + seconds
        while not self._has_news():
            if monotonic() >= until:
                return False
            sleep(min(LOOK_SECONDS, seconds))
        return True

    def ping(self) -> None:
        """Read from the file."""
        with self._connected() as connection:
            connection.execute("PRAGMA schema_version").fetchone()

    def close(self) -> None:
        """Close all connections; nobody may be using the store any more."""
        while self._idle:
            self._idle.pop().close()
        while self._watchers:
            self._watchers.pop().close()
        self._watching = threading.local()

    def _table(self, collection: str) -> str:
        if collection not in self._collections:
            raise LookupError(f"the store is not prepared for {collection}")
        return f'"{collection}"'

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _switch_to_wal(self) -> None:
        connection = self._connect("rwc")
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        connection.close()
        if mode != "wal":
            raise StoreUnavailable(f"{self._path} must be on a local disk: it cannot use WAL")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            _begin(connection)
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                # A full disk has rolled back by itself.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with self._telling():
            if self._identity() != self._file:
                # Writes to a file that was deleted succeed, and are lost.
                raise StoreUnavailable(f"{self._path} was exchanged; start this process anew")
            connection = self._take()
            try:
                yield connection
            finally:
                self._idle.append(connection)

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect("rw")

    def _identity(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_dev, status.st_ino

    def _connect(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode={mode}",
            uri=True,
            timeout=READ_BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _has_news(self) -> bool:
        with self._telling():
            own = self._watching
            if not hasattr(own, "connection"):
                # Its own: a connection is told of the writes of all others, never of those it made.
                own.connection, own.seen = self._connect("rw"), None
                self._watchers.append(own.connection)
            seen, own.seen = own.seen, own.connection.execute("PRAGMA data_version").fetchone()
        return bool(seen != own.seen)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnavailable(f"{error.filename or self._path}: {error.strerror}") from error
        except sqlite3.Error as error:
            reason = _REASONS.get(_code(error))
            if reason is None:
                raise
            raise StoreUnavailable(f"{self._path} {reason}") from error


def _code(error: sqlite3.Error) -> int:
    # The lowest byte is the kind, the rest tells more of it. Errors of the module have none.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _begin(connection: sqlite3.Connection) -> None:
    until = monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or monotonic() >= until:
                raise
        else:
            return
        sleep(TURN_SECONDS)


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


def _stretches(sort: str, descending: bool, after: After | None) -> Iterator[tuple[Sql, str]]:
    """What lies beyond `after`, cut into conditions that are each one range of an index, and the
    order within. Null comes before everything else and compares with nothing.
    """
    column = _column(sort)
    sign, direction = ("<", "DESC") if descending else (">", "ASC")
    by_id = f"id {direction}"
    by_both = f"{column} {direction}, id {direction}"
    if sort == "_id":
        yield (("1", []) if after is None else (f"id {sign} ?", [after.id])), by_id
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
