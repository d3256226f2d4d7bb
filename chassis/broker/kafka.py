"""Apache Kafka (3.5 or newer) through kafka-python, for more than one machine.

Four things of kafka-python 3.0 shape this module: `pause` and `seek` together starve partitions
for good, so messages that wait are kept here; a producer that had a fatal error stays dead, so it
is thrown away; what timed out may still be on its way, so the producer goes before the call ends;
a join that outlasts a poll may be forgotten, so it is asked for again.
"""

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

from chassis.broker import COMPACTION_DAYS, TOMBSTONE_DAYS, Message, Received, Topic
from chassis.errors import BrokerUnavailable
from chassis.log import logger

with warnings.catch_warnings():
    # It warns on Python 3.11 about something of its own.
    warnings.simplefilter("ignore", DeprecationWarning)
    from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
    from kafka.admin import OffsetSpec
    from kafka.consumer.subscription_state import ConsumerRebalanceListener
    from kafka.errors import (
        CommitFailedError,
        IllegalGenerationError,
        KafkaError,
        RebalanceInProgressError,
        TopicAlreadyExistsError,
        UnknownMemberIdError,
    )
    from kafka.net.compat import KafkaNetClient
    from kafka.structs import OffsetAndMetadata

_DAY_MS = 24 * 60 * 60 * 1000
ANSWER_MS = 5_000
"""How long an answer of the cluster is awaited."""
JOIN_MS = 6_000
"""How long a member of a group may be silent: one that was killed is missed this long."""
FETCH_WAIT_MS = 500
"""How long the cluster keeps a question open that has no answer yet; what arrives comes at once."""
HELD_MOST = 1_000
"""Messages of a partition that are kept here while its first one waits."""
DROPPED_PAUSE_SECONDS = 0.1

_TAKEN_AWAY = (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)


class KafkaBroker:
    """A Kafka cluster."""

    delivery_seconds = 10.0

    def __init__(self, servers: str) -> None:
        """Take `host:port,host:port`. Connects when it is first asked for something."""
        self._common = {
            "bootstrap_servers": servers.rstrip("/").split(","),
            "bootstrap_timeout_ms": ANSWER_MS,
            "request_timeout_ms": ANSWER_MS,
            "reconnect_backoff_max_ms": 1_000,
            # New partitions' leaders and topics that come back are found this fast.
            "metadata_max_age_ms": 10_000,
        }
        self._topics: dict[str, Topic] = {}
        self._admin: KafkaAdminClient | None = None
        self._connecting = threading.Lock()

    def prepare(self, topics: Iterable[Topic]) -> None:
        """Make topics that are not there; replicas are as many as the cluster's default."""
        self._topics |= {topic.name: topic for topic in topics}
        self.make_missing()

    def make_missing(self) -> None:
        """Make those topics that the cluster does not have (any more)."""
        with self._asked() as admin:
            there = set(admin.list_topics())
            missing = [topic for name, topic in self._topics.items() if name not in there]
            if missing:
                made = {topic.name: _new_topic(topic) for topic in missing}
                with suppress(TopicAlreadyExistsError):
                    admin.create_topics(made, raise_errors=True)
                admin.wait_for_topics([topic.name for topic in missing], timeout_ms=ANSWER_MS)

    def publisher(self) -> "KafkaPublisher":
        """A publisher; it connects when it first sends."""
        return KafkaPublisher(self, self._common)

    def subscribe(self, group: str, topics: Sequence[str]) -> "KafkaSubscription":
        """Join a group; partitions come with one of the first calls of `poll`."""
        return KafkaSubscription(self, self._common, group, topics)

    def tail(self, topics: Sequence[str]) -> "KafkaTail":
        """Read from the end on."""
        return KafkaTail(self._common, topics)

    def lag(self, group: str, topics: Sequence[str]) -> int:
        """How many messages the group has not committed."""
        with self._asked() as admin:
            partitions = [
                TopicPartition(topic["name"], partition["partition_index"])
                for topic in admin.describe_topics(list(topics))
                for partition in topic["partitions"]
            ]
            committed = admin.list_group_offsets({group: partitions})[group]
            ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
            begins = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        done = {tp: max(offset.offset, begins[tp].offset) for tp, offset in committed.items()}
        return sum(max(0, ends[tp].offset - done.get(tp, begins[tp].offset)) for tp in partitions)

    def ping(self) -> None:
        """Ask the cluster for its topics' names."""
        with self._asked() as admin:
            admin.list_topics()

    def close(self) -> None:
        """Close the connection for questions."""
        with self._connecting:
            if self._admin:
                self._admin.close()
            self._admin = None

    @contextmanager
    def _asked(self) -> Iterator[KafkaAdminClient]:
        with telling():
            with self._connecting:
                if self._admin is None:
                    self._admin = _connected(KafkaAdminClient, **self._common)
            yield self._admin


