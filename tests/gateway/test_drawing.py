"""First screens are drawn before a page leaves; what goes wrong with that costs nobody the page."""

import json
import os
import signal
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from deploy.town import Visitor
from gateway import drawing
from gateway.client import Client
from gateway.config import DIST
from gateway.drawing import Artist, artist
from tests.harness import Town, eventually

ME = {
    "id": "1",
    "given_name": "Josée",
    "family_name": "Tremblay",
    "roles": ["participant"],
    "zone": "America/Toronto",
    "language": "en",
    "association": {"id": "2", "name": "Librarians", "zone": "America/Toronto", "languages": []},
}
BOOT = {
    "now": "2026-05-11T14:00:00.000Z",
    "language": "en",
    "url": "http://127.0.0.1",
    "demo": False,
    "me": None,
    "association": {"name": "Librarians"},
    "needs_setup": False,
    "data": {},
}
ANSWERS = "import { Socket } from 'node:net'\nconst line = new Socket({ fd: +process.argv[2] })\n"


@pytest.fixture(scope="module")
def real() -> Artist:
    """Who draws with the client as it is built."""
    host = DIST / "server/host.mjs"
    found = artist(host, host.stat().st_mtime_ns)
    assert found is not None
    # Where much else is going on, Node takes its time to start.
    eventually(lambda: draw(found).html, seconds=60)
    return found


@pytest.fixture
def scripted(tmp_path: Path, real: Artist) -> Iterator[Any]:
    """Who draws with a script of the test's own."""
    made: list[Artist] = []

    def make(script: str) -> Artist:
        path = tmp_path / "host.mjs"
        path.write_text(ANSWERS + script)
        made.append(Artist(Path(real._command[0]), path))
        return made[-1]

    yield make
    for each in made:
        each.close()


class Seen(HTMLParser):
    """The names of all elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(name for name, _ in attrs)}


def draw(drawer: Artist, path: str = "/", **changes: Any) -> drawing.Drawn:
    boot = json.dumps({**BOOT, **changes})
    return drawer.draw(boot, url=f"http://127.0.0.1{path}", theme="")


def test_a_page_leaves_with_its_first_screen(town: Town, stranger: Visitor) -> None:
    town.gateway.app.extensions["gateway.client"] = Client(DIST, DIST / "routes.json")
    html = stranger.get("/", headers={"Accept-Language": "fr"}).text
    assert "<title>Connexion · Guildway</title>" in html
    assert '<label for="address">' in html.partition('<div id="app">')[2]


def test_nothing_of_one_reader_is_in_the_page_of_the_next(real: Artist) -> None:
    address = "/calendar"
    mine = draw(real, address, me=ME, data={"/api/scheduling/feed": {"exists": False}})
    assert "tab" in mine.html
    assert "Sign in" not in mine.html
    theirs = draw(real, address)
    assert "Sign in" in theirs.html
    assert 'class="tabs"' not in theirs.html


def test_words_of_people_stay_words(real: Artist) -> None:
    name = '</div><script>alert(1)</script><!-- {{ 7 * 7 }} " onload="x'
    html = draw(real, association={"name": name}).html
    seen = Seen()
    seen.feed(html)
    assert not seen.found & {"script", "onload"}
    assert name in unescape(html)


@pytest.mark.parametrize("path", ["/", "/meetings"])
def test_a_page_that_lacks_some_of_its_data_is_left_to_the_browser(real: Artist, path: str) -> None:
    assert draw(real, path, me=ME).html == ""
    assert draw(real, "/sign-in").html


def test_a_page_that_leads_elsewhere_is_left_to_the_browser(real: Artist) -> None:
    pair = {"id": "7", "state": "matched", "mentor": {}, "mentee": {}}
    data = {
        "/api/matching/pairs": {"items": [pair], "next": None},
        "/api/profiles/applications?mine=1": {"items": [], "next": None},
    }
    assert draw(real, "/pairs", me=ME, data=data).html == ""


def test_a_script_that_fails_is_asked_again_later(
    scripted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "DRAW_PAUSE_SECONDS", 0.0)
    ends = scripted(
        "line.once('data', () => process.exit(1))",
    )
    assert draw(ends).html == ""
    assert draw(ends).html == ""


@pytest.mark.parametrize(
    "script",
    [
        "line.on('data', () => {})",
        "line.on('data', () => line.write('no JSON\\n'))",
        "line.on('data', () => setInterval(() => line.write('x'.repeat(1e5)), 1))",
        "throw new Error('it does not even start')",
    ],
    ids=["silent", "garbled", "endless", "broken"],
)
def test_whatever_node_does_a_page_waits_no_longer_than_a_moment(
    scripted: Any, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    for limit in ("DRAW_SECONDS", "DRAW_START_SECONDS"):
        monkeypatch.setattr(drawing, limit, 0.5)
    assert draw(scripted(script)) == drawing.Drawn()


def test_a_node_that_was_killed_is_started_anew(
    real: Artist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "DRAW_PAUSE_SECONDS", 0.0)
    assert draw(real).html
    child = real._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert draw(real).html == ""
    eventually(lambda: draw(real).html, seconds=60)


def test_without_node_pages_are_left_to_the_browser(tmp_path: Path) -> None:
    assert artist(tmp_path / "host.mjs", 0) is None
