"""The shell, its first data and its files; what a page may run."""

import json
import re
from pathlib import Path

import pytest

from chassis.errors import StoreUnavailable
from contracts import examples
from contracts.profiles import APPLICATION_RECEIVED
from deploy.town import Visitor
from gateway.boot import escaped
from gateway.client import Client, Match, Route
from gateway.links import token_of
from tests.gateway.people import FOUNDING, a_member
from tests.harness import Town, a_town


def preloads(html: str) -> list[str]:
    return re.findall(r'<link rel="modulepreload" href="(.*?)">', html)


def test_the_shell_has_styles_and_first_data_inside(founder: Visitor) -> None:
    answer = founder.get("/home")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert ".lit{background:gold}" in answer.text
    assert '<html lang="en">' in answer.text
    assert '<link rel="icon" href="data:image/svg+xml,%3Csvg/%3E">' in answer.text
    assert '<script type="module" src="/assets/main-1a.js">' in answer.text
    boot = founder.boot("/home")
    assert boot["me"]["given_name"] == "Josée"
    assert boot["association"] == {"name": "Librarians Across Canada"}
    assert (boot["now"], boot["demo"], boot["needs_setup"]) == (
        "2026-05-11T14:00:00.000Z",
        True,
        False,
    )
    assert sorted(boot["data"]) == [
        "/api/matching/pairs",
        "/api/profiles/cohorts",
        "/api/profiles/members/me",
    ]
    assert boot["data"]["/api/profiles/members/me"]["family_name"] == "Tremblay"


def test_a_page_preloads_its_chunks_and_theirs_once(founder: Visitor) -> None:
    assert preloads(founder.get("/home").text) == [
        "/assets/Home-5e.js",
        "/assets/core-en.js",
        "/assets/member-en.js",
        "/assets/core-2b.js",
        "/assets/card-6f.js",
        "/assets/live-3c.js",
    ]


def test_a_page_of_several_parts_preloads_the_one_it_begins_with(founder: Visitor) -> None:
    (ours,) = (each for each in preloads(founder.get("/steps").text) if "day" in each)
    assert ours == "/assets/day-8b.js"


def test_who_is_not_signed_in_gets_the_page_to_do_so(stranger: Visitor) -> None:
    answer = stranger.get("/", headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})
    assert answer.status_code == 200
    assert '<html lang="fr">' in answer.text
    assert "/assets/SignIn-7a.js" in preloads(answer.text)
    assert "/assets/core-fr.js" in preloads(answer.text)
    boot = stranger.boot("/")
    assert boot["me"] is None
    assert boot["data"] == {}
    assert boot["association"] == {"name": "Librarians Across Canada"}


def test_first_data_follows_the_names_in_the_path(founder: Visitor) -> None:
    program = founder.post("/api/profiles/programs", {"name": "P", "purpose": "p"}).json
    made = founder.post(
        "/api/profiles/cohorts",
        {
            "program_id": program["id"],
            "name": "Spring",
            "zone": "America/Toronto",
            "apply_from": "2026-06-01",
            "apply_until": "2026-06-20",
            "match_on": "2026-06-22",
            "starts_on": "2026-07-01",
            "ends_on": "2026-12-31",
        },
    ).json
    boot = founder.boot(f"/coordinate/cohorts/{made['id']}")
    assert boot["data"][f"/api/profiles/cohorts/{made['id']}"]["name"] == "Spring"
    missed = founder.boot("/coordinate/cohorts/none")["data"]["/api/profiles/cohorts/none"]
    assert (missed["status"], missed["code"]) == (404, "not-found")


def test_a_service_that_is_away_leaves_its_data_to_the_client(town: Town, founder: Visitor) -> None:
    town.services.away.add("matching")
    answer = founder.get("/home")
    assert answer.status_code == 200
    assert "/api/matching/pairs" not in founder.boot("/home")["data"]


def test_the_page_about_calendars_is_no_calendar(founder: Visitor) -> None:
    assert founder.get("/calendar").mimetype == "text/html"


