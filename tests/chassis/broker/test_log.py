"""What is sent arrives: whole, in order, from the beginning or from now on."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from chassis.broker import Message, Topic
from chassis.errors import BrokerUnavailable
from tests.chassis.broker.conftest import Log, a_message, read, texts


@pytest.mark.parametrize("value", [b"{}", b"", None, b"\x00\xff", b"x" * 900_000])
def test_a_message_arrives_as_it_was_sent(log: Log, value: bytes | None) -> None:
    topic = log.topic()
    publisher = log.broker.publisher()
    sent = Message(topic=topic, key="Zoë/1", value=value, headers={"ce_id": "1", "who": "Zoë"})
    publisher.send([sent])
    publisher.close()
    (got,) = read(log.join(topic), 1)
    assert (got.topic, got.key, got.value, dict(got.headers)) == (
        topic,
        "Zoë/1",
        value,
        {"ce_id": "1", "who": "Zoë"},
    )
    assert abs(got.arrived_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert got.offset == 0


def test_messages_of_one_key_stay_in_order(log: Log) -> None:
    topic = log.topic(partitions=4)
    log.send(topic, *((f"lamp {n % 9}", str(n)) for n in range(900)))
    by_key: dict[str, list[int]] = {}
    for message in read(log.join(topic), 900):
        by_key.setdefault(message.key, []).append(int((message.value or b"").decode()))
    assert len(by_key) == 9
    for numbers in by_key.values():
        assert numbers == sorted(numbers)
        assert len(numbers) == 100


def test_a_key_is_always_in_the_same_partition(log: Log) -> None:
    topic = log.topic(partitions=4)
    for n in range(3):
        log.send(topic, *((f"lamp {k}", str(n)) for k in range(12)))
    found = read(log.join(topic), 36)
    places = {(message.key, message.partition) for message in found}
    assert len(places) == 12
    assert len({partition for _, partition in places}) > 1


def test_many_who_send_at_once_all_arrive_each_in_order(log: Log) -> None:
    topic = log.topic()

    def send(who: int) -> None:
        for n in range(40):
            log.send(topic, (f"lamp {who}", f"{who}.{n:02d}"))

    threads = [threading.Thread(target=send, args=(who,)) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = texts(read(log.join(topic), 240))
    assert len(set(found)) == 240
    for who in range(6):
        own = [text for text in found if text.startswith(f"{who}.")]
        assert own == sorted(own)


def test_nothing_is_sent_to_a_topic_that_is_not_there(log: Log) -> None:
    publisher = log.broker.publisher()
    with pytest.raises(BrokerUnavailable):
        publisher.send([a_message("nobody-made-this", "lamp", "1")])
    topic = log.topic()
    publisher.send([a_message(topic, "lamp", "2")])
    publisher.close()
    assert texts(read(log.join(topic), 1)) == ["2"]


def test_sending_nothing_is_no_fault(log: Log) -> None:
    publisher = log.broker.publisher()
    publisher.send([])
    publisher.close()


def test_topics_are_made_by_many_at_once_and_never_change(log: Log) -> None:
    topic = log.topic(partitions=3)
    faults: list[Exception] = []

    def prepare(n: int) -> None:
        try:
            log.another().prepare(
                [Topic(name=topic, partitions=5), Topic(name=f"{topic}-b", partitions=2)]
            )
        except Exception as error:  # noqa: BLE001 (told below)
            faults.append(error)

    threads = [threading.Thread(target=prepare, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    log.send(topic, *((f"lamp {n}", str(n)) for n in range(60)))
    assert {message.partition for message in read(log.join(topic), 60)} == {0, 1, 2}


def test_a_tail_gets_everything_from_now_on_and_nothing_from_before(log: Log) -> None:
    first, second = log.topic("lamp-lit"), log.topic("lamp-dimmed")
    log.send(first, *((f"lamp {n}", "before") for n in range(10)))
    tail = log.broker.tail([first, second])
    log.send(first, *((f"lamp {n}", "after") for n in range(10)))
    log.send(second, *((f"lamp {n}", "after") for n in range(10)))
    found = read(tail, 20, commits=False)
    assert set(texts(found)) == {"after"}
    assert tail.poll(0.1) == []
    tail.close()


def test_every_tail_gets_everything(log: Log) -> None:
    topic = log.topic()
    tails = [log.broker.tail([topic]) for _ in range(3)]
    log.send(topic, ("lamp", "1"), ("lamp", "2"))
    for tail in tails:
        assert texts(read(tail, 2, commits=False)) == ["1", "2"]
        tail.close()


def test_a_tail_of_a_topic_that_nobody_made_yet_may_be_tried_again(log: Log) -> None:
    log.topic()
    with pytest.raises(BrokerUnavailable):
        log.broker.tail(["nobody-made-this"])


def test_a_broker_that_answers_can_be_asked_whether_it_does(log: Log) -> None:
    log.topic()
    log.broker.ping()
