"""Groups: each gets everything once, again what was not committed, and never out of order."""

import subprocess
import sys
from time import monotonic

from chassis.broker import Received, Subscription
from tests.chassis.broker.conftest import Log, read, texts
from tests.harness import eventually


def test_a_new_group_starts_at_the_beginning(log: Log) -> None:
    topic = log.topic()
    log.send(topic, ("lamp", "1"), ("lamp", "2"))
    assert texts(read(log.join(topic), 2)) == ["1", "2"]


def test_what_is_committed_is_not_given_again_and_what_is_not_is(log: Log) -> None:
    topic = log.topic()
    log.send(topic, *(("lamp", str(n)) for n in range(5)))
    member = log.join(topic)
    found = read(member, 5, commits=False)
    member.commit(found[:3])
    member.close()
    assert texts(read(log.join(topic), 2)) == ["3", "4"]


def test_every_group_gets_everything(log: Log) -> None:
    topic = log.topic()
    log.send(topic, ("lamp", "1"), ("lamp", "2"))
    for group in ("board", "ledger"):
        assert texts(read(log.join(topic, group=group), 2)) == ["1", "2"]


def test_a_group_hears_all_its_topics(log: Log) -> None:
    topics = [log.topic(name) for name in ("lamp-lit", "lamp-dimmed", "lamp-sold")]
    for topic in topics:
        log.send(topic, ("lamp", topic))
    assert sorted(texts(read(log.join(*topics), 3))) == sorted(topics)


def test_nothing_new_is_waited_for_no_longer_than_asked(log: Log) -> None:
    member = log.join(log.topic())
    member.poll(5)
    began = monotonic()
    assert member.poll(0.3) == []
    assert 0.25 < monotonic() - began < 10


def test_what_comes_while_polling_is_given_at_once(log: Log) -> None:
    topic = log.topic()
    member = log.join(topic)
    log.send(topic, ("lamp", "first"))
    read(member, 1)
    log.send(topic, ("lamp", "second"))
    began = monotonic()
    assert texts(member.poll(20)) == ["second"]
    assert monotonic() - began < 10


def test_no_more_is_given_at_once_than_asked_for(log: Log) -> None:
    topic = log.topic()
    log.send(topic, *((f"lamp {n}", str(n)) for n in range(100)))
    member = log.join(topic)
    found: list[Received] = []
    while len(found) < 100:
        fresh = member.poll(1, limit=7)
        assert len(fresh) <= 7
        found += fresh
    assert sorted(map(int, texts(found))) == list(range(100))


def keys_apart(log: Log, topic: str) -> tuple[str, str]:
    """Two keys of different partitions."""
    log.send(topic, *((f"lamp {n}", "look") for n in range(20)))
    looking = log.join(topic, group="look")
    found = read(looking, 20)
    looking.close()
    other = next(m for m in found if m.partition != found[0].partition)
    return found[0].key, other.key


def test_a_message_that_waits_comes_again_with_all_behind_it(log: Log) -> None:
    topic = log.topic()
    log.send(topic, *(("lamp", str(n)) for n in range(6)))
    member = log.join(topic)
    found = read(member, 6, commits=False)
    member.commit(found[:2])
    began = monotonic()
    member.retry(found[2], seconds=0.5)
    log.send(topic, ("lamp", "6"), ("lamp", "7"))
    again = texts(read(member, 6))
    assert monotonic() - began >= 0.5
    assert again == ["2", "3", "4", "5", "6", "7"]


def test_a_message_that_waits_does_not_hold_up_other_partitions(log: Log) -> None:
    topic = log.topic()
    stuck, free = keys_apart(log, topic)
    member = log.join(topic)
    read(member, 20)
    log.send(topic, (stuck, "poison"))
    (poison,) = read(member, 1, commits=False)
    began = monotonic()
    member.retry(poison, seconds=3)
    found: list[str] = []
    for n in range(20):
        log.send(topic, (free, str(n)))
    while "poison" not in found or len(found) < 21:
        found += texts(read(member, 1))
        assert "poison" not in found or monotonic() - began >= 3
    assert found[0] == "0"
    assert [text for text in found if text != "poison"] == [str(n) for n in range(20)]


def test_a_message_may_wait_again_and_again(log: Log) -> None:
    topic = log.topic()
    log.send(topic, ("lamp", "1"), ("lamp", "2"))
    member = log.join(topic)
    for _ in range(4):
        found = read(member, 2, commits=False)
        assert texts(found) == ["1", "2"]
        member.retry(found[0], seconds=0.05)
    assert texts(read(member, 2)) == ["1", "2"]


def test_a_long_line_behind_a_message_that_waits_is_neither_lost_nor_doubled(log: Log) -> None:
    topic = log.topic(partitions=1)
    log.send(topic, ("lamp", "0"))
    member = log.join(topic)
    found = read(member, 1, commits=False)
    member.retry(found[0], seconds=2.0)
    log.send(topic, *(("lamp", str(n)) for n in range(1, 4000)))
    assert [int(text) for text in texts(read(member, 4000))] == list(range(4000))


