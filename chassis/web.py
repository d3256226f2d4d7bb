"""How a service answers HTTP: who asks, one shape of errors, versions, repeats, health, metrics,
one log line.

Views call `records()`, `actor()`, `now()`, `new_id()` and `expected_version()`; everything else is
here.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, TypeVar
from uuid import uuid4

from flask import Flask, Response, current_app, g, json, request
from flask_smorest import Api, Blueprint
from joserfc.jwk import OKPKey
from prometheus_client import CONTENT_TYPE_LATEST
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException, UnsupportedMediaType

from chassis import metrics
from chassis.errors import (
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Stale,
    Unavailable,
)
from chassis.events import fact_id
from chassis.log import logger
from chassis.openapi import PROBLEM, described, problems_of
from chassis.service import Running
from chassis.tokens import Actor, TokenRefused, check
from chassis.trace import note, trace_id, traceparent, tracing

MAX_BODY = 1 << 20
OWN_PATHS = ("/health/live", "/health/ready", "/metrics", "/openapi.json")
"""What every service answers without a token and without a line in the log."""
_STATUS: tuple[tuple[type[Problem], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (Stale, 412),
    (Conflict, 409),
    (Invalid, 422),
    (TokenRefused, 401),
    (Unavailable, 503),
)
F = TypeVar("F", bound=Callable[..., Any])


class NotJson(Exception):
    """A body that Python refuses to read, though it is written like JSON."""


class _Bodies(FlaskParser):
    def load_json(self, req: Any, schema: Any) -> Any:
        if not req.is_json and req.get_data():
            # Taken as empty, it would mean something else than whoever sent it meant.
            raise UnsupportedMediaType
        try:
            return super().load_json(req, schema)
        except ValueError as error:
            # A number of more digits than Python turns into one.
            raise NotJson from error


# Views are read by it whoever made their blueprint.
Blueprint.ARGUMENTS_PARSER = _Bodies()


def create_app(running: Running[Any]) -> Flask:
    """The WSGI application of a service."""
    app = Flask(running.service.name, static_folder=None, template_folder=None)
    app.config |= {
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "API_TITLE": running.service.name,
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
    }
    app.extensions["guildway"] = running
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_end)
    app.register_error_handler(Exception, _answer_failure)
    _add_own_endpoints(app, running)
    api = Api(app)
    for blueprint in running.service.blueprints:
        api.register_blueprint(blueprint)
    # flask-smorest answers errors in a shape of its own; ours is one for all.
    app.register_error_handler(HTTPException, _answer_failure)
    app.extensions["guildway.api"] = api
    app.extensions["guildway.authenticate"] = running.service.authenticate or _by_token(running)
    if running.service.extend:
        running.service.extend(app)
    return app


def public(view: F) -> F:
    """Mark a view as open without a token."""
    view.is_public = True  # type: ignore[attr-defined] # read in _begin
    return view


def running() -> Running[Any]:
    """The running service."""
    found: Running[Any] = current_app.extensions["guildway"]
    return found


def actor() -> Actor:
    """Who acts; views of `public` may have nobody and must not ask."""
    who: Actor | None = g.get("actor")
    if who is None:
        raise TokenRefused
    return who


def now() -> datetime:
    """The time of this request: one instant from its begin to its end."""
    moment: datetime = g.now
    return moment


def new_id() -> str:
    """The id of what this POST makes: the same for a repeat (actor, path, Idempotency-Key)."""
    key = request.headers.get("Idempotency-Key")
    return fact_id(actor().id, request.path, key) if key else str(uuid4())


def cause() -> str | None:
    """The cause of what this request does to something that exists: its Idempotency-Key, if there
    is one.
    """
    key = request.headers.get("Idempotency-Key")
    return fact_id(actor().id, request.path, key) if key else None


def expected_version() -> int | None:
    """The version the person saw (If-Match), or None."""
    tag = request.headers.get("If-Match")
    if tag is None or tag == "*":
        return None
    found = re.fullmatch(r'(?:W/)?"(\d{1,12})"', tag)
    if not found:
        raise Invalid([Fault(field="If-Match", code="not-a-version")])
    return int(found[1])


def created(body: Any, *, path: str, version: int | None = None) -> tuple[Any, int, dict[str, str]]:
    """201 with Location (and ETag)."""
    return body, 201, {"Location": path, **versioned(version)}


def versioned(version: int | None) -> dict[str, str]:
    """The ETag header of a version."""
    return {} if version is None else {"ETag": f'"{version}"'}


def problem(status: int, code: str, detail: str = "", **more: Any) -> Response:
    """An RFC 9457 answer; `code` is also the last part of its type."""
    body = {
        "type": f"/problems/{code}",
        "title": code.replace("-", " "),
        "status": status,
        "code": code,
    }
    body |= {"detail": detail} if detail else {}
    body |= {name: value for name, value in more.items() if value}
    body["trace"] = trace_id()
    answer = Response(json.dumps(body), status, content_type=PROBLEM)
    if status == 503:
        answer.headers["Retry-After"] = "2"
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def code_of(error: type[BaseException]) -> str:
    """`MentorIsFull` -> `mentor-is-full`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", error.__name__).lower()


