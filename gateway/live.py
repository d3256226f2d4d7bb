"""Live updates: what has changed, told to whoever it concerns, over WebSocket.

A message is no data but a hint, `changed {type, id, version}`; the client asks anew what it shows.
Each web process reads every topic from the end, without a group; rooms are those that the catalogue
names for an event. Whoever connects (again) refetches everything visible, so nothing needs to be
kept for those who were away.
"""

import logging
import signal
import socket
import threading
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from flask import current_app
from gevent import monkey
from werkzeug.http import parse_cookie

from chassis import metrics
from chassis.broker import Received, Tail
from chassis.errors import Invalid, Problem, Unavailable
from chassis.events import Heard, from_message
from chassis.log import logger
from chassis.repository import LostRace
from chassis.service import Running
from chassis.tokens import Actor
from chassis.trace import trace_id, tracing
from contracts import catalogue
from gateway import service
from gateway.config import (
    CHECK_SESSIONS_SECONDS,
    HELLO_SECONDS,
    LOOK_AFTER_SECONDS,
    QUEUE_LIMIT,
    SESSION_COOKIE,
)
from gateway.model import Session
from gateway.origins import is_own_origin
from gateway.repository import Records

with warnings.catch_warnings():
    # socketio imports kafka-python where it is installed, and that warns on Python 3.11.
    warnings.simplefilter("ignore", DeprecationWarning)
    import socketio

POLL_SECONDS = 0.25
PAUSE_SECONDS = 1.0
LARGEST_MESSAGE = 4096
"""Bytes that a client may send at once; it has nothing to say but hello."""
_QUIET = logging.getLogger("gateway.sockets")
_QUIET.setLevel(logging.CRITICAL)  # whoever knocks at a socket says what a log would show

MISSED = {"type": "missed", "id": None, "version": None}
"""Told to everybody when events may have passed unheard."""


@dataclass(slots=True, kw_only=True)
class Seat:
    """One open socket: whose it is, and by which session."""

    session_id: str
    association_id: str
    member_id: str
    checked_at: float
    line: socket.socket | None
    """The connection itself."""

    def cut(self) -> None:
        """End the connection without a word; also if it takes nothing any more."""
        _cut(self.line)


