"""Passes requests on to the services: with a token of sixty seconds that names who acts, and with
nothing else that the outside said but the few headers listed here.

`Services` is how they are reached: over HTTP (`HttpServices`), or within one process where a cohort
is lived through (`deploy.town`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

from flask import Response, current_app, request
from joserfc.jwk import OKPKey
from urllib3 import HTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError, ProtocolError
from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestEntityTooLarge

from chassis.errors import NotFound, Unavailable
from chassis.log import logger
from chassis.settings import Settings
from chassis.tokens import Actor, sign
from chassis.trace import traceparent
from chassis.web import actor, problem
from gateway.compressing import compress
from gateway.config import CONNECT_SECONDS, HIDDEN, LARGEST_UPLOAD, READ_SECONDS, SERVICES

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
TAKEN = (
    "Accept",
    "Accept-Language",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "X-File-Name",
)
"""Headers of a request that reach a service."""
GIVEN = (
    "Allow",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Type",
    "ETag",
    "Last-Modified",
    "Location",
    "Retry-After",
    "Vary",
)
"""Headers of an answer that reach the outside."""
CHUNK = 1 << 16
_REPEATABLE = ("GET", "HEAD", "PUT", "DELETE")


class ServiceIsAway(Unavailable):
    """A service cannot be reached or does not answer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to a service. target: path and query, encoded. body: bytes, or what can be read."""

    service: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: Any = None
    seconds: float = READ_SECONDS


@dataclass(slots=True, kw_only=True)
class Answered:
    """What a service answers; its body is read once, or left by `close`."""

    status: int
    headers: Mapping[str, str] | Headers
    """Asked for without regard to capitals."""
    chunks: Iterator[bytes]
    close: Any = field(default=lambda: None)

    def json(self) -> Any:
        """The whole body as JSON; None if it is none."""
        try:
            return json.loads(b"".join(self.chunks))
        except ValueError:
            return None
        finally:
            self.close()


class Services(Protocol):
    """How services are reached."""

    def ask(self, asked: Asked) -> Answered:
        """Send a request and give the answer as soon as its head is there. Raises ServiceIsAway."""


class HttpServices:
    """Services at the addresses of the settings."""

    def __init__(self, settings: Settings) -> None:
        """Keep connections open between requests."""
        self._urls = {
            name: settings[f"GUILDWAY_{name.upper()}_URL"].rstrip("/") for name in SERVICES
        }
        self._pool = PoolManager(num_pools=len(SERVICES), maxsize=64)

    def ask(self, asked: Asked) -> Answered:
        """Once; again if a kept connection had just been closed and a repeat is harmless."""
        try:
            try:
                answer = self._send(asked)
            except ProtocolError:
                if not _may_repeat(asked):
                    raise
                answer = self._send(asked)
        except HTTPError as error:
            reason = type(error).__name__
            logger().warning("service is away", called=asked.service, reason=reason)
            raise ServiceIsAway(service=asked.service) from error
        return Answered(
            status=answer.status,
            headers=answer.headers,
            chunks=answer.stream(CHUNK, decode_content=False),
            close=_letting_go(answer),
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.clear()

    def _send(self, asked: Asked) -> HTTPResponse:
        answer = self._pool.urlopen(
            asked.method,
            self._urls[asked.service] + asked.target,
            body=asked.body,
            headers=dict(asked.headers),
            timeout=Timeout(connect=CONNECT_SECONDS, read=asked.seconds),
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        assert isinstance(answer, HTTPResponse)
        return answer


class Passage:
    """The way to the services, with the key that signs who acts."""

    def __init__(self, services: Services, key: OKPKey) -> None:
        """Take how services are reached, and the private key of access tokens."""
        self.services, self._key = services, key

    def ask(
        self,
        who: Actor | None,
        service: str,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        seconds: float = READ_SECONDS,
    ) -> Answered:
        """Ask a service in somebody's name (None: in nobody's)."""
        own = {**(headers or {}), "traceparent": traceparent()}
        if who is not None:
            token = sign(who, audience=service, key=self._key, at=datetime.now(UTC))
            own["Authorization"] = f"Bearer {token}"
        return self.services.ask(
            Asked(
                service=service,
                method=method,
                target=target,
                headers=own,
                body=body,
                seconds=seconds,
            )
        )

    def post(
        self, who: Actor, service: str, target: str, body: Mapping[str, Any], *, key: str
    ) -> tuple[int, Any]:
        """POST a JSON object; the status and the JSON of the answer. key: Idempotency-Key."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        answer = self.ask(
            who, service, "POST", target, headers=headers, body=json.dumps(body).encode()
        )
        return answer.status, answer.json()


