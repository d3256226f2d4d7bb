"""What a slow phone sees before the scripts have come, and what becomes of what is done then."""

from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.conftest import Open
from tests.browser.looking import as_it_leaves
from tests.browser.stage import Stage


def hold_scripts(page: Any) -> list[Route]:
    """From now on scripts wait; `let_go` sends them on. Whoever draws is there by then."""
    as_it_leaves(page, "/sign-in")
    waiting: list[Route] = []
    page.route("**/assets/*.js", lambda route: waiting.append(route))
    return waiting


def let_go(page: Any, waiting: list[Route]) -> None:
    for route in waiting:
        route.continue_()
    page.unroute_all()


def test_the_first_screen_is_there_before_any_script(
    lived: Stage, window: Open, session: Any
) -> None:
    page = window(lived, language="fr")
    hold_scripts(page)
    page.goto("/", wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
    home = window(lived)
    home.context.add_cookies(session("Mentee"))
    hold_scripts(home)
    home.goto("/", wait_until="commit")
    expect(home.locator(".lit").first).to_be_visible()
    expect(home.get_by_role("navigation")).to_be_visible()


def test_what_was_typed_before_the_scripts_came_stays(lived: Stage, window: Open) -> None:
    page = window(lived)
    waiting = hold_scripts(page)
    page.goto("/", wait_until="commit")
    field = page.get_by_label("Your e-mail")
    field.fill("ada@example.org")
    before = field.element_handle()
    let_go(page, waiting)
    page.wait_for_function("before => !before.isConnected", arg=before)
    expect(field).to_have_value("ada@example.org")
    expect(field).to_be_focused()
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_text("ada@example.org")).to_be_visible()


def test_what_was_pressed_before_the_scripts_came_is_done_then(lived: Stage, window: Open) -> None:
    page = window(lived)
    waiting = hold_scripts(page)
    page.goto("/", wait_until="commit")
    page.get_by_label("Your e-mail").fill("ada@example.org")
    page.get_by_label("Your e-mail").press("Enter")
    page.wait_for_timeout(300)
    assert page.url.rstrip("/") == lived.url, "an address would stand in the history and in logs"
    let_go(page, waiting)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    expect(page.get_by_text("ada@example.org")).to_be_visible()


def test_tiles_that_were_chosen_before_the_scripts_came_stay_chosen(
    lived: Stage, window: Open, session: Any
) -> None:
    page = window(lived)
    page.context.add_cookies(session("Mentee"))
    waiting = hold_scripts(page)
    page.goto("/me", wait_until="commit")
    dark = page.get_by_role("radio", name="Dark")
    dark.check(force=True)
    page.get_by_label("Time zone").select_option("America/Halifax")
    let_go(page, waiting)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(dark).to_be_checked()
    expect(page.get_by_label("Time zone")).to_have_value("America/Halifax")
