"""One id from click to HTTP to outbox to broker to handler to socket (W3C Trace Context).

The id of a request is the trace id of its `traceparent`; whoever acts because of it keeps the trace
id and makes a new span id. It travels in a context variable, so nobody hands it on by hand.

Steps are also sent to an OpenTelemetry collector if the usual OTEL_* variables name one.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chassis.collector import Collector

_current: ContextVar[str] = ContextVar("traceparent", default="")
_collector: "Collector | None" = None
_FORM = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_ADDRESSES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def traceparent() -> str:
    """The `traceparent` of what happens now; a new one outside any trace."""
    return _current.get() or _fresh()


def trace_id() -> str:
    """The 32 hexadecimal digits that all steps of one click share."""
    return traceparent().split("-")[1]


@contextmanager
def tracing(parent: str | None, step: str) -> Iterator[str]:
    """Continue the given trace (a new one if it is missing or malformed) and yield its id.

    step: what happens, as a collector shows it; never with an id or a name of somebody.
    """
    known = parent if parent and _FORM.fullmatch(parent) else None
    span = _collector.begin(known, step) if _collector else None
    token = _current.set(span or (_child(known) if known else _fresh()))
    try:
        yield trace_id()
    finally:
        if span and _collector:
            _collector.end(span)
        _current.reset(token)


def note(name: str, value: str | int) -> None:
    """Tell the collector something about this step; again never whom it is about."""
    if _collector:
        _collector.note(_current.get(), name, value)


def collect(service: str, environ: Mapping[str, str]) -> None:
    """Send the steps of this process from now on, if a collector is named. Call it after a fork.

    Raises ImportError if the packages for it (`guildway[trace]`) are not installed.
    """
    global _collector  # noqa: PLW0603 (one a process, as the variables are; set once, at its start)
    if _is_wanted(environ):
        from chassis.collector import Collector  # noqa: PLC0415 (its packages are optional)

        _collector = Collector(environ.get("OTEL_SERVICE_NAME") or f"guildway-{service}")


def _is_wanted(environ: Mapping[str, str]) -> bool:
    """Whether the variables of OpenTelemetry's specification name a collector for traces."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if environ.get("OTEL_TRACES_EXPORTER") == "none":
        return False
    return any(environ.get(name) for name in _ADDRESSES)


def _fresh() -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def _child(parent: str) -> str:
    version, trace, _, flags = parent.split("-")
    return f"{version}-{trace}-{secrets.token_hex(8)}-{flags}"
