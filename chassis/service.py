"""A service is data handed to the chassis: what it stores, what it answers, hears and does when
time comes.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from cattrs import Converter
from flask import Request
from flask_smorest import Blueprint

from chassis.aggregate import make_converter
from chassis.broker import Broker, Topic, open_broker
from chassis.clock import Clock, open_clock
from chassis.events import EventType, Heard
from chassis.repository import DUE, PENDING
from chassis.sealing import Sealer
from chassis.settings import Settings
from chassis.store import Collection, Index, Store, open_store
from chassis.tokens import Actor

R = TypeVar("R")

Handler = Callable[[R, Heard, datetime], None]
"""Hears one event. It may come twice, late, and before what went before it."""

ARCHIVE = Collection(
    name="events",
    indexes=(
        Index(fields=("order",), everywhere=True),
        Index(fields=("type", "subject", "order"), everywhere=True),
    ),
)
LEASES = Collection(name="leases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer(Generic[R]):
    """Acts on every document of a collection whose `due_at` has come; acting must move or clear
    `due_at`.
    """

    name: str
    collection: str
    act: Callable[[R, str, str, datetime], None]
    """Called with (records, association id, document id, now)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Generic[R]):
    """Everything the chassis must know to run a service.

    records: makes the service's repositories. aggregates: collections with an outbox. others:
    collections without (copies, read models). authenticate: who a request comes from; None: by
    access token.
    """

    name: str
    records: Callable[[Store, Converter], R]
    equip: Callable[[R, Settings], None] | None = None
    """Called with the records once they are made (the gateway signs and sends by its settings)."""
    aggregates: tuple[Collection, ...] = ()
    others: tuple[Collection, ...] = ()
    blueprints: tuple[Blueprint, ...] = ()
    sends: tuple[EventType, ...] = ()
    listens: Mapping[EventType, Handler[R]] = field(default_factory=dict)
    timers: tuple[Timer[R], ...] = ()
    authenticate: Callable[[Request], Actor | None] | None = None
    extend: Callable[[Any], None] | None = None
    """Called with the Flask app once it is made (the gateway adds its pages and sockets)."""
    web_worker: str = "gthread"
    """gunicorn's kind of worker; `gevent` where thousands of sockets stay open."""

    @property
    def collections(self) -> list[Collection]:
        """All collections with the indexes that the chassis itself asks by."""
        timed = {timer.collection for timer in self.timers}
        every = [*((c, (PENDING,)) for c in self.aggregates), *((c, ()) for c in self.others)]
        return [
            *(
                replace(c, indexes=(*c.indexes, *own, *((DUE,) if c.name in timed else ())))
                for c, own in every
            ),
            ARCHIVE,
            LEASES,
        ]

    @property
    def heard_types(self) -> dict[str, EventType]:
        """The event types this service listens to, by name."""
        return {kind.name: kind for kind in self.listens}

    @property
    def dead_letters(self) -> Topic:
        """Where events go that cannot be handled."""
        return Topic(name=f"{self.name}.dead-letters", partitions=1)

    @property
    def topics(self) -> list[Topic]:
        """Every topic this service touches."""
        return [*(kind.topic for kind in {*self.sends, *self.listens}), self.dead_letters]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running(Generic[R]):
    """A service with its backends opened: what web and worker share."""

    service: Service[R]
    settings: Settings
    store: Store
    broker: Broker
    clock: Clock
    records: R


def start(
    service: Service[R],
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    awaits_broker: bool = True,
) -> Running[R]:
    """Open store and broker and make what is missing in them. Raises Unavailable if one does not
    answer. awaits_broker: False leaves the broker alone; whoever only answers HTTP needs none.
    """
    settings = settings or Settings(os.environ)
    store = open_store(settings["GUILDWAY_STORE"], name=service.name)
    broker = open_broker(settings["GUILDWAY_BROKER"])
    try:
        store.prepare(service.collections)
        if awaits_broker:
            broker.prepare(service.topics)
    except BaseException:
        store.close()
        broker.close()
        raise
    sealer = Sealer.from_file(settings.path("GUILDWAY_FIELD_KEYS"))
    records = service.records(store, make_converter(sealer))
    if service.equip:
        service.equip(records, settings)
    return Running(
        service=service,
        settings=settings,
        store=store,
        broker=broker,
        clock=clock or open_clock(settings["GUILDWAY_CLOCK"]),
        records=records,
    )


__all__ = ["ARCHIVE", "LEASES", "Handler", "Running", "Sequence", "Service", "Timer", "start"]
