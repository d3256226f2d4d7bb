"""What the gateway adds to an app of the chassis: pages, the way to the services, sockets, and what
holds for every request from outside.
"""

from functools import partial
from typing import Any, cast

from flask import Flask, Request, Response, request
from joserfc.jwk import OKPKey

from chassis.errors import NotFound
from chassis.service import Running
from chassis.tokens import Actor, TokenRefused
from chassis.web import problem, public
from gateway import passing
from gateway.client import Client
from gateway.config import DIST, ROUTES
from gateway.cookies import lengthen, signed_in
from gateway.files import add_files
from gateway.live import Live
from gateway.model import LinkIsExpired, LinkIsUsed, TooManyTries
from gateway.origins import refuse_foreign
from gateway.pages import add_pages
from gateway.repository import Records


class NotSignedIn(TokenRefused):
    """There is no session, or it is over."""


def authenticate(asked: Request) -> Actor | None:
    """Who asks, by the session cookie. Raises NotSignedIn; None only where there is nothing."""
    who = signed_in(asked)
    if who is None and asked.endpoint is not None:
        raise NotSignedIn
    return who


def extend(app: Flask) -> None:
    """Add everything that is the gateway's own."""
    running = cast("Running[Records]", app.extensions["guildway"])
    private = running.settings.path("GUILDWAY_TOKEN_PRIVATE_KEY").read_bytes()
    app.extensions["gateway.passage"] = passing.Passage(
        passing.HttpServices(running.settings), OKPKey.import_key(private)
    )
    app.extensions["gateway.client"] = Client(DIST, ROUTES)
    app.before_request(partial(_guard, running.records.instance.url))
    app.after_request(partial(_lock, running.records.instance.url.startswith("https:")))
    app.after_request(lengthen)
    for error, status, code in (
        (LinkIsUsed, 410, "link-is-used"),
        (LinkIsExpired, 410, "link-is-expired"),
        (TooManyTries, 429, "too-many-tries"),
    ):
        app.register_error_handler(error, partial(_told, status, code))
    app.add_url_rule(
        "/api/<service>/<path:path>",
        "pass-on",
        passing.pass_on,
        methods=passing.METHODS,
        provide_automatic_options=False,
    )
    app.add_url_rule("/calendar/<token>.ics", "calendar", public(passing.pass_calendar))
    add_files(app)
    add_pages(app)
    live = app.extensions["gateway.live"] = Live(running)
    app.wsgi_app = live.wrap(app.wsgi_app)  # type: ignore[method-assign] # as Flask tells to


def _guard(url: str) -> None:
    """Refuse what comes from other sites' pages, and figures for those beyond the machine room."""
    refuse_foreign(request, url=url)
    if request.path == "/metrics" and "X-Forwarded-For" in request.headers:
        raise NotFound


def _lock(is_https: bool, answer: Response) -> Response:
    """What browsers are told for every answer."""
    headers = answer.headers
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    if is_https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return answer


def _told(status: int, code: str, _error: Any) -> Response:
    answer = problem(status, code)
    if status == 429:
        answer.headers["Retry-After"] = "3600"
    return answer
