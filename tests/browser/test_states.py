"""The states that no link leads to: beginnings, mistakes, dialogs, links from mails, being offline.

Looked at as the screens are (looking.py).
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.looking import a_window, combinations, faults_of, look_at, set_language, settled
from tests.browser.stage import Stage, a_stage
from tests.harness import eventually
from tests.mailbox import read, text_of

State = Callable[[Page], None]
SAVED_OF_A_COHORT = (
    *("program_id", "name", "zone", "agreement_template", "criteria"),
    *("apply_from", "apply_until", "match_on", "starts_on", "ends_on"),
    *("meeting_rhythm_days", "check_in_rhythm_days", "answer_days", "meeting_minutes"),
)
combined = pytest.mark.parametrize(("width", "language", "theme"), combinations())


def looked_at(page: Page, states: dict[str, State]) -> dict[str, list[str]]:
    """Bring about each state; what is wrong with those that are not right."""
    wrong = {}
    for name, bring_about in states.items():
        bring_about(page)
        settled(page)
        if faults := faults_of(page):
            wrong[name] = faults
    return wrong


def at(path: str) -> State:
    return lambda page: look_at(page, path)


def submitted(path: str) -> State:
    """A form that is sent with nothing in it: the summary of what is missing has the focus."""

    def bring_about(page: Page) -> None:
        look_at(page, path)
        page.locator("main button[type=submit]").last.click()
        page.locator(".summary, .error, .bad-text").first.wait_for()

    return bring_about


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An association that has just begun."""
    with a_stage(tmp_path_factory.mktemp("founded"), demo=False) as stage:
        yield stage


@pytest.fixture(scope="module")
def beginner(chromium: Any, founded: Stage) -> dict[str, Any]:
    """The cookies of its founder, and its first cohort, in which there is nobody."""
    context = chromium.new_context(base_url=founded.url)

    def post(path: str, body: dict[str, str]) -> Any:
        answer = context.request.post(path, data=body, headers={"Origin": founded.url})
        assert answer.ok, answer.text()
        return answer.json()

    post(
        "/setup",
        {
            "code": founded.setup_code,
            "name": "Librarians of Canada",
            "address": "librarians",
            "zone": "America/Toronto",
            "language": "en",
            "given_name": "Maude",
            "family_name": "Tremblay",
            "mail_address": "maude@example.org",
        },
    )
    program = post("/api/profiles/programs", {"name": "First Shelf", "purpose": "To begin."})
    today = datetime.now(UTC).date()
    days = ("apply_from", "apply_until", "match_on", "starts_on", "ends_on")
    cohort = post(
        "/api/profiles/cohorts",
        {
            "program_id": program["id"],
            "name": "Spring",
            "zone": "America/Toronto",
            **{day: f"{today + timedelta(days=n)}" for n, day in enumerate(days)},
        },
    )
    cookies = context.cookies()
    context.close()
    return {"cookies": cookies, "cohort": cohort["id"]}


@combined
def test_the_beginning_is_without_a_barrier(
    founded: Stage, beginner: dict[str, Any], window: Open, width: int, language: str, theme: str
) -> None:
    page = a_window(window, founded, width, language, theme)
    page.context.add_cookies(beginner["cookies"])
    set_language(page, language)
    cohort = f"/coordinate/cohorts/{beginner['cohort']}"
    parts = ("", "/screening", "/screening/list?state=applied", "/import", "/matching", "/pairs")
    rest = ("/help", "/figures/quiet", "/settings", "/more")
    states = {f"{cohort}{part}": at(f"{cohort}{part}") for part in (*parts, *rest)}
    more = (
        "/coordinate",
        "/coordinate/programs/new",
        "/coordinate/cohorts/new",
        "/setup",
        "/apply",
    )
    states |= {path: at(path) for path in more}
    states |= {
        "a program without a name": submitted("/coordinate/programs/new"),
        "a cohort without a name": submitted("/coordinate/cohorts/new"),
        "a file that is no table": no_table(f"{cohort}/import"),
    }
    wrong = looked_at(page, states)
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def no_table(path: str) -> State:
    def bring_about(page: Page) -> None:
        look_at(page, path)
        page.locator("input[type=file]").set_input_files(
            {"name": "list.csv", "mimeType": "text/csv", "buffer": b"nothing\n"}
        )
        page.locator(".summary").wait_for()

    return bring_about


