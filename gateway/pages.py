"""The pages of the client: one shell for all of them, with styles and first data inside, so that a
slow phone needs few round trips; and the files that Vite has built.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import wraps
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, send_file
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from werkzeug.security import safe_join

from chassis.clock import to_text
from chassis.errors import NotFound, Unavailable
from chassis.log import logger
from chassis.tokens import Actor
from chassis.web import now, public, running
from contracts.shapes import LANGUAGES
from gateway import links, service
from gateway.client import Built, Client, Match
from gateway.compressing import compress
from gateway.config import BOOT_SECONDS, SERVICES
from gateway.cookies import signed_in
from gateway.link_words import told_of
from gateway.model import Link, LinkIsUnknown
from gateway.passing import passage
from gateway.repository import Records

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
        "away": "Un instant, s’il vous plaît",  # noqa: RUF001 (an apostrophe)
        "away_text": "Le service redémarre. Cette page se recharge toute seule.",
    },
}
_RESERVED = ("api", "assets", "auth", "calendar", "health", "links", "metrics", "socket.io")
"""First parts of paths that are no pages."""
TOLD = (403, 404, 409, 410, 422)
"""Problems that are handed to the page with its data; it would only meet them again."""
COORDINATE = "/coordinate"
"""Home of who takes part in nothing and coordinates."""
_LINK_STATUS = {"open": 200, "used": 410, "expired": 410, "unknown": 404}
_PACKED = (("br", ".br"), ("gzip", ".gz"))
_YEAR = 31_536_000
_fetching = ThreadPoolExecutor(max_workers=32, thread_name_prefix="boot")


def records() -> Records:
    """The repositories of the gateway."""
    return cast("Records", running().records)


def client() -> Client:
    """The client as it is built."""
    return cast("Client", current_app.extensions["gateway.client"])


def add_pages(app: Flask) -> None:
    """Add the routes of pages and files."""
    app.add_url_rule("/l/<token>", "link-page", link_page)
    app.add_url_rule("/assets/<path:name>", "asset", asset)
    app.add_url_rule("/manifest.webmanifest", "manifest", manifest)
    app.add_url_rule("/robots.txt", "robots", robots)
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
        language = _language_asked()
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
        return _file(client().dist / path, max_age=3600)
    first, *deeper = path.split("/", maxsplit=1)
    if first in _RESERVED and (deeper or first != "calendar"):
        raise NotFound
    who = signed_in(request)
    if not path and who is not None and service.only_coordinates(records(), who):
        return Response(status=302, headers={"Location": COORDINATE, "Vary": "Cookie"})
    match = built.match(f"/{path}")
    status = 200 if match and _may_see(match, who) else 404
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


@public
def asset(name: str) -> Response:
    """A file with its hash in its name: it never changes."""
    path = safe_join(str(client().dist / "assets"), name)
    # A name longer than any file's may have is an error to the system, not an answer.
    if path is None or len(name) > 200 or not Path(path).is_file():
        raise NotFound
    return _file(Path(path), max_age=_YEAR, immutable=True)


@public
def manifest() -> Response:
    """What a phone needs to install the client."""
    own = client().dist / "manifest.webmanifest"
    if own.is_file():
        return _file(own, max_age=3600, mimetype="application/manifest+json")
    icons = sorted(n for n in client().built().files if n.endswith((".svg", ".png")))
    body = {
        "name": "Guildway",
        "short_name": "Guildway",
        "id": "/",
        "start_url": "/",
        "display": "standalone",
        "icons": [{"src": f"/{name}", "sizes": "any"} for name in icons],
    }
    answer = Response(json.dumps(body), content_type="application/manifest+json")
    answer.cache_control.max_age = 3600
    return answer


@public
def robots() -> Response:
    """What search engines leave alone: everything but the door."""
    lines = "User-agent: *\nAllow: /$\nAllow: /privacy\nAllow: /accessibility\nDisallow: /\n"
    answer = Response(lines, content_type="text/plain; charset=utf-8")
    answer.cache_control.max_age = 86_400
    return answer


def language_for(me: Mapping[str, Any] | None) -> str:
    """The language of a page: the member's, else what was chosen here, else the browser's."""
    return str(me["language"]) if me is not None else _language_asked()


def _language_asked() -> str:
    chosen = request.cookies.get("language")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES, "en") or "en"


def _may_see(match: Match, who: Actor | None) -> bool:
    if who is None or match.route.open_to != "coordinator":
        return True
    return who.is_one_of("coordinator", "admin")


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
    boot = {**_boot(match, who), **(more or {})}
    if who is None and "language" not in request.cookies:
        # Whoever comes by a mail reads on in the language of the mail.
        boot["language"] = boot.get("link", {}).get("language", boot["language"])
    nonce = secrets.token_urlsafe(16)
    html = _JINJA.get_template("shell.html").render(
        language=boot["language"],
        theme=_theme(),
        title=_title(boot),
        words=_WORDS[boot["language"]],
        icon="/favicon.svg" if "favicon.svg" in built.files else None,
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
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def escaped(boot: Mapping[str, Any]) -> Markup:
    """JSON that is safe inside a script element: nothing in it can end the element."""
    text = json.dumps(boot, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 (what could end the element is escaped above)


def _boot(match: Match | None, who: Actor | None) -> dict[str, Any]:
    me = service.shown_me(records(), who) if who else None
    association = (me or {}).get("association") or service.only_association(records())
    instance = records().instance
    return {
        "now": to_text(now()),
        "language": language_for(me),
        "url": instance.url,
        "demo": instance.is_demo,
        "me": me,
        "association": {"name": association["name"]} if association else None,
        "needs_setup": service.needs_setup(records()),
        "data": _first_data(match, who) if match and who and _may_see(match, who) else {},
    }


def _first_data(match: Match, who: Actor) -> dict[str, Any]:
    """What the page will ask for first, asked of the services all at once; what fails or takes too
    long is left to the client.
    """
    urls = [
        url
        for url in match.urls(request.args)
        if url.startswith("/api/") and _service_of(url) in SERVICES
    ]
    way = passage()

    def fetch(url: str) -> Any:
        answer = way.ask(
            who, _service_of(url), "GET", url.split("/", 3)[3].join(("/", "")), seconds=BOOT_SECONDS
        )
        body = answer.json()
        is_told = answer.status == 200 or (answer.status in TOLD and "code" in (body or {}))
        return body if is_told else None

    waiting = {url: _fetching.submit(copy_context().run, fetch, url) for url in urls}
    found = {}
    for url, answer in waiting.items():
        try:
            body = answer.result(timeout=BOOT_SECONDS + 1)
        except (Unavailable, TimeoutError):
            continue
        if body is not None:
            found[url] = body
    return found


def _service_of(url: str) -> str:
    return url.split("/")[2]


def _preloads(built: Built, match: Match | None, who: Actor | None, language: str) -> list[str]:
    if match is None:
        return built.preloads("NotFound", ("core",), language)
    if match.route.open_to != "anyone" and who is None:
        return built.preloads("SignIn", ("core",), language)
    return built.preloads(match.route.page, ("core", *match.route.words.split()), language)


def _title(boot: Mapping[str, Any]) -> str:
    association = boot["association"]
    return f"{association['name']} · Guildway" if association else "Guildway"


def _theme() -> str | None:
    theme = request.cookies.get("theme")
    return theme if theme in {"light", "dark"} else None


def _file(
    path: Path, *, max_age: int, immutable: bool = False, mimetype: str | None = None
) -> Response:
    """A file, the packed one beside it if there is one and whoever asks takes it."""
    packed = next(
        (
            (coding, path.with_name(path.name + ending))
            for coding, ending in _PACKED
            if request.accept_encodings[coding] > 0 and path.with_name(path.name + ending).is_file()
        ),
        None,
    )
    answer = send_file(
        packed[1] if packed else path,
        mimetype=mimetype or _mimetype(path),
        conditional=True,
        max_age=max_age,
    )
    if packed:
        answer.headers["Content-Encoding"] = packed[0]
    answer.vary.add("Accept-Encoding")
    answer.cache_control.public = True
    answer.cache_control.no_cache = None
    if immutable:
        answer.cache_control.immutable = True
    return answer


def _mimetype(path: Path) -> str:
    return {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".css": "text/css",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".ico": "image/x-icon",
        ".woff2": "font/woff2",
        ".webmanifest": "application/manifest+json",
        ".txt": "text/plain",
    }.get(path.suffix, "application/octet-stream")
