"""What a phone must load, counted on the wire (web.md: the budgets are hard)."""

import gzip
import json
import re
from typing import Any

import pytest

from tests.browser.conftest import Open
from tests.browser.stage import ROOT, Stage

KB = 1000
DIST = ROOT / "web/dist"


def first_visit(page: Any, path: str) -> list[tuple[str, int]]:
    """Open a page with nothing kept yet; every response: its address, the bytes of its body."""
    asked: list[Any] = []
    page.on("requestfinished", lambda request: asked.append(request))
    page.goto(path, wait_until="networkidle")
    return [(r.url, r.sizes()["responseBodySize"]) for r in asked if r.url.startswith("http")]


def scripts(loaded: list[tuple[str, int]]) -> int:
    return sum(size for url, size in loaded if re.search(r"\.m?js(\?|$)", url))


def test_the_first_screen_is_light(lived: Stage, window: Open) -> None:
    loaded = first_visit(window(lived), "/")
    assert scripts(loaded) <= 30 * KB, loaded
    assert sum(size for _, size in loaded) <= 60 * KB, loaded
    assert len(loaded) <= 8, loaded


def test_home_with_its_live_line_is_light(lived: Stage, window: Open, session: Any) -> None:
    page = window(lived)
    page.context.add_cookies(session("Mentee"))
    loaded = first_visit(page, "/")
    assert scripts(loaded) <= 45 * KB, loaded


def test_the_styles_fit_into_the_shell() -> None:
    styles = b"".join(path.read_bytes() for path in sorted(DIST.rglob("*.css")))
    assert 0 < len(gzip.compress(styles, 9)) <= 8 * KB


@pytest.mark.parametrize(
    "page",
    sorted(route["page"] for route in json.loads((ROOT / "web/src/routes.json").read_text())),
)
def test_a_further_screen_is_light(page: str) -> None:
    manifest = json.loads((DIST / ".vite/manifest.json").read_text())
    chunk = next(name for name in manifest if name.endswith(f"pages/{page}.svelte"))
    limit = 30 if page == "coordinate/Dashboard" else 8
    # The page's own chunk; parts that several pages share come with whichever is opened first.
    assert len(gzip.compress((DIST / manifest[chunk]["file"]).read_bytes(), 9)) <= limit * KB
