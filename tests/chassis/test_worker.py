"""Outbox, inbox, relay, consumer and timers together: nothing lost, nothing done twice."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.broker import Message, Received
from chassis.cli import replay, republish
from chassis.errors import BrokerUnavailable, StoreUnavailable, Unavailable
from chassis.events import Event, fact_id
from chassis.relay import Relay, RelayIsBusy
from chassis.worker import Worker
from tests.chassis import toy
from tests.harness import Town, an_actor, an_event, eventually

SOMEBODY = an_actor(association_id=toy.ASSOCIATION)
COUNT = fact_id("count", toy.ASSOCIATION)


def a_lit_lamp(town: Town, place: str = "hall") -> str:
    lamp: str = town.lamps.post("/lamps", {"place": place}, actor=SOMEBODY).json["lamp_id"]
    assert town.lamps.post(f"/lamps/{lamp}/lighting", actor=SOMEBODY).status_code == 200
    return lamp


def lit(town: Town) -> int:
    found = town.board.records.counts.find_one(toy.ASSOCIATION, {})
    return found.lit if found else 0


def letters(town: Town) -> list[Received]:
    reader = town.board.running.broker.subscribe("reader of letters", ["board.dead-letters"])
    found = reader.poll(0.5)
    reader.close()
    return found


def test_an_event_reaches_its_listener(town: Town) -> None:
    lamp = a_lit_lamp(town)
    town.pump()
    assert lit(town) == 1
    assert town.board.records.seen.get(toy.ASSOCIATION, lamp)["is_lit"] is True


def test_things_are_read_by_their_ids_many_at_once(town: Town) -> None:
    lamps = [a_lit_lamp(town, f"room {n}") for n in range(3)]
    town.pump()
    wanted = [*lamps, lamps[0], "00000000-0000-4000-8000-000000000000"]
    found = town.lamps.records.lamps.many(toy.ASSOCIATION, wanted)
    assert {id: lamp.place for id, lamp in found.items()} == {
        lamp: f"room {n}" for n, lamp in enumerate(lamps)
    }
    town.board.hear(replace(an_event(toy.LAMP_LIT, version=6), subject=lamps[1], data=None))
    assert set(town.board.records.seen.many(toy.ASSOCIATION, wanted)) == {lamps[0], lamps[2]}
    assert town.lamps.records.lamps.many("another association", wanted) == {}


def test_nothing_happens_without_events(town: Town) -> None:
    town.pump()
    assert lit(town) == 0


def test_at_rest_nobody_asks_what_is_due_or_waits(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lit_lamp(town)
    town.pump()
    asked: list[str] = []
    find = town.lamps.running.store.find

    def counted(collection: str, *args: Any, **more: Any) -> Any:
        asked.append(collection)
        return find(collection, *args, **more)

    monkeypatch.setattr(town.lamps.running.store, "find", counted)
    town.pump()
    assert asked == []
    town.go_on(days=1)
    assert "lamps" in asked
    asked.clear()
    a_lit_lamp(town, "yard")
    town.pump()
    assert "lamps" in asked
    assert lit(town) == 2


def test_many_events_are_each_counted_once(town: Town) -> None:
    for n in range(250):
        a_lit_lamp(town, f"room {n}")
    town.pump()
    assert lit(town) == 250


def test_an_event_delivered_twice_counts_once(town: Town) -> None:
    heard = an_event(toy.LAMP_LIT)
    town.board.hear(heard)
    town.board.hear(heard)
    assert lit(town) == 1


def test_an_older_event_that_comes_late_does_not_undo_a_newer_one(town: Town) -> None:
    town.board.hear(an_event(toy.LAMP_LIT, version=5, is_lit=False))
    town.board.hear(an_event(toy.LAMP_LIT, version=4, is_lit=True))
    assert town.board.records.seen.get(toy.ASSOCIATION, toy.LAMP)["is_lit"] is False


def test_a_tombstone_erases_for_good(town: Town) -> None:
    town.board.hear(an_event(toy.LAMP_LIT, version=5))
    town.board.hear(replace(an_event(toy.LAMP_LIT, version=6), data=None))
    town.board.hear(an_event(toy.LAMP_LIT, version=7))
    assert town.board.records.seen.get(toy.ASSOCIATION, toy.LAMP) is None


def test_a_relay_that_died_between_sending_and_clearing_only_repeats(town: Town) -> None:
    lamp = a_lit_lamp(town)
    before = town.lamps.running.store.get("lamps", toy.ASSOCIATION, lamp)
    town.pump()
    # As if the process had been killed before it cleared the outbox.
    assert before is not None
    town.lamps.running.store.save("lamps", before, replaces=before["version"])
    town.pump()
    assert len([e for e in town.events("lamp-lit") if e["lamp_id"] == lamp]) == 2
    assert lit(town) == 1


def test_a_change_while_the_relay_sends_is_sent_too(town: Town) -> None:
    lamp = a_lit_lamp(town)
    relay, store = town.lamps.worker.relay, town.lamps.running.store
    read = store.find("lamps", None, {"pending": True})

    def dim(lamp: toy.Lamp) -> list[Event]:
        lamp.is_lit = False
        return [toy.LAMP_LIT(lamp.id, lamp.public())]

    town.lamps.records.lamps.change(toy.ASSOCIATION, lamp, dim, now=town.clock.now())
    relay._send("lamps", read)
    town.pump()
    told = [e["is_lit"] for e in town.events("lamp-lit") if e["lamp_id"] == lamp]
    assert told == [True, False], "what had gone out already was not sent again"
    assert town.board.records.seen.get(toy.ASSOCIATION, lamp)["is_lit"] is False


def test_clearing_an_outbox_leaves_the_version_a_person_saw(town: Town) -> None:
    lamp = a_lit_lamp(town)
    town.pump()
    assert town.lamps.get(f"/lamps/{lamp}", actor=SOMEBODY).headers["ETag"] == '"2"'


def test_only_one_relay_of_a_store_sends(town: Town) -> None:
    a_lit_lamp(town)
    town.lamps.worker.relay.step()
    other = Relay(town.lamps.running)
    a_lit_lamp(town, "attic")
    assert other.step() == 0
    with pytest.raises(RelayIsBusy):
        other.republish(days=1)
    town.lamps.worker.relay.close()
    assert other.step() == 1
    other.close()


def test_a_broker_that_is_away_keeps_the_events_waiting(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lit_lamp(town)
    relay = town.lamps.worker.relay

    def refuse(_messages: list[Message]) -> None:
        raise BrokerUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(relay._publisher, "send", refuse)
        with pytest.raises(BrokerUnavailable):
            relay.step()
    town.pump()
    assert lit(town) == 1


def test_a_handler_that_fails_a_few_times_succeeds_in_the_end(town: Town) -> None:
    town.board.records.trouble = [ValueError("once"), ValueError("twice")]
    a_lit_lamp(town)
    eventually(lambda: (town.pump(), lit(town) == 1)[1])
    assert town.board.records.tried == 3
    assert letters(town) == []


def test_a_handler_that_never_succeeds_leaves_a_dead_letter_and_goes_on(town: Town) -> None:
    town.board.records.trouble = [ValueError(f"no {n}") for n in range(5, 0, -1)]
    a_lit_lamp(town, "poison")
    eventually(lambda: (town.pump(), town.board.records.tried == 5)[1])
    a_lit_lamp(town, "good")
    (letter,) = eventually(lambda: (town.pump(), letters(town))[1], seconds=30)
    assert lit(town) == 1
    assert letter.headers["dead-topic"] == "lamp-lit"
    assert letter.headers["dead-reason"] == "ValueError: no 5"
    assert letter.headers["dead-tries"] == "5"


def test_a_dead_letter_can_be_handled_again(town: Town) -> None:
    town.board.records.trouble = [ValueError("no")] * 5
    a_lit_lamp(town)
    eventually(lambda: (town.pump(), town.board.records.tried == 5)[1], seconds=20)
    town.pump()
    assert replay(town.board.running) == (1, 0)
    assert lit(town) == 1
    assert replay(town.board.running) == (0, 0)


def test_a_dead_letter_that_fails_again_goes_to_the_end_of_the_line(town: Town) -> None:
    town.board.records.trouble = [ValueError("no")] * 5
    poison = a_lit_lamp(town, "poison")
    eventually(lambda: (town.pump(), town.board.records.tried == 5)[1], seconds=20)
    town.board.records.trouble = [ValueError("no")] * 5
    a_lit_lamp(town, "other")
    eventually(lambda: (town.pump(), town.board.records.tried == 10)[1], seconds=20)
    town.board.records.trouble = [ValueError("still not")]
    assert replay(town.board.running) == (1, 1)
    *_, last = letters(town)
    assert (last.key, last.headers["dead-tries"]) == (poison, "6")
    assert last.headers["dead-reason"] == "ValueError: still not"
    assert last.headers["dead-topic"] == "lamp-lit"
    assert replay(town.board.running) == (1, 0)
    assert lit(town) == 2


def test_a_store_that_is_away_is_waited_for_without_end(town: Town) -> None:
    town.board.records.trouble = [StoreUnavailable()] * 7
    a_lit_lamp(town)
    eventually(lambda: (town.pump(), lit(town) == 1)[1], seconds=30)
    assert town.board.records.tried == 8
    assert letters(town) == []


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (b"{", {}),
        (b"[]", {}),
        (b'{"is_lit": "yes"}', {}),
        (b"[" * 100_000, {}),
        (b"\xff", {}),
        (b"{}", {"version": "x"}),
        (b"{}", {"ce_time": "yesterday"}),
        (b"{}", {"ce_type": "other"}),
    ],
    ids=["cut", "list", "state", "depth", "bytes", "version", "time", "type"],
)
def test_a_malformed_event_is_set_aside_at_once(
    town: Town, value: bytes, headers: dict[str, str]
) -> None:
    lamp = a_lit_lamp(town)
    town.pump()
    right = town.lamps.running.broker.subscribe("look", ["lamp-lit"])
    (message,) = right.poll(3)
    right.close()
    publisher = town.lamps.running.broker.publisher()
    publisher.send(
        [Message(topic="lamp-lit", key=lamp, value=value, headers={**message.headers, **headers})]
    )
    publisher.close()
    town.pump()
    assert len(letters(town)) == 1
    assert lit(town) == 1


def test_a_lost_broker_is_refilled_from_the_archive(town: Town) -> None:
    for n in range(3):
        a_lit_lamp(town, f"room {n}")
    town.pump()
    town.lamps.worker.relay.close()
    assert republish(town.lamps.running, days=1) == 3
    town.pump()
    assert len(town.events("lamp-lit")) == 6
    assert lit(town) == 3


def test_what_is_due_is_done_once_and_not_before(town: Town) -> None:
    lamp = a_lit_lamp(town)
    town.go_on(minutes=59)
    assert town.lamps.records.lamps.get(toy.ASSOCIATION, lamp).glowed == 0
    town.go_on(minutes=1)
    town.go_on(days=3)
    assert town.lamps.records.lamps.get(toy.ASSOCIATION, lamp).glowed == 1


def test_one_thing_that_fails_when_due_does_not_hold_up_the_others(town: Town) -> None:
    a_lit_lamp(town, "cursed")
    lamp = a_lit_lamp(town)
    town.clock.at += timedelta(hours=2)
    town.pump()
    assert town.lamps.records.lamps.get(toy.ASSOCIATION, lamp).glowed == 1


def test_two_who_change_one_thing_at_once_both_succeed_or_are_told(town: Town) -> None:
    heard = [an_event(toy.LAMP_LIT, version=n) for n in range(1, 9)]
    heard = [replace(h, id=f"event {n}") for n, h in enumerate(heard)]
    lost: list[Exception] = []

    def hear(one: Any) -> None:
        try:
            town.board.hear(one)
        except Exception as error:  # noqa: BLE001 (counted below)
            lost.append(error)

    threads = [threading.Thread(target=hear, args=(one,)) for one in heard]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lit(town) + len(lost) == 8
    for one in heard:
        town.board.hear(one)
    assert lit(town) == 8


def test_a_worker_stops_when_asked_and_leaves_nothing_undone(town: Town) -> None:
    worker = Worker(town.board.running)
    town.board.worker.close()
    thread = threading.Thread(target=worker.run)
    thread.start()
    a_lit_lamp(town)
    town.lamps.worker.turn()
    eventually(lambda: lit(town) == 1)
    worker.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()
    town.board.worker = Worker(town.board.running)


def test_old_events_leave_the_archive_but_the_last_of_each_thing(town: Town) -> None:
    lamp = a_lit_lamp(town)
    town.pump()
    town.clock.at += timedelta(days=20)

    def dim(lamp: toy.Lamp) -> list[Event]:
        lamp.is_lit = False
        return [toy.LAMP_LIT(lamp.id, lamp.public())]

    town.lamps.records.lamps.change(toy.ASSOCIATION, lamp, dim, now=town.clock.now())
    town.pump()
    town.clock.at += timedelta(days=40)
    relay = town.lamps.worker.relay
    relay._tidy_at = datetime.now(UTC)
    relay.step()
    kept = town.lamps.running.store.find("events", None, {}, limit=10)
    assert [json.loads(json.dumps(e["data"]))["is_lit"] for e in kept] == [False]


def test_what_is_due_is_done_by_one_worker_of_several(town: Town) -> None:
    lamp = a_lit_lamp(town)
    town.lamps.worker.close()
    town.clock.at += timedelta(hours=2)
    first, second = Worker(town.lamps.running), Worker(town.lamps.running)
    assert (first.relay.step(), second.relay.step()) == (1, 0)
    assert (first.relay.leads, second.relay.leads) == (True, False)
    second._timer_once(town.lamps.service.timers[0])
    assert town.lamps.records.lamps.get(toy.ASSOCIATION, lamp).glowed == 0
    first._timer_once(town.lamps.service.timers[0])
    assert town.lamps.records.lamps.get(toy.ASSOCIATION, lamp).glowed == 1
    first.close()
    assert not first.relay.leads
    assert second.relay.step() == 0
    assert second.relay.leads
    second.close()


def test_a_lease_of_a_clock_that_was_set_back_is_not_waited_for(town: Town) -> None:
    a_lit_lamp(town)
    relay, store = town.lamps.worker.relay, town.lamps.running.store
    relay.step()
    lease = store.get("leases", "-", "relay")
    assert lease is not None
    far = {**lease, "version": lease["version"] + 1, "until": "2999-01-01T00:00:00.000Z"}
    store.save("leases", far, replaces=lease["version"])
    other = Relay(town.lamps.running)
    other.step()
    assert other.leads
    other.close()


def test_slow_handlers_do_not_keep_a_worker_from_its_group_or_its_end(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(6):
        a_lit_lamp(town, f"room {n}")
    town.lamps.worker.turn()
    consumer = town.board.worker.consumer
    assert consumer is not None
    monkeypatch.setattr("chassis.consumer.STEP_SECONDS", 0.0)
    assert consumer.step(1) == 0
    monkeypatch.undo()
    eventually(lambda: (town.pump(), lit(town) == 6)[1])
    assert town.board.records.tried == 6


def test_a_worker_tells_what_waits_and_how_it_is(town: Town) -> None:
    from prometheus_client import REGISTRY

    a_lit_lamp(town)
    a_lit_lamp(town, "attic")
    for worker in (town.lamps.worker, town.board.worker):
        worker.stop()  # so that measuring does not rest
    town.lamps.worker.measure()
    assert REGISTRY.get_sample_value("guildway_outbox_pending") == 2
    town.lamps.worker.turn()
    town.lamps.worker.measure()
    assert REGISTRY.get_sample_value("guildway_outbox_pending") == 0
    town.board.worker.measure()
    assert REGISTRY.get_sample_value("guildway_consumer_lag") == 2
    town.board.worker.turn()
    town.board.worker.measure()
    assert REGISTRY.get_sample_value("guildway_consumer_lag") == 0
    town.board.worker.ready()
    town.board.worker.live()
    town.board.worker._beats["consume"] = -10_000.0
    with pytest.raises(Unavailable, match="consume"):
        town.board.worker.live()


def test_an_event_no_broker_would_take_is_refused_when_it_is_stored(town: Town) -> None:
    lamp = a_lit_lamp(town)

    def swell(lamp: toy.Lamp) -> list[Event]:
        return [toy.LAMP_LIT(lamp.id, {**lamp.public(), "words": "x" * 1_000_000})]

    with pytest.raises(ValueError, match="larger"):
        town.lamps.records.lamps.change(toy.ASSOCIATION, lamp, swell, now=town.clock.now())
    town.pump()
    assert lit(town) == 1


def test_an_event_of_one_association_says_nothing_of_another(town: Town) -> None:
    lamp = a_lit_lamp(town)
    town.pump()
    right = town.lamps.running.broker.subscribe("look", ["lamp-lit"])
    (message,) = right.poll(3)
    right.close()
    publisher = town.lamps.running.broker.publisher()
    headers = {**message.headers, "association": toy.LAMP, "version": "9", "ce_id": "forged"}
    publisher.send([Message(topic="lamp-lit", key=lamp, value=message.value, headers=headers)])
    publisher.close()
    town.pump()
    assert len(letters(town)) == 1
    assert town.board.records.seen.get(toy.LAMP, lamp) is None
