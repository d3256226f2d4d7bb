"""INTERIM event log in one SQLite file (the broker helper's version replaces this)."""

import json
import secrets
import sqlite3
import time
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from chassis.broker import Message, Received, Topic
from chassis.clock import from_text, to_text
from chassis.errors import BrokerUnavailable


class SqliteBroker:
    delivery_seconds = 5.0

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def connect(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            found = sqlite3.connect(
                self._path, timeout=5, isolation_level=None, check_same_thread=False
            )
            found.execute("PRAGMA synchronous = NORMAL")
            return found
        except (OSError, sqlite3.Error) as error:
            raise BrokerUnavailable(str(error)) from error

    def prepare(self, topics: Iterable[Topic]) -> None:
        c = self.connect()
        c.execute("PRAGMA journal_mode = WAL")
        c.execute("CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY, partitions INT)")
        c.execute(
            "CREATE TABLE IF NOT EXISTS records (topic TEXT, partition INT, offset INT, key TEXT, value BLOB, headers TEXT, at TEXT, PRIMARY KEY(topic, partition, offset)) WITHOUT ROWID"
        )
        c.execute(
            "CREATE TABLE IF NOT EXISTS offsets (grp TEXT, topic TEXT, partition INT, offset INT, PRIMARY KEY(grp, topic, partition)) WITHOUT ROWID"
        )
        c.executemany(
            "INSERT OR IGNORE INTO topics VALUES (?, ?)", [(t.name, t.partitions) for t in topics]
        )
        c.close()

    def publisher(self) -> "Pub":
        return Pub(self)

    def subscribe(self, group: str, topics: Sequence[str]) -> "Sub":
        return Sub(self, group, topics)

    def tail(self, topics: Sequence[str]) -> "Sub":
        sub = Sub(self, f"tail {secrets.token_hex(4)}", topics)
        sub.to_end()
        return sub

    def lag(self, group: str, topics: Sequence[str]) -> int:
        return Sub(self, group, topics).lag()

    def ping(self) -> None:
        self.connect().close()

    def close(self) -> None:
        return


class Pub:
    def __init__(self, broker: SqliteBroker) -> None:
        self._c = broker.connect()

    def send(self, messages: Sequence[Message]) -> None:
        c = self._c
        try:
            c.execute("BEGIN IMMEDIATE")
            for m in messages:
                n = c.execute(
                    "SELECT partitions FROM topics WHERE name = ?", (m.topic,)
                ).fetchone()[0]
                p = zlib.crc32(m.key.encode()) % n
                o = c.execute(
                    "SELECT COALESCE(MAX(offset) + 1, 0) FROM records WHERE topic = ? AND partition = ?",
                    (m.topic, p),
                ).fetchone()[0]
                c.execute(
                    "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        m.topic,
                        p,
                        o,
                        m.key,
                        m.value,
                        json.dumps(dict(m.headers)),
                        to_text(datetime.now(UTC)),
                    ),
                )
            c.execute("COMMIT")
        except sqlite3.Error as error:
            raise BrokerUnavailable(str(error)) from error

    def close(self) -> None:
        self._c.close()


class Sub:
    def __init__(self, broker: SqliteBroker, group: str, topics: Sequence[str]) -> None:
        self._c = broker.connect()
        self._g, self._t = group, list(topics)
        self._pos: dict[tuple[str, int], int] = {}
        self._wait: dict[tuple[str, int], float] = {}
        for t in topics:
            row = self._c.execute("SELECT partitions FROM topics WHERE name = ?", (t,)).fetchone()
            for p in range(row[0] if row else 1):
                r = self._c.execute(
                    "SELECT offset FROM offsets WHERE grp = ? AND topic = ? AND partition = ?",
                    (group, t, p),
                ).fetchone()
                self._pos[t, p] = r[0] if r else 0

    def to_end(self) -> None:
        for t, p in self._pos:
            self._pos[t, p] = self._c.execute(
                "SELECT COALESCE(MAX(offset) + 1, 0) FROM records WHERE topic = ? AND partition = ?",
                (t, p),
            ).fetchone()[0]

    def poll(self, seconds: float, limit: int = 500) -> list[Received]:
        until = time.monotonic() + seconds
        while True:
            found: list[Received] = []
            for (t, p), o in self._pos.items():
                if self._wait.get((t, p), 0) > time.monotonic():
                    continue
                for row in self._c.execute(
                    "SELECT offset, key, value, headers, at FROM records WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?",
                    (t, p, o, limit),
                ):
                    found.append(
                        Received(
                            topic=t,
                            partition=p,
                            offset=row[0],
                            key=row[1],
                            value=row[2],
                            headers=json.loads(row[3]),
                            arrived_at=from_text(row[4]),
                        )
                    )
            if found or time.monotonic() >= until:
                for m in found:
                    self._pos[m.topic, m.partition] = m.offset + 1
                return found
            time.sleep(0.01)

    def retry(self, message: Received, *, seconds: float) -> None:
        place = (message.topic, message.partition)
        self._pos[place] = message.offset
        self._wait[place] = time.monotonic() + seconds

    def commit(self, messages: Sequence[Received]) -> None:
        self._c.executemany(
            "INSERT OR REPLACE INTO offsets VALUES (?, ?, ?, ?)",
            [(self._g, m.topic, m.partition, m.offset + 1) for m in messages],
        )

    def lag(self) -> int:
        return 0

    def close(self) -> None:
        self._c.close()
