"""Chromium, and the two systems it looks at: an empty one for a story, a lived one for screens."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.backends.servers import require
from tests.browser.stage import ROOT, Stage, a_stage

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
Open = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test of a system waits until it has lived its three months."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        require("browser", "there is no chromium on the path")
    if not (ROOT / "web/dist/.vite/manifest.json").exists():
        require("browser", "the client is not built (make setup)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Any) -> Iterator[Open]:
    """Open a browser of its own (cookies apart) of a width, language and theme.

    A page that writes an error into its console, or asks for something that is not there, fails
    the test.
    """
    contexts: list[Any] = []
    wrong: list[str] = []

    def open(
        stage: Stage, *, size: dict[str, int] = PHONE, language: str = "en", **more: Any
    ) -> Any:
        context = chromium.new_context(
            base_url=stage.url,
            viewport=size,
            locale=f"{language}-CA",
            timezone_id=more.pop("zone", "America/Toronto"),
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda line: _note(wrong, page, line))
        return page

    yield open
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


def _note(wrong: list[str], page: Any, line: Any) -> None:
    # Chromium writes every answer of 4xx as an error, and every line that a test cuts; tests of
    # such answers look at the page.
    expected = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")
    if line.type == "error" and not any(words in line.text for words in expected):
        wrong.append(f"{page.url}: {line.text}")


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demo, as `make run` shows it.

    Making it takes a minute; GUILDWAY_TEST_DEMO names the data folder of one that is not running,
    to start from a copy of it.
    """
    folder = tmp_path_factory.mktemp("lived")
    if made := os.environ.get("GUILDWAY_TEST_DEMO"):
        shutil.copytree(made, folder / "data")
    with a_stage(folder, demo=True) as stage:
        yield stage


@pytest.fixture(scope="session")
def session(chromium: Any, lived: Stage) -> Callable[[str], Any]:
    """The cookies of the demo's coordinator, mentor or mentee, signed in once by their link."""
    kept: dict[str, Any] = {}

    def cookies(kind: str) -> Any:
        if kind not in kept:
            context = chromium.new_context(base_url=lived.url)
            page = context.new_page()
            page.goto(lived.sign_in_link(kind))
            page.get_by_role("main").get_by_role("button").click()
            page.wait_for_url(lambda url: "/l/" not in url)
            kept[kind] = context.cookies()
            context.close()
        return kept[kind]

    return cookies
