"""What a listener holds after it has heard something: two ways of hearing can be compared."""

from collections.abc import Iterator
from typing import Any

from chassis.events import EventType
from chassis.repository import each_document
from chassis.sealing import Sealer
from chassis.service import ARCHIVE, LEASES, Service
from chassis.store import EVERYWHERE, Document
from contracts import catalogue
from tests.architecture.test_services import HOUSES, service_of
from tests.harness import Town

LISTENERS: dict[str, Service[Any]] = {
    house.removeprefix("services."): service_of(house)
    for house in HOUSES
    if service_of(house).listens
}
HEARINGS = [
    (name, kind)
    for name, service in LISTENERS.items()
    for kind in catalogue.EVENTS
    if kind in service.listens
]
_OF_THE_WAY = ("version", "outbox", "inbox", "pending")
"""What tells how a document came to be as it is, not what it is."""


_SEALED = "gAAAA"
"""Sealed twice the same words look different."""


def documents(town: Town, name: str) -> Iterator[tuple[str, Document]]:
    """Everything that the house of this name stores."""
    running = getattr(town, name).running
    for collection in running.service.collections:
        if collection.name not in (ARCHIVE.name, LEASES.name):
            for document in each_document(running.store, collection.name, EVERYWHERE, {}):
                yield collection.name, document


def snapshot(town: Town, name: str) -> dict[tuple[str, str], Document]:
    """Everything, to the letter."""
    return {(where, document["_id"]): document for where, document in documents(town, name)}


def state(town: Town, name: str) -> dict[tuple[str, str], Document]:
    """Everything but the way by which it came."""
    opened = Sealer.from_file(town.settings.path("GUILDWAY_FIELD_KEYS")).open

    def plain(value: Any) -> Any:
        return opened(value) if isinstance(value, str) and value.startswith(_SEALED) else value

    return {
        key: {field: plain(value) for field, value in document.items() if field not in _OF_THE_WAY}
        for key, document in snapshot(town, name).items()
    }


def told(town: Town, name: str) -> set[tuple[str, str]]:
    """The events that wait to be sent: type and subject."""
    return {
        (envelope["type"], envelope["subject"])
        for _, document in documents(town, name)
        for envelope in document.get("outbox", ())
    }


def is_of_a_copy(kind: EventType) -> bool:
    """Whether listeners keep the newest state that such events tell."""
    return kind.compacted
