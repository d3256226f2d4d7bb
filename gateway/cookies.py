"""The cookies of the gateway and how they are locked up, and who asks by them."""

from typing import cast

from flask import Request, Response, g, request

from chassis.tokens import Actor
from chassis.web import now, running
from gateway import service
from gateway.config import SESSION_COOKIE, SESSION_DAYS
from gateway.repository import Records

_YEAR = 31_536_000


def signed_in(asked: Request) -> Actor | None:
    """Who asks, if they are signed in."""
    records = cast("Records", running().records)
    found = service.who(records, asked.cookies.get(SESSION_COOKIE, ""), now=now())
    if found is None:
        return None
    if found.is_lengthened:
        g.lengthened = True
    return found.actor


def lengthen(answer: Response) -> Response:
    """Let the cookie live as long as the session that was lengthened by this request."""
    if "lengthened" in g:
        records = cast("Records", running().records)
        give_session(answer, request.cookies[SESSION_COOKIE], url=records.instance.url)
    return answer


def give_session(answer: Response, token: str, *, url: str) -> None:
    """Give a browser its session: out of reach of scripts and of other sites' forms."""
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=SESSION_DAYS * 86_400,
        httponly=True,
        samesite="Lax",
        secure=url.startswith("https:"),
        path="/",
    )


def take_session(answer: Response, *, url: str) -> None:
    """Take it away."""
    answer.delete_cookie(
        SESSION_COOKIE, path="/", httponly=True, samesite="Lax", secure=url.startswith("https:")
    )


def give_language(answer: Response, language: str, *, url: str) -> None:
    """Remember the language chosen before signing in."""
    answer.set_cookie(
        "language",
        language,
        max_age=_YEAR,
        samesite="Lax",
        secure=url.startswith("https:"),
        path="/",
    )
