"""Associations and members over HTTP."""

import threading
from dataclasses import replace
from typing import Any

from chassis.tokens import Actor
from tests.harness import Town, an_actor
from tests.services.profiles.conftest import FOUNDING, OPERATOR, World


def by_link(who: Actor) -> Actor:
    """A member who comes by a link from a mail."""
    return replace(who, link="a-link")


def test_an_association_begins_with_a_founder_who_may_do_everything(town: Town) -> None:
    made = town.profiles.post("/associations", FOUNDING, actor=OPERATOR)
    assert made.status_code == 201
    assert made.json["languages"] == ["en", "fr"]
    assert made.json["founder"]["roles"] == ["participant", "coordinator", "admin"]
    assert made.json["founder"]["address"] == "carole.roy@example.org"
    town.pump()
    assert [e["type"] for e in town.events()] == ["association-founded", "profile-updated"]


def test_only_an_operator_founds(town: Town) -> None:
    answer = town.profiles.post("/associations", FOUNDING, actor=an_actor("x", "admin"))
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def test_founding_twice_with_one_key_is_founding_once(town: Town) -> None:
    key = {"Idempotency-Key": "one"}
    first = town.profiles.post("/associations", FOUNDING, actor=OPERATOR, headers=key)
    again = town.profiles.post("/associations", FOUNDING, actor=OPERATOR, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    town.pump()
    assert len(town.events("association-founded")) == 1


def test_no_two_associations_have_one_address(town: Town) -> None:
    town.profiles.post("/associations", FOUNDING, actor=OPERATOR)
    answer = town.profiles.post("/associations", {**FOUNDING, "name": "Others"}, actor=OPERATOR)
    assert (answer.status_code, answer.json["code"]) == (409, "address-is-taken")


def test_every_fault_of_a_founding_is_named_at_once(town: Town) -> None:
    body = {**FOUNDING, "address": "A B", "zone": "Mars/Base", "mail_address": "nobody", "x": 1}
    answer = town.profiles.post("/associations", body, actor=OPERATOR)
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json["faults"]} == {
        "address",
        "zone",
        "mail_address",
        "x",
    }


def test_an_admin_changes_the_association_and_nobody_else(world: World) -> None:
    changed = world.patch("/association", {"name": "Libraries"}, actor=world.coordinator)
    assert changed.json["name"] == "Libraries"
    refused = world.patch("/association", {"name": "X"}, actor=world.member())
    assert refused.status_code == 403
    world.town.pump()
    assert [e["name"] for e in world.town.events("association-changed")] == ["Libraries"]


def test_a_member_changes_the_own_profile_and_others_hear_of_it(world: World) -> None:
    amara = world.member()
    changed = world.patch(
        "/members/me", {"zone": "America/Halifax", "city": "Halifax", "language": "fr"}, actor=amara
    )
    assert (changed.status_code, changed.json["city"]) == (200, "Halifax")
    world.town.pump()
    heard = [e for e in world.town.events("profile-updated") if e["member_id"] == amara.id]
    assert [e["zone"] for e in heard] == ["America/Regina", "America/Halifax"]


def test_nobody_takes_a_name_or_address_that_reads_otherwise_than_it_is_written(
    world: World,
) -> None:
    body = {"given_name": "\u200b", "family_name": "\u202egnp"}
    refused = world.patch("/members/me", body, actor=world.member())
    assert refused.status_code == 422
    assert {(fault["field"], fault["code"]) for fault in refused.json["faults"]} == {
        ("given_name", "required"),
        ("family_name", "control-characters"),
    }
    body = {"address": "a@\u202eb.example"}
    refused = world.post("/members/me/address", body, actor=by_link(world.member()))
    assert refused.json["faults"][0]["code"] == "not-an-address"


def test_an_address_is_taken_only_by_a_link_that_proves_it(world: World) -> None:
    amara, body = world.member("amara@example.org"), {"address": "Amara@Library.example"}
    bare = world.post("/members/me/address", body, actor=amara)
    assert (bare.status_code, bare.json["code"]) == (403, "forbidden")
    proved = world.post("/members/me/address", body, actor=by_link(amara))
    assert (proved.status_code, proved.json["address"]) == (200, "amara@library.example")
    again = world.post("/members/me/address", body, actor=by_link(amara))
    assert again.json["version"] == proved.json["version"]


def test_a_change_that_changes_nothing_tells_nobody(world: World) -> None:
    amara = world.member()
    world.town.pump()
    before = len(world.town.events())
    assert world.patch("/members/me", {"city": "Saskatoon"}, actor=amara).json["version"] == 1
    world.town.pump()
    assert len(world.town.events()) == before


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(world: World) -> None:
    amara = world.member()
    world.patch("/members/me", {"city": "Regina"}, actor=amara, headers={"If-Match": '"1"'})
    late = world.patch("/members/me", {"city": "Banff"}, actor=amara, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json["code"]) == (412, "stale")


def test_one_address_is_one_member(world: World) -> None:
    world.member("amara@example.org")
    other = world.member("other@example.org")
    body = {"address": "Amara@example.org"}
    answer = world.post("/members/me/address", body, actor=by_link(other))
    assert (answer.status_code, answer.json["code"]) == (409, "address-is-taken")


def test_two_who_race_for_an_address_get_it_once(world: World) -> None:
    racers = [world.member(f"racer{n}@example.org") for n in range(4)]
    start, codes = threading.Barrier(4), []

    def race(who: Any) -> None:
        client = world.app.test_client()
        headers = {"Authorization": f"Bearer {world.token(by_link(who))}"}
        start.wait()
        body = {"address": "won@example.org"}
        answer = client.post("/members/me/address", json=body, headers=headers)
        codes.append(answer.status_code)

    threads = [threading.Thread(target=race, args=(who,)) for who in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 409, 409, 409]


def test_who_belongs_to_another_association_is_not_there(world: World) -> None:
    stranger = an_actor(world.coordinator.id, "admin", association_id="elsewhere")
    assert world.get("/members/me", actor=stranger).status_code == 404
    assert world.get(f"/cohorts/{world.cohort['id']}", actor=stranger).status_code == 404
    assert world.get(f"/programs/{world.program['id']}", actor=stranger).status_code == 404


def test_the_lists_of_answers_are_told(world: World) -> None:
    content = world.get("/content", actor=world.coordinator).json
    assert len(content["topics"]) > 30
    assert {"id", "group", "names"} == set(content["topics"][0])
    defaults = content["agreement_defaults"]
    assert set(defaults["en"]) == set(defaults["fr"]) == set(content["agreement_sections"])
    assert "confidentiality" in content["agreement_sections"]
    assert content["ways"] == ["in_person", "video", "phone"]
