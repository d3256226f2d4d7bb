"""One SQLite file that threads, greenlets and processes of one machine share: WAL, short
transactions, one kind of failure. Store and event log of one machine are both such a file.

Every write is one BEGIN IMMEDIATE transaction (a deferred one that reads first fails at once when
another process writes, whatever busy_timeout says), on the disk before it is acknowledged.
Connections are pooled, not bound to threads: under gevent each request would leave one behind.
"""

import fcntl
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from chassis.errors import Unavailable

BUSY_SECONDS = 5.0
"""How long a write waits for its turn among processes. It waits here and not in SQLite's own busy
timeout, which would stop every greenlet of a gevent process."""
TURN_SECONDS = 0.002
READ_BUSY_MS = 100
"""SQLite's own timeout, for the rare moments when WAL keeps readers out (recovery, last close)."""

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


class SqliteFile:
    """A database file; safe to be used by threads and greenlets."""

    def __init__(self, path: Path, *, unavailable: type[Unavailable]) -> None:
        """Nothing is opened yet. Failures that an operator can mend are `unavailable`."""
        self.path = path.absolute()
        self._unavailable = unavailable
        self._file: tuple[int, int] | None = None
        self._idle: deque[sqlite3.Connection] = deque()
        self._turn = threading.Lock()

    def prepare(self, statements: Iterable[str]) -> None:
        """Make folder (mode 0700), file (0600) and what the statements make; one process at a
        time, because two that switch to WAL at once lock each other out.
        """
        with self._telling(), self._alone():
            self._switch_to_wal()
            self._file = self._identity()
            with self.writing() as connection:
                for statement in statements:
                    connection.execute(statement)

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """A connection to read by; nobody else has it meanwhile."""
        with self._telling():
            self._file = self._file or self._identity()
            if self._identity() != self._file:
                # Writes to a file that was deleted succeed, and are lost.
                raise self._unavailable(f"{self.path} was exchanged; start this process anew")
            connection = self._take()
            try:
                yield connection
            finally:
                self._idle.append(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that nobody else writes beside; committed at the end, undone by an
        exception.
        """
        with self._queued(), self.connected() as connection:
            _begin(connection)
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                # A full disk has rolled back by itself.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def watch(self) -> "Watch":
        """Tell of writes from now on; for one thread, which closes it."""
        with self._telling():
            return Watch(self._connect("rw"))

    def close(self) -> None:
        """Close all idle connections; nobody may be using the file any more."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _queued(self) -> Iterator[None]:
        # Threads of one process stand in line here; only processes race by trying.
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise self._unavailable(f"{self.path} has too many writers")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _switch_to_wal(self) -> None:
        # Made here, because SQLite gives its side files the mode of the file itself.
        self.path.touch(mode=0o600)
        connection = self._connect("rw")
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        connection.close()
        if mode != "wal":
            raise self._unavailable(f"{self.path} must be on a local disk: it cannot use WAL")

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect("rw")

    def _identity(self) -> tuple[int, int]:
        status = self.path.stat()
        return status.st_dev, status.st_ino

    def _connect(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode={mode}",
            uri=True,
            timeout=READ_BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA synchronous = FULL")
        # What is erased is overwritten, not only forgotten.
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = f"{error.filename or self.path}: {error.strerror}"
            raise self._unavailable(reason) from error
        except sqlite3.Error as error:
            found = _REASONS.get(_code(error))
            if found is None:
                raise
            raise self._unavailable(f"{self.path} {found}") from error


class Watch:
    """Notices that anybody has written, by a look at `PRAGMA data_version` (4 µs)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection of its own: one is told of the writes of all others, never of those it
        made itself.
        """
        self._connection = connection
        self._seen: object = None

    def has_news(self) -> bool:
        """Whether something was written since the last look; True at the first one."""
        seen, self._seen = self._seen, self._connection.execute("PRAGMA data_version").fetchone()
        return seen != self._seen

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


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
