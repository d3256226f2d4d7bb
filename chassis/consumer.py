"""Hears events: checks, hands to the service's handler, commits afterwards.

A handler fails: store or broker out of reach -> wait and try again without end; any other error ->
five tries with doubling pauses; then, or if the message itself is no event -> dead letters with the
reason, and on. Order within a partition is kept throughout: nothing behind a message that waits is
handled before it.
"""

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic, perf_counter

from chassis import metrics
from chassis.broker import Message, Received
from chassis.errors import Unavailable
from chassis.events import Heard, from_message
from chassis.log import logger
from chassis.service import Running
from chassis.trace import tracing

TRIES = 5
FIRST_PAUSE_SECONDS = 0.2
OUTAGE_PAUSE_SECONDS = 1.0
STEP_SECONDS = 2.0
"""After so long the rest of what was polled is given back: a member of a group must poll, and a
process that is asked to stop must not first handle hundreds of slow events."""

Place = tuple[str, int]


class Consumer:
    """The part of a service's consumer group that runs in one worker."""

    def __init__(self, running: Running[object]) -> None:
        """Join the group named after the service."""
        service = running.service
        self._running = running
        self._types = service.heard_types
        self._handlers = {kind.name: handler for kind, handler in service.listens.items()}
        self._subscription = running.broker.subscribe(service.name, sorted(self._types))
        self._publisher = running.broker.publisher()
        self._tries: dict[tuple[str, int, int], int] = {}

    def step(self, seconds: float) -> int:
        """Handle what has arrived, waiting up to `seconds`; how many messages are done with."""
        waiting: set[Place] = set()
        done: list[Received] = []
        messages = self._subscription.poll(seconds)
        until = monotonic() + STEP_SECONDS
        for message in messages:
            place = (message.topic, message.partition)
            if place in waiting:
                continue
            pause = self._handled(message) if monotonic() < until else 0.0
            if pause is None:
                done.append(message)
            else:
                waiting.add(place)
                self._subscription.retry(message, seconds=pause)
        if done:
            self._subscription.commit(done)
        return len(done)

    def close(self) -> None:
        """Leave the group."""
        self._subscription.close()
        self._publisher.close()

    def _handled(self, message: Received) -> float | None:
        """None if the message is done with (also as a dead letter), else the seconds to wait."""
        try:
            heard = from_message(message, self._types)
        except Exception as error:  # noqa: BLE001 (what anybody can put into a topic breaks anywhere)
            return self._set_aside(message, error, tries=1)
        with tracing(heard.traceparent, f"hear {heard.type}"):
            return self._heard(message, heard)

    def _heard(self, message: Received, heard: Heard) -> float | None:
        place = (message.topic, message.partition, message.offset)
        started = perf_counter()
        try:
            handle(self._running, self._handlers, heard)
        except Unavailable as error:
            logger().warning(
                "waiting", type=heard.type, event_id=heard.id, reason=type(error).__name__
            )
            return OUTAGE_PAUSE_SECONDS
        except Exception as error:  # noqa: BLE001 (whatever a handler raises must not stop the others)
            tries = self._tries[place] = self._tries.get(place, 0) + 1
            if tries >= TRIES:
                del self._tries[place]
                return self._set_aside(message, error, tries=tries)
            metrics.RETRIES.labels(heard.type).inc()
            return float(FIRST_PAUSE_SECONDS * 2 ** (tries - 1))
        self._tries.pop(place, None)
        metrics.HANDLER_SECONDS.labels(heard.type).observe(perf_counter() - started)
        return None

    def _set_aside(self, message: Received, error: Exception, *, tries: int) -> float | None:
        """Publish the dead letter before its message is committed; wait if the broker does not take
        it.
        """
        reason = dead_letter(message, self._running.service.dead_letters.name, error, tries)
        try:
            self._publisher.send([reason])
        except Unavailable:
            return OUTAGE_PAUSE_SECONDS
        name = message.topic if message.topic in self._types else "unknown"
        metrics.DEAD_LETTERS.labels(name).inc()
        logger().error("dead letter", type=name, offset=message.offset, tries=tries, exc_info=error)
        return None


def handle(running: Running[object], handlers: Mapping[str, object], heard: Heard) -> None:
    """Hand one event to its handler and log it."""
    handler = handlers[heard.type]
    handler(running.records, heard, running.clock.now())  # type: ignore[operator] # the service's own record type
    metrics.HANDLED.labels(heard.type).inc()
    logger().info(
        "heard", type=heard.type, event_id=heard.id, subject=heard.subject, version=heard.version
    )


def dead_letter(message: Received, topic: str, error: Exception, tries: int) -> Message:
    """The message as it was, with where it came from and why it could not be handled."""
    return Message(
        topic=topic,
        key=message.key,
        value=message.value,
        headers={
            **message.headers,
            "dead-topic": message.topic,
            "dead-partition": str(message.partition),
            "dead-offset": str(message.offset),
            "dead-reason": f"{type(error).__name__}: {error}"[:500],
            "dead-tries": str(tries),
        },
    )


def revived(message: Received) -> Received:
    """The message that a dead letter was made from."""
    headers = {
        name: value for name, value in message.headers.items() if not name.startswith("dead-")
    }
    return replace(message, topic=message.headers["dead-topic"], headers=headers)
