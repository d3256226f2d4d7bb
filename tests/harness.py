"""Runs services in this process on SQLite backends: HTTP in and events in, answers, state and events out.

A `Town` holds several services on one store folder and one event log with one clock, and pumps them until
nothing moves; a test of one service makes a town of that one.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey

from chassis import log, tokens
from chassis.broker import Message
from chassis.clock import SetClock, from_text, to_text
from chassis.consumer import handle
from chassis.events import EventType, Heard
from chassis.service import Running, Service, start
from chassis.settings import Settings
from chassis.tokens import Actor
from chassis.web import create_app
from chassis.worker import Worker
from contracts import examples

MONDAY = datetime(2026, 5, 11, 14, 0, tzinfo=UTC)


def make_keys(folder: Path) -> None:
    """The keys of an instance, as the launcher makes them."""
    folder.mkdir(parents=True, exist_ok=True)
    private = Ed25519PrivateKey.generate()
    (folder / "token-private.pem").write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "token-public.pem").write_bytes(
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (folder / "fields.txt").write_bytes(Fernet.generate_key() + b"\n")


def an_actor(
    id: str = examples.MENTEE,
    *roles: str,
    association_id: str = examples.ASSOCIATION,
    link: str = "",
) -> Actor:
    """Somebody who acts; a participant unless told otherwise."""
    return Actor(
        id=id, association_id=association_id, roles=frozenset(roles or ("participant",)), link=link
    )


def a_coordinator(association_id: str = examples.ASSOCIATION) -> Actor:
    """The coordinator of the examples' cohort."""
    return an_actor(
        examples.COORDINATOR, "participant", "coordinator", "admin", association_id=association_id
    )


class House:
    """One service of a town: its client, its worker, its records."""

    def __init__(self, service: Service[Any], settings: Settings, clock: SetClock) -> None:
        self.service = service
        self.running: Running[Any] = start(service, settings, clock=clock)
        self.records = self.running.records
        self.worker = Worker(self.running)
        self.app = create_app(self.running)
        self.client: FlaskClient = self.app.test_client()
        self._key = OKPKey.import_key(settings.path("GUILDWAY_TOKEN_PRIVATE_KEY").read_bytes())
        self._handlers = {kind.name: act for kind, act in service.listens.items()}

    def token(self, actor: Actor) -> str:
        """An access token for this service."""
        return tokens.sign(actor, audience=self.service.name, key=self._key, at=datetime.now(UTC))

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        actor: Actor | None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Any:
        """A request; the answer has `.status_code`, `.json`, `.headers`."""
        own = dict(headers or {})
        if actor is not None:
            own["Authorization"] = f"Bearer {self.token(actor)}"
        if body is not None:
            more["json"] = body
        return self.client.open(path, method=method, headers=own, **more)

    def get(self, path: str, *, actor: Actor | None, **more: Any) -> Any:
        """GET."""
        return self.ask("GET", path, actor=actor, **more)

    def post(self, path: str, body: Any = None, *, actor: Actor | None, **more: Any) -> Any:
        """POST."""
        return self.ask("POST", path, {} if body is None else body, actor=actor, **more)

    def put(self, path: str, body: Any, *, actor: Actor | None, **more: Any) -> Any:
        """PUT."""
        return self.ask("PUT", path, body, actor=actor, **more)

    def patch(self, path: str, body: Any, *, actor: Actor | None, **more: Any) -> Any:
        """PATCH."""
        return self.ask("PATCH", path, body, actor=actor, **more)

    def hear(self, heard: Heard) -> None:
        """Hand one event to its handler, as the consumer does."""
        handle(self.running, self._handlers, heard)

    def hear_that(
        self, kind: EventType, *, version: int = 1, at: datetime | None = None, **changes: Any
    ) -> Heard:
        """Hear an event like its example with some fields changed; gives it back to be heard again."""
        heard = an_event(kind, version=version, at=at or self.running.clock.now(), **changes)
        self.hear(heard)
        return heard

    def close(self) -> None:
        """Let everything go."""
        self.worker.close()
        self.running.store.close()
        self.running.broker.close()


