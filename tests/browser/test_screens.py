"""Every screen of the lived demo, found by following its links: whole, and without a barrier.

axe with the rules of WCAG 2.2 AA; no sideways scroll; a title and one heading of the first level;
and what the gateway drew of it holds.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Open
from tests.browser.looking import (
    a_window,
    combinations,
    faults_of,
    look_at,
    set_language,
    stumbles_of,
    undrawn,
)
from tests.browser.stage import ROOT, Stage

ROUTES = json.loads((ROOT / "web/src/routes.json").read_text())
SEEN_BY = {
    "Mentee": {"/", "/pairs", "/pairs/:id", "/meetings", "/meetings/:id", "/me", "/calendar"},
    "Mentor": {"/", "/pairs/:id", "/meetings", "/me", "/help", "/privacy", "/accessibility"},
    "Coordinator": {
        "/coordinate",
        "/coordinate/programs/:id",
        "/coordinate/cohorts/:id",
        "/coordinate/cohorts/:id/settings",
        "/coordinate/cohorts/:id/screening",
        "/coordinate/cohorts/:id/import",
        "/coordinate/cohorts/:id/matching",
        "/coordinate/cohorts/:id/pairs",
        "/coordinate/cohorts/:id/help",
        "/coordinate/cohorts/:id/figures/:figure",
    },
}
"""What each must come across at least."""


def pattern_of(path: str) -> str | None:
    """The route that a path belongs to; literal ones win."""
    fits = [
        route["path"]
        for route in ROUTES
        if re.fullmatch(re.sub(r":\w+", "[^/]+", route["path"]), path.rstrip("/") or "/")
    ]
    return min(fits, key=lambda found: found.count(":"), default=None)


def screens(page: Any, start: str, origin: str) -> Iterator[str]:
    """Open every kind of screen that links lead to, once each; yields its path."""
    waiting, seen = [start], set()
    while waiting:
        path = waiting.pop(0)
        pattern = pattern_of(urlsplit(path).path)
        if pattern is None or pattern in seen or pattern in {"/l/:token", "/mails"}:
            continue
        seen.add(pattern)
        look_at(page, path)
        yield path
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href.split('#')[0])")
        local = [link.removeprefix(origin) for link in links if link.startswith(f"{origin}/")]
        waiting += [link for link in dict.fromkeys(local) if "/api/" not in link]


@pytest.mark.parametrize(("width", "language", "theme"), combinations())
@pytest.mark.parametrize("kind", SEEN_BY)
def test_every_screen_is_whole_and_without_a_barrier(
    lived: Stage, window: Open, session: Any, kind: str, width: int, language: str, theme: str
) -> None:
    page = a_window(window, lived, width, language, theme)
    page.context.add_cookies(session(kind))
    set_language(page, language)
    start = "/coordinate" if kind == "Coordinator" else "/"
    wrong, found = {}, set()
    for path in screens(page, start, lived.url):
        found.add(pattern_of(urlsplit(path).path))
        assert page.locator("html").get_attribute("lang") == language
        if faults := faults_of(page) + undrawn(page, path):
            wrong[path] = faults
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)
    assert found >= SEEN_BY[kind], SEEN_BY[kind] - found


@pytest.mark.parametrize("kind", SEEN_BY)
def test_every_screen_can_be_walked_by_the_tab_key(
    lived: Stage, window: Open, session: Any, kind: str
) -> None:
    page = window(lived, size={"width": 320, "height": 640})
    page.context.add_cookies(session(kind))
    wrong = {}
    for path in screens(page, "/coordinate" if kind == "Coordinator" else "/", lived.url):
        # Where an address led elsewhere reading has moved on already.
        if page.url.endswith(path) and (faults := stumbles_of(page)):
            wrong[path] = faults
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize(("width", "language", "theme"), combinations())
def test_the_door_is_without_a_barrier(
    lived: Stage, window: Open, width: int, language: str, theme: str
) -> None:
    page = a_window(window, lived, width, language, theme)
    wrong = {}
    for path in ("/", "/sign-in", "/help", "/privacy", "/accessibility", "/l/none", "/nowhere"):
        look_at(page, path)
        if faults := faults_of(page) + undrawn(page, path):
            wrong[path] = faults
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)
