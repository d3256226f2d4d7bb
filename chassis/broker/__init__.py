"""The narrow protocol that everything above messaging is written against.

Topics have partitions; messages of one key stay in order in one partition; a group remembers how
far it has read. Two backends fulfil it: `chassis.broker.sqlite` (an event log in one file, for one
machine) and `chassis.broker.kafka`; `open_broker(url)` chooses. The same cases in
`tests/chassis/broker/` run on both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

COMPACTION_DAYS: Final = 7
"""How long a message of a compacted topic stays at least, and little longer once a newer one of its
key has replaced it: a group that was away for less has missed nothing."""
TOMBSTONE_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic as it is made. compacted: the newest message a key is kept (tombstones 30 days)."""

    name: str
    partitions: int = 6
    compacted: bool = False
    retention_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent. `value` None is a tombstone."""

    topic: str
    key: str
    value: bytes | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(Message):
    """What arrives, with its place in the log and when the broker took it (aware UTC)."""

    partition: int
    offset: int
    arrived_at: datetime


class Publisher(Protocol):
    """Sends with acks=all and the idempotent producer."""

    def send(self, messages: Sequence[Message]) -> None:
        """Send in order and wait until every one is acknowledged, at most `delivery_seconds`.

        Raises BrokerUnavailable: some or none may have arrived; the same call may be repeated.
        After a fatal error of the client the next call works on a new one.
        """

    def close(self) -> None:
        """Let go of connections."""


class Subscription(Protocol):
    """A member of a consumer group; commits by hand."""

    def poll(self, seconds: float, limit: int = 500) -> list[Received]:
        """The next messages of the partitions assigned here, in order a partition; [] when time is
        up.

        Messages of a partition that waits (`retry`) are not given before their time; other
        partitions go on.
        """

    def retry(self, message: Received, *, seconds: float) -> None:
        """Give this message and all behind it in its partition again, not before `seconds` have
        passed.

        Never by pause/resume (kafka-python 3.0 starves partitions for good): by seeking back.
        """

    def commit(self, messages: Sequence[Received]) -> None:
        """Remember these and all before them in their partitions as done. A partition that was
        taken away is left out.
        """

    def lag(self) -> int:
        """How many messages of all topics of this group are not committed yet."""

    def close(self) -> None:
        """Leave the group at once."""


class Tail(Protocol):
    """A reader without a group: everything from now on, in this process only."""

    def poll(self, seconds: float, limit: int = 500) -> list[Received]:
        """What has arrived since, or [] when time is up."""

    def close(self) -> None:
        """Let go of connections."""


class Broker(Protocol):
    """Where events travel."""

    delivery_seconds: float

    def prepare(self, topics: Iterable[Topic]) -> None:
        """Make topics that are not there, from any number of processes. Partitions never change."""

    def publisher(self) -> Publisher:
        """A publisher; safe to be used by one thread."""

    def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        """Join a group; a new group starts at the beginning. Raises BrokerUnavailable."""

    def tail(self, topics: Sequence[str]) -> Tail:
        """Read from the end on. Ready (nothing later is missed) when it returns.

        Raises BrokerUnavailable, also while a topic is not there: another service makes it.
        """

    def lag(self, group: str, topics: Sequence[str]) -> int:
        """How many messages the group has not committed, without joining it."""

    def ping(self) -> None:
        """Raise BrokerUnavailable if the broker does not answer."""

    def close(self) -> None:
        """Let go of connections."""


def open_broker(url: str) -> Broker:
    """Open `sqlite:<file>` or `kafka://host:port,host:port`."""
    if url.startswith("sqlite:"):
        from chassis.broker.sqlite import SqliteBroker  # noqa: PLC0415 (kafka is loaded only where used)

        return SqliteBroker(url.removeprefix("sqlite:"))
    if url.startswith("kafka://"):
        from chassis.broker.kafka import KafkaBroker  # noqa: PLC0415

        return KafkaBroker(url.removeprefix("kafka://"))
    raise ValueError(f"a broker is sqlite:<file> or kafka://host:port,…, not {url!r}")
