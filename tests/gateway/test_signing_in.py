"""Signing in and out: links by mail, sessions, and what nobody learns from them."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.store import EVERYWHERE
from contracts import examples
from contracts.profiles import PROFILE_UPDATED
from deploy.town import Visitor
from gateway.config import ADDRESS_MAILS, ADDRESS_TRIES, PEER_TRIES
from gateway.model import Session
from gateway.service import local_path
from tests.gateway.people import FOUNDING, a_member
from tests.harness import Town, an_event

ADDRESS = FOUNDING["mail_address"]


@pytest.fixture
def town(alone: Town) -> Town:
    """The services are not needed here."""
    return alone


def mails_to(visitor: Visitor, address: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = visitor.get(f"/api/demo/mails?address={address}").json["items"]
    return items


def ask_link(town: Town, visitor: Visitor, address: str = ADDRESS, **more: Any) -> str:
    assert visitor.post("/auth/links", {"address": address, **more}).status_code == 202
    town.pump()
    link: str = mails_to(visitor, address)[0]["links"][0]
    return link


def test_a_link_by_mail_signs_in_after_its_button_is_pressed(town: Town, stranger: Visitor) -> None:
    link = ask_link(town, stranger)
    assert stranger.boot("/l/" + link.rsplit("/", 1)[1])["link"]["state"] == "open"
    assert stranger.get("/auth/me").status_code == 401
    answer = stranger.press(link)
    assert answer.status_code == 200
    assert answer.json == {"purpose": "sign-in", "done": True, "next": "/"}
    me = stranger.get("/auth/me").json["me"]
    assert me["given_name"] == "Josée"
    assert me["roles"] == ["admin", "coordinator", "participant"]
    assert me["association"]["name"] == "Librarians Across Canada"


def test_the_session_cookie_is_out_of_reach(town: Town, stranger: Visitor) -> None:
    answer = stranger.press(ask_link(town, stranger))
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


def test_the_store_knows_only_the_hash_of_a_session(town: Town, founder: Visitor) -> None:
    token = founder.cookie("guildway")
    assert token
    session = town.gateway.records.sessions.find_one(EVERYWHERE, {"_id": Session.id_of(token)})
    assert session is not None
    assert token not in str(session)


def test_opening_a_link_changes_nothing_however_often(town: Town, stranger: Visitor) -> None:
    link = ask_link(town, stranger)
    for _ in range(3):
        assert stranger.get("/l/" + link.rsplit("/", 1)[1]).status_code == 200
        assert stranger.ask("HEAD", "/l/" + link.rsplit("/", 1)[1]).status_code == 200
    assert stranger.press(link).status_code == 200


def test_a_used_link_says_so_and_signs_nobody_in(town: Town, stranger: Visitor) -> None:
    link = ask_link(town, stranger)
    stranger.press(link)
    other = Visitor(town)
    answer = other.press(link)
    assert (answer.status_code, answer.json["code"]) == (410, "link-is-used")
    assert other.cookie("guildway") is None
    page = other.get("/l/" + link.rsplit("/", 1)[1])
    assert page.status_code == 410
    assert other.boot("/l/" + link.rsplit("/", 1)[1])["link"]["state"] == "used"


def test_a_link_is_over_after_fifteen_minutes(town: Town, stranger: Visitor) -> None:
    link = ask_link(town, stranger)
    town.clock.at += timedelta(minutes=15)
    answer = stranger.press(link)
    assert (answer.status_code, answer.json["code"]) == (410, "link-is-expired")
    assert stranger.boot("/l/" + link.rsplit("/", 1)[1])["link"]["state"] == "expired"


@pytest.mark.parametrize("forged", ["", "x", "A" * 44, "A" * 43 + "=", "é" * 10])
def test_a_forged_link_is_unknown(town: Town, stranger: Visitor, forged: str) -> None:
    link = ask_link(town, stranger)
    token = link.rsplit("/", 1)[1]
    bent = forged or token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    assert stranger.post(f"/links/{bent}").status_code == 404
    assert stranger.get(f"/l/{bent}").status_code == 404


def test_nobody_learns_whether_an_address_is_known(town: Town, stranger: Visitor) -> None:
    known = stranger.post("/auth/links", {"address": ADDRESS})
    unknown = stranger.post("/auth/links", {"address": "nobody@example.org"})
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data)
    town.pump()
    assert mails_to(stranger, "nobody@example.org") == []


def test_five_links_an_hour_for_one_address(town: Town, stranger: Visitor) -> None:
    for _ in range(8):
        assert stranger.post("/auth/links", {"address": ADDRESS.upper()}).status_code == 202
        town.clock.at += timedelta(seconds=20)
    town.pump()
    assert len(mails_to(stranger, ADDRESS)) == 5
    town.go_on(hours=1)
    ask_link(town, stranger)
    assert len(mails_to(stranger, ADDRESS)) == 6


def test_a_stranger_does_not_use_up_the_links_of_another(town: Town, stranger: Visitor) -> None:
    for n in range(ADDRESS_MAILS):
        peer = {"REMOTE_ADDR": f"192.0.2.{n // ADDRESS_TRIES}"}
        stranger.post("/auth/links", {"address": ADDRESS}, environ_overrides=peer)
        town.clock.at += timedelta(seconds=1)
        if n == ADDRESS_TRIES:
            ask_link(town, Visitor(town))
    town.pump()
    assert len(mails_to(stranger, ADDRESS)) == ADDRESS_MAILS, "and no mailbox is flooded"


def test_who_asks_for_hundreds_of_addresses_is_stopped(town: Town, stranger: Visitor) -> None:
    statuses = [
        stranger.post("/auth/links", {"address": f"a{n}@example.org"}).status_code
        for n in range(PEER_TRIES)
    ]
    assert statuses == [202] * PEER_TRIES
    answer = stranger.post("/auth/links", {"address": "last@example.org"})
    assert (answer.status_code, answer.json["code"]) == (429, "too-many-tries")
    assert answer.headers["Retry-After"]


def test_an_address_of_two_associations_is_asked_which(town: Town, stranger: Visitor) -> None:
    here = town.gateway.records.members_at(ADDRESS)[0]["association_id"]
    a_member(town, address=ADDRESS)
    link = ask_link(town, stranger)
    mail = mails_to(stranger, ADDRESS)[0]
    assert FOUNDING["name"] not in mail["subject"] + mail["text"], "it is one of two"
    answer = stranger.press(link).json
    assert {each["association_id"] for each in answer["choose"]} == {here, examples.ASSOCIATION}
    assert stranger.cookie("guildway") is None
    done = stranger.press(link, association_id=here)
    assert done.json["done"] is True
    assert stranger.get("/auth/me").json["me"]["association"]["id"] == here


def test_a_foreign_association_cannot_be_chosen(town: Town, stranger: Visitor) -> None:
    link = ask_link(town, stranger)
    answer = stranger.press(link, association_id=examples.ASSOCIATION)
    assert answer.status_code == 404
    assert stranger.cookie("guildway") is None
    assert stranger.press(link).status_code == 200


def test_who_is_erased_before_the_link_is_used_cannot_sign_in(
    town: Town, stranger: Visitor
) -> None:
    address = a_member(town)
    link = ask_link(town, stranger, address)
    erase(town)
    assert stranger.press(link).status_code == 404


def test_signing_out_ends_the_session_everywhere(town: Town, founder: Visitor) -> None:
    token = founder.cookie("guildway")
    assert founder.post("/auth/sign-out").status_code == 204
    assert founder.cookie("guildway") is None
    thief = Visitor(town)
    assert thief.get("/auth/me", headers={"Cookie": f"guildway={token}"}).status_code == 401


def test_signing_in_anew_ends_the_session_before(town: Town, founder: Visitor) -> None:
    before = founder.cookie("guildway")
    town.clock.at += timedelta(hours=2)
    founder.sign_in(ADDRESS)
    assert founder.cookie("guildway") != before
    other = Visitor(town)
    assert other.get("/auth/me", headers={"Cookie": f"guildway={before}"}).status_code == 401


def test_a_session_in_use_lives_on_and_an_idle_one_ends(town: Town, founder: Visitor) -> None:
    for _ in range(3):
        town.clock.at += timedelta(days=20)
        answer = founder.get("/auth/me")
        assert answer.status_code == 200
        assert "Max-Age=2592000" in answer.headers["Set-Cookie"]
    assert "Set-Cookie" not in founder.get("/auth/me").headers
    town.go_on(days=31)
    answer = founder.get("/auth/me")
    assert (answer.status_code, answer.json["code"]) == (401, "not-signed-in")
    assert not town.gateway.records.sessions.find(EVERYWHERE, {})


def test_a_role_that_is_taken_away_is_gone_with_the_next_request(town: Town) -> None:
    visitor = Visitor(town)
    visitor.sign_in(a_member(town, roles=["participant", "coordinator"]))
    assert "coordinator" in visitor.get("/auth/me").json["me"]["roles"]
    town.gateway.hear_that(PROFILE_UPDATED, version=2, roles=["participant"])
    assert visitor.get("/auth/me").json["me"]["roles"] == ["participant"]


def test_nobody_becomes_operator_by_signing_in(town: Town) -> None:
    visitor = Visitor(town)
    visitor.sign_in(a_member(town, roles=["participant", "operator"]))
    assert visitor.get("/auth/me").json["me"]["roles"] == ["participant"]


def test_who_is_erased_is_signed_out(town: Town) -> None:
    visitor = Visitor(town)
    visitor.sign_in(a_member(town))
    assert visitor.get("/auth/me").status_code == 200
    erase(town)
    assert visitor.get("/auth/me").status_code == 401


def erase(town: Town) -> None:
    heard = an_event(PROFILE_UPDATED, version=9, at=town.clock.at)
    town.gateway.hear(
        type(heard)(
            type=heard.type,
            id="erased",
            subject=heard.subject,
            association_id=heard.association_id,
            version=9,
            at=heard.at,
            data=None,
        )
    )


@pytest.mark.parametrize(
    "next",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "/l/again",
        "/a\\b",
        "",
    ],
)
def test_no_link_leads_elsewhere(next: str) -> None:
    assert local_path(next) == "/"


def test_a_link_leads_back_to_the_page_that_was_asked_for(town: Town, stranger: Visitor) -> None:
    link = ask_link(town, stranger, next="/pairs/1?a=b")
    assert stranger.press(link).json["next"] == "/pairs/1?a=b"
    town.clock.at += timedelta(seconds=1)
    other = ask_link(town, Visitor(town), next="//evil.example/x")
    assert Visitor(town).press(other).json["next"] == "/"


def test_the_language_is_chosen_before_signing_in(town: Town, stranger: Visitor) -> None:
    assert stranger.boot("/sign-in")["language"] == "en"
    assert stranger.put("/auth/language", {"language": "fr"}).status_code == 200
    assert stranger.boot("/sign-in")["language"] == "fr"
    assert stranger.put("/auth/language", {"language": "de"}).status_code == 422


def test_the_secure_flag_follows_the_address_people_see(town: Town) -> None:
    from flask import Response

    from gateway.cookies import give_session

    answer = Response()
    give_session(answer, "token", url="https://mentors.example.org")
    assert "Secure" in answer.headers["Set-Cookie"]
