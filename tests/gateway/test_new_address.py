"""Mails go to another address only after somebody who reads them there has said so."""

from datetime import timedelta
from typing import Any

import pytest

from deploy.town import Visitor
from gateway.config import ADDRESS_TRIES, NEW_ADDRESS_HOURS
from tests.gateway.people import FOUNDING
from tests.gateway.test_signing_in import ask_link, mails_to
from tests.harness import Town

OLD = FOUNDING["mail_address"]
NEW = "josee.new@example.org"


def ask(town: Town, visitor: Visitor, address: str = NEW) -> str:
    """Ask, and find the link in the mail to the new address."""
    assert visitor.post("/auth/address", {"address": address}).status_code == 202
    town.pump()
    (mail,) = (m for m in mails_to(visitor, address.lower()) if m["kind"] == "address")
    link: str = mail["links"][0]
    return link


def address_of(visitor: Visitor) -> Any:
    return visitor.get("/api/profiles/members/me").json["address"]


def test_the_link_in_the_new_mailbox_makes_it_the_address(town: Town, founder: Visitor) -> None:
    link = ask(town, founder, "Josee.New@example.org")
    assert address_of(founder) == OLD
    phone = Visitor(town)
    told = phone.boot("/l/" + link.rsplit("/", 1)[1])["link"]
    assert (told["purpose"], told["state"], told["address"]) == ("address", "open", NEW)
    answer = phone.press(link)
    assert answer.json == {"purpose": "address", "done": True, "next": "/me"}
    assert "Set-Cookie" not in answer.headers, "it proves an address and signs nobody in"
    assert address_of(founder) == NEW
    town.pump()
    ask_link(town, Visitor(town), NEW)
    assert phone.press(link).json["code"] == "link-is-used"


def test_the_address_so_far_is_told_and_not_where_to(town: Town, founder: Visitor) -> None:
    ask(town, founder)
    (told,) = [mail for mail in mails_to(founder, OLD) if mail["kind"] == "address-asked"]
    assert NEW not in told["text"]
    assert "/l/" not in told["text"]


def test_the_services_take_no_address_that_is_not_proved(town: Town, founder: Visitor) -> None:
    bare = founder.post("/api/profiles/members/me/address", {"address": NEW})
    assert (bare.status_code, bare.json["code"]) == (403, "forbidden")
    mine = founder.get("/api/profiles/members/me")
    along = founder.ask("PATCH", "/api/profiles/members/me", {"city": "Ottawa", "address": NEW})
    assert along.status_code == 422
    assert [fault["field"] for fault in along.json["faults"]] == ["address"]
    assert founder.get("/api/profiles/members/me").json == mine.json


def test_a_link_is_over_after_a_day(town: Town, founder: Visitor) -> None:
    link = ask(town, founder)
    town.clock.at += timedelta(hours=NEW_ADDRESS_HOURS)
    assert founder.press(link).json["code"] == "link-is-expired"
    assert address_of(founder) == OLD


def test_a_link_replaces_only_the_address_of_when_it_was_asked(
    town: Town, founder: Visitor
) -> None:
    first = ask(town, founder, "first@example.org")
    assert founder.press(ask(town, founder)).status_code == 200
    town.pump()
    assert founder.press(first).json["code"] == "link-is-expired"
    assert address_of(founder) == NEW


def test_ones_own_address_asked_anew_is_told_to_nobody(town: Town, founder: Visitor) -> None:
    link = ask(town, founder, OLD)
    before = len(town.events("profile-updated"))
    assert founder.press(link).status_code == 200
    town.pump()
    assert len(town.events("profile-updated")) == before
    assert address_of(founder) == OLD


def test_nobody_sends_mails_without_end_to_strangers(town: Town, founder: Visitor) -> None:
    asked = [
        founder.post("/auth/address", {"address": f"stranger{n}@example.org"}).status_code
        for n in range(ADDRESS_TRIES + 1)
    ]
    assert asked == [202] * ADDRESS_TRIES + [429]


@pytest.mark.parametrize("address", ["", "nobody", "a@\u202eb.example", None, 7])
def test_what_is_no_address_is_refused(town: Town, founder: Visitor, address: Any) -> None:
    refused = founder.post("/auth/address", {"address": address})
    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.json["faults"]] == ["address"]


def test_who_is_not_signed_in_has_no_address_to_change(town: Town, stranger: Visitor) -> None:
    assert stranger.post("/auth/address", {"address": NEW}).status_code == 401


def test_the_new_address_is_sealed_in_the_store(town: Town, founder: Visitor) -> None:
    ask(town, founder)
    folder = town.settings.path("GUILDWAY_DATA")
    files = [p for p in folder.rglob("*") if p.is_file() and p.suffix != ".eml"]
    assert files
    assert not [p for p in files if NEW.encode() in p.read_bytes()]