def _status_of(error: type[BaseException]) -> int:
    return next((status for kind, status in _STATUS if issubclass(error, kind)), 500)


def _begin() -> None:
    g.started = perf_counter()
    g.tracing = tracing(request.headers.get("traceparent"), f"{request.method} {_rule()}")
    g.tracing.__enter__()
    g.now = running().clock.now()
    view = current_app.view_functions.get(request.endpoint or "")
    authenticate = current_app.extensions["guildway.authenticate"]
    if getattr(view, "is_public", False):
        return
    g.actor = authenticate(request)
    if g.actor is None and view is not None:
        raise TokenRefused


def _by_token(running: Running[Any]) -> Callable[[Any], Actor | None]:
    key = OKPKey.import_key(running.settings.path("GUILDWAY_TOKEN_PUBLIC_KEY").read_bytes())
    audience = running.service.name

    def authenticate(asked: Any) -> Actor | None:
        scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return None
        return check(token, audience=audience, key=key, at=datetime.now(UTC))

    return authenticate


def _finish(answer: Response) -> Response:
    seconds = perf_counter() - g.get("started", perf_counter())
    endpoint = request.endpoint or "none"
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["traceparent"] = traceparent()
    note("http.response.status_code", answer.status_code)
    metrics.REQUEST_SECONDS.labels(endpoint, answer.status_code).observe(seconds)
    if endpoint not in OWN_PATHS:
        logger().info(
            "asked",
            method=request.method,
            rule=_rule(),
            status=answer.status_code,
            ms=round(seconds * 1000, 1),
        )
    return answer


def _rule() -> str:
    """What was asked for; never the path: paths hold tokens and ids of links."""
    return request.url_rule.rule if request.url_rule else "none"


def _end(_error: BaseException | None) -> None:
    if "tracing" in g:
        g.pop("tracing").__exit__(None, None, None)


def _answer_failure(error: Exception) -> Response:
    if isinstance(error, Problem):
        return _answer_problem(error)
    if isinstance(error, HTTPException):
        return _answer_http(error)
    if isinstance(error, RecursionError):
        return problem(400, "too-deep")
    if isinstance(error, NotJson):
        return problem(400, code_of(NotJson))
    logger().exception("broken", endpoint=request.endpoint)
    return problem(500, "internal-error")


def _answer_problem(error: Problem) -> Response:
    status = _status_of(type(error))
    faults = [
        {"field": f.field, "code": f.code, **({"values": f.values} if f.values else {})}
        for f in getattr(error, "faults", ())
    ]
    detail = error.detail
    if isinstance(error, Unavailable):
        # It tells hosts and paths: for whoever runs this, not for whoever asks.
        logger().warning("unavailable", kind=type(error).__name__, reason=detail)
        detail = ""
    return problem(status, code_of(type(error)), detail, values=error.values, faults=faults)


def _answer_http(error: HTTPException) -> Response:
    if error.response is not None:
        return current_app.make_response(error.response)
    status = error.code or 500
    messages = (getattr(error, "data", None) or {}).get("messages")
    if status == 400 and messages:
        return problem(400, "not-json")
    if messages:
        return problem(422, "invalid", faults=[*_flat(messages)])
    answer = problem(status, (error.name or "error").lower().replace(" ", "-"))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "Location"}:
            answer.headers[name] = value
    return answer


def _flat(messages: Any, path: str = "") -> list[dict[str, Any]]:
    """Marshmallow's tree of messages as faults; `too-long:200` is a code and its value."""
    if isinstance(messages, dict):
        parts = [
            _flat(inner, f"{path}.{name}" if path else str(name))
            for name, inner in messages.items()
        ]
        return [fault for part in parts for fault in part]
    if isinstance(messages, list):
        return [fault for inner in messages for fault in _flat(inner, path)]
    code, *values = str(messages).split(":")
    where = re.sub(r"^(json|query|headers|form|files)\.?|\._schema$", "", path)
    return [{"field": where, "code": code, **({"values": values} if values else {})}]


def _add_own_endpoints(app: Flask, running: Running[Any]) -> None:
    def live() -> Response:
        return Response("live\n", content_type="text/plain")

    def ready() -> Response:
        # Without a broker people are still served: what they do waits in outboxes.
        running.store.ping()
        return Response("ready\n", content_type="text/plain")

    def numbers() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)

    def openapi() -> Response:
        package = running.service.records.__module__.rpartition(".")[0]
        problems = [
            (code_of(kind), _status_of(kind), kind.__doc__ or "") for kind in problems_of(package)
        ]
        spec = described(app.extensions["guildway.api"].spec.to_dict(), problems)
        return Response(json.dumps(spec), content_type="application/json")

    for path, view in zip(OWN_PATHS, (live, ready, numbers, openapi), strict=True):
        app.add_url_rule(path, path, public(view))
