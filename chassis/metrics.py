"""The names of everything that is counted and timed, for Prometheus.

Several web processes of one command add their numbers up in the folder PROMETHEUS_MULTIPROC_DIR,
which `chassis.cli` makes for them before anything is imported.
"""

import os
from collections.abc import Iterable

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUEST_SECONDS = Histogram(
    "guildway_request_seconds", "Time to answer a request.", ["endpoint", "status"], buckets=_FAST
)
PUBLISHED = Counter(
    "guildway_events_published_total", "Events acknowledged by the broker.", ["type"]
)
HANDLED = Counter("guildway_events_handled_total", "Events handled.", ["type"])
HANDLER_SECONDS = Histogram(
    "guildway_handler_seconds", "Time to handle an event.", ["type"], buckets=_FAST
)
DEAD_LETTERS = Counter("guildway_dead_letters_total", "Events set aside with a reason.", ["type"])
RETRIES = Counter("guildway_retries_total", "Events that will be tried again.", ["type"])
OUTBOX_PENDING = Gauge(
    "guildway_outbox_pending", "Documents with events not sent yet.", multiprocess_mode="max"
)
CONSUMER_LAG = Gauge(
    "guildway_consumer_lag", "Events of this group not handled yet.", multiprocess_mode="max"
)
TIMER_FAILURES = Counter(
    "guildway_timer_failures_total", "Due things that could not be done.", ["timer"]
)
LIVE_CLIENTS = Gauge("guildway_live_clients", "Open sockets.", multiprocess_mode="livesum")


def create_labels(
    *, published: Iterable[str], handled: Iterable[str], timers: Iterable[str]
) -> None:
    """Make every label value known from the start, so that a graph shows 0 instead of nothing."""
    for name in published:
        PUBLISHED.labels(name)
    for name in handled:
        for metric in (HANDLED, HANDLER_SECONDS, DEAD_LETTERS, RETRIES):
            metric.labels(name)
    for name in timers:
        TIMER_FAILURES.labels(name)


def exposition() -> bytes:
    """All numbers as Prometheus reads them."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # it has no types
    return generate_latest(registry)
