"""An event log in one SQLite file, for services on one machine: topics with partitions, keys in
order, consumer groups, offsets, replay. See `chassis.sqlite` for how the file is shared.

Who reads in a group is told by file locks: the system lets go of a lock the moment its process
ends, however it ends, so the partitions of one that was killed are taken over within a second.
"""

import fcntl
import json
import secrets
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

from chassis.broker import COMPACTION_DAYS, TOMBSTONE_DAYS, Message, Received, Topic
from chassis.clock import from_text, to_text
from chassis.errors import BrokerUnavailable
from chassis.sqlite import SqliteFile

LOOK_SECONDS = 0.01
REBALANCE_SECONDS = 1.0
TIDY_SECONDS = 6 * 3600.0
TIDY_BATCH = 500

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS places (
        id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL,
        compacted INTEGER NOT NULL, days INTEGER NOT NULL,
        next INTEGER NOT NULL DEFAULT 0, stamp INTEGER NOT NULL DEFAULT 0,
        UNIQUE (topic, partition));
    CREATE INDEX IF NOT EXISTS places_by_stamp ON places (stamp);
    CREATE TABLE IF NOT EXISTS records (
        place INTEGER, offset INTEGER, key TEXT NOT NULL, value BLOB, headers TEXT NOT NULL,
        arrived_at TEXT NOT NULL, PRIMARY KEY (place, offset)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS records_by_key ON records (place, key, offset, arrived_at);
    CREATE TABLE IF NOT EXISTS offsets (
        reader TEXT, place INTEGER, next INTEGER NOT NULL,
        PRIMARY KEY (reader, place)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS members (
        reader TEXT, member TEXT, topics TEXT NOT NULL,
        PRIMARY KEY (reader, member)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS owners (
        reader TEXT, place INTEGER, member TEXT NOT NULL,
        PRIMARY KEY (reader, place)) WITHOUT ROWID
"""
"""places: the partitions of all topics, each with the offset that comes next and the stamp of its
last write. reader: a consumer group."""


class SqliteBroker:
    """The event log of all services of one machine."""

    delivery_seconds = 5.0

    def __init__(self, path: str) -> None:
        """Keep everything in this file; `prepare` makes it."""
        self._file = SqliteFile(Path(path), unavailable=BrokerUnavailable)

    def prepare(self, topics: Iterable[Topic]) -> None:
        """Make file and topics that are not there."""
        self._file.prepare(_SCHEMA.split(";"))
        made = [
            (topic.name, partition, topic.compacted, topic.retention_days)
            for topic in topics
            for partition in range(topic.partitions)
        ]
        with self._file.writing() as connection:
            names = {name for (name,) in connection.execute("SELECT DISTINCT topic FROM places")}
            connection.executemany(
                "INSERT INTO places (topic, partition, compacted, days) VALUES (?, ?, ?, ?)",
                [row for row in made if row[0] not in names],
            )

    def publisher(self) -> "SqlitePublisher":
        """A publisher."""
        return SqlitePublisher(self._file)

    def subscribe(self, group: str, topics: Sequence[str]) -> "SqliteSubscription":
        """Join a group; partitions come with the first `poll`."""
        return SqliteSubscription(self._file, group, topics)

    def tail(self, topics: Sequence[str]) -> "SqliteTail":
        """Read from the end on."""
        return SqliteTail(self._file, topics)

    def lag(self, group: str, topics: Sequence[str]) -> int:
        """How many messages the group has not committed."""
        return _lag(self._file, group, topics)

    def ping(self) -> None:
        """Read from the file."""
        with self._file.connected() as connection:
            connection.execute("PRAGMA schema_version").fetchone()

    def close(self) -> None:
        """Close all connections."""
        self._file.close()


class SqlitePublisher:
    """Appends to the log."""

    def __init__(self, file: SqliteFile) -> None:
        """Share the file's connections."""
        self._file = file
        self._partitions: dict[str, list[int]] = {}
        self._tidied_at = monotonic()

    def send(self, messages: Sequence[Message]) -> None:
        """Append all in one transaction."""
        if not messages:
            return
        now = to_text(datetime.now(UTC))
        with self._file.writing() as connection:
            stamp = connection.execute("SELECT MAX(stamp) FROM places").fetchone()[0] + 1
            for message in messages:
                _append(connection, self._place(connection, message), message, now, stamp)
        if monotonic() - self._tidied_at > TIDY_SECONDS:
            self._tidied_at = monotonic()
            tidy(self._file, sorted(self._partitions), now=datetime.now(UTC))

    def close(self) -> None:
        """Nothing of its own to let go of."""

    def _place(self, connection: sqlite3.Connection, message: Message) -> int:
        if message.topic not in self._partitions:
            rows = connection.execute(
                "SELECT id FROM places WHERE topic = ? ORDER BY partition", (message.topic,)
            )
            self._partitions[message.topic] = [id for (id,) in rows]
        places = self._partitions[message.topic]
        if not places:
            del self._partitions[message.topic]
            raise BrokerUnavailable(f"there is no topic {message.topic}")
        return places[zlib.crc32(message.key.encode()) % len(places)]


class _Reader:
    """Reads partitions from positions that it keeps in memory."""

    def __init__(self, file: SqliteFile, topics: Sequence[str]) -> None:
        self._file = file
        self._places = _places(file, topics)
        self._watch = file.watch()
        self._stamp = 0
        self._ends: dict[int, int] = {}
        self._positions: dict[int, int] = {}
        self._not_before: dict[int, float] = {}

    def poll(self, seconds: float, limit: int = 500) -> list[Received]:
        """What has arrived in the partitions read here."""
        until = monotonic() + seconds
        while True:
            self._turn()
            if found := self._read(limit):
                return found
            left = until - monotonic()
            if left <= 0:
                return []
            sleep(min(LOOK_SECONDS, left))

    def close(self) -> None:
        """Let go of the connection."""
        self._watch.close()

    def _turn(self) -> None:
        """Look at what to read; a subscription sees to its membership here."""

    def _look(self, connection: sqlite3.Connection) -> None:
        sql = "SELECT id, next, stamp FROM places WHERE stamp > ?"
        for id, end, stamp in connection.execute(sql, (self._stamp,)):
            self._stamp = max(self._stamp, stamp)
            self._ends[id] = end

    def _read(self, limit: int) -> list[Received]:
        has_news = self._watch.has_news()
        if not has_news and not self._ready():
            return []
        found: list[Received] = []
        with self._file.connected() as connection:
            if has_news:
                self._look(connection)
            for place in self._ready():
                if len(found) < limit:
                    found += self._read_place(connection, place, limit - len(found))
        return found

    def _ready(self) -> list[int]:
        now = monotonic()
        return [
            place
            for place, position in self._positions.items()
            if position < self._ends.get(place, 0) and self._not_before.get(place, 0.0) <= now
        ]

    def _read_place(self, connection: sqlite3.Connection, place: int, limit: int) -> list[Received]:
        rows = connection.execute(
            "SELECT offset, key, value, headers, arrived_at FROM records"
            " WHERE place = ? AND offset >= ? ORDER BY offset LIMIT ?",
            (place, self._positions[place], limit),
        ).fetchall()
        # Last in line from now on, so that a busy partition does not starve the others.
        del self._positions[place]
        self._positions[place] = rows[-1][0] + 1 if rows else self._ends[place]
        topic, partition = self._places[place]
        return [
            Received(
                topic=topic,
                partition=partition,
                offset=offset,
                key=key,
                value=value,
                headers=json.loads(headers),
                arrived_at=from_text(arrived_at),
            )
            for offset, key, value, headers, arrived_at in rows
        ]


class SqliteTail(_Reader):
    """Everything from now on."""

    def __init__(self, file: SqliteFile, topics: Sequence[str]) -> None:
        """Start behind what is there."""
        super().__init__(file, topics)
        with file.connected() as connection:
            self._look(connection)
        self._positions = {place: self._ends.get(place, 0) for place in self._places}


class SqliteSubscription(_Reader):
    """A member of a group, that owns its share of the partitions."""

    def __init__(self, file: SqliteFile, group: str, topics: Sequence[str]) -> None:
        """Become a member, by a lock that ends with this process."""
        super().__init__(file, topics)
        self._group, self._topics = group, list(topics)
        self._ids = {place: id for id, place in self._places.items()}
        self._member = secrets.token_hex(8)
        self._lock = _lock(_lock_path(file, self._member), is_own=True)
        with file.writing() as connection:
            connection.execute(
                "INSERT INTO members VALUES (?, ?, ?)",
                (group, self._member, json.dumps(self._topics)),
            )
        self._done: dict[int, int] = {}
        self._looked_at = -REBALANCE_SECONDS

    def retry(self, message: Received, *, seconds: float) -> None:
        """Go back to this message, and rest."""
        place = self._ids[message.topic, message.partition]
        if place in self._positions:
            self._positions[place] = message.offset
            self._not_before[place] = monotonic() + seconds

    def commit(self, messages: Sequence[Received]) -> None:
        """Remember how far each partition is done, where it is still owned. What the file does not
        take now is written with the next poll.
        """
        for message in messages:
            place = self._ids[message.topic, message.partition]
            self._done[place] = max(self._done.get(place, 0), message.offset + 1)
        self._commit_rest()

    def lag(self) -> int:
        """How many messages of the group's topics are not committed."""
        return _lag(self._file, self._group, self._topics)

    def close(self) -> None:
        """Leave the group; others notice also if the file is out of reach."""
        super().close()
        with suppress(BrokerUnavailable), self._file.writing() as connection:
            _remove(connection, self._group, [self._member])
        _lock_path(self._file, self._member).unlink(missing_ok=True)
        if self._lock:
            self._lock.close()

    def _commit_rest(self) -> None:
        if not self._done:
            return
        with self._file.writing() as connection:
            connection.executemany(
                "INSERT INTO offsets SELECT reader, place, ? FROM owners"
                " WHERE reader = ? AND place = ? AND member = ?"
                " ON CONFLICT (reader, place) DO UPDATE SET next = MAX(next, excluded.next)",
                [(end, self._group, place, self._member) for place, end in self._done.items()],
            )
        self._done.clear()

    def _turn(self) -> None:
        self._commit_rest()
        if monotonic() - self._looked_at < REBALANCE_SECONDS:
            return
        self._looked_at = monotonic()
        with self._file.connected() as connection:
            members = _members(connection, self._group)
        dead = [member for member in members if self._is_dead(member)]
        alive = {member: topics for member, topics in members.items() if member not in dead}
        share = _share(self._places, alive, self._member)
        if dead or share != self._positions.keys():
            self._rebalance(share, dead)
        for member in dead:
            _lock_path(self._file, member).unlink(missing_ok=True)

    def _is_dead(self, member: str) -> bool:
        if member == self._member:
            return False
        try:
            lock = _lock(_lock_path(self._file, member), is_own=False)
        except FileNotFoundError:
            return True
        if lock:
            lock.close()
        return lock is not None

    def _rebalance(self, share: set[int], dead: Sequence[str]) -> None:
        """Give up what others should read, take what is free of one's own share. What is in hand
        elsewhere stays there until its reader polls again.
        """
        given = [place for place in self._positions if place not in share]
        with self._file.writing() as connection:
            _remove(connection, self._group, dead)
            connection.executemany(
                "DELETE FROM owners WHERE reader = ? AND place = ? AND member = ?",
                [(self._group, place, self._member) for place in given],
            )
            connection.executemany(
                "INSERT INTO owners VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(self._group, place, self._member) for place in share],
            )
            owned = connection.execute(
                "SELECT place, COALESCE(offsets.next, 0) FROM owners LEFT JOIN offsets"
                " USING (reader, place) WHERE reader = ? AND member = ?",
                (self._group, self._member),
            ).fetchall()
        self._positions = {place: self._positions.get(place, done) for place, done in owned}


def tidy(file: SqliteFile, topics: Sequence[str], *, now: datetime) -> None:
    """Delete what is past its time: in a compacted topic what a newer message of its key has
    replaced, and tombstones; in any other everything.
    """
    for place in _places(file, topics):
        with file.connected() as connection:
            past = _past(connection, place, now)
        for start in range(0, len(past), TIDY_BATCH):
            # Small transactions: nobody waits for long.
            with file.writing() as connection:
                connection.executemany(
                    "DELETE FROM records WHERE place = ? AND offset = ?",
                    [(place, offset) for offset in past[start : start + TIDY_BATCH]],
                )


def _past(connection: sqlite3.Connection, place: int, now: datetime) -> list[int]:
    sql = "SELECT compacted, days FROM places WHERE id = ?"
    is_compacted, days = connection.execute(sql, (place,)).fetchone()
    old = "SELECT offset FROM records AS old WHERE place = ? AND arrived_at < ?"
    asked = [(old, days)]
    if is_compacted:
        newer = "FROM records WHERE place = old.place AND key = old.key AND offset > old.offset"
        asked = [
            (f"{old} AND EXISTS (SELECT 1 {newer})", COMPACTION_DAYS),
            (f"{old} AND value IS NULL", TOMBSTONE_DAYS),
        ]
    found: set[int] = set()
    for sql, most in asked:
        rows = connection.execute(sql, (place, to_text(now - timedelta(days=most))))
        found |= {offset for (offset,) in rows}
    return sorted(found)


def _append(
    connection: sqlite3.Connection, place: int, message: Message, now: str, stamp: int
) -> None:
    (offset,) = connection.execute(
        "UPDATE places SET next = next + 1, stamp = ? WHERE id = ? RETURNING next - 1",
        (stamp, place),
    ).fetchone()
    headers = json.dumps(dict(message.headers), ensure_ascii=False)
    connection.execute(
        "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)",
        (place, offset, message.key, message.value, headers, now),
    )


def _places(file: SqliteFile, topics: Sequence[str]) -> dict[int, tuple[str, int]]:
    wanted = json.dumps(list(topics))
    with file.connected() as connection:
        rows = connection.execute(
            "SELECT id, topic, partition FROM places"
            " WHERE topic IN (SELECT value FROM json_each(?)) ORDER BY topic, partition",
            (wanted,),
        )
        found = {id: (topic, partition) for id, topic, partition in rows}
    if missing := set(topics) - {topic for topic, _ in found.values()}:
        raise BrokerUnavailable(f"there are no topics {sorted(missing)} yet")
    return found


def _lag(file: SqliteFile, group: str, topics: Sequence[str]) -> int:
    # From the first record that is still there: what was tidied away is nobody's to read.
    with file.connected() as connection:
        rows = connection.execute(
            "SELECT places.next - (SELECT MIN(records.offset) FROM records"
            "  WHERE place = places.id AND records.offset >= COALESCE(offsets.next, 0))"
            " FROM places LEFT JOIN offsets ON offsets.place = places.id AND reader = ?"
            " WHERE topic IN (SELECT value FROM json_each(?))"
            " AND places.next > COALESCE(offsets.next, 0)",
            (group, json.dumps(list(topics))),
        )
        return sum(behind for (behind,) in rows if behind)


def _members(connection: sqlite3.Connection, group: str) -> dict[str, list[str]]:
    rows = connection.execute("SELECT member, topics FROM members WHERE reader = ?", (group,))
    return {member: json.loads(topics) for member, topics in rows}


def _remove(connection: sqlite3.Connection, group: str, members: Sequence[str]) -> None:
    for table in ("members", "owners"):
        connection.executemany(
            f"DELETE FROM {table} WHERE reader = ? AND member = ?",  # noqa: S608 (two literals)
            [(group, member) for member in members],
        )


def _share(
    places: Mapping[int, tuple[str, int]], members: Mapping[str, Sequence[str]], member: str
) -> set[int]:
    """Those of the places that fall to this member: dealt out in turn among who wants the topic.
    All members deal alike.
    """
    share: set[int] = set()
    by_topic: dict[str, list[int]] = {}
    for place, (topic, _) in places.items():
        by_topic.setdefault(topic, []).append(place)
    for topic, ids in by_topic.items():
        takers = cycle(sorted(one for one, topics in members.items() if topic in topics))
        share |= {place for place, taker in zip(ids, takers, strict=False) if taker == member}
    return share


def _lock_path(file: SqliteFile, member: str) -> Path:
    return file.path.with_name(f"{file.path.stem}.readers") / member


def _lock(path: Path, *, is_own: bool) -> IO[Any] | None:
    """The locked file, None if somebody else holds it."""
    if is_own:
        path.parent.mkdir(exist_ok=True, mode=0o700)
    lock = path.open("x" if is_own else "r")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock
