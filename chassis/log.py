"""One line a request, one line a handled event: pretty on a terminal, JSON otherwise.

Never names, addresses, tokens or bodies: callers log ids and codes only.
"""

import logging
import sys
from typing import Any

import structlog

from chassis import trace


def configure(form: str, *, service: str) -> None:
    """Set up the process's logging. form: `json`, `pretty`, `auto` or `off`."""
    pretty = form == "pretty" or (form == "auto" and sys.stderr.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _with(service),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.CRITICAL if form == "off" else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("kafka").setLevel(logging.ERROR)


def _with(service: str) -> Any:
    def add(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
        line["service"] = service
        line.setdefault("trace", trace.trace_id())
        return line

    return add


def logger() -> Any:
    """The logger of this process."""
    return structlog.get_logger()
