"""What an event is: its declaration, one of its kind that has happened, and one that arrives.

Events travel as CloudEvents 1.0 in binary mode: attributes in headers, the aggregate's public state
as the JSON body.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from marshmallow import Schema

from chassis.broker import Message, Received, Topic
from chassis.clock import from_text
from chassis.errors import Fault, Invalid

LARGEST_BYTES = 900_000
"""Of an event's data: Kafka takes messages of a mebibyte, headers included."""
_NAMESPACE = uuid5(NAMESPACE_URL, "urn:guildway:fact")


def fact_id(*parts: str | int) -> str:
    """The id of what a fact makes: the same natural key gives the same id, so a repeat meets
    itself.
    """
    return str(uuid5(_NAMESPACE, "\x1f".join(str(part) for part in parts)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventType:
    """The declaration of an event, once for sender and listeners.

    name: kebab-case, also its topic. aggregate: what it is the state of; a copy listens to all
    types of one aggregate. rooms: who is told live, as formats of the data (`member:{mentor_id}`,
    `cohort:{cohort_id}`).
    """

    name: str
    sender: str
    aggregate: str
    meaning: str
    schema: Schema
    example: Mapping[str, Any]
    listeners: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    compacted: bool = True
    partitions: int = 6

    def __call__(self, subject: str, data: Mapping[str, Any]) -> "Event":
        """It has happened to `subject`, whose public state (JSON values) is `data`."""
        return Event(type=self, subject=subject, data=dict(data))

    @property
    def topic(self) -> Topic:
        """The topic as the broker makes it."""
        return Topic(name=self.name, partitions=self.partitions, compacted=self.compacted)

    def check(self, data: Mapping[str, Any]) -> None:
        """Raise Invalid with every fault of the data."""
        if faults := self.schema.validate(dict(data)):
            raise Invalid([Fault(field=str(key), code=str(why)) for key, why in faults.items()])


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event as a model returns it; storing it gives it id, version, time and trace."""

    type: EventType
    subject: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One event as a handler gets it. `data` None is a tombstone: what it was about is erased."""

    type: str
    id: str
    subject: str
    association_id: str
    version: int
    at: datetime
    data: dict[str, Any] | None
    traceparent: str = field(default="", compare=False)

    @property
    def state(self) -> dict[str, Any]:
        """The public state; a tombstone has an empty one."""
        return self.data or {}


def envelope(
    event: Event, *, association_id: str, version: int, n: int, at: str, trace: str
) -> dict[str, Any]:
    """The event as it waits in an outbox; the same change always gives the same event id."""
    return {
        "id": str(uuid5(UUID(fact_id(event.subject, event.type.name)), f"{version}.{n}")),
        "type": event.type.name,
        "source": event.type.sender,
        "subject": event.subject,
        "association_id": association_id,
        "version": version,
        "at": at,
        "traceparent": trace,
        "data": event.data,
    }


def refuse_too_large(waiting: Mapping[str, Any]) -> None:
    """Raise ValueError for what no broker would take: it would hold up its outbox for ever."""
    if len(to_message(waiting).value or b"") > LARGEST_BYTES:
        raise ValueError(f"{waiting['type']} is larger than {LARGEST_BYTES} bytes")


def to_message(waiting: Mapping[str, Any]) -> Message:
    """The message of an envelope; `data` None makes a tombstone."""
    data = waiting["data"]
    return Message(
        topic=waiting["type"],
        key=waiting["subject"],
        value=None if data is None else json.dumps(data, ensure_ascii=False).encode(),
        headers={
            "ce_specversion": "1.0",
            "ce_id": waiting["id"],
            "ce_type": waiting["type"],
            "ce_source": f"/{waiting['source']}",
            "ce_subject": waiting["subject"],
            "ce_time": waiting["at"],
            "content-type": "application/json",
            "association": waiting["association_id"],
            "version": str(waiting["version"]),
            "traceparent": waiting["traceparent"],
        },
    )


def from_message(message: Received, types: Mapping[str, EventType]) -> Heard:
    """Read and check what arrived. Raises Invalid if it is not an event of one of these types."""
    headers = message.headers
    try:
        heard = Heard(
            type=headers["ce_type"],
            id=headers["ce_id"],
            subject=headers["ce_subject"],
            association_id=headers["association"],
            version=int(headers["version"]),
            at=from_text(headers["ce_time"]),
            data=None if message.value is None else json.loads(message.value),
            traceparent=headers.get("traceparent", ""),
        )
    except (KeyError, ValueError, RecursionError) as error:
        raise Invalid([Fault(field="message", code=f"{type(error).__name__}: {error}")]) from error
    if heard.at.tzinfo is None or not 0 < heard.version < 2**53:
        raise Invalid([Fault(field="message", code="out-of-range")])
    if heard.type != message.topic or heard.subject != message.key or heard.type not in types:
        raise Invalid([Fault(field="ce_type", code="not-of-this-topic")])
    if heard.data is not None:
        if not isinstance(heard.data, dict):
            raise Invalid([Fault(field="data", code="not-an-object")])
        if heard.data.get("association_id", heard.association_id) != heard.association_id:
            raise Invalid([Fault(field="association", code="not-of-the-data")])
        types[heard.type].check(heard.data)
    return heard
