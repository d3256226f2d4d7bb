"""What the gateway keeps of what it hears: twice, late, before the rest, erased."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.events import EventType
from chassis.store import EVERYWHERE
from contracts import examples
from contracts.catalogue import BY_NAME
from contracts.profiles import ASSOCIATION_FOUNDED, MAIL_ASKED, PROFILE_UPDATED
from deploy.town import Visitor
from gateway.app import service
from gateway.events import LISTENS, write
from gateway.repository import OTHERS
from tests.gateway.people import a_member
from tests.gateway.test_signing_in import erase
from tests.harness import Town, an_event

HEARD = sorted((kind for kind in LISTENS), key=lambda kind: kind.name)


def copies(town: Town) -> dict[str, list[Any]]:
    store = town.gateway.running.store
    return {each.name: store.find(each.name, EVERYWHERE, {}, limit=100) for each in OTHERS}


def mails(town: Town) -> list[str]:
    store = town.gateway.running.store
    return sorted(mail["_id"] for mail in store.find("mails", EVERYWHERE, {}, limit=100))


@pytest.mark.parametrize("kind", HEARD, ids=lambda kind: kind.name)
def test_an_event_that_comes_twice_changes_nothing_the_second_time(
    alone: Town, kind: EventType
) -> None:
    a_member(alone)
    heard = alone.gateway.hear_that(kind)
    before = copies(alone), mails(alone)
    alone.gateway.hear(heard)
    assert (copies(alone), mails(alone)) == before


@pytest.mark.parametrize("kind", HEARD, ids=lambda kind: kind.name)
def test_an_event_town_and_before_all_others_is_heard(alone: Town, kind: EventType) -> None:
    before = copies(alone)
    heard = alone.gateway.hear_that(kind)
    alone.pump()
    kept = {name for name, found in copies(alone).items() if found != before[name]}
    assert len(kept) == (0 if LISTENS[kind] is write else 1)
    for name in kept:
        assert heard.subject in [each["_id"] for each in copies(alone)[name]]


def test_what_comes_late_does_not_undo_what_is_newer(alone: Town) -> None:
    alone.gateway.hear_that(PROFILE_UPDATED, version=3, given_name="New", address="new@example.org")
    alone.gateway.hear_that(PROFILE_UPDATED, version=2, given_name="Old", address="old@example.org")
    records = alone.gateway.records
    assert [each["given_name"] for each in records.members_at("new@example.org")] == ["New"]
    assert records.members_at("old@example.org") == []


def test_a_changed_address_is_found_and_the_old_one_is_not(alone: Town) -> None:
    a_member(alone)
    alone.gateway.hear_that(PROFILE_UPDATED, version=2, address="amara@elsewhere.example")
    records = alone.gateway.records
    assert len(records.members_at("Amara@Elsewhere.example ")) == 1
    assert records.members_at(examples.member["address"]) == []


def test_nothing_is_kept_of_who_is_erased(alone: Town) -> None:
    member = Visitor(alone)
    address = a_member(alone)
    member.sign_in(address)
    alone.gateway.hear_that(MAIL_ASKED)
    erase(alone)
    store = alone.gateway.running.store
    copy = store.get("members", examples.ASSOCIATION, examples.MENTEE)
    assert copy is not None
    assert sorted(copy) == ["_id", "association_id", "erased", "heard", "version"]
    mine = {"member_id": examples.MENTEE}
    assert not store.find("sessions", examples.ASSOCIATION, mine)
    assert not store.find("mails", examples.ASSOCIATION, mine, sort="made_at")
    alone.gateway.hear_that(PROFILE_UPDATED, version=99)
    assert alone.gateway.records.members_at(address) == []


def test_no_mail_is_made_of_old_news(alone: Town) -> None:
    a_member(alone)
    old = alone.clock.now() - timedelta(days=3, minutes=1)
    alone.gateway.hear(an_event(MAIL_ASKED, at=old))
    assert mails(alone) == []
    alone.gateway.hear(an_event(MAIL_ASKED, version=2, at=old + timedelta(minutes=2)))
    assert len(mails(alone)) == 1


def test_mails_are_forgotten_after_three_months(alone: Town) -> None:
    a_member(alone)
    alone.gateway.hear_that(MAIL_ASKED)
    alone.pump()
    assert len(mails(alone)) == 1
    alone.go_on(days=92)
    assert mails(alone) == []


def test_everything_that_is_copied_is_copied_from_all_its_topics() -> None:
    copied = {kind.aggregate for kind in LISTENS}
    for aggregate in copied:
        topics = {kind.name for kind in BY_NAME.values() if kind.aggregate == aggregate}
        assert topics == {kind.name for kind in LISTENS if kind.aggregate == aggregate}


def test_an_association_is_one_until_there_is_another(alone: Town) -> None:
    assert Visitor(alone).boot("/sign-in")["association"]["name"] == "Librarians Across Canada"
    alone.gateway.hear_that(ASSOCIATION_FOUNDED)
    assert Visitor(alone).boot("/sign-in")["association"] is None


def test_the_gateway_sends_no_events() -> None:
    assert service.sends == ()