def test_who_only_coordinates_begins_there(town: Town, founder: Visitor) -> None:
    answer = founder.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/coordinate")
    me = founder.get("/auth/me").json["me"]
    town.gateway.hear_that(
        APPLICATION_RECEIVED, member_id=me["id"], association_id=me["association"]["id"]
    )
    assert founder.get("/").status_code == 200


def test_an_unknown_page_is_a_page_that_says_so(founder: Visitor) -> None:
    for path in ("/nowhere", "/coordinate/cohorts", "/pairs/1/2/3", "/.secret", "/routes.json"):
        answer = founder.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_what_is_no_page_answers_problems(founder: Visitor) -> None:
    for path in ("/api/x", "/api", "/auth/x", "/links/x", "/assets/x", "/health/x", "/calendar/x"):
        answer = founder.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_pages_of_coordinators_are_not_there_for_members(town: Town) -> None:
    member = Visitor(town)
    member.sign_in(a_member(town))
    assert member.get("/coordinate/cohorts/new").status_code == 404


def test_only_our_own_scripts_run(founder: Visitor) -> None:
    answer = founder.get("/home")
    rules = dict(
        rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; ")
    )
    nonce = re.search(r'<style nonce="(.*?)">', answer.text)
    assert nonce
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'self' 'nonce-{nonce[1]}'"
    assert rules["style-src"] == f"'self' 'nonce-{nonce[1]}'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert nonce[1] not in founder.get("/home").text
    ours = ('src="/assets/', 'type="application/json"', f'nonce="{nonce[1]}"')
    scripts = re.findall(r"<script.*?>", answer.text)
    assert [any(sign in script for sign in ours) for script in scripts] == [True] * 3
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_names_cannot_break_out_of_the_first_data(town: Town, founder: Visitor) -> None:
    name = "</script><script>alert(1)</script><!-- &amp; \u2028"
    answer = founder.patch("/api/profiles/members/me", {"given_name": name})
    assert answer.status_code == 200
    town.pump()
    html = founder.get("/home").text
    assert "<script>alert" not in html
    assert html.count("</script>") == 3
    assert founder.boot("/home")["me"]["given_name"] == name.strip()


def test_first_data_is_json_after_escaping() -> None:
    boot = {"a": "</script>", "b": "<!--", "c": "\u2028\u2029&", "d": ["é", None, 1.5]}
    text = str(escaped(boot))
    assert json.loads(text) == boot
    assert not set("<>&\u2028\u2029") & set(text)


def test_a_theme_that_was_chosen_is_there_from_the_start(founder: Visitor) -> None:
    assert "data-theme" not in founder.get("/home").text
    founder.give_cookie("theme", "dark")
    assert '<html lang="en" data-theme="dark">' in founder.get("/home").text
    founder.give_cookie("theme", '"onload=x')
    assert "onload" not in founder.get("/home").text


