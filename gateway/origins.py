"""Where a request comes from: from whose page (only our own may change something), from which
peer.

The session cookie is SameSite=Lax; this holds where that does not (same-site neighbours, old
browsers). https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from urllib.parse import urlsplit

from flask import Request

from chassis.errors import Forbidden
from gateway.config import SESSION_COOKIE

SAFE = ("GET", "HEAD", "OPTIONS")


class ForeignOrigin(Forbidden):
    """The request comes from another site's page."""


def refuse_foreign(asked: Request, *, url: str) -> None:
    """Raise ForeignOrigin for an unsafe request that does not come from a page of ours. One that
    comes from no browser at all says neither origin nor fetch metadata; it may not use a session.
    """
    if asked.method in SAFE:
        return
    origin, site = asked.headers.get("Origin"), asked.headers.get("Sec-Fetch-Site")
    if origin is not None:
        is_own = is_own_origin(origin, host=asked.host, url=url)
    elif site is not None:
        is_own = site == "same-origin"
    else:
        is_own = SESSION_COOKIE not in asked.cookies
    if not is_own:
        raise ForeignOrigin


def peer_of(asked: Request, *, proxies: int) -> str:
    """The address a request comes from: what our own proxies say, and nothing that anybody could
    have written before them.
    """
    named = [part.strip() for part in asked.headers.get("X-Forwarded-For", "").split(",")]
    if 0 < proxies <= len(named) and named[-proxies]:
        return named[-proxies]
    return asked.remote_addr or ""


def is_own_origin(origin: str, *, host: str, url: str) -> bool:
    """Whether an `Origin` is this instance: the address people see, or the host that was asked."""
    try:
        parts, own = urlsplit(origin), urlsplit(url)
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return False
    if origin == f"{own.scheme}://{own.netloc}":
        return True
    return parts.netloc == host and (parts.scheme == "https" or own.scheme == "http")
