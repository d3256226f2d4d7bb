"""The two toy services as real processes, to be killed."""

import http.client
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from chassis import tokens
from chassis.keys import make_keys
from chassis.service import Running, start
from chassis.settings import Settings
from tests.backends.servers import end_with_parent
from tests.chassis import toy
from tests.harness import an_actor, eventually
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import os, sys
from chassis.cli import main
if os.environ.get("GUILDWAY_BROKER", "").startswith("kafka:"):
    from chassis.broker.kafka import KafkaBroker
    KafkaBroker.delivery_seconds = 6.0  # a relay's lease lasts as long as two: less to wait
from tests.chassis import toy
raise SystemExit(main(getattr(toy, sys.argv[1]), sys.argv[2:]))
"""
SOMEBODY = an_actor(association_id=toy.ASSOCIATION)


@dataclass
class Answer:
    status: int
    body: Any
    headers: Any


@dataclass
class Processes:
    """Processes of the toy services on one store and one broker."""

    folder: Path
    settings: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    port: int = field(default_factory=free_ports)

    def __post_init__(self) -> None:
        self.settings = {
            "GUILDWAY_DATA": str(self.folder),
            "GUILDWAY_LOG": "json",
            "GUILDWAY_PORT": str(self.port),
            **self.settings,
        }
        make_keys(Settings(self.settings))
        pem = Settings(self.settings).path("GUILDWAY_TOKEN_PRIVATE_KEY").read_bytes()
        self._key = OKPKey.import_key(pem)

    def start(self, service: str, command: str, *, code: str = RUN, **settings: str) -> None:
        """Start; its lines go to `<folder>/<service>-<command>.log`."""
        name = f"{service}-{command}"
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", code, service, command],
                cwd=ROOT,
                env={**os.environ, **self.settings, **settings},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def kill(self, name: str) -> None:
        """kill -9, workers of gunicorn included."""
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running.pop(name).wait(10)

    def end_of(self, name: str, *, seconds: float = 120) -> int:
        """Wait until it ends by itself; its exit code."""
        code = self.running[name].wait(seconds)
        del self.running[name]
        return code

    def stop(self, name: str, *, seconds: float = 60) -> int:
        """SIGTERM; its exit code."""
        self.running[name].terminate()
        return self.end_of(name, seconds=seconds)

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def log(self, name: str) -> list[dict[str, Any]]:
        """The lines it has logged. One being written comes next time."""
        whole, _, _ = (self.folder / f"{name}.log").read_text().rpartition("\n")
        return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]

    def ask(
        self, method: str, path: str, body: Any = None, *, seconds: float = 15, **headers: str
    ) -> Answer:
        """Ask the lamps; status 0 if nobody answers."""
        token = tokens.sign(SOMEBODY, audience="lamps", key=self._key, at=datetime.now(UTC))
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(asked, timeout=seconds) as answer:
                return Answer(answer.status, _read(answer.read()), answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _read(error.read()), error.headers)
        except (OSError, http.client.HTTPException):
            return Answer(0, None, {})

    def serve(self) -> None:
        """Start the lamps' web process and wait until it answers."""
        self.start("lamps", "web")
        eventually(lambda: self.ask("GET", "/health/live").status == 200, seconds=120)

    def look(self) -> "Look":
        """Into the stores, beside the processes."""
        return Look(Settings(self.settings), self.settings.get("TOY_MARK", ""))


class Look:
    """What the stores hold."""

    def __init__(self, settings: Settings, mark: str) -> None:
        self.group, self.topic = f"board{mark}", f"lamp-lit{mark}"
        self.lamps: Running[Any] = start(toy.lamps, settings, awaits_broker=False)
        board = replace(toy.board, name=self.group)
        self.board: Running[Any] = start(board, settings)

    def counted(self) -> int:
        found = self.board.records.counts.find_one(toy.ASSOCIATION, {})
        return found.lit if found else 0

    def lit(self) -> set[str]:
        lamps = self.lamps.records.lamps.each(toy.ASSOCIATION, {})
        return {lamp.id for lamp in lamps if lamp.is_lit}

    def letters(self) -> int:
        return self.board.broker.lag("nobody", [self.board.service.dead_letters.name])

    def lag(self) -> int:
        return self.board.broker.lag(self.group, [self.topic])

    def close(self) -> None:
        for running in (self.lamps, self.board):
            running.store.close()
            running.broker.close()


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()
