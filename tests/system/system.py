"""A whole local system of real processes, each of which a test may stop, kill and start again."""

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from joserfc.jwk import OKPKey
from pymongo import MongoClient

from chassis.keys import make_keys
from chassis.tokens import sign
from deploy.coordinator import OPERATOR
from deploy.instance import SERVICES, Instance
from deploy.local import answers
from deploy.processes import Process, stop
from tests import harness
from tests.backends.kafka import Kafka
from tests.going_clock import GoingClock, a_going_clock
from tests.ports import free_ports

BEGINS_AT = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)
START_SECONDS = 120.0
PATIENCE = 90.0
"""So long anything may take that comes by itself, on a machine with much else to do."""
eventually = partial(harness.eventually, seconds=PATIENCE, every=0.1)
"""Not so often that nobody else gets to do anything."""


@dataclass(kw_only=True)
class System:
    """Web and worker of four services and the gateway on one pair of backends, and their clock."""

    folder: Path
    instance: Instance
    clock: GoingClock
    kafka: Kafka | None = None
    processes: dict[str, Process] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where people find it."""
        return self.instance.url

    def start(self) -> None:
        """Start everything; come back once all web processes answer."""
        self.instance.claim()
        make_keys(self.instance.settings)
        self.instance.environ["GUILDWAY_SETUP_CODE"] = self.instance.setup_code()
        self.processes = {each.name: each for each in self.instance.processes()}
        for process in self.processes.values():
            process.start()
        for name in ("gateway", *SERVICES):
            self.wait_for(f"{name} web")

    def close(self) -> None:
        """Stop everything."""
        for process in self.processes.values():
            process.send(signal.SIGCONT)
        stop(self.processes.values())
        self.instance.release()

    def kill(self, name: str) -> None:
        """kill -9, as it is said: also of whatever the process has started."""
        process = self.processes[name]
        process.send(signal.SIGKILL)
        assert process.child is not None
        process.child.wait(10)

    def start_again(self, name: str) -> None:
        """Start what was killed, and wait until it answers if it is a web process."""
        self.processes[name].start()
        if name.endswith("web"):
            self.wait_for(name)

    def wait_for(self, name: str) -> None:
        """Until a web process answers."""
        url = f"http://127.0.0.1:{self.instance.ports[name.split(maxsplit=1)[0]]}/health/ready"
        eventually(lambda: self._is_ready(name, url), seconds=START_SECONDS)

    @contextmanager
    def held_up(self, name: str) -> Iterator[None]:
        """A process that does nothing for a while, as on a machine that swaps."""
        process = self.processes[name]
        process.send(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send(signal.SIGCONT)

    @contextmanager
    def broker_away(self) -> Iterator[None]:
        """A broker that keeps connections and answers nothing: frozen, or locked by another."""
        if self.kafka:
            self.kafka.freeze()
            try:
                yield
            finally:
                self.kafka.thaw()
            return
        place = self.instance.settings["GUILDWAY_BROKER"].removeprefix("sqlite:")
        with closing(sqlite3.connect(place, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")

    def found(self, founding: dict[str, str]) -> dict[str, Any]:
        """Another association, founded by the operator."""
        place = self.instance.settings.path("GUILDWAY_TOKEN_PRIVATE_KEY")
        key = OKPKey.import_key(place.read_bytes())
        token = sign(OPERATOR, audience="profiles", key=key, at=datetime.now(UTC))
        asked = Request(
            f"http://127.0.0.1:{self.instance.ports['profiles']}/associations",
            data=json.dumps(founding).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urlopen(asked, timeout=10) as answer:
            made: dict[str, Any] = json.load(answer)
        return made

    def lines(self, name: str) -> list[dict[str, Any]]:
        """What a process has logged: `gateway web`. A line being written comes next time."""
        place = self.instance.logs / f"{name.replace(' ', '-')}.log"
        whole, _, _ = place.read_text(errors="replace").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]

    def says(self, name: str, **told: str) -> None:
        """Wait until a process has logged a line that tells this."""
        eventually(lambda: any(told.items() <= line.items() for line in self.lines(name)))

    def hears(self, name: str, subject: str) -> None:
        """Wait until a worker has handled an event about something."""
        self.says(name, event="heard", subject=subject)

    def stored(self) -> bytes:
        """Everything that lies in the stores, as it lies there."""
        url = self.instance.settings["GUILDWAY_STORE"]
        if url.startswith("sqlite:"):
            files = Path(url.removeprefix("sqlite:")).glob("*")
            return b"".join(path.read_bytes() for path in files)
        with MongoClient(url) as client:
            return repr(
                [
                    list(client[database][collection].find())
                    for database in client.list_database_names()
                    for collection in client[database].list_collection_names()
                ]
            ).encode()

    def _is_ready(self, name: str, url: str) -> bool:
        process = self.processes[name]
        assert process.is_running, "\n".join(process.last_lines())
        return answers(url)


@contextmanager
def a_system(folder: Path, *, kafka: Kafka | None = None, **settings: str) -> Iterator[System]:
    """Everything, started, on a clock of its own, and stopped at the end."""
    outside = {name: value for name, value in os.environ.items() if "GUILDWAY_" not in name}
    instance = Instance(
        {
            **outside,
            "GUILDWAY_DATA": str(folder / "data"),
            "GUILDWAY_PORT": str(free_ports(1 + len(SERVICES))),
            "GUILDWAY_CLOCK": f"file:{folder / 'clock'}",
            **settings,
        }
    )
    with a_going_clock(folder / "clock", at=BEGINS_AT) as clock:
        system = System(folder=folder, instance=instance, kafka=kafka, clock=clock)
        try:
            system.start()
            yield system
        finally:
            system.close()