def passage() -> Passage:
    """The passage of this app."""
    found: Passage = current_app.extensions["gateway.passage"]
    return found


def pass_on(service: str, path: str) -> Response:
    """`/api/<service>/<path>`: the same request at the service, by whoever is signed in."""
    who = actor()
    if service not in SERVICES:
        raise NotFound
    try:
        answer = passage().ask(
            who, service, request.method, target_of(path), headers=_taken(), body=_body(path)
        )
    except RequestEntityTooLarge:
        return problem(413, "file-is-too-large", values={"megabytes": LARGEST_UPLOAD >> 20})
    if answer.status == 401:
        # The token is ours: that it was refused (clocks, keys) is no fault of the person's.
        answer.close()
        logger().error("token refused", called=service)
        return problem(502, "bad-gateway")
    return compress(_given(answer, prefix=f"/api/{service}"))


def pass_calendar(token: str) -> Response:
    """A calendar feed: the same bytes and tags as scheduling gives, to whoever has its address."""
    target = f"/calendar/{quote(token, safe='')}.ics"
    return _given(passage().ask(None, "scheduling", request.method, target, headers=_taken()))


def target_of(path: str) -> str:
    """The path as a service is asked, encoded anew, with the query. NotFound if it leads elsewhere
    (`..`) or to what is not for the outside.
    """
    parts = path.split("/")
    if parts[0] in HIDDEN or any(part in {"", ".", ".."} for part in parts):
        raise NotFound
    query = request.query_string.decode("latin-1")
    target = "/" + "/".join(quote(part, safe="") for part in parts)
    return f"{target}?{query}" if query else target


def _taken() -> dict[str, str]:
    headers = {name: request.headers[name] for name in TAKEN if name in request.headers}
    if request.content_length is not None and request.method not in {"GET", "HEAD"}:
        headers["Content-Length"] = str(request.content_length)
    return headers


def _body(path: str) -> Any:
    """A file is passed on while it arrives; anything else is small and can be sent twice."""
    if request.method in {"GET", "HEAD"}:
        return None
    if request.method == "POST" and path.endswith("/imports"):
        request.max_content_length = LARGEST_UPLOAD
        return request.stream
    return request.get_data()


def _given(answer: Answered, *, prefix: str = "") -> Response:
    response = Response(answer.chunks, answer.status)
    response.headers.clear()
    for name in GIVEN:
        if (value := answer.headers.get(name)) is not None:
            response.headers[name] = value
    place = answer.headers.get("Location", "")
    if place.startswith("/"):
        response.headers["Location"] = prefix + place
    response.autocorrect_location_header = False
    response.call_on_close(answer.close)
    return response


def _may_repeat(asked: Asked) -> bool:
    is_known = "Idempotency-Key" in asked.headers or asked.method in _REPEATABLE
    return is_known and (asked.body is None or isinstance(asked.body, bytes))


def _letting_go(answer: HTTPResponse) -> Any:
    def close() -> None:
        # What was not read to its end must not be taken for the beginning of the next answer.
        if not answer.isclosed():
            answer.close()
        answer.release_conn()

    return close
