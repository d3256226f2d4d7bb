"""What a topic keeps and for how long, alike on both brokers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis.broker import Message
from chassis.broker.sqlite import SqliteBroker, tidy
from tests.backends.kafka import Kafka
from tests.chassis.broker.conftest import Log, a_message, read, texts


@pytest.fixture
def log_file(tmp_path: Path) -> Any:
    log = Log(f"sqlite:{tmp_path}/events.db")
    yield log
    log.close()


def kept(log: Log, topic: str, *, after: timedelta) -> list[tuple[str, str | None]]:
    """What is left once so much time has passed."""
    assert isinstance(log.broker, SqliteBroker)
    tidy(log.broker._file, [topic], now=datetime.now(UTC) + after)
    reader = log.broker.subscribe(f"reader {after}", [topic])
    found = reader.poll(0)
    reader.close()
    return [(m.key, None if m.value is None else m.value.decode()) for m in found]


def test_a_compacted_topic_keeps_the_newest_of_each_key(log_file: Log) -> None:
    topic = log_file.topic(compacted=True, partitions=1)
    log_file.send(topic, ("a", "1"), ("b", "1"), ("a", "2"), ("a", "3"))
    everything = [("a", "1"), ("b", "1"), ("a", "2"), ("a", "3")]
    assert kept(log_file, topic, after=timedelta(days=6)) == everything
    assert kept(log_file, topic, after=timedelta(days=8)) == [("b", "1"), ("a", "3")]
    assert kept(log_file, topic, after=timedelta(days=800)) == [("b", "1"), ("a", "3")]


def test_a_tombstone_takes_all_of_its_key_along_and_goes_last(log_file: Log) -> None:
    topic = log_file.topic(compacted=True, partitions=1)
    log_file.send(topic, ("a", "secret"), ("b", "1"))
    publisher = log_file.broker.publisher()
    publisher.send([Message(topic=topic, key="a", value=None, headers={})])
    assert kept(log_file, topic, after=timedelta(days=8)) == [("b", "1"), ("a", None)]
    assert kept(log_file, topic, after=timedelta(days=31)) == [("b", "1")]


def test_what_was_erased_is_no_longer_in_the_file(log_file: Log, tmp_path: Path) -> None:
    topic = log_file.topic(compacted=True, partitions=1)
    log_file.send(topic, ("a", "Anneliese"), ("a", "erased"))
    kept(log_file, topic, after=timedelta(days=8))
    log_file.close()  # the last one to close puts the log into the file
    assert b"Anneliese" not in (tmp_path / "events.db").read_bytes()


def test_any_other_topic_keeps_everything_for_its_time(log_file: Log) -> None:
    topic = log_file.topic(partitions=1)
    log_file.send(topic, ("a", "1"), ("a", "2"))
    assert kept(log_file, topic, after=timedelta(days=29)) == [("a", "1"), ("a", "2")]
    assert kept(log_file, topic, after=timedelta(days=31)) == []


def test_offsets_go_on_behind_what_was_tidied_away(log_file: Log) -> None:
    topic = log_file.topic(partitions=1)
    log_file.send(topic, ("a", "1"), ("a", "2"))
    assert kept(log_file, topic, after=timedelta(days=31)) == []
    assert log_file.broker.lag("new", [topic]) == 0
    log_file.send(topic, ("a", "3"))
    (third,) = read(log_file.join(topic), 1)
    assert (third.offset, third.value) == (2, b"3")
    assert log_file.broker.lag(log_file.group(), [topic]) == 0


def test_kafka_is_told_the_same_rules(kafka_url: str) -> None:
    from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

    log = Log(kafka_url)
    compacted, plain = log.topic("a", compacted=True), log.topic("b")
    client = KafkaAdminClient(bootstrap_servers=kafka_url.removeprefix("kafka://"))
    found = client.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in (compacted, plain)]
    )
    client.close()
    log.close()
    text = repr(found)
    day = 24 * 60 * 60 * 1000
    for value in (6 * day, 7 * day, 30 * day):
        assert str(value) in text
    assert "compact" in text


def test_kafka_compacts(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    """With days as short as a test: the rule itself is one that Kafka follows."""
    from chassis.broker import kafka as module
    from tests.harness import eventually

    monkeypatch.setattr(module, "_DAY_MS", 20)
    log = Log(kafka.url)
    topic = log.topic(compacted=True, partitions=1)
    log.send(topic, ("a", "secret"), ("b", "1"), ("a", "2"))

    def is_compacted() -> bool:
        # A segment is closed by what comes after it, and only a closed one is compacted.
        publisher = log.broker.publisher()
        publisher.send([a_message(topic, "fill", "x" * 400_000) for _ in range(3)])
        publisher.close()
        reader = log.broker.subscribe(f"reader {datetime.now(UTC)}", [topic])
        found = texts(read(reader, 1, commits=False))
        reader.close()
        return "secret" not in found and "1" in found

    eventually(is_compacted, seconds=180)
    log.close()
