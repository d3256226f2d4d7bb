"""The way to services that really listen: what is slow, gone, half said or cut."""

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chassis.settings import Settings
from gateway.passing import Asked, HttpServices, ServiceIsAway
from tests.ports import free_ports

Serve = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def a_service(serve: Serve) -> Iterator[HttpServices]:
    """A small server that answers every request as told, and the way to it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            with suppress(ConnectionError):
                super().handle_one_request()

        def log_message(self, *_: Any) -> None:
            return

        do_GET = do_POST = do_HEAD = do_DELETE = lambda self: serve(self)  # noqa: N815 (its names)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        way = services_at(server.server_port)
        try:
            yield way
        finally:
            way.close()
            server.shutdown()
            thread.join()


def services_at(port: int) -> HttpServices:
    return HttpServices(Settings({"GUILDWAY_PROFILES_URL": f"http://127.0.0.1:{port}/"}))


def ask(method: str = "GET", body: Any = None, **headers: str) -> Asked:
    return Asked(
        service="profiles",
        method=method,
        target="/x?a=%2F..%2F&b=%20",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body,
        seconds=0.5,
    )


def say(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **more: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **more}.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


def test_path_query_and_body_arrive_as_they_were_sent() -> None:
    seen: list[Any] = []

    def serve(handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["Content-Length"])
        seen.extend([handler.path, handler.rfile.read(length), handler.headers["If-Match"]])
        say(handler, b"done", 201, ETag='"7"')

    with a_service(serve) as way:
        answer = way.ask(ask("POST", b"{}", If_Match='"6"', Content_Length="2"))
        assert (answer.status, answer.headers.get("etag")) == (201, '"7"')
        assert b"".join(answer.chunks) == b"done"
        answer.close()
    assert seen == ["/x?a=%2F..%2F&b=%20", b"{}", '"6"']


def test_a_redirect_is_passed_on_and_not_followed() -> None:
    with a_service(lambda h: say(h, b"", 302, Location="http://169.254.169.254/")) as way:
        answer = way.ask(ask())
        assert (answer.status, answer.headers.get("Location")) == (302, "http://169.254.169.254/")
        answer.close()


def test_packed_bytes_stay_packed() -> None:
    with a_service(lambda h: say(h, b"\x1f\x8bxx", Content_Encoding="gzip")) as way:
        answer = way.ask(ask())
        assert b"".join(answer.chunks) == b"\x1f\x8bxx"
        answer.close()


def test_the_head_alone_has_no_body() -> None:
    with a_service(lambda h: say(h, b"12345")) as way:
        answer = way.ask(ask("HEAD"))
        assert answer.headers.get("Content-Length") == "5"
        assert b"".join(answer.chunks) == b""
        answer.close()


def test_nobody_there_is_known_at_once() -> None:
    way = services_at(free_ports())
    with pytest.raises(ServiceIsAway):
        way.ask(ask())
    way.close()


def test_a_service_that_says_nothing_is_away() -> None:
    ended = threading.Event()
    with a_service(lambda _: ended.wait(5) and None) as way:
        with pytest.raises(ServiceIsAway):
            way.ask(ask())
        ended.set()


def test_a_connection_that_was_closed_meanwhile_costs_nothing() -> None:
    count = 0

    def serve(handler: BaseHTTPRequestHandler) -> None:
        nonlocal count
        count += 1
        if count == 2:
            # As a server does that closes an idle connection just now.
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        say(handler, b"here")

    with a_service(serve) as way:
        for _ in range(2):
            answer = way.ask(ask())
            assert b"".join(answer.chunks) == b"here"
            answer.close()
    assert count == 3


@pytest.mark.parametrize(("headers", "tries"), [({}, 1), ({"Idempotency_Key": "k"}, 2)])
def test_an_act_is_repeated_only_if_it_is_the_same_act(headers: dict[str, str], tries: int) -> None:
    count = 0

    def serve(handler: BaseHTTPRequestHandler) -> None:
        nonlocal count
        count += 1
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    with a_service(serve) as way, pytest.raises(ServiceIsAway):
        way.ask(ask("POST", b"{}", Content_Length="2", **headers))
    assert count == tries


def test_a_file_is_sent_in_pieces_and_never_twice() -> None:
    size, seen = 3_000_000, []

    def serve(handler: BaseHTTPRequestHandler) -> None:
        left = int(handler.headers["Content-Length"])
        while left:
            left -= len(handler.rfile.read(min(left, 65_536)))
        seen.append("whole")
        say(handler, b"", 201)

    with a_service(serve) as way:
        stream = io.BytesIO(b"x" * size)
        answer = way.ask(ask("POST", stream, Content_Length=str(size), Idempotency_Key="k"))
        assert answer.status == 201
        answer.close()
    assert seen == ["whole"]


def test_an_answer_that_is_left_unread_harms_no_other() -> None:
    with a_service(lambda h: say(h, b"x" * 1_000_000)) as way:
        first = way.ask(ask())
        next(first.chunks)
        first.close()
        second = way.ask(ask())
        assert len(b"".join(second.chunks)) == 1_000_000
        second.close()


def test_headers_that_are_no_headers_are_refused() -> None:
    with a_service(lambda h: say(h, b"")) as way, pytest.raises((ValueError, ServiceIsAway)):
        way.ask(ask(If_Match='"1"\r\nX-Actor: somebody'))
