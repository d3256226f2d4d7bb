"""What a phone must load, counted on the wire (web.md: the budgets are hard)."""

import gzip
import json
import re
from pathlib import Path
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
    assert sum(size for _, size in loaded) <= 60 * KB, loaded
    assert len(loaded) <= 8, loaded


def test_the_styles_fit_into_the_shell() -> None:
    styles = b"".join(path.read_bytes() for path in sorted(DIST.rglob("*.css")))
    assert 0 < len(gzip.compress(styles, 9)) <= 8 * KB


ROUTES = json.loads((ROOT / "web/src/routes.json").read_text())
PAGES = sorted(route["page"] for route in ROUTES)


def key_of(page: str) -> str:
    return f"src/pages/{page}.svelte"


def with_imports(manifest: dict[str, Any], *wanted: str) -> set[str]:
    """Chunks and all that they import, which come with them."""
    found: set[str] = set()
    left = list(wanted)
    while left:
        chunk = left.pop()
        if chunk not in found:
            found.add(chunk)
            left += manifest[chunk].get("imports", ())
    return found


def still_to_load(manifest: dict[str, Any], page: str) -> list[set[str]]:
    """What a page needs that its reader has not got, once for each part that it may begin with.

    Readers come from the page that they see first: coordinators from the list of cohorts, all
    others from Home. A page that `brings` parts of itself begins with one of them; those that it
    fetches only when they are asked for (dialogs and the like) are counted as if they were too.
    """
    cohorts = "coordinate/Cohorts"
    first = cohorts if page.startswith("coordinate/") and page != cohorts else "Home"
    there = with_imports(manifest, "src/main.ts", key_of(first))
    own = with_imports(manifest, key_of(page)) - there
    parts: set[str] = set()
    if re.search(r"export .*\bbrings\b", (ROOT / "web" / key_of(page)).read_text()):
        parts.update(part for chunk in own for part in manifest[chunk].get("dynamicImports", ()))
    return [own, *(own | with_imports(manifest, part) - there for part in sorted(parts))]


@pytest.mark.parametrize("page", dict.fromkeys(PAGES))
def test_a_further_screen_is_light(page: str) -> None:
    """All scripts that are still to be loaded, shared ones too.

    The catalogs of a language are not among them: those are words, not program.
    """
    manifest = json.loads((DIST / ".vite/manifest.json").read_text())
    limit = 30 if page == "coordinate/Dashboard" else 8
    for chunks in still_to_load(manifest, page):
        sizes = {chunk: packed(DIST / manifest[chunk]["file"]) for chunk in chunks}
        assert sum(sizes.values()) <= limit * KB, sizes


def test_the_part_that_a_page_begins_with_is_one_of_its_own() -> None:
    manifest = json.loads((DIST / ".vite/manifest.json").read_text())
    for route in ROUTES:
        if begins := route.get("begins"):
            own = with_imports(manifest, key_of(route["page"]))
            brought = {part for chunk in own for part in manifest[chunk].get("dynamicImports", ())}
            assert f"src/{begins}.svelte" in brought, route


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))
