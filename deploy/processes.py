"""The processes of a whole local system: started, watched, started again, stopped.

Each runs in a session of its own, so that Ctrl-C reaches the launcher alone and the launcher stops
the others in order. What they write goes to a file each.
"""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

STOP_SECONDS = 8.0
LOOK_SECONDS = 0.1
MOST_RESTARTS = 3
WITHIN_SECONDS = 60.0
LAST_LINES = 15

Tell = Callable[[str], None]


class KeepsEnding(Exception):
    """A process that ends however often it is started."""


@dataclass(kw_only=True, eq=False)
class Process:
    """One process: `name` is what people read, `command` what is run."""

    name: str
    command: list[str]
    environ: Mapping[str, str]
    log: Path
    child: subprocess.Popen[bytes] | None = None
    restarts: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_RESTARTS))

    def start(self) -> None:
        """Start it; its standard input stays open as long as we live (deploy/child.py)."""
        self.let_go()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.child = subprocess.Popen(
                self.command,
                env=self.environ,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def let_go(self) -> None:
        """Close our end of its standard input; it ends if it has not."""
        if self.child and self.child.stdin:
            self.child.stdin.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.child is not None
        return self.child.pid

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.child is not None and self.child.poll() is None

    def send(self, number: int) -> None:
        """A signal to it and to what it started."""
        if self.is_running:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def last_lines(self, many: int = LAST_LINES) -> list[str]:
        """The end of what it wrote."""
        try:
            with self.log.open("rb") as file:
                return _tail(file, many)
        except OSError:
            return []


def _tail(file: IO[bytes], many: int) -> list[str]:
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - 20_000))
    return [line.decode(errors="replace").rstrip() for line in file.readlines()[-many:]]


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module as a child of this process."""
    return [sys.executable, "-m", "deploy.child", module, *arguments]


def start_again(processes: Iterable[Process], tell: Tell) -> None:
    """Start whatever has ended. Raises KeepsEnding for one that ends too often, with its last
    lines.
    """
    for process in processes:
        if process.is_running or process.child is None:
            continue
        how = ended(process.child.returncode)
        now = time.monotonic()
        if len(process.restarts) == MOST_RESTARTS and now - process.restarts[0] < WITHIN_SECONDS:
            lines = "\n".join(f"  {line}" for line in process.last_lines())
            raise KeepsEnding(
                f"{process.name} {how}, {MOST_RESTARTS + 1} times within a minute. "
                f"Its last words ({process.log}):\n{lines}"
            )
        tell(f"{process.name} {how}; it is started again. Its log: {process.log}")
        process.restarts.append(now)
        process.start()


def ended(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def stop(processes: Iterable[Process], *, seconds: float = STOP_SECONDS) -> None:
    """Ask all to end and wait; whoever has not by then is killed. Nothing is left running."""
    started = [process for process in processes if process.child]
    for process in started:
        process.send(signal.SIGTERM)
        process.let_go()
    until = time.monotonic() + seconds
    while any(process.is_running for process in started) and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    for process in started:
        process.send(signal.SIGKILL)
    for process in started:
        if process.child is not None:
            process.child.wait()