def an_event(kind: EventType, *, version: int = 1, at: datetime = MONDAY, **changes: Any) -> Heard:
    """An event like its example; its subject is `<aggregate>_id` of the data."""
    data = {**kind.example, **changes}
    subject = data.get(f"{kind.aggregate.replace('-', '_')}_id", data["association_id"])
    return Heard(
        type=kind.name,
        id=f"{kind.name}-{subject}-{version}",
        subject=subject,
        association_id=data["association_id"],
        version=version,
        at=at,
        data=data,
    )


class Town:
    """Services that share an event log and a clock, in one process."""

    def __init__(
        self, folder: Path, *services: Service[Any], at: datetime = MONDAY, **settings: str
    ) -> None:
        make_keys(folder / "keys")
        log.configure("off", service="town")
        self.clock = SetClock(at)
        self.settings = Settings({"GUILDWAY_DATA": str(folder), "GUILDWAY_LOG": "json", **settings})
        self.houses = {
            service.name: House(service, self.settings, self.clock) for service in services
        }
        self._seen: list[Heard] = []
        broker = next(iter(self.houses.values())).running.broker
        self._types = {kind.name: kind for service in services for kind in service.sends}
        self._tail = broker.tail(sorted(self._types)) if self._types else None

    def __getattr__(self, name: str) -> House:
        """`town.profiles` is the house of profiles."""
        try:
            return self.__dict__["houses"][name]
        except KeyError:
            raise AttributeError(name) from None

    def pump(self, *, seconds: float = 30) -> None:
        """Let every relay, handler and timer work until nothing moves."""
        until = monotonic() + seconds
        while sum(house.worker.turn() for house in self.houses.values()):
            assert monotonic() < until, "the services do not come to rest"

    def go_on(self, **time: float) -> None:
        """Let time pass (days=1, hours=2…), stopping at whatever falls due on the way."""
        goal = self.clock.at + timedelta(**time)
        self.pump()
        while (due := self._next_due_at()) and from_text(due) <= goal:
            self.clock.at = max(self.clock.at, from_text(due))
            self.pump()
        self.clock.at = goal
        self.pump()

    def events(self, *types: str) -> list[dict[str, Any]]:
        """The states of all events sent so far, of these types if any are named."""
        while self._tail and (messages := self._tail.poll(0)):
            self._seen += [
                Heard(
                    type=m.topic,
                    id=m.headers["ce_id"],
                    subject=m.key,
                    association_id=m.headers["association"],
                    version=int(m.headers["version"]),
                    at=from_text(m.headers["ce_time"]),
                    data=None if m.value is None else json.loads(m.value),
                )
                for m in messages
            ]
        return [{"type": e.type, **e.state} for e in self._seen if not types or e.type in types]

    def close(self) -> None:
        """Let everything go."""
        if self._tail:
            self._tail.close()
        for house in self.houses.values():
            house.close()

    def _next_due_at(self) -> str | None:
        dues = [house.worker.timers.next_due_at() for house in self.houses.values()]
        return min((due for due in dues if due), default=None)


@contextmanager
def a_town(folder: Path, *services: Service[Any], **more: Any) -> Iterator[Town]:
    """A town that is closed afterwards."""
    town = Town(folder, *services, **more)
    try:
        yield town
    finally:
        town.close()


def eventually(check: Callable[[], Any], *, seconds: float = 15.0) -> Any:
    """Ask until the answer is true, at most so long; gives the answer."""
    import threading

    until, pause = monotonic() + seconds, threading.Event()
    while not (answer := check()):
        assert monotonic() < until, f"did not happen within {seconds} s"
        pause.wait(0.02)
    return answer


__all__ = [
    "MONDAY",
    "House",
    "Message",
    "Town",
    "a_coordinator",
    "a_town",
    "an_actor",
    "an_event",
    "eventually",
    "to_text",
]
