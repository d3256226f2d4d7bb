"""A small mail server (RFC 5321) that answers as a test wants it to, on a free port."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class PostOffice:
    """What it took and saw, and how it answers."""

    port: int = 0
    answers: dict[str, list[str]] = field(default_factory=dict)
    """Verb -> what is answered instead of yes, in turn; `hang up` closes the line."""
    extensions: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    taken: list[bytes] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """Every command, and `encrypted` or `open` for the line it came on."""
    connections: int = 0

    @property
    def verbs(self) -> list[str]:
        """The commands that came, without what went with them."""
        return [line.split()[0] for line in self.seen]

    def answer(self, verb: str, usual: str) -> str:
        """What a test wants said next, or what is usual."""
        waiting = self.answers.get(verb, [])
        return waiting.pop(0) if waiting else usual


class Line(socketserver.StreamRequestHandler):
    """One connection."""

    office: PostOffice

    def handle(self) -> None:
        self.office.connections += 1
        self.is_encrypted = False
        self.say(self.office.answer("CONNECT", "220 post office"))
        while line := self.rfile.readline():
            if not self.heard(line.decode().strip()):
                return

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def heard(self, line: str) -> bool:
        verb = line.partition(":")[0].partition(" ")[0].upper() if line else ""
        self.office.seen.append(f"{verb} {'encrypted' if self.is_encrypted else 'open'}")
        answer = self.office.answer(verb, self.usual(verb))
        if answer == "hang up":
            return False
        self.say(answer)
        if verb == "STARTTLS" and answer.startswith("220"):
            self.encrypt()
        if verb == "DATA" and answer.startswith("354"):
            self.office.taken.append(self.message())
            self.say(self.office.answer("MESSAGE", "250 taken"))
        return verb != "QUIT"

    def usual(self, verb: str) -> str:
        if verb == "EHLO":
            more = [e for e in self.office.extensions if e != "STARTTLS" or not self.is_encrypted]
            lines = ["post office", *more]
            return "\r\n".join(
                f"250{'-' if n < len(lines) else ' '}{each}" for n, each in enumerate(lines, 1)
            )
        return {"DATA": "354 go on", "STARTTLS": "220 go on", "AUTH": "235 welcome"}.get(
            verb, "250 yes"
        )

    def message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def encrypt(self) -> None:
        assert self.office.tls is not None
        self.connection = self.office.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)  # type: ignore[assignment]
        self.is_encrypted = True

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Listener(socketserver.ThreadingTCPServer):
    """Takes connections; waits for none when it closes."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever goes away in the middle is no fault of the server."""


@contextmanager
def a_post_office(**more: object) -> Iterator[PostOffice]:
    """A server that runs until the test is over."""
    office = PostOffice(**more)  # type: ignore[arg-type]
    line = type("OfficeLine", (Line,), {"office": office})
    with Listener(("127.0.0.1", office.port), line) as listener:
        office.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield office
        finally:
            listener.shutdown()
            thread.join()