class Live:
    """The open sockets of this process, and the reader that feeds them."""

    def __init__(self, running: Running[Records]) -> None:
        """Nothing is read before the first socket opens."""
        self._running = running
        self._seats: dict[str, Seat] = {}
        self._strangers: dict[str, float] = {}
        self._starting = threading.Lock()
        self._tail: Tail | None = None
        self._is_started = self._is_stopped = False
        is_green = monkey.is_module_patched("threading")
        self.server = socketio.Server(
            async_mode="gevent" if is_green else "threading",
            transports=["websocket"],
            cors_allowed_origins=self._may_come,
            cors_credentials=False,
            max_http_buffer_size=LARGEST_MESSAGE,
            async_handlers=False,
            logger=_QUIET,
            engineio_logger=_QUIET,
        )
        self._bound_messages()
        self.server.on("connect", self._welcome)
        self.server.on("disconnect", self._miss)
        if is_green:
            self.stop_at_sigterm()

    def wrap(self, app: Any) -> Any:
        """A WSGI application that answers `/socket.io/` itself and leaves the rest to `app`."""
        inner = socketio.WSGIApp(self.server, app)

        def outer(environ: dict[str, Any], start_response: Any) -> Any:
            if environ["PATH_INFO"].startswith("/socket.io/"):
                if not _is_handshake(environ):
                    start_response("400 BAD REQUEST", [("Content-Length", "0")])
                    return []
                self._start()
            return inner(environ, start_response)

        return outer

    def end(self, session_id: str) -> None:
        """Nobody is connected by this session any more."""
        for sid, seat in list(self._seats.items()):
            if seat.session_id == session_id:
                self.server.disconnect(sid)

    def stop(self) -> None:
        """Read no more, and let every socket go: its client comes back when somebody is here."""
        self._is_stopped = True
        for seat in list(self._seats.values()):
            seat.cut()

    def stop_at_sigterm(self) -> None:
        """A web process that is told to end does not wait for sockets that never would."""
        before = signal.getsignal(signal.SIGTERM)

        def act(number: int, frame: Any) -> None:
            if callable(before):
                before(number, frame)
            self.stop()

        signal.signal(signal.SIGTERM, act)

    def _bound_messages(self) -> None:
        """Let a message that grows too long end its connection while it arrives: Engine.IO looks at
        messages only when they are whole, and one that never is would fill the memory.
        """
        eio = self.server.eio
        transport = eio._async["websocket"]  # noqa: SLF001 (Engine.IO has no setting for it)

        def bounded(handler: Any, server: Any) -> Any:
            opened = transport(handler, server)
            opened.server_args["max_message_size"] = LARGEST_MESSAGE
            return opened

        eio._async = {**eio._async, "websocket": bounded}  # noqa: SLF001 (the same)

    def _may_come(self, origin: str | None, environ: Mapping[str, Any]) -> bool:
        return origin is None or is_own_origin(
            origin, host=environ.get("HTTP_HOST", ""), url=self._running.records.instance.url
        )

    def _welcome(self, sid: str, environ: Mapping[str, Any], _auth: Any = None) -> None:
        """Take a seat by the session cookie; the rooms follow from who it is."""
        token = parse_cookie(environ.get("HTTP_COOKIE", "")).get(SESSION_COOKIE, "")
        records, now = self._running.records, self._running.clock.now()
        try:
            signed_in = service.who(records, token, now=now)
        except Problem as error:
            raise socketio.exceptions.ConnectionRefusedError("try-again") from error
        if signed_in is None:
            raise socketio.exceptions.ConnectionRefusedError("not-signed-in")
        who = signed_in.actor
        self._seats[sid] = Seat(
            session_id=Session.id_of(token),
            association_id=who.association_id,
            member_id=who.id,
            checked_at=monotonic(),
            line=_line_of(environ),
        )
        for room in self._rooms_of(who):
            self.server.enter_room(sid, room)
        metrics.LIVE_CLIENTS.inc()

    def _miss(self, sid: str, _reason: Any = None) -> None:
        if self._seats.pop(sid, None):
            metrics.LIVE_CLIENTS.dec()

    def _rooms_of(self, who: Actor) -> set[str]:
        records = self._running.records
        rooms = {f"member:{who.id}"}
        if who.is_one_of("admin"):
            rooms.add(f"association:{who.association_id}")
            everyone = records.cohorts.each(who.association_id, {})
            return rooms | {f"cohort:{each['_id']}" for each in everyone}
        if who.is_one_of("coordinator"):
            own = records.coordinated_cohorts(who.association_id, who.id)
            rooms |= {f"cohort:{each['_id']}" for each in own}
        return rooms

    def _start(self) -> None:
        with self._starting:
            if self._is_started:
                return
            self._is_started = True
            with suppress(Exception):
                # The first socket misses nothing; if this fails, the reader tries and says so.
                self._open()
            self.server.start_background_task(self._read)
            self.server.start_background_task(self._look_after)

    def _open(self) -> None:
        broker = self._running.broker
        # A topic that is made after its reader would never be read.
        broker.prepare(kind.topic for kind in catalogue.EVENTS)
        self._tail = broker.tail(sorted(catalogue.BY_NAME))

    def _read(self) -> None:
        """Tell what arrives, until `stop`; after a failure everybody is told to ask anew."""
        while not self._is_stopped:
            try:
                if self._tail is None:
                    self._open()
                    self.server.emit("changed", MISSED)
                self._tell_next()
            except Unavailable as error:
                reason = f"{type(error).__name__}: {error}"
                logger().warning("live updates wait", reason=reason)
                self._pause()
            except Exception:  # noqa: BLE001 (one event that breaks must not silence the others)
                logger().exception("live updates failed")
                self._pause()
        self._close()

    def _tell_next(self) -> None:
        assert self._tail is not None
        for message in self._tail.poll(POLL_SECONDS):
            try:
                heard = from_message(message, catalogue.BY_NAME)
            except Invalid:
                continue  # the group of the worker sets it aside
            self._tell(message, heard)

    def _tell(self, message: Received, heard: Heard) -> None:
        with tracing(heard.traceparent, f"tell {heard.type}"):
            self._reseat(heard)
            if heard.data is None:
                return
            rooms = [room.format(**heard.data) for room in catalogue.BY_NAME[message.topic].rooms]
            hint = {"type": heard.type, "id": heard.subject, "version": heard.version}
            if rooms:
                self.server.emit("changed", {**hint, "trace": trace_id()}, to=rooms)

    def _reseat(self, heard: Heard) -> None:
        """Whoever becomes or ceases to be something changes rooms at once."""
        if heard.type == "profile-updated":
            for sid, seat in self._of(heard.association_id):
                if seat.member_id == heard.subject:
                    self._move(sid, seat, heard.data)
        elif heard.type in {"cohort-opened", "cohort-changed"}:
            room, now_its = f"cohort:{heard.subject}", heard.state.get("coordinator_ids", [])
            for sid, seat in self._of(heard.association_id):
                self._place(sid, room, seat.member_id in now_its or self._is_admin(seat))

    def _of(self, association_id: str) -> Iterable[tuple[str, Seat]]:
        seats = list(self._seats.items())
        return [(sid, seat) for sid, seat in seats if seat.association_id == association_id]

    def _move(self, sid: str, seat: Seat, member: Mapping[str, Any] | None) -> None:
        if member is None:
            self.server.disconnect(sid)
            return
        roles = service.ROLES.intersection(member["roles"])
        who = Actor(id=seat.member_id, association_id=seat.association_id, roles=roles)
        rooms = self._rooms_of(who)
        for room in set(self.server.rooms(sid)) - rooms - {sid}:
            self.server.leave_room(sid, room)
        for room in rooms:
            self.server.enter_room(sid, room)

    def _place(self, sid: str, room: str, belongs: bool) -> None:
        if belongs:
            self.server.enter_room(sid, room)
        else:
            self.server.leave_room(sid, room)

    def _is_admin(self, seat: Seat) -> bool:
        who = service.actor_of(self._running.records, seat.association_id, seat.member_id)
        return who is not None and who.is_one_of("admin")

    def _look_after(self) -> None:
        """Cut who takes nothing, and whose session has ended."""
        while not self._is_stopped:
            self.server.sleep(LOOK_AFTER_SECONDS)
            try:
                self._cut_strangers()
                self._cut_slow()
                self._cut_ended(self._running.clock.now())
            except (Unavailable, LostRace) as error:
                logger().warning("sockets not looked after", reason=type(error).__name__)
            except Exception:  # noqa: BLE001 (it goes on with the next round)
                logger().exception("sockets not looked after")

    def _cut_strangers(self) -> None:
        """Who opens a socket and does not say who they are; whether they take a word or not."""
        seated = {self.server.manager.eio_sid_from_sid(sid, "/") for sid in list(self._seats)}
        now = monotonic()
        lines = [line for line in list(self.server.eio.sockets) if line not in seated]
        self._strangers = {line: self._strangers.get(line, now) for line in lines}
        for line, since in self._strangers.items():
            if now - since >= HELLO_SECONDS:
                _cut(_line_of(self.server.environ.get(line, {})))

    def _cut_slow(self) -> None:
        for sid, seat in list(self._seats.items()):
            eio_sid = self.server.manager.eio_sid_from_sid(sid, "/")
            line = self.server.eio.sockets.get(eio_sid)
            if line is not None and line.queue.qsize() > QUEUE_LIMIT:
                logger().info("slow socket cut", waiting=line.queue.qsize())
                seat.cut()

    def _cut_ended(self, now: datetime) -> None:
        for sid, seat in list(self._seats.items()):
            if monotonic() - seat.checked_at < CHECK_SESSIONS_SECONDS:
                continue
            seat.checked_at = monotonic()
            session = service.session_by_id(self._running.records, seat.session_id)
            if session is None or session.is_over(now):
                self.server.disconnect(sid)

    def _pause(self) -> None:
        self._close()
        sleep(PAUSE_SECONDS)

    def _close(self) -> None:
        tail, self._tail = self._tail, None
        if tail is not None:
            with suppress(Exception):
                tail.close()


def _line_of(environ: Mapping[str, Any]) -> socket.socket | None:
    return environ.get("gunicorn.socket") or environ.get("werkzeug.socket")


def _cut(line: socket.socket | None) -> None:
    if line is not None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def _is_handshake(environ: Mapping[str, Any]) -> bool:
    """Whether a request opens a WebSocket (RFC 6455, 4.2.1); nothing else is answered here."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and bool(environ.get("HTTP_SEC_WEBSOCKET_KEY"))
    )


def live() -> Live:
    """The live updates of this app."""
    found: Live = current_app.extensions["gateway.live"]
    return found
