"""What moves by itself while somebody looks or writes; and what a browser must not give away."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.browser.looking import look_at
from tests.browser.people import Person
from tests.browser.stage import Stage
from tests.browser.test_screens import SEEN_BY, screens
from tests.harness import eventually
from tests.mailbox import links_of


def a_pair_of(page: Any) -> dict[str, Any]:
    """The running pair of whoever is signed in."""
    pairs = page.request.get("/api/matching/pairs").json()["items"]
    found: dict[str, Any] = next(each for each in pairs if each["state"] == "matched")
    return found


def asks_for_help(lived: Stage, window: Open, session: Any) -> None:
    """The mentee asks for help, so that there is a request."""
    page = window(lived)
    page.context.add_cookies(session("Mentee"))
    asked = page.request.post(
        "/api/feedback/help-requests",
        data={"pair_id": a_pair_of(page)["id"]},
        headers={"Origin": lived.url},
    )
    assert asked.status == 201, asked.text()


def test_what_one_coordinator_does_another_sees_at_once(
    lived: Stage, window: Open, session: Any
) -> None:
    pages = [window(lived, size=DESKTOP) for _ in range(2)]
    for page in pages:
        page.context.add_cookies(session("Coordinator"))
    one, other = (Person(lived, page, language="en") for page in pages)
    (cohort,) = one.page.request.get("/api/profiles/cohorts").json()["items"]
    path = f"/coordinate/cohorts/{cohort['id']}"
    asks_for_help(lived, window, session)
    dashboard = f"/api/feedback/cohorts/{cohort['id']}/dashboard"
    eventually(lambda: one.page.request.get(dashboard).json()["help_open"], seconds=60)
    for person, place in ((one, path), (other, f"{path}/help")):
        person.goes_to(place)
    requests = (
        other.page.get_by_role("main")
        .get_by_role("listitem")
        .filter(has=other.page.get_by_role("button", name=other.says("helps.close")))
    )
    expect(requests.first).to_be_visible()
    open_ones = requests.count()
    one.sees("dash.help", count=open_ones)
    requests.first.get_by_role("button").click()
    expect(requests).to_have_count(open_ones - 1)
    if open_ones > 1:
        one.sees("dash.help", count=open_ones - 1, within=5)
    else:
        one.sees_not("dash.help.one")


def test_a_page_that_falls_behind_says_so_and_catches_up(
    lived: Stage, chromium: Any, session: Any
) -> None:
    # In a window whose console may hold what the browser says of refused requests.
    context = chromium.new_context(base_url=lived.url, locale="en-CA")
    context.add_cookies(session("Mentee"))
    page = context.new_page()
    reader = Person(lived, page, language="en")
    path = f"/pairs/{a_pair_of(page)['id']}"
    reader.goes_to(path)
    reader.sees_not("notice.stale")
    page.wait_for_load_state("networkidle")
    page.route("**/api/**", lambda route: route.fulfill(status=503))
    page.request.post(
        f"/api/matching{path}/goals",
        data={"text": "Written while this one was cut off", "shared": True},
        headers={"Origin": lived.url},
    )
    reader.sees("notice.stale")
    page.unroute_all()
    reader.sees_text("Written while this one was cut off", within=30)
    reader.sees_not("notice.stale")
    context.close()


def test_what_is_typed_outlives_what_arrives(lived: Stage, window: Open, session: Any) -> None:
    page = window(lived)
    page.context.add_cookies(session("Mentee"))
    path = f"/pairs/{a_pair_of(page)['id']}"
    page.goto(path)
    page.locator("main button.add").click()
    field = page.locator("#goal-text")
    field.fill("Half a senten")
    elsewhere = page.request.post(
        f"/api/matching{path}/goals",
        data={"text": "Written on another device", "plan": "", "due_on": None, "shared": True},
        headers={"Origin": lived.url, "Idempotency-Key": "typed-outlives"},
    )
    assert elsewhere.status == 201, elsewhere.text()
    expect(page.locator("main")).to_contain_text("Written on another device", timeout=5_000)
    expect(field).to_have_value("Half a senten")
    expect(field).to_be_focused()


@pytest.mark.parametrize("kind", SEEN_BY)
def test_nothing_breaks_the_rules_of_its_own_page(
    lived: Stage, window: Open, session: Any, kind: str
) -> None:
    broken: list[str] = []
    page = window(lived, size=PHONE if kind == "Mentee" else DESKTOP)
    page.context.add_cookies(session(kind))
    # A function of its own: what is exposed gets an attribute, a bound method takes none.
    page.expose_function("note", lambda text: broken.append(text))
    page.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " e => note(`${location.pathname}: ${e.violatedDirective} ${e.blockedURI}`))"
    )
    for _ in screens(page, "/coordinate" if kind == "Coordinator" else "/", lived.url):
        pass
    assert not broken, broken


def test_a_window_that_is_signed_out_does_not_go_back_to_data(lived: Stage, window: Open) -> None:
    told = lived.said.splitlines()
    name = next(re.split(r"\s{2,}", line.strip())[1] for line in told if "Mentor " in line)
    page = window(lived)
    address = next(
        str(mail["To"]).split("<")[1].rstrip(">")
        for mail in lived.mailbox(name).mails()
        if str(mail["To"]).startswith(name)
    )
    me = Person(lived, page, language="en", address=address)
    page.request.post("/auth/links", data={"address": address}, headers={"Origin": lived.url})
    mail = lived.mailbox(address).newest(re.compile("Your link|Votre lien"))
    me.goes_to(urlsplit(links_of(mail)[0]).path)
    me.presses_the_button()
    page.wait_for_url(lambda url: "/l/" not in url)
    pair = a_pair_of(page)
    partner = pair["mentee"]["family_name"]
    look_at(page, f"/pairs/{pair['id']}")
    expect(page.locator("main")).to_contain_text(partner)
    look_at(page, "/me")
    with page.expect_navigation():
        page.locator("main .button.quiet").last.click()
    expect(page.locator("#address[type=email]")).to_be_visible()
    for _ in range(3):
        page.go_back()
        page.locator("main h1").first.wait_for()
        expect(page.locator("body")).not_to_contain_text(partner)
    kept = page.request.get(f"/pairs/{pair['id']}").headers["cache-control"]
    assert "no-store" in kept, kept
    assert page.request.get("/api/matching/pairs").status == 401


def test_going_back_leads_to_where_reading_was(lived: Stage, window: Open, session: Any) -> None:
    page = window(lived)
    page.context.add_cookies(session("Mentor"))
    look_at(page, "/meetings")
    page.locator("main a[href^='/meetings/']").last.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    assert place > 100
    page.locator("main a[href^='/meetings/']").last.click()
    expect(page).to_have_url(re.compile("/meetings/[^/]+"))
    page.wait_for_function("() => scrollY === 0")
    page.go_back()
    page.wait_for_function("place => Math.abs(scrollY - place) < 2", arg=place)
