"""`python -m benchmarks`: measure everything and write docs/benchmarks.md.

`python -m benchmarks lived import` measures these parts anew and leaves the others as they are.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks import events, first_look, first_screen, import_rows, memory, paint, slow_phone
from benchmarks.report import Figure, keep
from tests.backends.kafka import Kafka
from tests.browser.conftest import FLAGS
from tests.browser.stage import Stage, a_stage


def lived() -> list[Figure]:
    """What is measured on one demo."""
    with a_folder() as folder, a_stage(folder, demo=True) as stage, browser() as open_window:
        mentee, mentor = open_window(stage, "Mentee"), open_window(stage, "Mentor")
        figures = memory.measure(stage)
        figures += first_screen.measure(
            open_window(stage, None), open_window(stage, "Mentee", mentee)
        )
        figures += slow_phone.measure(
            lambda: open_window(stage, None), lambda: open_window(stage, "Mentee", mentee)
        )
        figures += events.measure(stage, mentee, "event log in SQLite")
        figures += paint.measure(stage, mentee, mentor)
    return figures


def on_kafka() -> list[Figure]:
    """The same way of an event on Apache Kafka, one node on this machine."""
    with a_folder() as folder, a_folder() as place:
        kafka = Kafka(place)
        kafka.start()
        try:
            with (
                a_stage(folder, demo=False, GUILDWAY_BROKER=kafka.url) as stage,
                browser() as open_window,
            ):
                window = open_window(stage, None)
                found(stage, window)
                return events.measure(stage, window, "Apache Kafka")
        finally:
            kafka.kill()


def found(stage: Stage, window: Any) -> None:
    """Found an association, so that there is somebody to sign in."""
    body = {
        "code": stage.setup_code,
        "name": "Measured",
        "address": "measured",
        "zone": "America/Toronto",
        "language": "en",
        "given_name": "Ada",
        "family_name": "Roy",
        "mail_address": "ada@example.org",
    }
    answer = window.request.post("/setup", data=body, headers={"Origin": stage.url})
    if answer.status != 201:
        raise RuntimeError(answer.text())


@contextmanager
def browser() -> Iterator[Callable[..., Any]]:
    """Opens windows: signed in as somebody of the demo, or like a window that is."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)

        def open_window(stage: Stage, kind: str | None, like: Any = None) -> Any:
            window = chromium.new_context(base_url=stage.url).new_page()
            if like:
                window.context.add_cookies(like.context.cookies())
            elif kind:
                window.goto(stage.sign_in_link(kind))
                window.get_by_role("main").get_by_role("button").click()
                window.wait_for_url(lambda url: "/l/" not in url)
            return window

        yield open_window
        chromium.close()


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder that goes afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


PARTS: dict[str, tuple[str, Callable[[], list[Figure]]]] = {
    "look": ("First look", first_look.measure),
    "lived": ("A running demo", lived),
    "kafka": ("On Apache Kafka", on_kafka),
    "import": ("Import of a members' list", import_rows.measure),
}


def main(names: list[str]) -> None:
    """Measure these parts, all without a name, and keep what was found."""
    for title, measure in (PARTS[name] for name in names or PARTS):
        print(f"measuring: {title} …", file=sys.stderr, flush=True)
        figures = measure()
        keep(title, figures)
        for each in figures:
            print(f"{each.what}: {each.value} ({each.beside})")


if __name__ == "__main__":
    main(sys.argv[1:])
