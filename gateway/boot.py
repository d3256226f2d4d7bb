"""What the shell brings along for the client: who is here, in what language, and what the page will
ask for first.
"""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, cast

from flask import request
from markupsafe import Markup

from chassis.clock import to_text
from chassis.errors import Unavailable
from chassis.tokens import Actor
from chassis.web import now, running
from contracts.shapes import LANGUAGES
from gateway import founding, service
from gateway.client import Match
from gateway.config import BOOT_SECONDS, SERVICES
from gateway.passing import passage
from gateway.repository import Records

TOLD = (403, 404, 409, 410, 422)
"""Problems that are handed to the page with its data; it would only meet them again."""
_fetching = ThreadPoolExecutor(max_workers=32, thread_name_prefix="boot")


def records() -> Records:
    """The repositories of the gateway."""
    return cast("Records", running().records)


def boot_of(match: Match | None, who: Actor | None) -> dict[str, Any]:
    """Everything that the client reads from the page before it asks for anything."""
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
        "needs_setup": founding.needs_setup(records()),
        "data": _first_data(match, who) if match and who and may_see(match, who) else {},
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


def escaped(boot: Mapping[str, Any]) -> Markup:
    """JSON that is safe inside a script element: nothing in it can end the element."""
    text = json.dumps(boot, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 (what could end the element is escaped above)


def language_for(me: Mapping[str, Any] | None) -> str:
    """The language of a page: the member's, else what was chosen here, else the browser's."""
    return str(me["language"]) if me is not None else language_asked()


def language_asked() -> str:
    """The language that was chosen in this browser, else the one it asks for."""
    chosen = request.cookies.get("language")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES, "en") or "en"


def may_see(match: Match, who: Actor | None) -> bool:
    """Whether a page is there for somebody."""
    if who is None or match.route.open_to != "coordinator":
        return True
    return who.is_one_of("coordinator", "admin")
