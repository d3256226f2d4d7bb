"""The same cases on every broker: an event log in a file, and Apache Kafka where Java is."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.broker import Broker, Message, Publisher, Received, Subscription, Topic, open_broker


class Log:
    """A broker, with topics and groups that no other test knows."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.broker = open_broker(url)
        self._mark = uuid.uuid4().hex[:8]
        self._closing: list[Subscription | Publisher | Broker] = []

    def topic(self, name: str = "lamp-lit", *, partitions: int = 3, compacted: bool = False) -> str:
        topic = Topic(name=f"{name}-{self._mark}", partitions=partitions, compacted=compacted)
        self.broker.prepare([topic])
        return topic.name

    def another(self) -> Broker:
        """As another process would open it."""
        broker = open_broker(self.url)
        self._closing.append(broker)
        return broker

    def send(self, topic: str, *pairs: tuple[str, str]) -> None:
        publisher = self.broker.publisher()
        publisher.send([a_message(topic, key, value) for key, value in pairs])
        publisher.close()

    def join(
        self, *topics: str, group: str = "board", broker: Broker | None = None
    ) -> Subscription:
        member = (broker or self.broker).subscribe(f"{group}-{self._mark}", topics)
        self._closing.append(member)
        return member

    def group(self, name: str = "board") -> str:
        return f"{name}-{self._mark}"

    def close(self) -> None:
        for each in reversed(self._closing):
            each.close()
        self.broker.close()


def a_message(topic: str, key: str, value: str | None) -> Message:
    return Message(
        topic=topic,
        key=key,
        value=None if value is None else value.encode(),
        headers={"ce_id": f"{key} {value}"},
    )


def texts(messages: list[Received]) -> list[str]:
    return [(message.value or b"").decode() for message in messages]


def read(
    member: Subscription, count: int, *, seconds: float = 60, commits: bool = True
) -> list[Received]:
    """Poll until so many have come."""
    from time import monotonic

    found: list[Received] = []
    until = monotonic() + seconds
    while len(found) < count:
        assert monotonic() < until, f"only {len(found)} of {count} came: {texts(found)[-5:]}"
        fresh = member.poll(0.2)
        found += fresh
        if fresh and commits:
            member.commit(fresh)
    return found


@pytest.fixture(params=["sqlite", "kafka"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    url = f"sqlite:{tmp_path}/events.db"
    if request.param == "kafka":
        url = request.getfixturevalue("kafka_url")
    log = Log(url)
    yield log
    log.close()
