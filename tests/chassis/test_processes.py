"""Real processes that are killed, stopped and left without store or broker: nothing lost, nothing
done twice, on both pairs of backends.
"""

import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chassis.clock import to_text
from tests.backends.kafka import Kafka
from tests.chassis import toy
from tests.chassis.processes import RUN, Look, Processes
from tests.harness import eventually


@pytest.fixture(params=["one machine", "beyond"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Processes]:
    settings = {}
    if request.param == "beyond":
        mark = f"test{uuid.uuid4().hex[:8]}"
        settings["GUILDWAY_STORE"] = f"{request.getfixturevalue('mongodb_url')}/{mark}"
        settings["GUILDWAY_BROKER"] = request.getfixturevalue("kafka_url")
        settings["TOY_MARK"] = f"-{mark}"
    town = Processes(tmp_path, settings)
    yield town
    town.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Processes]:
    """On one machine's backends."""
    town = Processes(tmp_path, {})
    yield town
    town.close()


@pytest.fixture
def look(town: Processes) -> Iterator[Look]:
    look = town.look()
    yield look
    look.close()


def a_lit_lamp(town: Processes, place: str) -> str | None:
    """The lamp's id once both answers were good; asks again as a client does."""
    made = town.ask("POST", "/lamps", {"place": place}, Idempotency_Key=place, seconds=5)
    if made.status != 201:
        return None
    lamp: str = made.body["lamp_id"]
    lit = town.ask("POST", f"/lamps/{lamp}/lighting", {}, Idempotency_Key=place, seconds=5)
    return lamp if lit.status == 200 else None


def test_one_request_is_followed_from_http_to_handler_by_one_id(town: Processes) -> None:
    town.serve()
    town.start("lamps", "worker")
    town.start("board", "worker")
    lamp = town.ask("POST", "/lamps", {"place": "hall"}).body["lamp_id"]
    trace = uuid.uuid4().hex
    lit = town.ask(
        "POST", f"/lamps/{lamp}/lighting", {}, traceparent=f"00-{trace}-00f067aa0ba902b7-01"
    )
    assert lit.headers["traceparent"].split("-")[1] == trace

    def heard() -> list[str]:
        lines = town.log("board-worker")
        return [x["trace"] for x in lines if x["event"] == "heard" and x["subject"] == lamp]

    assert eventually(heard, seconds=120) == [trace]
    asked = [x["trace"] for x in town.log("lamps-web") if x.get("rule") == "/lamps/<id>/lighting"]
    assert asked == [trace]