def test_a_page_is_packed(founder: Visitor) -> None:
    answer = founder.get("/home", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert {"Cookie", "Accept-Encoding"} <= set(answer.headers["Vary"].split(", "))


def test_built_files_never_change(stranger: Visitor) -> None:
    answer = stranger.get("/assets/main-1a.js")
    assert answer.text == "console.log('main')"
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = stranger.get("/assets/main-1a.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    packed = stranger.get("/assets/main-1a.js", headers={"Accept-Encoding": "br, gzip"})
    assert (packed.data, packed.headers["Content-Encoding"]) == (b"packed", "br")
    assert packed.mimetype == "text/javascript"
    assert packed.headers["ETag"] != answer.headers["ETag"]


@pytest.mark.parametrize(
    "path", ["../routes.json", "..%2froutes.json", "%2e%2e/.secret", "/etc/passwd", ".", "none.js"]
)
def test_no_file_beside_the_built_ones_can_be_had(stranger: Visitor, path: str) -> None:
    assert stranger.get(f"/assets/{path}").status_code == 404


def test_files_of_the_root_are_served(stranger: Visitor) -> None:
    answer = stranger.get("/favicon.svg")
    assert (answer.text, answer.mimetype) == ("<svg/>", "image/svg+xml")
    manifest = stranger.get("/manifest.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    assert manifest.json["icons"][0]["src"] == "/favicon.svg"
    assert "Disallow: /" in stranger.get("/robots.txt").text


def test_a_new_build_is_seen_at_once(town: Town, dist: Path, stranger: Visitor) -> None:
    stranger.get("/")
    manifest = json.loads((dist / ".vite/manifest.json").read_text())
    manifest["src/main.ts"]["file"] = "assets/main-9z.js"
    (dist / ".vite/manifest.json").write_text(json.dumps(manifest))
    assert "/assets/main-9z.js" in stranger.get("/").text


def test_without_a_build_a_page_says_what_to_do(
    town: Town, founder: Visitor, tmp_path: Path
) -> None:
    town.gateway.app.extensions["gateway.client"] = Client(tmp_path / "none", tmp_path / "no.json")
    answer = founder.get("/home")
    assert answer.status_code == 503
    assert "npm run build" in answer.text
    assert founder.get("/auth/me").status_code == 200


def test_a_store_that_does_not_answer_is_told_to_people_as_a_page(
    town: Town, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(town.gateway.running.store, "get", fail)
    monkeypatch.setattr(town.gateway.running.store, "find", fail)
    for path in ("/", f"/l/{token_of(examples.MEETING, town.gateway.records.instance.link_key)}"):
        answer = stranger.get(path, headers={"Accept-Language": "fr"})
        assert (answer.status_code, answer.mimetype) == (503, "text/html")
        assert answer.headers["Retry-After"] == "10"
        assert "Un instant" in answer.text
    answer = stranger.post("/auth/links", {"address": "a@example.org"})
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


def test_mails_are_shown_in_a_demo_only(tmp_path: Path) -> None:
    from gateway.app import service as gateway

    with a_town(tmp_path, gateway) as town:
        assert Visitor(town).get("/api/demo/mails").status_code == 404


def test_an_association_is_founded_once_and_by_code(empty: Town) -> None:
    visitor = Visitor(empty)
    assert visitor.get("/auth/me").status_code == 401
    assert visitor.boot("/setup")["needs_setup"] is True
    wrong = visitor.post("/setup", {**FOUNDING, "code": "guess"})
    assert (wrong.status_code, wrong.json["code"]) == (403, "setup-is-closed")
    faulty = visitor.post("/setup", {**FOUNDING, "zone": "Mars/Base", "mail_address": "x"})
    assert {fault["field"] for fault in faulty.json["faults"]} == {"zone", "mail_address"}
    empty.services.away.add("profiles")
    assert visitor.post("/setup", FOUNDING).status_code == 503
    empty.services.away.clear()
    assert visitor.post("/setup", FOUNDING).status_code == 201
    assert visitor.get("/auth/me").json["me"]["roles"] == ["admin", "coordinator", "participant"]
    assert visitor.boot("/setup")["needs_setup"] is False
    again = Visitor(empty).post("/setup", {**FOUNDING, "address": "other"})
    assert (again.status_code, again.json["code"]) == (409, "instance-is-founded")


def test_guessing_the_code_is_stopped(empty: Town) -> None:
    visitor = Visitor(empty)
    for n in range(20):
        visitor.post("/setup", {**FOUNDING, "code": f"guess {n}"})
    assert visitor.post("/setup", FOUNDING).status_code == 429


def test_no_code_no_founding(tmp_path: Path) -> None:
    from gateway.app import service as gateway

    with a_town(tmp_path, gateway) as town:
        assert Visitor(town).post("/setup", {**FOUNDING, "code": "x"}).status_code == 403


def test_first_data_is_asked_for_as_the_address_asks() -> None:
    data = {"list": "/api/profiles/applications?cohort_id=:id&state={state}&q={q}"}
    route = Route(path="/cohorts/:id", page="List", open_to="member", words="core", data=data)
    match = Match(route=route, values={"id": "7"})
    assert match.urls({"q": "Zoé (et) l'eau", "other": "x"}) == [
        "/api/profiles/applications?cohort_id=7&state=&q=Zo%C3%A9%20(et)%20l'eau"
    ]
