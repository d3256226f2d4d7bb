"""A whole local system for tests that click, started as `make run` starts it, in its own folder."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep

from chassis.clock import to_text
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"http://127\.0\.0\.1:\d+/l/[\w=-]+")


@dataclass(kw_only=True)
class Stage:
    """A running instance: its address, what its launcher said, its mails and its clock."""

    url: str
    folder: Path
    said: str
    at: datetime | None
    since: float = field(default_factory=monotonic)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def setup_code(self) -> str:
        """What founds an association."""
        return re.search(r"with this code: (\S+)", self.said)[1]  # type: ignore[index]

    def sign_in_link(self, kind: str) -> str:
        """The launcher's link of the coordinator, mentor or mentee of the demo."""
        return LINK.search(next(line for line in self.said.splitlines() if kind in line))[0]  # type: ignore[index]

    def now(self) -> datetime:
        """What the clock of all processes says: it goes like any clock, and leaps by `go_on`."""
        assert self.at is not None
        return self.at + timedelta(seconds=monotonic() - self.since)

    def go_on(self, **time: float) -> None:
        """Let time pass at once."""
        assert self.at is not None
        self.at += timedelta(**time)
        self.set_clock()

    def go_on_until(self, moment: datetime) -> None:
        """Let time pass until then."""
        assert moment > self.now()
        self.at, self.since = moment, monotonic()
        self.set_clock()

    def set_clock(self) -> None:
        """Write the clock, so that nobody reads half of it."""
        with self.lock:
            half = self.folder / "clock.half"
            half.write_text(to_text(self.now()))
            half.replace(self.folder / "clock")

    def tick(self) -> None:
        """Keep the clock going."""
        while not self.ended.wait(0.1):
            self.set_clock()

    def read(self, path: Path) -> EmailMessage:
        """A mail that was put into a file."""
        return message_from_bytes(path.read_bytes(), policy=policy.default)  # type: ignore[return-value]

    def mails(self, to: str) -> list[EmailMessage]:
        """All mails to an address, oldest first."""
        found = []
        for path in sorted((self.folder / "data/mails").glob("*.eml"), key=_sent_order):
            mail = self.read(path)
            if to in str(mail["To"]):
                found.append(mail)
        return found

    def mail(self, to: str, subject: re.Pattern[str], words: str = "") -> EmailMessage:
        """The newest mail to an address with this subject and these words, once it is there."""
        until = monotonic() + 30
        while monotonic() < until:
            for mail in reversed(self.mails(to)):
                if subject.search(str(mail["Subject"])) and words in text_of(mail):
                    return mail
            sleep(0.1)
        there = [str(mail["Subject"]) for mail in self.mails(to)]
        raise AssertionError(f"no {subject.pattern!r} with {words!r} to {to}; there are {there}")


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def links_of(mail: EmailMessage) -> list[str]:
    """The one-time links of a mail, in their order."""
    return list(dict.fromkeys(LINK.findall(text_of(mail))))


def link_below(mail: EmailMessage, words: str) -> str:
    """The one-time link of a mail that stands below a line with these words."""
    lines = text_of(mail).splitlines()
    for above, line in pairwise(lines):
        if words in above.replace("\u00a0", " ") and (found := LINK.fullmatch(line.strip())):
            return found[0]
    raise AssertionError(f"no link below {words!r} in:\n" + "\n".join(lines))


@contextmanager
def a_stage(
    folder: Path, *, demo: bool, at: datetime | None = None, **settings: str
) -> Iterator[Stage]:
    """Start everything, and stop it at the end. at: on a clock of its own that begins then."""
    stage = Stage(url="", folder=folder, said="", at=at)
    environ = {name: value for name, value in os.environ.items() if "GUILDWAY_" not in name}
    environ |= {
        "GUILDWAY_DATA": str(folder / "data"),
        "GUILDWAY_PORT": str(free_ports(5)),
        "DEMO": str(int(demo)),
        **settings,
    }
    if at is not None:
        stage.set_clock()
        environ["GUILDWAY_CLOCK"] = f"file:{folder / 'clock'}"
        threading.Thread(target=stage.tick, daemon=True).start()
    output = folder / "launcher.log"
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
        stage.said = _welcome(launcher, output)
        stage.url = re.search(r"http://127\.0\.0\.1:\d+", stage.said)[0]  # type: ignore[index]
        yield stage
    finally:
        stage.ended.set()
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


def _sent_order(path: Path) -> tuple[float, str]:
    return path.stat().st_mtime, path.name


__all__ = ["Stage", "a_stage", "link_below", "links_of", "text_of"]
