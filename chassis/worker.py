"""The worker of a service: relay, consumer and each timer in a thread of its own, until told to
stop.

Tests and simulations pump the same three by hand with `turn`.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from chassis import metrics
from chassis.clock import to_text
from chassis.consumer import Consumer
from chassis.errors import Unavailable
from chassis.log import logger
from chassis.relay import Relay
from chassis.service import Running, Timer
from chassis.store import EVERYWHERE, Range
from chassis.trace import tracing

DUE_AT_ONCE = 100
PAUSE_SECONDS = 1.0
LOOK_SECONDS = 0.25
TIMER_REST = timedelta(seconds=30)
"""How long a due thing that failed is left alone (real time)."""


class Timers:
    """Does what is due."""

    def __init__(self, running: Running[object]) -> None:
        """Remember in this process only what failed lately."""
        self._running = running
        self._resting: dict[tuple[str, str], datetime] = {}

    def step(self) -> int:
        """Act once on everything due now; how many things were done."""
        return sum(self.step_of(timer) for timer in self._running.service.timers)

    def next_due_at(self) -> str | None:
        """The earliest `due_at` of all timers, for whoever drives a simulated clock."""
        earliest = []
        for timer in self._running.service.timers:
            found = self._running.store.find(
                timer.collection, EVERYWHERE, {"due_at": Range(above="")}, sort="due_at", limit=1
            )
            earliest += [document["due_at"] for document in found]
        return min(earliest, default=None)

    def step_of(self, timer: Timer[object]) -> int:
        """Act once on everything due now for one timer; how many things were done."""
        now = self._running.clock.now()
        due = self._running.store.find(
            timer.collection,
            EVERYWHERE,
            {"due_at": Range(at_most=to_text(now))},
            sort="due_at",
            limit=DUE_AT_ONCE + len(self._resting),
        )
        return sum(
            self._acted(timer, document["association_id"], document["_id"], now) for document in due
        )

    def _acted(self, timer: Timer[object], association_id: str, id: str, now: datetime) -> bool:
        rest_until = self._resting.get((timer.name, id))
        if rest_until and rest_until > datetime.now(UTC):
            return False
        self._resting.pop((timer.name, id), None)
        try:
            with tracing(None):
                timer.act(self._running.records, association_id, id, now)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 (one thing that fails must not hold up the others)
            metrics.TIMER_FAILURES.labels(timer.name).inc()
            logger().exception("timer failed", timer=timer.name, subject=id)
            self._resting[timer.name, id] = datetime.now(UTC) + TIMER_REST
            return False
        return True


class Worker:
    """Relay, consumer and timers of one service in one process."""

    def __init__(self, running: Running[object]) -> None:
        """Join the consumer group; nothing runs before `run` or `turn`."""
        self._running = running
        self._stopping = threading.Event()
        self.relay = Relay(running)
        self.timers = Timers(running)
        self.consumer = Consumer(running) if running.service.listens else None

    def turn(self) -> int:
        """One round of everything, in this thread; how much was done."""
        done = self.timers.step() + self.relay.step()
        return done + (self.consumer.step(0) if self.consumer else 0)

    def run(self) -> None:
        """Work until `stop`; returns when all is put down in order."""
        jobs: dict[str, Callable[[], None]] = {"relay": self._relay_once}
        # Each in a thread of its own: one that computes for a minute holds up no other.
        for timer in self._running.service.timers:
            jobs[timer.name] = partial(self._timer_once, timer)
        if self.consumer:
            jobs["consume"] = self._consume_once
        threads = [
            threading.Thread(target=self._repeat, args=job, name=job[0]) for job in jobs.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.close()

    def stop(self) -> None:
        """Ask the threads to finish what they have in hand."""
        self._stopping.set()

    def close(self) -> None:
        """Leave group, lease and connections."""
        self.relay.close()
        if self.consumer:
            self.consumer.close()

    def _repeat(self, name: str, job: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                job()
            except Unavailable as error:
                logger().warning("waiting", job=name, reason=f"{type(error).__name__}: {error}")
                self._stopping.wait(PAUSE_SECONDS)
            except Exception:  # noqa: BLE001 (a worker goes on; the line tells what is wrong)
                logger().exception("failed", job=name)
                self._stopping.wait(PAUSE_SECONDS)

    def _relay_once(self) -> None:
        if not self.relay.step():
            self._running.store.wait(LOOK_SECONDS)

    def _timer_once(self, timer: Timer[object]) -> None:
        if not self.timers.step_of(timer):
            self._running.store.wait(LOOK_SECONDS)

    def _consume_once(self) -> None:
        assert self.consumer is not None
        self.consumer.step(LOOK_SECONDS)
