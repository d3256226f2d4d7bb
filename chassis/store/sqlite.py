"""Documents in one SQLite file a service: WAL, JSON text, expression indexes; nothing to install.

Each thread has a connection of its own. Every write is one BEGIN IMMEDIATE transaction (a deferred one that
reads first fails at once when another process writes, whatever busy_timeout says).
"""

import fcntl
import json
import re
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chassis.errors import StoreUnavailable
from chassis.store import (
    After,
    Collection,
    Document,
    IdTaken,
    In,
    Index,
    KeysTaken,
    Range,
    VersionLost,
    Where,
)

BUSY_MS = 5000
LOOK_SECONDS = 0.01
_NAME = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
_COMPARISONS = (("at_least", ">="), ("above", ">"), ("at_most", "<="), ("below", "<"))


class SqliteStore:
    """The store of one service on one machine."""

    def __init__(self, folder: str, *, name: str) -> None:
        """Keep everything in `<folder>/<name>.db`, made with mode 0700 if it is not there."""
        self._path = Path(folder) / f"{name}.db"
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._indexes: dict[str, tuple[Index, ...]] = {}

    def prepare(self, collections: Iterable[Collection]) -> None:
        """Make tables and indexes that are not there, one process at a time."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = self._path.with_suffix(".lock").open("w")
        except OSError as error:
            raise StoreUnavailable(f"{self._path}: {error.strerror}") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self._connected() as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                for collection in collections:
                    self._indexes[collection.name] = collection.indexes
                    for statement in _schema(collection):
                        connection.execute(statement)

    def get(self, collection: str, association_id: str | None, id: str) -> Document | None:
        """One document by its id."""
        sql = f"SELECT body FROM {_quoted(collection)} WHERE id = ?"
        values = [id]
        if association_id is not None:
            sql += " AND association_id = ?"
            values.append(association_id)
        with self._connected() as connection:
            row = connection.execute(sql, values).fetchone()
        return json.loads(row[0]) if row else None

    def save(self, collection: str, document: Document, *, replaces: int) -> None:
        """Insert or replace by version, and exchange the keys, in one transaction."""
        with self._writing() as connection:
            if replaces:
                self._replace(connection, collection, document, replaces)
            else:
                self._insert(connection, collection, document)
            if "keys" in document:
                self._exchange_keys(connection, collection, document)

    def save_many(self, collection: str, documents: Sequence[Document]) -> None:
        """Insert those whose ids are not there yet."""
        rows = [(d["_id"], d["association_id"], d["version"], _text(d)) for d in documents]
        with self._writing() as connection:
            connection.executemany(
                f"INSERT OR IGNORE INTO {_quoted(collection)} VALUES (?, ?, ?, ?)", rows
            )

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
        self._check(collection, association_id, where, sort)
        sql, values = _where(association_id, where)
        direction, comparison = ("DESC", "<") if descending else ("ASC", ">")
        if after is not None and sort == "_id":
            sql, values = f"{sql} AND id {comparison} ?", [*values, after.id]
        elif after is not None:
            column = _column(sort)
            sql = f"{sql} AND ({column}, id) {comparison} (?, ?)"
            values = [*values, after.value, after.id]
        order = (
            f"id {direction}" if sort == "_id" else f"{_column(sort)} {direction}, id {direction}"
        )
        query = f"SELECT body FROM {_quoted(collection)} WHERE {sql} ORDER BY {order} LIMIT ?"
        with self._connected() as connection:
            return [json.loads(row[0]) for row in connection.execute(query, [*values, limit])]

    def count(self, collection: str, association_id: str | None, where: Where) -> int:
        """How many match."""
        self._check(collection, association_id, where, "_id")
        sql, values = _where(association_id, where)
        with self._connected() as connection:
            query = f"SELECT COUNT(*) FROM {_quoted(collection)} WHERE {sql}"
            return int(connection.execute(query, values).fetchone()[0])

    def delete(self, collection: str, association_id: str, id: str) -> None:
        """Remove the document and its keys."""
        with self._writing() as connection:
            gone = connection.execute(
                f"DELETE FROM {_quoted(collection)} WHERE id = ? AND association_id = ?",
                (id, association_id),
            )
            if gone.rowcount:
                connection.execute(
                    "DELETE FROM _keys WHERE collection = ? AND id = ?", (collection, id)
                )

    def wait(self, seconds: float) -> bool:
        """Look at `PRAGMA data_version` until another connection has written."""
        until = time.monotonic() + seconds
        while True:
            with self._connected() as connection:
                seen = connection.execute("PRAGMA data_version").fetchone()[0]
            if seen != getattr(self._local, "seen", None):
                self._local.seen = seen
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(LOOK_SECONDS)

    def ping(self) -> None:
        """Ask the file for anything."""
        with self._connected() as connection:
            connection.execute("SELECT 1")

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._local = threading.local()

    def _check(self, collection: str, association_id: str | None, where: Where, sort: str) -> None:
        fields = set(where)
        for index in self._indexes.get(collection, ()):
            if association_id is None and not index.everywhere:
                continue
            served = len(fields & set(index.fields)) == len(fields)
            if served and (sort in ("_id", *index.fields)):
                return
        if fields or sort != "_id":
            raise LookupError(f"no index of {collection} serves {sorted(fields)} by {sort}")

    def _insert(self, connection: sqlite3.Connection, collection: str, document: Document) -> None:
        row = (document["_id"], document["association_id"], document["version"], _text(document))
        try:
            connection.execute(f"INSERT INTO {_quoted(collection)} VALUES (?, ?, ?, ?)", row)
        except sqlite3.IntegrityError as error:
            raise IdTaken from error

    def _replace(
        self, connection: sqlite3.Connection, collection: str, document: Document, replaces: int
    ) -> None:
        written = connection.execute(
            f"UPDATE {_quoted(collection)} SET version = ?, body = ?"
            " WHERE id = ? AND association_id = ? AND version = ?",
            (
                document["version"],
                _text(document),
                document["_id"],
                document["association_id"],
                replaces,
            ),
        )
        if not written.rowcount:
            raise VersionLost

    def _exchange_keys(
        self, connection: sqlite3.Connection, collection: str, document: Document
    ) -> None:
        connection.execute(
            "DELETE FROM _keys WHERE collection = ? AND id = ?", (collection, document["_id"])
        )
        rows = [
            (collection, document["association_id"], k, document["_id"]) for k in document["keys"]
        ]
        try:
            connection.executemany("INSERT INTO _keys VALUES (?, ?, ?, ?)", rows)
        except sqlite3.IntegrityError as error:
            raise KeysTaken from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection()
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self._path}: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(
                self._path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False
            )
            found.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = found
            with self._lock:
                self._all.append(found)
        return found


def _schema(collection: Collection) -> Iterator[str]:
    table = _quoted(collection.name)
    yield (
        f"CREATE TABLE IF NOT EXISTS {table} (id TEXT PRIMARY KEY, association_id TEXT NOT NULL,"
        " version INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID"
    )
    yield f"CREATE INDEX IF NOT EXISTS {_quoted(collection.name + ' own')} ON {table} (association_id, id)"
    yield (
        "CREATE TABLE IF NOT EXISTS _keys (collection TEXT, association_id TEXT, key TEXT, id TEXT,"
        " PRIMARY KEY (collection, association_id, key)) WITHOUT ROWID"
    )
    yield "CREATE INDEX IF NOT EXISTS _keys_of ON _keys (collection, id)"
    for index in collection.indexes:
        columns = [_column(field) for field in index.fields if field != "_id"]
        led = columns if index.everywhere else ["association_id", *columns]
        name = _quoted(f"{collection.name} {'all ' * index.everywhere}{' '.join(index.fields)}")
        yield f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({', '.join(led)}, id)"


def _where(association_id: str | None, where: Where) -> tuple[str, list[Any]]:
    parts, values = ["1"], []
    if association_id is not None:
        parts.append("association_id = ?")
        values.append(association_id)
    for field, wanted in where.items():
        column = _column(field)
        if isinstance(wanted, In):
            parts.append(f"{column} IN ({', '.join('?' * len(wanted.values))})")
            values += [_value(v) for v in wanted.values]
        elif isinstance(wanted, Range):
            for name, sign in _COMPARISONS:
                if (limit := getattr(wanted, name)) is not None:
                    parts.append(f"{column} {sign} ?")
                    values.append(limit)
        elif wanted is None:
            parts.append(f"{column} IS NULL")
        else:
            parts.append(f"{column} = ?")
            values.append(_value(wanted))
    return " AND ".join(parts), values


def _value(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _column(field: str) -> str:
    if field == "_id":
        return "id"
    if not _NAME.fullmatch(field):
        raise ValueError(f"not a field: {field!r}")
    return f"json_extract(body, '$.{field}')"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', "") + '"'


def _text(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False)
