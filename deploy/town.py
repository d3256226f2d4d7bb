"""Services in one process, on one event log, with one clock that somebody sets.

The demo and the six-month simulation live through a cohort this way, and tests try services this
way: HTTP in, events out, with the real services, relays, timers and event log, pumped until nothing
moves.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from joserfc.jwk import OKPKey
from werkzeug.test import EnvironBuilder, run_wsgi_app

from chassis import log, tokens
from chassis.clock import SetClock, from_text
from chassis.consumer import handle
from chassis.events import Heard
from chassis.keys import make_keys
from chassis.service import Running, Service, start
from chassis.settings import Settings
from chassis.tokens import Actor
from chassis.web import create_app
from chassis.worker import Worker
from gateway.passing import Answered, Asked, ServiceIsAway


class InProcess:
    """How the gateway of a town reaches its services: by calling them. `away`: who is out."""

    def __init__(self, houses: Mapping[str, "House"]) -> None:
        """Take the houses by name; more may move in later."""
        self._houses = houses
        self.away: set[str] = set()

    def ask(self, asked: Asked) -> Answered:
        """Call the service's app; its answer is read while it is made."""
        if asked.service in self.away or asked.service not in self._houses:
            raise ServiceIsAway(service=asked.service)
        path, _, query = asked.target.partition("?")
        is_stream = hasattr(asked.body, "read")
        builder = EnvironBuilder(
            path=path,
            query_string=query,
            method=asked.method,
            headers=[*asked.headers.items()],
            data=None if is_stream else asked.body,
        )
        environ = builder.get_environ()
        if is_stream:
            environ["wsgi.input"] = asked.body
            environ["CONTENT_LENGTH"] = asked.headers.get("Content-Length", "")
        chunks, status, headers = run_wsgi_app(self._houses[asked.service].app.wsgi_app, environ)
        return Answered(
            status=int(status.split()[0]),
            headers=headers,
            chunks=iter(chunks),
            close=getattr(chunks, "close", lambda: None),
        )


class House:
    """One service of a town: its client, its worker, its records."""

    def __init__(self, service: Service[Any], settings: Settings, clock: SetClock) -> None:
        """Open it on the stores the settings name."""
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
        """POST; without a body an empty object."""
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

    def close(self) -> None:
        """Let everything go."""
        self.worker.close()
        self.running.store.close()
        self.running.broker.close()


class Town:
    """Services that share an event log and a clock."""

    def __init__(self, settings: Settings, *services: Service[Any], at: datetime) -> None:
        """Open every service at the given instant; keys are made if they are missing."""
        log.configure("off", service="town")
        make_keys(settings)
        self.clock = SetClock(at)
        self.settings = settings
        self.houses = {service.name: House(service, settings, self.clock) for service in services}
        self.services = InProcess(self.houses)
        if "gateway" in self.houses:
            self.gateway.app.extensions["gateway.passage"].services = self.services
        self._seen: list[Heard] = []
        broker = next(iter(self.houses.values())).running.broker
        types = sorted({kind.name for service in services for kind in service.sends})
        self._tail = broker.tail(types) if types else None

    def __getattr__(self, name: str) -> House:
        """`town.profiles` is the house of profiles."""
        try:
            house: House = self.__dict__["houses"][name]
        except KeyError:
            raise AttributeError(name) from None
        return house

    def pump(self, *, seconds: float = 600) -> int:
        """Let relays, handlers and timers work until nothing moves; how much was done. TimeoutError
        if they go on.
        """
        until, done, still = monotonic() + seconds, 0, 0
        for house in cycle(self.houses.values()):
            moved = house.worker.turn()
            done += moved
            still = 0 if moved else still + 1
            if still == len(self.houses):
                break
            if monotonic() > until:
                raise TimeoutError("the services do not come to rest")
        return done

    def go_on(self, **time: float) -> None:
        """Let time pass (days=1, hours=2…), stopping at whatever falls due on the way."""
        self.go_to(self.clock.at + timedelta(**time))

    def go_to(self, goal: datetime) -> None:
        """Let time pass until then, stopping at whatever falls due on the way."""
        self.pump()
        self.wind(goal)
        self.pump()

    def wind(self, goal: datetime) -> None:
        """The same, for a town that is at rest and whose clock alone is to move."""
        while (due := self._next_due_at()) and from_text(due) <= goal:
            self.clock.at = max(self.clock.at, from_text(due))
            if not self.pump():
                raise TimeoutError(f"what was due at {due} stays due: its timer fails")
        self.clock.at = goal

    def news(self) -> list[Heard]:
        """The events sent since the last call, in the order in which they were read."""
        fresh: list[Heard] = []
        while self._tail and (messages := self._tail.poll(0)):
            fresh += [
                Heard(
                    type=message.topic,
                    id=message.headers["ce_id"],
                    subject=message.key,
                    association_id=message.headers["association"],
                    version=int(message.headers["version"]),
                    at=from_text(message.headers["ce_time"]),
                    data=None if message.value is None else json.loads(message.value),
                )
                for message in messages
            ]
        self._seen += fresh
        return fresh

    def events(self, *types: str) -> list[dict[str, Any]]:
        """The states of all events sent so far, of these types if any are named."""
        self.news()
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


class Visitor:
    """A browser at the gateway of a town: keeps its cookies, says where its requests come from."""

    def __init__(self, town: Town) -> None:
        """Nobody is signed in."""
        self._town = town
        self._url = town.settings["GUILDWAY_URL"]
        self._host = str(urlsplit(self._url).hostname)
        self._client: FlaskClient = town.gateway.app.test_client()

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A request as a page of ours sends it."""
        headers = {"Origin": self._url, **more.pop("headers", {})}
        more.setdefault("buffered", True)
        if body is not None:
            more["json"] = body
        return self._client.open(path, method=method, base_url=self._url, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        """GET."""
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """POST; without a body an empty object."""
        return self.ask("POST", path, {} if body is None and "data" not in more else body, **more)

    def put(self, path: str, body: Any, **more: Any) -> Any:
        """PUT."""
        return self.ask("PUT", path, body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> Any:
        """PATCH."""
        return self.ask("PATCH", path, body, **more)

    def cookie(self, name: str) -> str | None:
        """The value of a cookie."""
        found = self._client.get_cookie(name, domain=self._host)
        return found.value if found else None

    def give_cookie(self, name: str, value: str) -> None:
        """Put a cookie into the browser."""
        self._client.set_cookie(name, value, domain=self._host)

    def press(self, url: str, **fields: Any) -> Any:
        """Press the button on the page of a one-time link."""
        return self.post(f"/links/{url.rsplit('/', 1)[1]}", fields)

    def sign_in(self, address: str) -> Any:
        """Ask for a link by mail, wait for the mail (demo: they are kept), and press its button."""
        self.post("/auth/links", {"address": address})
        self._town.pump()
        mails = self.get(f"/api/demo/mails?address={address}").json["items"]
        link = next(mail for mail in mails if mail["kind"] == "sign-in")["links"][0]
        return self.press(link)

    def boot(self, path: str) -> Any:
        """What is written into the page for the client."""
        html = self.get(path).text
        found = re.search(r'<script type="application/json" id="boot">(.*?)</script>', html, re.S)
        return json.loads(found[1]) if found else None


@contextmanager
def a_town(settings: Settings, *services: Service[Any], at: datetime) -> Iterator[Town]:
    """A town that is closed afterwards."""
    town = Town(settings, *services, at=at)
    try:
        yield town
    finally:
        town.close()
