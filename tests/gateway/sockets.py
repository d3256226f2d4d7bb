"""A browser's socket, as small as tests need it: Engine.IO 4 and Socket.IO 5 by hand.

https://socket.io/docs/v4/engine-io-protocol/, https://socket.io/docs/v4/socket-io-protocol/
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import simple_websocket
from werkzeug.serving import make_server
from wsproto.events import Ping, TextMessage
from wsproto.utilities import LocalProtocolError

from deploy.town import Visitor
from tests.harness import Town


class Refused(Exception):
    """The server did not let the socket in; the reason it gave."""


class Line:
    """A connection that has not said whose it is."""

    def __init__(self, url: str, *, cookie: str = "", origin: str | None = None) -> None:
        """Connect; Refused if that fails."""
        headers = {"Cookie": f"guildway={cookie}"} if cookie else {}
        if origin is not None:
            headers["Origin"] = origin
        address = url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
        try:
            self._ws = simple_websocket.Client.connect(address, headers=headers)
        except simple_websocket.ConnectionError as error:
            raise Refused(str(error)) from error
        # What came with the handshake lies unread in this client until more arrives.
        self._ws.sock.send(self._ws.ws.send(Ping()))
        assert self._next().startswith("0{")

    def is_cut(self, *, seconds: float = 10) -> bool:
        """Whether the server ends it."""
        try:
            while self._next(seconds) not in {"1", "41"}:
                continue
        except simple_websocket.ConnectionClosed:
            return True
        except TimeoutError:
            return False
        return True

    def say_on(self, text: str) -> None:
        """Send a part of a message whose end is still to come."""
        self._ws.sock.send(self._ws.ws.send(TextMessage(data=text, message_finished=False)))

    def is_gone(self) -> bool:
        """Whether the connection is no more, though nobody here agreed to end it."""
        try:
            self.say_on("x")
        except (OSError, LocalProtocolError):
            return True
        return False

    def close(self) -> None:
        """Go away."""
        try:
            self._ws.close()
        except simple_websocket.ConnectionClosed:
            return

    def _next(self, seconds: float = 10) -> str:
        while True:
            text = self._ws.receive(timeout=seconds)
            if text is None:
                raise TimeoutError
            if text == "2":
                self._ws.send("3")
                continue
            return str(text)


class Socket(Line):
    """A connection of somebody."""

    def __init__(self, url: str, *, cookie: str = "", origin: str | None = None) -> None:
        """Connect and say whose it is; Refused if that fails."""
        super().__init__(url, cookie=cookie, origin=origin)
        self._ws.send("40")
        answer = self._next()
        if not answer.startswith("40"):
            self._ws.close()
            raise Refused(answer[2:])

    def changed(self, *, seconds: float = 10) -> dict[str, Any]:
        """The next thing that has changed; TimeoutError if nothing has."""
        name, data = json.loads(self._next(seconds)[2:])
        assert name == "changed"
        found: dict[str, Any] = data
        return found

    def changes(self, *, seconds: float = 0.5) -> list[dict[str, Any]]:
        """Everything that has changed until nothing has for a while."""
        found = []
        try:
            while True:
                found.append(self.changed(seconds=seconds))
        except TimeoutError:
            return found


class Place:
    """A gateway that really listens, and the sockets that were opened to it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._sockets: list[Socket] = []

    def open(self, visitor: Visitor | None = None, *, origin: str | None = None) -> Socket:
        """A socket of somebody's browser."""
        cookie = visitor.cookie("guildway") or "" if visitor else ""
        opened = Socket(self.url, cookie=cookie, origin=origin)
        self._sockets.append(opened)
        return opened

    def close(self) -> None:
        """Close every socket."""
        for each in self._sockets:
            each.close()


@contextmanager
def listening(town: Town) -> Iterator[Place]:
    """The gateway of a town on a free port, in threads."""
    server = make_server("127.0.0.1", 0, town.gateway.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    place = Place(f"http://127.0.0.1:{server.server_port}")
    try:
        yield place
    finally:
        place.close()
        town.gateway.app.extensions["gateway.live"].stop()
        server.shutdown()
        thread.join()
        server.server_close()
