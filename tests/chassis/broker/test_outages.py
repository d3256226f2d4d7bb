"""A broker that is away, slow, or back with nothing: told as such, waited for, nothing lost."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from chassis import sqlite
from chassis.broker import Received, Topic, open_broker
from chassis.errors import BrokerUnavailable
from tests.backends.kafka import Kafka
from tests.chassis.broker.conftest import Log, a_message, read, texts
from tests.harness import eventually


@pytest.fixture
def node(kafka: Kafka) -> Iterator[tuple[Kafka, Log]]:
    log = Log(kafka.url)
    yield kafka, log
    log.close()


def patiently(call: object, *, seconds: float = 180) -> object:
    """Call until the broker answers."""

    def answered() -> object:
        try:
            return (call(),)  # type: ignore[operator]
        except BrokerUnavailable:
            return ()

    return eventually(answered, seconds=seconds)[0]


def test_a_cluster_that_was_killed_is_waited_for_and_lost_nothing(node: tuple[Kafka, Log]) -> None:
    kafka, log = node
    topic = log.topic()
    publisher, member, tail = log.broker.publisher(), log.join(topic), log.broker.tail([topic])
    publisher.send([a_message(topic, f"lamp {n}", f"before {n}") for n in range(30)])
    found = read(member, 20)
    kafka.kill()
    began = monotonic()
    with pytest.raises(BrokerUnavailable):
        publisher.send([a_message(topic, "lamp", "meanwhile")])
    assert monotonic() - began < 90
    senders = [t for t in threading.enumerate() if type(t).__name__ == "Sender"]
    assert not senders, "what was given up must not be sent after all, behind what follows"
    with pytest.raises(BrokerUnavailable):
        log.broker.ping()
    kafka.start()
    patiently(log.broker.ping)
    patiently(lambda: publisher.send([a_message(topic, "lamp", "after")]))
    had = {*texts(found)}
    until = monotonic() + 180
    while not had >= {f"before {n}" for n in range(30)} | {"after"}:
        assert monotonic() < until, f"only {sorted(had)}"
        fresh: list[Received] = patiently(lambda: member.poll(0.5))  # type: ignore[assignment]
        patiently(lambda fresh=fresh: member.commit(fresh))
        had |= {*texts(fresh)}
    live: list[str] = []
    while "after" not in live:
        assert monotonic() < until, f"the tail is silent: {live}"
        live += texts(patiently(lambda: tail.poll(0.5)))  # type: ignore[arg-type]
    assert patiently(member.lag) == 0
    publisher.close()
    tail.close()


def test_a_cluster_that_comes_back_empty_gets_its_topics_again(node: tuple[Kafka, Log]) -> None:
    kafka, log = node
    topic = log.topic()
    publisher, member = log.broker.publisher(), log.join(topic)
    publisher.send([a_message(topic, f"lamp {n}", f"{n}") for n in range(30)])
    read(member, 30)
    kafka.kill()
    kafka.forget()
    kafka.start()
    again = [a_message(topic, f"lamp {n}", f"again {n}") for n in range(30)]
    patiently(lambda: publisher.send(again))
    had: set[str] = set()
    until = monotonic() + 180
    while not had >= {f"again {n}" for n in range(30)}:
        assert monotonic() < until, f"only {sorted(had)}"
        fresh: list[Received] = patiently(lambda: member.poll(0.5))  # type: ignore[assignment]
        had |= {*texts(fresh)}
        patiently(lambda fresh=fresh: member.commit(fresh))
    publisher.close()


def test_a_cluster_that_freezes_for_a_while_loses_nothing(node: tuple[Kafka, Log]) -> None:
    kafka, log = node
    topic = log.topic()
    publisher, member = log.broker.publisher(), log.join(topic)
    publisher.send([a_message(topic, "lamp", "before")])
    read(member, 1)
    kafka.freeze()
    thaw = threading.Timer(12, kafka.thaw)
    thaw.start()
    for n in range(5):
        patiently(lambda n=n: publisher.send([a_message(topic, "lamp", f"{n}")]))
    thaw.join()
    had: list[str] = []
    until = monotonic() + 180
    while not {*had} >= {f"{n}" for n in range(5)}:
        assert monotonic() < until, f"only {had}"
        fresh: list[Received] = patiently(lambda: member.poll(0.5))  # type: ignore[assignment]
        had += texts(fresh)
        patiently(lambda fresh=fresh: member.commit(fresh))
    # Repeats are allowed, going back is not: by the first time each was seen.
    firsts = sorted(range(5), key=lambda n: had.index(f"{n}"))
    assert firsts == list(range(5))
    publisher.close()


def test_nobody_answers_where_there_is_no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.broker.kafka.ANSWER_MS", 500)
    broker = open_broker("kafka://127.0.0.1:9")
    threads = threading.active_count()
    for ask in (
        lambda: broker.prepare([Topic(name="lamp-lit")]),
        broker.ping,
        lambda: broker.subscribe("board", ["lamp-lit"]),
        lambda: broker.tail(["lamp-lit"]),
        lambda: broker.lag("board", ["lamp-lit"]),
        lambda: broker.publisher().send([a_message("lamp-lit", "lamp", "1")]),
    ):
        began = monotonic()
        with pytest.raises(BrokerUnavailable):
            ask()
        assert monotonic() - began < 60
    assert threading.active_count() == threads, "who tries for hours must not pile up threads"
    broker.close()


def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder")
    broker = open_broker(f"sqlite:{tmp_path}/taken/events.db")
    with pytest.raises(BrokerUnavailable, match="taken"):
        broker.prepare([Topic(name="lamp-lit")])


def test_a_file_that_stays_locked_is_told_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(f"sqlite:{tmp_path}/events.db")
    topic = log.topic()
    publisher, member = log.broker.publisher(), log.join(topic)
    publisher.send([a_message(topic, "lamp", "1")])
    (first,) = read(member, 1, commits=False)
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    with sqlite3.connect(tmp_path / "events.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BrokerUnavailable, match="locked"):
            publisher.send([a_message(topic, "lamp", "2")])
        with pytest.raises(BrokerUnavailable, match="locked"):
            member.commit([first])
        other.execute("ROLLBACK")
    other.close()
    publisher.send([a_message(topic, "lamp", "3")])
    assert texts(read(member, 1)) == ["3"]
    assert member.lag() == 0
    log.close()


def test_a_file_that_was_deleted_is_told(tmp_path: Path) -> None:
    log = Log(f"sqlite:{tmp_path}/events.db")
    topic = log.topic()
    (tmp_path / "events.db").unlink()
    with pytest.raises(BrokerUnavailable):
        log.send(topic, ("lamp", "1"))
    with pytest.raises(BrokerUnavailable):
        log.broker.ping()
    log.close()