def test_a_group_that_waits_for_everything_gets_everything_afterwards(log: Log) -> None:
    """As when a store is away: each partition waits, again and again, and goes on in order."""
    topic = log.topic(partitions=6)
    log.send(topic, *((f"lamp {n % 30}", str(n)) for n in range(600)))
    member = log.join(topic)
    until = monotonic() + 3
    while monotonic() < until:
        waiting = set()
        for message in member.poll(0.1):
            if message.partition not in waiting:
                waiting.add(message.partition)
                member.retry(message, seconds=0.2)
    by_key: dict[str, list[int]] = {}
    for message in read(member, 600):
        by_key.setdefault(message.key, []).append(int((message.value or b"").decode()))
    assert all(numbers == sorted(numbers) for numbers in by_key.values())
    assert sum(map(len, by_key.values())) == len({n for ns in by_key.values() for n in ns}) == 600


def test_two_members_share_the_partitions(log: Log) -> None:
    topic = log.topic(partitions=6)
    first, second = log.join(topic), log.join(topic, broker=log.another())
    sent = [0]

    def both_get_some() -> bool:
        log.send(topic, *((f"lamp {n}", f"{sent[0]}.{n}") for n in range(30)))
        sent[0] += 1
        return bool(took(first)) & bool(took(second))

    eventually(both_get_some, seconds=90)
    for _ in range(10):
        took(first), took(second)
    log.send(topic, *((f"lamp {n}", f"last.{n}") for n in range(60)))
    found: list[Received] = []
    while len(found) < 60:
        found += took(first) + took(second)
    assert len({message.value for message in found}) == len(found) == 60


def took(member: Subscription) -> list[Received]:
    found = member.poll(0.2)
    if found:
        member.commit(found)
    return found


def test_a_member_that_leaves_is_replaced_where_it_stood(log: Log) -> None:
    topic = log.topic(partitions=4)
    first, second = log.join(topic), log.join(topic, broker=log.another())
    log.send(topic, *((f"lamp {n}", f"a{n}") for n in range(40)))
    found: list[Received] = []
    while len(found) < 40:
        found += took(first) + took(second)
    first.close()
    log.send(topic, *((f"lamp {n}", f"b{n}") for n in range(40)))
    found += read(second, 40)
    assert len({message.value for message in found}) == len(found) == 80


MEMBER = """
import sys
from chassis.broker import open_broker
url, group, topic = sys.argv[1:]
member = open_broker(url).subscribe(group, [topic])
while True:
    for message in member.poll(1):
        print(message.value.decode(), flush=True)
"""


def test_a_member_that_was_killed_is_replaced_and_what_it_had_comes_again(log: Log) -> None:
    topic = log.topic(partitions=4)
    log.send(topic, *((f"lamp {n}", str(n)) for n in range(40)))
    argv = [sys.executable, "-W", "ignore", "-c", MEMBER, log.url, log.group(), topic]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        had = {int(killed.stdout.readline()) for _ in range(40)}
        killed.kill()
    assert had == set(range(40))
    began = monotonic()
    assert sorted(map(int, texts(read(log.join(topic), 40)))) == list(range(40))
    assert monotonic() - began < 45


def test_what_was_taken_away_is_not_committed(log: Log) -> None:
    """A slow member wakes up after others took over: its word no longer counts."""
    topic = log.topic(partitions=1)
    log.send(topic, ("lamp", "1"), ("lamp", "2"))
    slow = log.join(topic)
    had = read(slow, 2, commits=False)
    slow.close()
    other = log.join(topic, broker=log.another())
    (first, _second) = read(other, 2, commits=False)
    other.commit([first])
    slow.commit(had)
    other.close()
    assert texts(read(log.join(topic, broker=log.another()), 1)) == ["2"]


def test_the_lag_is_what_no_member_has_committed(log: Log) -> None:
    topic, other = log.topic(), log.topic("lamp-sold")
    log.send(topic, *((f"lamp {n}", str(n)) for n in range(10)))
    assert log.broker.lag(log.group(), [topic, other]) == 10
    member = log.join(topic, other)
    found = read(member, 10, commits=False)
    assert member.lag() == 10
    member.commit(found)
    assert member.lag() == 0
    log.send(other, ("lamp", "sold"))
    assert member.lag() == log.broker.lag(log.group(), [topic, other]) == 1


def test_who_polls_for_a_moment_at_a_time_joins_all_the_same(log: Log) -> None:
    """kafka-python forgets a join that outlasts a poll: whoever polled briefly got nothing."""
    for n in range(15):
        topic = log.topic(f"lamp-{n}")
        log.send(topic, ("lamp", "1"))
        member = log.join(topic, group=f"hasty-{n}")
        began = monotonic()
        while not (found := member.poll(0.01 * (n % 5))):
            assert monotonic() - began < 60
        assert texts(found) == ["1"]
        member.close()
