"""The worker of a service: relay, consumer and each timer in a thread of its own, until told to
stop. Of several workers one, the holder of the relay's lease, does what is due; all hear events.

Tests and simulations pump the same three by hand with `turn`.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic

from chassis import metrics
from chassis.clock import to_text
from chassis.consumer import Consumer
from chassis.errors import NotFound, Unavailable
from chassis.log import logger
from chassis.relay import Relay
from chassis.repository import LostRace
from chassis.service import Running, Timer
from chassis.store import EVERYWHERE, Range
from chassis.trace import tracing

DUE_AT_ONCE = 100
PAUSE_SECONDS = 1.0
LOOK_SECONDS = 0.25
TIMER_REST = timedelta(seconds=30)
"""How long a due thing that failed is left alone (real time)."""
TURN_REST = timedelta(seconds=1)
TIMER_LOOK_SECONDS = 0.1
MEASURE_SECONDS = 10.0
STUCK_SECONDS = 300.0
"""After so long without a turn a thread counts as stuck."""


class Timers:
    """Does what is due."""

    def __init__(self, running: Running[object]) -> None:
        """Remember in this process only what failed lately."""
        self._running = running
        self._resting: dict[tuple[str, str], datetime] = {}

    @property
    def has_failed(self) -> bool:
        """Whether something is left alone for a while because it failed."""
        return bool(self._resting)

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
        self._wake()
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
        try:
            with tracing(None, timer.name):
                timer.act(self._running.records, association_id, id, now)
        except Unavailable:
            raise
        except (NotFound, LostRace):
            # Somebody else was there first; what is left to do shows at the next look.
            self._resting[timer.name, id] = datetime.now(UTC) + TURN_REST
            return False
        except Exception:  # noqa: BLE001 (one thing that fails must not hold up the others)
            metrics.TIMER_FAILURES.labels(timer.name).inc()
            logger().exception("timer failed", timer=timer.name, subject=id)
            self._resting[timer.name, id] = datetime.now(UTC) + TIMER_REST
            return False
        return True

    def _wake(self) -> None:
        now = datetime.now(UTC)
        for thing, until in list(self._resting.items()):
            if until <= now:
                self._resting.pop(thing, None)


class Worker:
    """Relay, consumer and timers of one service in one process."""

    def __init__(self, running: Running[object]) -> None:
        """Join the consumer group; nothing runs before `run` or `turn`."""
        self._running = running
        self._stopping = threading.Event()
        self._beats: dict[str, float] = {}
        self._turned_at, self._moved = datetime.min.replace(tzinfo=UTC), 0
        self.relay = Relay(running)
        self.timers = Timers(running)
        self.consumer = Consumer(running) if running.service.listens else None

    def turn(self) -> int:
        """One round of everything, in this thread; how much was done. While nobody has written and
        no time has passed, timers and relay have nothing to do and are not asked.
        """
        done = 0
        if self._may_have_work():
            self._moved = 1  # A turn that breaks off has not done its work.
            done = self._moved = self.timers.step() + self.relay.step()
        return done + (self.consumer.step(0) if self.consumer else 0)

    def run(self) -> None:
        """Work until `stop`; returns when all is put down in order."""
        jobs: dict[str, Callable[[], None]] = {"relay": self._relay_once, "measure": self.measure}
        # Each in a thread of its own: one that computes for a minute holds up no other.
        for timer in self._running.service.timers:
            jobs[timer.name] = partial(self._timer_once, timer)
        if self.consumer:
            jobs["consume"] = self._consume_once
        self._beats = dict.fromkeys(jobs, monotonic())
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

    def live(self) -> None:
        """Raise Unavailable if a thread has made no turn for a long time."""
        stuck = [job for job, at in self._beats.items() if monotonic() - at > STUCK_SECONDS]
        if stuck:
            raise Unavailable(f"stuck: {', '.join(stuck)}")

    def ready(self) -> None:
        """Raise Unavailable if store or broker does not answer."""
        self._running.store.ping()
        self._running.broker.ping()

    def measure(self) -> None:
        """Set what cannot be counted on the way: what waits in outboxes and in topics."""
        metrics.OUTBOX_PENDING.set(self.relay.pending())
        service = self._running.service
        if service.listens:
            lag = self._running.broker.lag(service.name, sorted(service.heard_types))
            metrics.CONSUMER_LAG.set(lag)
        self._stopping.wait(MEASURE_SECONDS)

    def _may_have_work(self) -> bool:
        before, self._turned_at = self._turned_at, self._running.clock.now()
        has_news = self._running.store.wait(0)
        rests = self.timers.has_failed or not self.relay.leads
        return bool(has_news or self._moved or rests or before != self._turned_at)

    def _repeat(self, name: str, job: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            self._beats[name] = monotonic()
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
        if not self.relay.leads or not self.timers.step_of(timer):
            self._stopping.wait(TIMER_LOOK_SECONDS)

    def _consume_once(self) -> None:
        assert self.consumer is not None
        self.consumer.step(LOOK_SECONDS)
