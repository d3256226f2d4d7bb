"""The pages of the client: one shell for all of them, with styles and first data inside, so that a
slow phone needs few round trips.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from chassis.errors import NotFound, Unavailable
from chassis.log import logger
from chassis.tokens import Actor
from chassis.web import now, public
from gateway import links, service
from gateway.boot import boot_of, escaped, language_asked, may_see, records
from gateway.client import Built, Match
from gateway.compressing import compress
from gateway.cookies import signed_in
from gateway.drawing import Drawn, artist
from gateway.files import client, give_file
from gateway.link_words import told_of
from gateway.model import Link, LinkIsUnknown

_JINJA = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_WORDS = {
    "en": {
        "description": "Guildway: mentoring in your professional association.",
        "no_script": "Guildway needs JavaScript. The buttons in our mails do too.",
        "away": "One moment, please",
        "away_text": "Something here is being started. This page looks again by itself.",
    },
    "fr": {
        "description": "Guildway : le mentorat dans votre association professionnelle.",
        "no_script": "Guildway a besoin de JavaScript, comme les boutons de nos courriels.",
        "away": "Un instant, s’il vous plaît",
        "away_text": "Le service redémarre. Cette page se recharge toute seule.",
    },
}
_RESERVED = ("api", "assets", "auth", "calendar", "health", "links", "metrics", "socket.io")
"""First parts of paths that are no pages."""
COORDINATE = "/coordinate"
"""Home of who takes part in nothing and coordinates."""
_LINK_STATUS = {"open": 200, "used": 410, "expired": 410, "unknown": 404}


def add_pages(app: Flask) -> None:
    """Add the routes of pages."""
    app.add_url_rule("/l/<token>", "link-page", link_page)
    app.add_url_rule("/", "home", page, defaults={"path": ""})
    app.add_url_rule("/<path:path>", "page", page)


def _kindly(view: Callable[..., Response]) -> Callable[..., Response]:
    """A page for people also where the store does not answer: it comes back by itself."""

    @wraps(view)
    def act(**values: str) -> Response:
        try:
            return view(**values)
        except Unavailable as error:
            logger().warning("page not made", reason=type(error).__name__)
        language = language_asked()
        page = _JINJA.get_template("away.html").render(language=language, words=_WORDS[language])
        headers = {"Retry-After": "10"}
        return Response(page, 503, headers=headers, content_type="text/html; charset=utf-8")

    return act


@public
@_kindly
def page(path: str) -> Response:
    """Any page of the client; an unknown one is a page too, which says so."""
    built = client().built()
    if path in built.files:
        return give_file(client().dist / path, max_age=3600)
    first, *deeper = path.split("/", maxsplit=1)
    if first in _RESERVED and (deeper or first != "calendar"):
        raise NotFound
    who = signed_in(request)
    if not path and who is not None and service.only_coordinates(records(), who):
        return Response(status=302, headers={"Location": COORDINATE, "Vary": "Cookie"})
    match = built.match(f"/{path}")
    status = 200 if match and may_see(match, who) else 404
    return _shell(built, match, who, status=status)


@public
@_kindly
def link_page(token: str) -> Response:
    """The page of a one-time link: it says what the button will do. It changes nothing."""
    try:
        link: Link | None = links.find_link(records(), token)
    except LinkIsUnknown:
        link = None
    told = told_of(records(), link, now())
    built = client().built()
    match = built.match("/l/token")
    return _shell(
        built, match, signed_in(request), status=_LINK_STATUS[told["state"]], more={"link": told}
    )


def _shell(
    built: Built,
    match: Match | None,
    who: Actor | None,
    *,
    status: int,
    more: Mapping[str, Any] | None = None,
) -> Response:
    if built.script is None:
        page = _JINJA.get_template("unbuilt.html").render()
        return Response(page, 503, headers={"Retry-After": "10"}, content_type="text/html")
    boot = {**boot_of(match, who), **(more or {})}
    if who is None and "language" not in request.cookies:
        # Whoever comes by a mail reads on in the language of the mail.
        boot["language"] = boot.get("link", {}).get("language", boot["language"])
    nonce = secrets.token_urlsafe(16)
    drawn = _drawn(built, boot)
    html = _JINJA.get_template("shell.html").render(
        language=boot["language"],
        theme=_theme(),
        title=Markup(drawn.title) or _title(boot),  # noqa: S704 (drawn as HTML)
        drawn=Markup(drawn.html),  # noqa: S704 (drawn as HTML by the client's own code)
        words=_WORDS[boot["language"]],
        icon=built.icon,
        nonce=nonce,
        # Styles come from our own build; a "</style" in them would be a fault of it.
        styles=Markup(built.styles),  # noqa: S704
        script=built.script,
        preloads=_preloads(built, match, who, boot["language"]),
        boot=escaped(boot),
    )
    answer = Response(html, status, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = policy(nonce, records().instance.url)
    answer.vary.update(("Cookie", "Accept-Language"))
    return compress(answer)


def _drawn(built: Built, boot: Mapping[str, Any]) -> Drawn:
    drawing = artist(*built.drawing) if built.drawing else None
    if drawing is None:
        return Drawn()
    here = f"{records().instance.url}{request.full_path.rstrip('?')}"
    return drawing.draw(json.dumps(boot), url=here, theme=_theme() or "")


def policy(nonce: str, url: str) -> str:
    """What a page may load and run: our own, and nothing written into it but with this nonce."""
    own = urlsplit(url)
    sockets = f"{'wss' if own.scheme == 'https' else 'ws'}://{own.netloc}"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {sockets}",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def _preloads(built: Built, match: Match | None, who: Actor | None, language: str) -> list[str]:
    if match is None:
        return built.preloads("NotFound", ("core",), language)
    if match.route.open_to != "anyone" and who is None:
        return built.preloads("SignIn", ("core",), language)
    route = match.route
    words = ("core", *route.words.split())
    return built.preloads(route.page, words, language, begins=route.begins)


def _title(boot: Mapping[str, Any]) -> str:
    association = boot["association"]
    return f"{association['name']} · Guildway" if association else "Guildway"


def _theme() -> str | None:
    theme = request.cookies.get("theme")
    return theme if theme in {"light", "dark"} else None