class KafkaPublisher:
    """An idempotent producer, exchanged for a new one after any failure."""

    def __init__(self, broker: KafkaBroker, common: Mapping[str, Any]) -> None:
        """Connect later."""
        self._broker, self._common = broker, common
        self._producer: KafkaProducer | None = None

    def send(self, messages: Sequence[Message]) -> None:
        """Hand over all, then await every acknowledgement."""
        if not messages:
            return
        try:
            with telling():
                self._send(messages)
        except BrokerUnavailable:
            self.close()
            # A cluster that came back empty has no topics.
            with suppress(BrokerUnavailable):
                self._broker.make_missing()
            raise

    def close(self) -> None:
        """Drop the producer with whatever it still has in hand."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        # Its own `close` first waits for what is pending, and where that fails leaves everything
        # running: what was given up here would be sent after all, later than what follows.
        producer._sender.force_close()  # noqa: SLF001
        producer._sender.join(ANSWER_MS / 1000)  # noqa: SLF001
        with suppress(KafkaError):
            producer.close(timeout=1)

    def _send(self, messages: Sequence[Message]) -> None:
        until = monotonic() + self._broker.delivery_seconds
        producer = self._producer = self._producer or self._make()
        sent = [
            producer.send(
                message.topic,
                key=message.key.encode(),
                value=message.value,
                headers=[(name, value.encode()) for name, value in message.headers.items()],
            )
            for message in messages
        ]
        for future in sent:
            future.get(timeout=max(0.0, until - monotonic()))

    def _make(self) -> KafkaProducer:
        return _connected(
            KafkaProducer,
            **self._common,
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            max_block_ms=ANSWER_MS,
            delivery_timeout_ms=int(self._broker.delivery_seconds * 1000),
        )


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc] # kafka ships no types
    """A member of a group. Messages that wait, and those behind them, are kept here meanwhile."""

    def __init__(
        self, broker: KafkaBroker, common: Mapping[str, Any], group: str, topics: Sequence[str]
    ) -> None:
        """Connect; the group is joined by polling."""
        self._broker, self._group, self._topics = broker, group, list(topics)
        self._held: dict[TopicPartition, list[Received]] = {}
        self._not_before: dict[TopicPartition, float] = {}
        self._done: dict[TopicPartition, int] = {}
        with telling():
            self._consumer = _connected(
                KafkaConsumer,
                **common,
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                fetch_max_wait_ms=FETCH_WAIT_MS,
                session_timeout_ms=JOIN_MS,
                heartbeat_interval_ms=JOIN_MS // 3,
            )
            self._consumer.subscribe(topics=self._topics, listener=self)

    def poll(self, seconds: float, limit: int = 500) -> list[Received]:
        """What has arrived, and what has waited long enough."""
        self._commit_rest()
        until = monotonic() + seconds
        while True:
            found = self._released(limit) or self._polled(self._wait_seconds(until), limit)
            if found or monotonic() >= until:
                return found

    def retry(self, message: Received, *, seconds: float) -> None:
        """Go back to this message; what is fetched from there on is kept until its time."""
        place = TopicPartition(message.topic, message.partition)
        if place in self._consumer.assignment():
            self._consumer.seek(place, message.offset)
            self._held[place] = []
            self._not_before[place] = monotonic() + seconds

    def commit(self, messages: Sequence[Received]) -> None:
        """Commit by hand. What the cluster does not take now is committed with the next poll."""
        assigned = self._consumer.assignment()
        for message in messages:
            place = TopicPartition(message.topic, message.partition)
            if place in assigned:
                self._done[place] = max(self._done.get(place, 0), message.offset + 1)
        self._commit_rest()

    def lag(self) -> int:
        """How many messages of the group's topics are not committed."""
        return self._broker.lag(self._group, self._topics)

    def close(self) -> None:
        """Leave the group."""
        with suppress(KafkaError):
            self._consumer.close(autocommit=False, timeout_ms=ANSWER_MS)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Forget what was kept of partitions that go to others; called by the client."""
        for place in revoked:
            self._held.pop(place, None)
            self._not_before.pop(place, None)
            self._done.pop(place, None)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Nothing to do: reading starts behind what is committed."""

    def _wait_seconds(self, until: float) -> float:
        return max(0.0, min([until, *self._not_before.values()]) - monotonic())

    def _released(self, limit: int) -> list[Received]:
        """What was kept and may be given now; the rest of it at the next call."""
        now = monotonic()
        for place, time in list(self._not_before.items()):
            if time > now:
                continue
            held = self._held.get(place, [])
            found, held[:limit] = held[:limit], []
            if not held:
                self._held.pop(place, None)
                self._not_before.pop(place, None)
            if found:
                return found
        return []

    def _polled(self, seconds: float, limit: int) -> list[Received]:
        # A join that a short poll left half done is forgotten by the client once its view of the
        # topics has changed meanwhile: no partitions, no heartbeats, for good. It is reminded.
        if self._consumer._coordinator.rejoining:  # noqa: SLF001
            self._consumer._coordinator.request_rejoin()  # noqa: SLF001
        with telling():
            fresh = self._consumer.poll(timeout_ms=int(seconds * 1000), max_records=limit)
        found: list[Received] = []
        is_dropped = False
        for place, records in fresh.items():
            held = self._held.get(place)
            if held is None:
                found += [_received(record) for record in records]
            elif len(held) < HELD_MOST:
                held += [_received(record) for record in records]
            else:
                # Too much to keep; it will be fetched again.
                self._consumer.seek(place, held[-1].offset + 1)
                is_dropped = True
        if is_dropped and not found:
            sleep(DROPPED_PAUSE_SECONDS)
        return found

    def _commit_rest(self) -> None:
        if not self._done:
            return
        offsets = {place: OffsetAndMetadata(end, "", -1) for place, end in self._done.items()}
        with telling():
            try:
                self._consumer.commit(offsets, timeout_ms=ANSWER_MS)
            except _TAKEN_AWAY as error:
                logger().info("partitions were taken away", reason=type(error).__name__)
        self._done.clear()


