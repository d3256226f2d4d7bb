"""A whole local system for tests that click, started as `make run` starts it, in its own folder."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

from tests.going_clock import GoingClock, a_going_clock
from tests.mailbox import Mailbox
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"http://127\.0\.0\.1:\d+/l/[\w=-]+")


@dataclass(kw_only=True)
class Stage:
    """A running instance: its address, what its launcher said, its mails and its clock."""

    url: str
    folder: Path
    said: str
    own_clock: GoingClock | None = None

    @property
    def clock(self) -> GoingClock:
        """The clock of its own; without one it lives today."""
        assert self.own_clock is not None
        return self.own_clock

    @property
    def setup_code(self) -> str:
        """What founds an association."""
        return re.search(r"with this code: (\S+)", self.said)[1]  # type: ignore[index]

    def sign_in_link(self, kind: str) -> str:
        """The launcher's link of the coordinator, mentor or mentee of the demo."""
        return LINK.search(next(line for line in self.said.splitlines() if kind in line))[0]  # type: ignore[index]

    def mailbox(self, address: str) -> Mailbox:
        """The mails to an address."""
        return Mailbox(self.folder / "data/mails", address)


@contextmanager
def a_stage(
    folder: Path, *, demo: bool, at: datetime | None = None, **settings: str
) -> Iterator[Stage]:
    """Start everything, and stop it at the end. at: on a clock of its own that begins then."""
    environ = {name: value for name, value in os.environ.items() if "GUILDWAY_" not in name}
    environ |= {
        "GUILDWAY_DATA": str(folder / "data"),
        "GUILDWAY_PORT": str(free_ports(5)),
        "DEMO": str(int(demo)),
        **settings,
    }
    if at is not None:
        environ["GUILDWAY_CLOCK"] = f"file:{folder / 'clock'}"
    with (
        a_going_clock(folder / "clock", at=at) if at else nullcontext() as clock,
        _launched(environ, folder / "launcher.log") as said,
    ):
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, said
        yield Stage(url=found[0], folder=folder, said=said, own_clock=clock)


@contextmanager
def _launched(environ: dict[str, str], output: Path) -> Iterator[str]:
    with output.open("wb") as log:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "deploy.local"],
            cwd=ROOT,
            env=environ,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _welcome(launcher, output)
    finally:
        launcher.send_signal(signal.SIGINT)
        try:
            launcher.wait(20)
        except subprocess.TimeoutExpired:
            launcher.kill()


def _welcome(launcher: "subprocess.Popen[bytes]", output: Path) -> str:
    until = monotonic() + 800
    while "Ctrl-C stops it" not in (said := output.read_text(errors="replace")):
        assert launcher.poll() is None, f"the launcher ended:\n{said}"
        assert monotonic() < until, f"it did not start:\n{said}"
        sleep(0.1)
    return said