def test_what_is_typed_stays_when_somebody_else_saves(
    founded: Stage, beginner: dict[str, Any], window: Open
) -> None:
    page = a_window(window, founded, 360, "en", "light")
    page.context.add_cookies(beginner["cookies"])
    set_language(page, "en")
    url = f"/api/profiles/cohorts/{beginner['cohort']}"
    look_at(page, f"/coordinate/cohorts/{beginner['cohort']}/settings")
    page.locator("#name").fill("Spring of the north")
    there = page.request.get(url).json()
    theirs = there | {"name": "Spring of the south", "meeting_minutes": 50}
    own = {"Origin": founded.url, "If-Match": f'"{there["version"]}"'}
    kept = {name: theirs[name] for name in SAVED_OF_A_COHORT}
    assert page.request.put(url, data=kept, headers=own).ok
    page.locator("main button[type=submit]").click()
    page.locator(".notice summary").click()
    assert page.locator(".notice dd").inner_text() == "Spring of the south"
    assert page.locator("#name").input_value() == "Spring of the north"
    assert page.locator("#meeting_minutes").input_value() == "50"
    assert faults_of(page) == []
    page.locator("main button[type=submit]").click()
    page.locator(".toast").wait_for()
    saved = page.request.get(url).json()
    assert (saved["name"], saved["meeting_minutes"]) == ("Spring of the north", 50)


@combined
def test_the_door_is_without_a_barrier_in_every_state(
    lived: Stage, founded: Stage, window: Open, width: int, language: str, theme: str
) -> None:
    page = a_window(window, lived, width, language, theme)

    def sent(page: Page) -> None:
        look_at(page, "/sign-in")
        page.locator("#address").fill(f"{width}{language}{theme}@example.org")
        page.locator("main button[type=submit]").click()
        page.locator("#address").wait_for(state="detached")

    states = {
        "an address that is none": submitted("/sign-in"),
        "a link is on its way": sent,
        "mails": at("/mails"),
        "a page that is not there": at("/pairs/none/of/this"),
    }
    wrong = looked_at(page, states)
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.fixture(scope="module")
def mailed(chromium: Any, lived: Stage, session: Any) -> dict[str, str]:
    """One link of each purpose and state among those of the demo's mails, newest first."""
    context = chromium.new_context(base_url=lived.url)
    found: dict[str, str] = {}
    context.add_cookies(session("Mentee"))
    body, own = {"address": "moved@example.org"}, {"Origin": lived.url}
    assert context.request.post("/auth/address", data=body, headers=own).ok
    mine = "/api/demo/mails?address=moved@example.org"
    eventually(lambda: context.request.get(mine).json()["items"])
    mails = sorted((lived.folder / "data/mails").glob("*.eml"), reverse=True)
    # Some of the oldest too: the gateway has forgotten their links.
    for path in (*mails[:400], *mails[-50::10]):
        for token in re.findall(r"/l/([\w-]+)", text_of(read(path))):
            link = boot_of(context.request.get(f"/l/{token}").text())["link"]
            found.setdefault(f"{link['purpose']} {link['state']}", f"/l/{token}")
    context.close()
    return found


def boot_of(shell: str) -> dict[str, Any]:
    """What the gateway has put into a page."""
    inside = re.search(r'id="boot"[^>]*>(.*?)</script>', shell, re.DOTALL)
    assert inside
    found: dict[str, Any] = json.loads(inside[1])
    return found


@combined
def test_links_from_mails_are_without_a_barrier(
    lived: Stage, mailed: dict[str, str], window: Open, width: int, language: str, theme: str
) -> None:
    purposes = {name.split()[0] for name in mailed}
    assert purposes >= {"address", "confirm", "met", "not-met", "check-in", "None"}, mailed
    page = a_window(window, lived, width, language, theme)
    wrong = looked_at(page, {name: at(path) for name, path in mailed.items()})
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@combined
def test_what_a_member_does_wrong_is_told_without_a_barrier(
    lived: Stage, window: Open, session: Any, width: int, language: str, theme: str
) -> None:
    page = a_window(window, lived, width, language, theme)
    page.context.add_cookies(session("Mentee"))
    set_language(page, language)
    pair = next(
        each
        for each in page.request.get("/api/matching/pairs").json()["items"]
        if each["state"] == "matched"
    )
    past = page.request.get("/api/scheduling/meetings?when=past").json()
    ahead = page.request.get("/api/scheduling/meetings?when=ahead").json()
    planned = next(each for each in ahead["items"] if each["state"] == "scheduled")
    own, space = f"/pairs/{pair['id']}/propose?own=1", f"/pairs/{pair['id']}"
    states = {
        "no time": submitted(own),
        "a profile without names": empties_profile,
        "an address that is none": moves_to("nobody"),
        "another address": moves_to(f"{width}{language}{theme}@example.org"),
        "toast": says_saved,
        "turning the calendar off": turns_calendar_off,
        "a goal without words": goal_without_words(space),
        "ending": at(f"{space}/end"),
        "changing a point of the agreement": clicks(f"{space}/agreement", "ol .button.bare"),
        "a log": at(f"/meetings/{past['items'][0]['id']}/log"),
        "calling off": opens_dialog(f"/meetings/{planned['id']}", ".button.bad"),
        "offline": goes_offline("/"),
    }
    wrong = looked_at(page, states)
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def empties_profile(page: Page) -> None:
    look_at(page, "/me")
    page.locator("#given_name, #given").first.fill("")
    page.locator("main button[type=submit]").first.click()
    page.locator(".summary").wait_for()