class KafkaTail:
    """All partitions, assigned by hand: nobody else knows of this reader."""

    def __init__(self, common: Mapping[str, Any], topics: Sequence[str]) -> None:
        """Find the ends."""
        with telling():
            self._consumer = _connected(
                KafkaConsumer,
                **common,
                enable_auto_commit=False,
                # After a cluster that came back empty, the beginning is what is new.
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                fetch_max_wait_ms=FETCH_WAIT_MS,
            )
            places = [
                TopicPartition(topic, partition)
                for topic in topics
                for partition in self._partitions(topic)
            ]
            self._consumer.assign(places)
            for place, end in self._consumer.end_offsets(places, timeout_ms=ANSWER_MS).items():
                self._consumer.seek(place, end)

    def poll(self, seconds: float, limit: int = 500) -> list[Received]:
        """What has arrived since."""
        with telling():
            fresh = self._consumer.poll(timeout_ms=int(seconds * 1000), max_records=limit)
        return [_received(record) for records in fresh.values() for record in records]

    def close(self) -> None:
        """Let go of connections."""
        with suppress(KafkaError):
            self._consumer.close(autocommit=False, timeout_ms=ANSWER_MS)

    def _partitions(self, topic: str) -> list[int]:
        found: set[int] | None = self._consumer.partitions_for_topic(topic)
        if not found:
            self._consumer.close(autocommit=False)
            raise BrokerUnavailable(f"there is no topic {topic} yet")
        return sorted(found)


@contextmanager
def telling() -> Iterator[None]:
    """Tell every failure of the client as one kind."""
    try:
        yield
    except KafkaError as error:
        raise BrokerUnavailable(f"Kafka does not answer: {error}") from error


def _connected(kind: Callable[..., Any], **config: Any) -> Any:
    """A client of this kind. One that cannot connect leaves its thread and sockets behind: they are
    closed here, or a long outage would use them all up.
    """
    made: list[KafkaNetClient] = []

    def make(**given: Any) -> KafkaNetClient:
        made.append(KafkaNetClient(**given))
        return made[-1]

    try:
        return kind(kafka_client=make, **config)
    except BaseException:
        for client in made:
            client.close()
        raise


def _new_topic(topic: Topic) -> dict[str, Any]:
    kept = {"cleanup.policy": "delete", "retention.ms": topic.retention_days * _DAY_MS}
    if topic.compacted:
        kept = {
            "cleanup.policy": "compact",
            "min.compaction.lag.ms": (COMPACTION_DAYS - 1) * _DAY_MS,
            "max.compaction.lag.ms": COMPACTION_DAYS * _DAY_MS,
            "delete.retention.ms": TOMBSTONE_DAYS * _DAY_MS,
        }
    return {
        "num_partitions": topic.partitions,
        "replication_factor": -1,
        "configs": {name: str(value) for name, value in kept.items()},
    }


def _received(record: Any) -> Received:
    return Received(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=(record.key or b"").decode(errors="replace"),
        value=record.value,
        headers={name: value.decode(errors="replace") for name, value in record.headers},
        arrived_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )
