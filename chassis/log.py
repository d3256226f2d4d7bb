"""One line a request, one line a handled event: pretty on a terminal, JSON otherwise.

Never names, addresses, tokens or bodies: callers log ids and codes only.
"""

import logging
import sys
from typing import Any

import structlog

from chassis import trace


class _Own(logging.StreamHandler[Any]):
    """Told apart from the handlers of others, which stay."""


def configure(form: str, *, service: str) -> None:
    """Set up the process's logging. form: `json`, `pretty`, `auto` or `off`."""
    pretty = form == "pretty" or (form == "auto" and sys.stderr.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    )
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        _with(service),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.CRITICAL if form == "off" else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # What libraries say comes in the same form.
    handler = _Own(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-1], structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    root.handlers = [*(h for h in root.handlers if not isinstance(h, _Own)), handler]
    # An outage is told by whoever waits, once a try; kafka tells it for each connection.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def _with(service: str) -> Any:
    def add(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
        line["service"] = service
        line.setdefault("trace", trace.trace_id())
        return line

    return add


def logger() -> Any:
    """The logger of this process."""
    return structlog.get_logger()
