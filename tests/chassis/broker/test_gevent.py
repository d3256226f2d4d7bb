"""Under gevent, as the gateway runs: waiting for a store or a broker stops nobody else."""

import json
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Any

from tests.chassis.broker.conftest import Log
from tests.chassis.processes import ROOT

TICKING = """
from gevent import monkey
monkey.patch_all()
import json, sys, gevent
from time import monotonic
gaps, last = [0.0], [monotonic()]
def tick():
    while True:
        gevent.sleep(0.005)
        now = monotonic()
        gaps.append(now - last[0])
        last[0] = now
"""
TAILING = (
    TICKING
    + """
from chassis.broker import open_broker
url, topic = sys.argv[1:]
tail = open_broker(url).tail([topic])
gevent.spawn(tick)
gevent.sleep(0.1)
gaps.clear()
print("ready", flush=True)
found = []
while len(found) < 200:
    found += [message.value.decode() for message in tail.poll(0.25)]
print(json.dumps({"found": found, "gap": max(gaps)}), flush=True)
"""
)
WRITING = (
    TICKING
    + """
from chassis.store.sqlite import SqliteStore
store = SqliteStore(sys.argv[1], name="lamps")
from tests.chassis.store.conftest import LAMPS, MEETINGS, a_lamp
store.prepare([LAMPS, MEETINGS])
print("ready", flush=True)
sys.stdin.readline()
gevent.spawn(tick)
gevent.sleep(0.05)
gaps.clear()
began = monotonic()
waiting = [
    gevent.spawn(store.save, "lamps", a_lamp(str(n)), replaces=0) for n in range(20)
]
reading = gevent.spawn(store.get, "lamps", "association-a", "0")
reading.join()
read_after = monotonic() - began
gevent.joinall(waiting, raise_error=True)
took = monotonic() - began
print(json.dumps({"gap": max(gaps), "read_after": read_after, "took": took}), flush=True)
"""
)


def run(code: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout
    assert process.stdout.readline() == "ready\n"


def told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    with process:
        out, _ = process.communicate(timeout=60)
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_tail_gets_everything_and_lets_others_run(log: Log) -> None:
    topic = log.topic()
    process = run(TAILING, log.url, topic)
    ready(process)
    for n in range(20):
        sleep(0.15)  # so that it has to wait now and then
        log.send(topic, *((f"lamp {k}", f"{n}.{k}") for k in range(10)))
    got = told(process)
    assert len({*got["found"]}) == 200
    assert got["gap"] < 2.0


def test_who_waits_for_a_locked_store_lets_others_run(tmp_path: Path) -> None:
    process = run(WRITING, str(tmp_path))
    ready(process)
    other = sqlite3.connect(tmp_path / "lamps.db", isolation_level=None, check_same_thread=False)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(4, lambda: other.execute("ROLLBACK"))
        timer.start()
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
        got = told(process)
        timer.join()
    assert got["took"] > 3.0
    assert got["read_after"] < 3.0
    assert got["gap"] < 3.0
