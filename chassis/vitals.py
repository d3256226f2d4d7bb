"""A worker's health and numbers over HTTP, for whoever watches over processes. Web processes answer
the same under their own port.
"""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST

from chassis.errors import Unavailable
from chassis.metrics import exposition

Check = Callable[[], None]
"""Raises Unavailable if something is wrong."""


class Vitals:
    """`/health/live`, `/health/ready` and `/metrics` on a port of its own."""

    def __init__(self, host: str, port: int, *, live: Check, ready: Check) -> None:
        """Listen at once; OSError if the port is taken."""
        checks = {"/health/live": live, "/health/ready": ready}

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/metrics":
                    self._send(200, exposition(), CONTENT_TYPE_LATEST)
                elif check := checks.get(self.path):
                    self._send(*_checked(check), "text/plain")
                else:
                    self._send(404, b"not found\n", "text/plain")

            def _send(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: Any) -> None:
                """Say nothing: it is asked every few seconds."""

        self._server = ThreadingHTTPServer((host, port), Answer)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True, name="vitals").start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


def _checked(check: Check) -> tuple[int, bytes]:
    try:
        check()
    except Unavailable as error:
        return 503, f"{type(error).__name__}\n".encode()
    return 200, b"ok\n"
