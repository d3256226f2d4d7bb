"""One id from click to HTTP to outbox to broker to handler to socket (W3C Trace Context).

The id of a request is the trace id of its `traceparent`; whoever acts because of it keeps the trace
id and makes a new span id. It travels in a context variable, so nobody hands it on by hand.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("traceparent", default="")
_FORM = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def traceparent() -> str:
    """The `traceparent` of what happens now; a new one outside any trace."""
    return _current.get() or _fresh()


def trace_id() -> str:
    """The 32 hexadecimal digits that all steps of one click share."""
    return traceparent().split("-")[1]


@contextmanager
def tracing(parent: str | None) -> Iterator[str]:
    """Continue the given trace (a new one if it is missing or malformed) and yield its id."""
    token = _current.set(_child(parent) if parent and _FORM.fullmatch(parent) else _fresh())
    try:
        yield trace_id()
    finally:
        _current.reset(token)


def _fresh() -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def _child(parent: str) -> str:
    version, trace, _, flags = parent.split("-")
    return f"{version}-{trace}-{secrets.token_hex(8)}-{flags}"
