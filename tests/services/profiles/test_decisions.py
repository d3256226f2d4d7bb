"""Screening over HTTP: one or many, mails, undo, and a worker that stops on the way."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from services.profiles import bulks, decisions
from tests.services.profiles.conftest import World


def states(world: World, ids: list[str]) -> list[str]:
    return [world.application(id)["state"] for id in ids]


def applicants(world: World, count: int) -> list[str]:
    return [world.applied(world.member(f"m{n}@example.org"))["id"] for n in range(count)]


@pytest.mark.parametrize(
    ("decision", "event"),
    [
        ("accepted", "participant-accepted"),
        ("waitlisted", "participant-waitlisted"),
        ("declined", "participant-declined"),
        ("shortlisted", "participant-changed"),
        ("interviewed", "participant-changed"),
    ],
)
def test_a_decision_is_told_by_its_own_event(world: World, decision: str, event: str) -> None:
    (id,) = applicants(world, 1)
    done = world.decide(id, decision=decision)
    assert (done["state"], done["total"], done["done"], done["refused"]) == ("done", 1, 1, [])
    (told,) = world.town.events(event)
    assert (told["application_id"], told["state"]) == (id, decision)


def test_mails_are_sent_by_choice_with_own_words(world: World) -> None:
    first, second, third = applicants(world, 3)
    world.decide(first)
    assert not world.town.events("mail-asked")
    world.decide(second, mail=True, words="Welcome!")
    world.decide(third, decision="shortlisted", mail=True)
    (mail,) = world.town.events("mail-asked")
    assert (mail["kind"], mail["words"], mail["role"]) == ("accepted", "Welcome!", "mentee")
    assert mail["member_id"] == world.application(second)["member_id"]


def test_many_are_decided_at_once_and_who_cannot_be_is_named(world: World) -> None:
    ids = applicants(world, 4)
    member = world.application(ids[1])["member_id"]
    from tests.harness import an_actor

    gone = an_actor(member, association_id=world.association["id"])
    world.post(f"/applications/{ids[1]}/withdrawal", actor=gone)
    world.decide(ids[2])
    unknown = world.association["id"]
    done = world.decide(*ids, ids[0], unknown)
    assert (done["total"], done["done"], done["refused_count"]) == (5, 5, 3)
    assert {r["application_id"]: r["code"] for r in done["refused"]} == {
        ids[1]: "application-is-withdrawn",
        ids[2]: "it-is-so-already",
        unknown: "not-found",
    }
    assert states(world, ids) == ["accepted", "withdrawn", "accepted", "accepted"]


def test_undoing_lets_go_back_what_did_not_change_since(world: World) -> None:
    ids = applicants(world, 3)
    world.decide(ids[0], decision="waitlisted")
    decision = world.decide(*ids)
    from tests.harness import an_actor

    member = an_actor(
        world.application(ids[1])["member_id"], association_id=world.association["id"]
    )
    world.patch(f"/applications/{ids[1]}", {"ways": ["phone"]}, actor=member)
    answer = world.post(f"/decisions/{decision['id']}/undoing", actor=world.coordinator)
    assert (answer.status_code, answer.json["state"]) == (202, "undoing")
    world.town.pump()
    undone = world.get(f"/decisions/{decision['id']}", actor=world.coordinator).json
    assert undone["state"] == "undone"
    assert undone["refused"] == [{"application_id": ids[1], "code": "changed-since"}]
    assert states(world, ids) == ["waitlisted", "accepted", "applied"]
    told = [e for e in world.town.events("participant-changed") if e["application_id"] == ids[2]]
    assert [e["state"] for e in told] == ["applied"]
    again = world.post(f"/decisions/{decision['id']}/undoing", actor=world.coordinator)
    assert (again.status_code, again.json["code"]) == (409, "decision-is-not-done")


def test_what_was_decided_more_than_a_day_ago_is_decided_anew_not_undone(world: World) -> None:
    ids = applicants(world, 1)
    decision = world.decide(*ids)
    world.town.clock.at += timedelta(days=1, minutes=1)
    answer = world.post(f"/decisions/{decision['id']}/undoing", actor=world.coordinator)
    assert (answer.status_code, answer.json["code"]) == (409, "decision-is-old")
    world.town.pump()
    assert states(world, ids) == ["accepted"]


def test_a_later_decision_is_not_undone_with_an_earlier_one(world: World) -> None:
    (id,) = applicants(world, 1)
    first = world.decide(id)
    world.decide(id, decision="declined")
    world.post(f"/decisions/{first['id']}/undoing", actor=world.coordinator)
    world.town.pump()
    assert states(world, [id]) == ["declined"]


def test_a_decision_sent_twice_is_made_once(world: World) -> None:
    (id,) = applicants(world, 1)
    body = {"cohort_id": world.cohort["id"], "application_ids": [id], "decision": "accepted"}
    key = {"Idempotency-Key": "k"}
    first = world.post("/decisions", body, actor=world.coordinator, headers=key)
    again = world.post("/decisions", body, actor=world.coordinator, headers=key)
    assert first.json["id"] == again.json["id"]
    world.town.pump()
    assert len(world.town.events("participant-accepted")) == 1


def test_the_decisions_of_a_cohort_are_made_in_their_order(world: World) -> None:
    ids = applicants(world, 3)
    made = []
    with patch.object(bulks, "ROWS_A_PAGE", 1):
        for n, decision in enumerate(("accepted", "declined", "waitlisted")):
            world.town.clock.at = world.town.clock.at.replace(minute=n + 1)
            body = {
                "cohort_id": world.cohort["id"],
                "application_ids": ids,
                "decision": decision,
            }
            made.append(world.post("/decisions", body, actor=world.coordinator).json["id"])
    records, association = world.records, world.association["id"]
    # Whoever is asked out of turn does nothing.
    decisions.move_on(records, association, made[2], world.town.clock.now())
    assert states(world, ids) == ["applied"] * 3
    world.town.pump()
    assert states(world, ids) == ["waitlisted"] * 3


def test_a_worker_that_stops_in_the_middle_leaves_nothing_half_done(world: World) -> None:
    ids = applicants(world, 5)
    body = {
        "cohort_id": world.cohort["id"],
        "application_ids": ids,
        "decision": "accepted",
        "mail": True,
    }
    with patch.object(bulks, "ROWS_A_PAGE", 2):
        id = world.post("/decisions", body, actor=world.coordinator).json["id"]
    records, association, now = world.records, world.association["id"], world.town.clock.now()
    decisions.move_on(records, association, id, now)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    # The rows of the second page are done, then the process ends before it can say so.
    with patch.object(decisions, "keep_page", killed), pytest.raises(KeyboardInterrupt):
        decisions.move_on(records, association, id, now)
    assert states(world, ids).count("accepted") == 4
    world.town.pump()
    done = world.get(f"/decisions/{id}", actor=world.coordinator).json
    assert (done["state"], done["done"], done["refused"]) == ("done", 5, [])
    assert states(world, ids) == ["accepted"] * 5
    assert len(world.town.events("participant-accepted")) == 5
    assert len(world.town.events("mail-asked")) == 5


def test_nobody_else_decides(world: World) -> None:
    (id,) = applicants(world, 1)
    decision = world.decide(id)
    other = world.member("other@example.org", roles=["participant", "coordinator"])
    body = {"cohort_id": world.cohort["id"], "application_ids": [id], "decision": "declined"}
    assert world.post("/decisions", body, actor=other).status_code == 404
    assert world.get(f"/decisions/{decision['id']}", actor=other).status_code == 404
    assert world.post(f"/decisions/{decision['id']}/undoing", actor=other).status_code == 404


def test_all_of_a_list_are_decided_at_once(world: World) -> None:
    ids = [
        world.applied(world.member(f"p{n}@example.org", given_name=name))["id"]
        for n, name in enumerate(("Amara", "Amélie", "Ruth", "Amaury"))
    ]
    world.decide(ids[3], decision="waitlisted")
    body = {
        "cohort_id": world.cohort["id"],
        "all_of": {"state": "applied", "role": "mentee", "q": "am"},
        "decision": "accepted",
    }
    made = world.post("/decisions", body, actor=world.coordinator)
    assert made.status_code == 202, made.json
    world.town.pump()
    states = [world.application(id)["state"] for id in ids]
    assert states == ["accepted", "accepted", "applied", "waitlisted"]
    done = world.get(f"/decisions/{made.json['id']}", actor=world.coordinator).json
    assert (done["total"], done["done"], done["refused_count"]) == (2, 2, 0)


def test_who_is_decided_has_to_be_said_in_one_way(world: World) -> None:
    body = {"cohort_id": world.cohort["id"], "decision": "accepted"}
    ids = [world.cohort["id"]]
    for more in ({}, {"application_ids": ids, "all_of": {}}):
        answer = world.post("/decisions", {**body, **more}, actor=world.coordinator)
        assert answer.status_code == 422


def test_the_last_decisions_are_listed_so_that_they_can_be_undone(world: World) -> None:
    id = world.applied(world.member())["id"]
    world.decide(id, decision="shortlisted")
    world.town.clock.at += timedelta(minutes=1)
    last = world.decide(id, decision="accepted", mail=True)
    path = f"/decisions?cohort_id={world.cohort['id']}"
    found = world.get(path, actor=world.coordinator).json["items"]
    assert [each["decision"] for each in found] == ["accepted", "shortlisted"]
    assert (found[0]["id"], found[0]["mail"]) == (last["id"], True)
    assert world.get("/decisions", actor=world.coordinator).status_code == 422


def test_hundreds_over_several_pages_are_decided_and_undone(world: World) -> None:
    lines = "".join(f"P{n},X,p{n}@example.org,mentee\n" for n in range(600))
    made = world.ask(
        "POST",
        f"/cohorts/{world.cohort['id']}/imports",
        actor=world.coordinator,
        data=("First name,Last name,E-mail,Role\n" + lines).encode(),
        content_type="text/csv",
    ).json
    path = f"/imports/{made['id']}"
    world.put(f"{path}/mapping", made["guess"], actor=world.coordinator)
    world.town.pump()
    world.post(f"{path}/confirmation", {}, actor=world.coordinator)
    world.town.pump()
    body = {"cohort_id": world.cohort["id"], "all_of": {}, "decision": "accepted"}
    decision = world.post("/decisions", body, actor=world.coordinator).json
    world.town.pump()
    counts = f"/applications?cohort_id={world.cohort['id']}&limit=1"
    assert world.get(counts, actor=world.coordinator).json["counts"]["accepted"] == 600
    world.post(f"/decisions/{decision['id']}/undoing", actor=world.coordinator)
    world.town.pump()
    assert world.get(counts, actor=world.coordinator).json["counts"]["applied"] == 600


def test_an_application_of_another_cohort_is_not_decided_by_the_way(world: World) -> None:
    (id,) = applicants(world, 1)
    from tests.services.profiles.conftest import a_cohort

    second = world.post("/cohorts", a_cohort(world.program["id"]), actor=world.coordinator).json
    body = {"cohort_id": second["id"], "application_ids": [id], "decision": "accepted"}
    made = world.post("/decisions", body, actor=world.coordinator).json
    world.town.pump()
    done = world.get(f"/decisions/{made['id']}", actor=world.coordinator).json
    assert done["refused"] == [{"application_id": id, "code": "not-found"}]
    assert states(world, [id]) == ["applied"]


@pytest.mark.parametrize(
    "changes",
    [{"application_ids": []}, {"decision": "draft"}, {"mail": "yes"}, {"words": "x" * 4001}],
)
def test_a_decision_of_the_wrong_shape_is_refused(world: World, changes: dict[str, Any]) -> None:
    body = {"cohort_id": world.cohort["id"], "application_ids": [world.cohort["id"]]}
    answer = world.post(
        "/decisions", {**body, "decision": "accepted", **changes}, actor=world.coordinator
    )
    assert (answer.status_code, [f["field"] for f in answer.json["faults"]]) == (422, [*changes])
