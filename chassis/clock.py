"""What time it is, and how times are written.

Use cases get `now`; only entry points and the worker ask a clock. `GUILDWAY_CLOCK=file:<path>` lets
a whole local system run on a simulated clock: the file holds one instant, and whoever drives the
simulation writes it.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Aware UTC, whole milliseconds."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Aware UTC, whole milliseconds."""
        return whole(datetime.now(UTC))


class SetClock:
    """A clock that somebody in this process sets."""

    def __init__(self, at: datetime) -> None:
        """Start at an aware instant."""
        self.at = at

    def now(self) -> datetime:
        """The instant that was set last."""
        return whole(self.at)


class FileClock:
    """A clock that another process sets by writing an instant into a file."""

    def __init__(self, path: Path) -> None:
        """Read the instant from this file at each question."""
        self._path = path

    def now(self) -> datetime:
        """The instant in the file."""
        return from_text(self._path.read_text().strip())


def open_clock(url: str) -> Clock:
    """The system's clock (empty) or `file:<path>`."""
    if not url:
        return SystemClock()
    if url.startswith("file:"):
        return FileClock(Path(url.removeprefix("file:")))
    raise ValueError(f"a clock is empty (the machine's own) or file:<path>, not {url!r}")


def whole(moment: datetime) -> datetime:
    """The instant in UTC, cut to whole milliseconds."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_text(moment: datetime) -> str:
    """Fixed width, so that text sorts as time does: `2026-05-14T18:00:00.000Z`. Refuses naive
    times.
    """
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote."""
    return datetime.fromisoformat(text)