def test_what_was_acknowledged_is_there_and_told_once_though_everybody_is_killed(
    town: Processes, look: Look
) -> None:
    town.serve()
    town.start("lamps", "worker")
    town.start("board", "worker")
    done: list[str] = []
    is_over = threading.Event()

    def people(who: int) -> None:
        n = 0
        while not is_over.is_set():
            if lamp := a_lit_lamp(town, f"{who}.{n}"):
                done.append(lamp)
                n += 1

    threads = [threading.Thread(target=people, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for name in ("lamps-worker", "board-worker", "lamps-web") * 2:
        so_far = len(done)
        eventually(lambda so_far=so_far: len(done) > so_far + 10, seconds=120)
        town.kill(name)
        service, command = name.split("-")
        town.start(service, command)
    so_far = len(done)
    eventually(lambda: len(done) > so_far + 10, seconds=120)
    is_over.set()
    for thread in threads:
        thread.join()
    assert {*done} <= look.lit()
    # A killed relay's lease must run out first. Who gave up waiting may have been served later.
    eventually(lambda: look.counted() == len(look.lit()), seconds=120)
    assert {*done} <= look.lit()
    assert look.letters() == 0


DIES_AT = """
import os, sys
from chassis import relay
def die(*_arguments, **_more):
    os.kill(os.getpid(), 9)
def sent_then_die(self, collection, documents):
    if documents:
        self._publisher.send([relay.to_message(e) for d in documents for e in d["outbox"]])
        die()
    return 0
if sys.argv.pop(3) == "before": relay.Relay._send = lambda self, c, d: die() if d else 0
else: relay.Relay._send = sent_then_die
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_relay_killed_before_or_after_sending_is_made_good_by_the_next(
    town: Processes, look: Look, moment: str
) -> None:
    town.serve()
    lamp = a_lit_lamp(town, "hall")
    code = f"import sys\nsys.argv.append({moment!r})\n" + DIES_AT + RUN
    town.start("lamps", "worker", code=code)
    assert town.end_of("lamps-worker") == -9
    town.start("lamps", "worker")
    town.start("board", "worker")
    eventually(lambda: look.counted() == 1, seconds=120)
    kept = look.lamps.store
    eventually(lambda: not kept.get("lamps", toy.ASSOCIATION, lamp)["pending"], seconds=120)
    seen = look.board.records.seen.get(toy.ASSOCIATION, lamp)
    assert seen is not None
    assert look.counted() == 1
    assert look.letters() == 0


HANDLER_DIES = """
import os
from tests.chassis import toy
def count(records, heard, now):
    toy.count(records, heard, now)
    os.kill(os.getpid(), 9)
toy.board.listens[toy.LAMP_LIT] = count
"""


def test_a_consumer_killed_between_handling_and_committing_does_it_once(
    town: Processes, look: Look
) -> None:
    town.serve()
    town.start("lamps", "worker")
    town.start("board", "worker", code=HANDLER_DIES + RUN)
    a_lit_lamp(town, "hall")
    assert town.end_of("board-worker") == -9
    assert look.counted() == 1
    town.start("board", "worker")
    eventually(lambda: look.lag() == 0, seconds=120)
    assert look.counted() == 1


def test_two_workers_share_the_work_and_do_it_once(town: Processes, look: Look) -> None:
    town.serve()
    for name in ("lamps", "board"):
        town.start(name, "worker")
        town.running[f"{name}-first"] = town.running.pop(f"{name}-worker")
        town.start(name, "worker")
    for n in range(60):
        assert a_lit_lamp(town, f"room {n}")
    eventually(lambda: look.counted() >= 60, seconds=120)
    assert look.counted() == 60
    town.kill("lamps-first")
    town.kill("board-first")
    for n in range(60, 70):
        assert a_lit_lamp(town, f"room {n}")
    eventually(lambda: look.counted() >= 70, seconds=120)
    assert look.counted() == 70


def test_a_worker_that_is_asked_to_stop_does_so_and_leaves_nothing_to_wait_for(
    town: Processes, look: Look
) -> None:
    town.serve()
    town.start("lamps", "worker")
    town.start("board", "worker")
    assert a_lit_lamp(town, "hall")
    eventually(lambda: look.counted() == 1, seconds=120)
    for name in ("lamps-worker", "board-worker", "lamps-web"):
        assert town.stop(name) == 0
    # No lease, no membership is left behind: the next ones begin at once.
    lease = look.lamps.store.get("leases", "-", "relay")
    assert lease["until"] < to_text(datetime.now(UTC))
    town.serve()
    town.start("lamps", "worker")
    town.start("board", "worker")
    assert a_lit_lamp(town, "attic")
    eventually(lambda: look.counted() == 2, seconds=120)


def test_people_are_served_while_the_broker_is_away_and_all_is_told_later(
    tmp_path: Path, kafka: Kafka
) -> None:
    kafka.kill()
    town = Processes(tmp_path / "data", {"GUILDWAY_BROKER": kafka.url})
    try:
        town.serve()
        town.start("lamps", "worker")
        town.start("board", "worker")
        for n in range(5):
            assert a_lit_lamp(town, f"room {n}")
        assert town.ask("GET", "/health/ready").status == 200
        eventually(lambda: any(x["event"] == "waiting to start" for x in town.log("board-worker")))
        kafka.start()
        look = town.look()
        eventually(lambda: look.counted() == 5, seconds=120)
        kafka.kill()
        for n in range(5, 8):
            assert a_lit_lamp(town, f"room {n}")
        eventually(
            lambda: any(x["event"] == "waiting" for x in town.log("lamps-worker")), seconds=40
        )
        kafka.start()
        eventually(lambda: look.counted() == 8, seconds=120)
        look.close()
    finally:
        town.close()


def test_a_store_that_is_away_at_the_start_is_waited_for(here: Processes) -> None:
    store = here.folder / "store"
    store.write_text("not yet a folder")
    here.start("lamps", "web")
    eventually(lambda: any(x["event"] == "waiting to start" for x in here.log("lamps-web")))
    store.unlink()
    eventually(lambda: here.ask("GET", "/health/ready").status == 200)
    assert a_lit_lamp(here, "hall")


def test_a_store_that_is_locked_is_answered_by_503_and_left_as_it_was(here: Processes) -> None:
    here.serve()
    lamp = here.ask("POST", "/lamps", {"place": "hall"}).body["lamp_id"]
    with closing(sqlite3.connect(here.folder / "store/lamps.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = here.ask("POST", f"/lamps/{lamp}/lighting", {}, Idempotency_Key="1")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert answer.body["code"] == "store-unavailable"
        assert here.ask("GET", f"/lamps/{lamp}").body["is_lit"] is False
        other.execute("ROLLBACK")
    assert here.ask("POST", f"/lamps/{lamp}/lighting", {}, Idempotency_Key="1").status == 200


def test_web_and_worker_may_be_one_process(here: Processes) -> None:
    here.start("lamps", "all")
    here.start("board", "worker")
    eventually(lambda: here.ask("GET", "/health/ready").status == 200, seconds=120)
    assert a_lit_lamp(here, "hall")
    with closing(here.look()) as look:
        eventually(lambda: look.counted() == 1)
    assert here.stop("lamps-all") == 0


def test_several_web_processes_add_their_numbers_up(here: Processes) -> None:
    here.settings["GUILDWAY_WEB_PROCESSES"] = "2"
    here.serve()
    for _ in range(20):
        here.ask("GET", "/lamps/nobody")
    lines = here.ask("GET", "/metrics").body.splitlines()
    wanted = 'guildway_request_seconds_count{endpoint="lamps.get_lamp",status="404"}'
    assert [line.split()[-1] for line in lines if line.startswith(wanted)] == ["20.0"]
    assert here.stop("lamps-web") == 0
