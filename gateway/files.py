"""The files that Vite has built, and the two that a site has at its root."""

import json
from pathlib import Path
from typing import cast

from flask import Flask, Response, current_app, request, send_file
from werkzeug.security import safe_join

from chassis.errors import NotFound
from chassis.web import public
from gateway.client import Client

LONGEST_NAME = 200
"""A name longer than any file's may have is an error to the system, not an answer."""
_PACKED = (("br", ".br"), ("gzip", ".gz"))
_HOUR, _DAY, _YEAR = 3600, 86_400, 31_536_000


def client() -> Client:
    """The client as it is built."""
    return cast("Client", current_app.extensions["gateway.client"])


def add_files(app: Flask) -> None:
    """Add the routes of files."""
    app.add_url_rule("/assets/<path:name>", "asset", asset)
    app.add_url_rule("/manifest.webmanifest", "manifest", manifest)
    app.add_url_rule("/robots.txt", "robots", robots)


@public
def asset(name: str) -> Response:
    """A file with its hash in its name: it never changes."""
    path = safe_join(str(client().dist / "assets"), name)
    if path is None or len(name) > LONGEST_NAME or not Path(path).is_file():
        raise NotFound
    return give_file(Path(path), max_age=_YEAR, immutable=True)


@public
def manifest() -> Response:
    """What a phone needs to install the client."""
    own = client().dist / "manifest.webmanifest"
    if own.is_file():
        return give_file(own, max_age=_HOUR, mimetype="application/manifest+json")
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
    answer.cache_control.max_age = _HOUR
    return answer


@public
def robots() -> Response:
    """What search engines leave alone: everything but the door."""
    lines = "User-agent: *\nAllow: /$\nAllow: /privacy\nAllow: /accessibility\nDisallow: /\n"
    answer = Response(lines, content_type="text/plain; charset=utf-8")
    answer.cache_control.max_age = _DAY
    return answer


def give_file(
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