def moves_to(address: str) -> State:
    def bring_about(page: Page) -> None:
        look_at(page, "/me")
        page.locator("#address").fill(address)
        page.locator("#address").press("Enter")
        page.locator(".notice, .wrong #address").first.wait_for()

    return bring_about


def says_saved(page: Page) -> None:
    look_at(page, "/me")
    page.locator("main button[type=submit]").first.click()
    page.locator(".toast").wait_for()


def opens_dialog(path: str, button: str) -> State:
    def bring_about(page: Page) -> None:
        look_at(page, path)
        page.locator(f"main {button}").first.click()
        page.locator("dialog[open]").wait_for()

    return bring_about


def turns_calendar_off(page: Page) -> None:
    look_at(page, "/calendar")
    bare = page.locator("main button.bare:visible")
    if not bare.count():
        page.locator("main button.filled").first.click()
        bare.nth(1).wait_for()  # beside the one that copies the new address
    bare.last.click()
    page.locator("dialog[open]").wait_for()


def clicks(path: str, selector: str) -> State:
    def bring_about(page: Page) -> None:
        look_at(page, path)
        page.locator(f"main {selector}").first.click()

    return bring_about


def goal_without_words(path: str) -> State:
    def bring_about(page: Page) -> None:
        look_at(page, path)
        page.locator("main button.add").click()
        page.locator("main form button[type=submit]").click()
        page.locator(".error").wait_for()

    return bring_about


def goes_offline(path: str) -> State:
    def bring_about(page: Page) -> None:
        look_at(page, path)
        page.context.set_offline(True)
        page.locator(".notice").wait_for()

    return bring_about


@combined
def test_what_a_coordinator_is_asked_is_without_a_barrier(
    lived: Stage, window: Open, session: Any, width: int, language: str, theme: str
) -> None:
    page = a_window(window, lived, width, language, theme)
    page.context.add_cookies(session("Coordinator"))
    set_language(page, language)
    (cohort,) = page.request.get("/api/profiles/cohorts").json()["items"]
    path = f"/coordinate/cohorts/{cohort['id']}"
    running = page.request.get(f"/api/matching/pairs?cohort_id={cohort['id']}&state=matched")
    pair = running.json()["items"][0]

    def deciding(page: Page) -> None:
        look_at(page, f"{path}/screening")
        page.locator(".board input[type=checkbox]").first.check()
        page.locator(".bar-of-acts .button").first.click()
        page.locator("dialog[open]").wait_for()

    def settings(page: Page) -> None:
        look_at(page, f"{path}/settings")
        page.locator("#name").fill("")
        page.locator("main button[type=submit]").click()
        page.locator(".summary").wait_for()

    states = {
        "deciding": deciding,
        "settings without a name": settings,
        "nobody found": at(f"{path}/screening/list?state=applied&q=nobodyatall"),
        "ended pairs": at(f"{path}/pairs?state=ended"),
        "ending a pair": opens_dialog(f"{path}/pairs/{pair['id']}", "button.quiet"),
        "a file that is no table": no_table(f"{path}/import"),
        "help that was given": at(f"{path}/help?state=closed"),
        "not there": at("/coordinate/cohorts/none"),
        "offline": goes_offline(path),
    }
    wrong = looked_at(page, states)
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_a_dialog_that_cannot_be_fetched_is_told_and_comes_at_the_next_try(
    lived: Stage, window: Open, session: Any
) -> None:
    page = a_window(window, lived, 360, "en", "light")
    page.context.add_cookies(session("Mentee"))
    ahead = page.request.get("/api/scheduling/meetings?when=ahead").json()
    planned = next(each for each in ahead["items"] if each["state"] == "scheduled")
    dialogs = "**/assets/Confirm-*.js"
    page.route(dialogs, lambda route: route.abort("internetdisconnected"))
    look_at(page, f"/meetings/{planned['id']}")
    call_off = page.locator("main .button.bad")
    call_off.click()
    page.locator(".toast").wait_for()
    assert not page.locator("dialog[open]").count()
    page.unroute(dialogs)
    call_off.click()
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")
    assert call_off.evaluate("button => button === document.activeElement")


def test_what_a_dialog_could_not_do_is_told_in_it(lived: Stage, window: Open, session: Any) -> None:
    page = a_window(window, lived, 360, "en", "light")
    page.context.add_cookies(session("Mentee"))
    ahead = page.request.get("/api/scheduling/meetings?when=ahead").json()
    planned = next(each for each in ahead["items"] if each["state"] == "scheduled")
    opens_dialog(f"/meetings/{planned['id']}", ".button.bad")(page)
    page.context.set_offline(True)
    page.locator("dialog[open] .button.bad").click()
    page.locator("dialog[open] .notice").wait_for()
    assert faults_of(page) == []
