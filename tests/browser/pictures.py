"""Pictures of the main screens of the demo, for people to look at beside the design's.

`python -m tests.browser.pictures <folder>`: at 360 and 1280 pixels, light and dark, in English and
French. GUILDWAY_TEST_DEMO names the data folder of a demo that is made already.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.looking import set_language, settled
from tests.browser.stage import Stage, a_stage

LOOKS = [
    (width, language, theme)
    for width in (360, 1280)
    for language in ("en", "fr")
    for theme in ("light", "dark")
]
DOOR = {"sign-in": "/sign-in", "not-found": "/nowhere", "help": "/help", "privacy": "/privacy"}
BAR_LAST = """all => all.filter(e => getComputedStyle(e).position === 'fixed').map(e => {
    e.style.position = 'static'
    document.body.append(e)
})"""
"""A bar that is fixed to the window would stand in the middle of a whole page."""
KINDS = ("Mentee", "Mentor", "Coordinator")


def main(folder: Path, only: str = "") -> None:
    """Take them all; `only`: the looks whose name has this in it."""
    folder.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        if made := os.environ.get("GUILDWAY_TEST_DEMO"):
            shutil.copytree(made, Path(home) / "data")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        with a_stage(Path(home), demo=True) as stage:
            cookies = {kind: signed_in(browser, stage, kind) for kind in KINDS}
            for look in LOOKS:
                if only in "-".join(map(str, look)):
                    take(browser, stage, cookies, folder, look)
        browser.close()


def signed_in(browser: Any, stage: Stage, kind: str) -> Any:
    """The cookies of one of the people that the launcher has links for."""
    context = browser.new_context(base_url=stage.url)
    page = context.new_page()
    page.goto(stage.sign_in_link(kind))
    page.locator("main .button.filled").click()
    page.wait_for_url(lambda url: "/l/" not in url)
    kept = context.cookies()
    context.close()
    return kept


def take(
    browser: Any, stage: Stage, cookies: dict[str, Any], folder: Path, look: tuple[int, str, str]
) -> None:
    """All screens in one look."""
    width, language, theme = look
    for kind in ("", *KINDS):
        context = browser.new_context(
            base_url=stage.url,
            viewport={"width": width, "height": 800},
            locale=f"{language}-CA",
            color_scheme=theme,
            reduced_motion="reduce",
        )
        page = context.new_page()
        if kind:
            context.add_cookies(cookies[kind])
            set_language(page, language)
        for name, path in dict(screens(page, kind)).items():
            page.goto(path)
            settled(page)
            file = folder / f"{name}-{width}-{language}-{theme}.png"
            page.eval_on_selector_all(".tabs", BAR_LAST)
            page.screenshot(path=file, full_page=True)
            sys.stdout.write(f"{file}\n")
        context.close()


def screens(page: Any, kind: str) -> Iterator[tuple[str, str]]:
    """Names and paths of what somebody has to look at."""
    if not kind:
        yield from DOOR.items()
    elif kind == "Coordinator":
        yield from coordinated(page)
    else:
        yield from lived_by(page, kind.lower())


def coordinated(page: Any) -> Iterator[tuple[str, str]]:
    """Screens of a coordinator."""
    (cohort,) = page.request.get("/api/profiles/cohorts").json()["items"]
    path = f"/coordinate/cohorts/{cohort['id']}"
    yield "cohorts", "/coordinate"
    yield "dashboard", path
    for part in ("settings", "screening", "import", "matching", "pairs", "help", "figures/quiet"):
        yield part.replace("figures/", ""), f"{path}/{part}"
    runs = page.request.get(f"/api/matching/cohorts/{cohort['id']}/runs").json()["items"]
    imports = page.request.get(f"/api/profiles/cohorts/{cohort['id']}/imports").json()["items"]
    yield "run", f"{path}/matching/{runs[-1]['id']}"
    yield "imported", f"{path}/import/{imports[-1]['id']}"


def lived_by(page: Any, who: str) -> Iterator[tuple[str, str]]:
    """Screens of somebody who takes part."""
    pairs = page.request.get("/api/matching/pairs").json()["items"]
    pair = next(each for each in pairs if each["state"] == "matched")
    yield f"{who}-home", "/"
    yield f"{who}-pair", f"/pairs/{pair['id']}"
    if who == "mentor":
        return
    yield "agreement", f"/pairs/{pair['id']}/agreement"
    yield "end", f"/pairs/{pair['id']}/end"
    yield "propose", f"/pairs/{pair['id']}/propose"
    yield "meetings", "/meetings"
    for when in ("ahead", "past"):
        found = page.request.get(f"/api/scheduling/meetings?when={when}").json()["items"]
        if found:
            yield f"meeting-{when}", f"/meetings/{found[0]['id']}"
    yield "log", f"/meetings/{found[0]['id']}/log"
    yield "me", "/me"
    yield "calendar", "/calendar"
    yield "apply", "/apply"
    (own, *_) = page.request.get("/api/profiles/applications?mine=1").json()["items"]
    yield "application", f"/apply/{own['id']}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
