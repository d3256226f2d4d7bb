"""Every screen of the lived demo, found by following its links: whole, and without a barrier.

axe with the rules of WCAG 2.2 AA; no sideways scroll; a title and one heading of the first level.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Open
from tests.browser.stage import ROOT, Stage

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUICK = [(320, "fr", "dark"), (1280, "en", "light")]
EVERY = [
    (width, language, theme)
    for width in (320, 412, 1280)
    for language in ("en", "fr")
    for theme in ("light", "dark")
]
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


def combinations() -> list[Any]:
    """Two in every run, all of them by `make axe`."""
    return [
        pytest.param(
            *one, id="-".join(map(str, one)), marks=() if one in QUICK else pytest.mark.axe
        )
        for one in EVERY
    ]


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
        page.goto(path, wait_until="networkidle")
        yield path
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        local = [link.removeprefix(origin) for link in links if link.startswith(f"{origin}/")]
        waiting += [link for link in dict.fromkeys(local) if "/api/" not in link]


def faults_of(page: Any) -> list[str]:
    """What is wrong with the screen that is open."""
    faults = []
    width, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if width > inner:
        faults.append(f"scrolls sideways: {width} > {inner}")
    headings = page.locator("h1").count()
    if headings != 1:
        faults.append(f"has {headings} headings of the first level")
    page.evaluate(AXE.read_text() + ";0")
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    result = page.evaluate("options => axe.run(document, options)", options)
    for rule in result["violations"]:
        where = [node["target"] for node in rule["nodes"][:3]]
        faults.append(f"{rule['id']}: {rule['help']} {where}")
    return faults


@pytest.mark.parametrize(("width", "language", "theme"), combinations())
@pytest.mark.parametrize("kind", SEEN_BY)
def test_every_screen_is_whole_and_without_a_barrier(
    lived: Stage, window: Open, session: Any, kind: str, width: int, language: str, theme: str
) -> None:
    page = window(
        lived,
        size={"width": width, "height": 800},
        language=language,
        color_scheme=theme,
        bypass_csp=True,  # only so that axe can be put into the page
    )
    page.context.add_cookies(session(kind))
    set_language(page, language)
    start = "/coordinate" if kind == "Coordinator" else "/"
    wrong, found = {}, set()
    for path in screens(page, start, lived.url):
        found.add(pattern_of(urlsplit(path).path))
        assert page.locator("html").get_attribute("lang") == language
        if faults := faults_of(page):
            wrong[path] = faults
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)
    assert found >= SEEN_BY[kind], SEEN_BY[kind] - found


@pytest.mark.parametrize(("width", "language", "theme"), combinations())
def test_the_door_is_without_a_barrier(
    lived: Stage, window: Open, width: int, language: str, theme: str
) -> None:
    page = window(
        lived,
        size={"width": width, "height": 800},
        language=language,
        color_scheme=theme,
        bypass_csp=True,
    )
    wrong = {}
    for path in ("/", "/sign-in", "/help", "/privacy", "/accessibility", "/l/none", "/nowhere"):
        page.goto(path, wait_until="networkidle")
        if faults := faults_of(page):
            wrong[path] = faults
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def set_language(page: Any, language: str) -> None:
    """The signed-in member reads this language from now on."""
    answer = page.request.patch(
        "/api/profiles/members/me", data={"language": language}, headers={"Origin": origin(page)}
    )
    assert answer.ok, answer.text()
    for _ in range(100):
        me = page.request.get("/auth/me").json()["me"]
        if me["language"] == language:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the language did not change")


def origin(page: Any) -> str:
    page.goto("/robots.txt")
    return str(page.evaluate("location.origin"))
