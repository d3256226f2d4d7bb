"""The clock of a running system's processes: it goes like any clock, and leaps when told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chassis.clock import to_text


class GoingClock:
    """Written into a file ten times a second; processes read it by `GUILDWAY_CLOCK`."""

    def __init__(self, place: Path, *, at: datetime) -> None:
        self._place, self._lock = place, threading.Lock()
        self._leapt = at - datetime.now(UTC)
        self.write()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._leapt

    def go_on(self, **time: float) -> None:
        """Let time pass at once."""
        self._leapt += timedelta(**time)
        self.write()

    def go_on_until(self, moment: datetime) -> None:
        """Let time pass until then."""
        assert moment > self.now()
        self.go_on(seconds=(moment - self.now()).total_seconds())

    def write(self) -> None:
        """Write the time, so that nobody reads half of it."""
        with self._lock:
            half = self._place.with_suffix(".half")
            half.write_text(to_text(self.now()))
            half.replace(self._place)


@contextmanager
def a_going_clock(place: Path, *, at: datetime) -> Iterator[GoingClock]:
    """A clock that begins then and goes on by itself until the end."""
    clock, ended = GoingClock(place, at=at), threading.Event()

    def tick() -> None:
        while not ended.wait(0.1):
            clock.write()

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        yield clock
    finally:
        ended.set()
        ticking.join()
