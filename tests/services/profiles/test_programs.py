"""Programs and cohorts over HTTP."""

from typing import Any

import pytest

from services.profiles.content import SECTIONS
from tests.harness import an_actor
from tests.services.profiles.conftest import PROGRAM, World, a_cohort


def test_a_cohort_is_told_with_everything_others_need(world: World) -> None:
    world.town.pump()
    (opened,) = world.town.events("cohort-opened")
    assert opened["program_name"] == "Librarians who lead"
    assert opened["streams"][0]["name"] == "Leadership"
    assert opened["coordinator_ids"] == [world.coordinator.id]
    assert opened["criteria"] == {"preset": "balanced", "changes": {}}
    assert set(opened["agreement_template"]) == set(SECTIONS)
    assert opened["agreement_template"]["confidentiality"].startswith("What we say")


def test_the_agreement_speaks_the_first_language_of_the_association(world: World) -> None:
    world.patch("/association", {"languages": ["fr", "en"]}, actor=world.coordinator)
    made = world.post("/cohorts", a_cohort(world.program["id"]), actor=world.coordinator)
    assert made.json["agreement_template"]["ending"].startswith("Chacun de nous")


def test_own_words_of_an_agreement_stand_beside_the_default_ones(world: World) -> None:
    body = a_cohort(world.program["id"], agreement_template={"term": "Six months."})
    made = world.post("/cohorts", body, actor=world.coordinator).json
    assert made["agreement_template"]["term"] == "Six months."
    assert made["agreement_template"]["manager"]


def changed_cohort(world: World, **changes: Any) -> Any:
    body = a_cohort(world.program["id"], **changes)
    changed = world.put(f"/cohorts/{world.cohort['id']}", body, actor=world.coordinator)
    assert changed.status_code == 200, changed.json
    return changed.json


def test_an_agreement_speaks_the_other_language_too(world: World) -> None:
    assert world.cohort["agreement_language"] == "en"
    french = world.cohort["agreement_translations"]["fr"]
    assert set(french) == set(SECTIONS)
    assert french["ending"].startswith("Chacun de nous")


def test_a_section_that_reads_otherwise_loses_its_old_translation(world: World) -> None:
    changed = changed_cohort(world, agreement_template={"term": "Six months."})
    french = changed["agreement_translations"]["fr"]
    assert set(french) == set(SECTIONS) - {"term"}
    translated = changed_cohort(world, agreement_translations={"fr": {"term": "Six mois."}})
    assert translated["agreement_translations"]["fr"]["term"] == "Six mois."
    assert translated["agreement_template"]["term"] == "Six months."
    cleared = changed_cohort(world, agreement_translations={"fr": {"term": ""}})
    assert "term" not in cleared["agreement_translations"]["fr"]


def test_own_words_in_both_languages_are_kept_from_the_begin(world: World) -> None:
    texts = {
        "agreement_template": {"term": "Six months."},
        "agreement_translations": {"fr": {"term": "Six mois."}},
    }
    made = world.post(
        "/cohorts", a_cohort(world.program["id"], **texts), actor=world.coordinator
    ).json
    assert made["agreement_translations"]["fr"]["term"] == "Six mois."
    world.town.pump()
    (told,) = (e for e in world.town.events("cohort-opened") if e["cohort_id"] == made["id"])
    assert told["agreement_translations"]["fr"]["term"] == "Six mois."


@pytest.mark.parametrize(
    "criteria",
    [
        {"changes": {"luck": 100}},
        {"changes": {"topics": 10_001}},
        {"changes": {"topics": 10_000, "times": 10_000, "field": 1}},
    ],
    ids=str,
)
def test_weights_that_matching_could_not_use_are_refused(
    world: World, criteria: dict[str, Any]
) -> None:
    body = a_cohort(world.program["id"], criteria=criteria)
    answer = world.post("/cohorts", body, actor=world.coordinator)
    assert answer.status_code == 422
    assert {f["field"].partition(".")[0] for f in answer.json["faults"]} == {"criteria"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"apply_until": "2026-04-01"}, {"apply_until"}),
        ({"match_on": "2026-05-01", "ends_on": "2026-06-09"}, {"match_on", "ends_on"}),
        ({"ends_on": "2029-01-01"}, {"ends_on"}),
        (
            {"apply_until": "2026-04-01", "name": "", "zone": "Nowhere"},
            {"apply_until", "name", "zone"},
        ),
        ({"starts_on": "soon", "match_on": "2026-05-02"}, {"starts_on", "match_on"}),
        ({"criteria_preset": "luck", "agreement_template": {"secrets": "x"}}, None),
    ],
    ids=str,
)
def test_every_fault_of_a_cohort_is_named_at_once(
    world: World, changes: dict[str, Any], fields: set[str] | None
) -> None:
    answer = world.post(
        "/cohorts", a_cohort(world.program["id"], **changes), actor=world.coordinator
    )
    assert answer.status_code == 422
    named = {fault["field"] for fault in answer.json["faults"]}
    assert named == fields if fields else len(named) == 2


def test_a_cohort_of_an_unknown_program_is_refused(world: World) -> None:
    answer = world.post("/cohorts", a_cohort(world.association["id"]), actor=world.coordinator)
    assert answer.json["faults"] == [{"field": "program_id", "code": "not-known"}]


def test_a_changed_cohort_is_told_and_keeps_what_is_not_named(world: World) -> None:
    body = a_cohort(
        world.program["id"],
        name="Summer",
        criteria={"preset": "near_home", "changes": {"topics": 5000}},
    )
    changed = world.put(f"/cohorts/{world.cohort['id']}", body, actor=world.coordinator)
    assert changed.status_code == 200, changed.json
    assert changed.json["criteria"] == {"preset": "near_home", "changes": {"topics": 5000}}
    assert changed.json["agreement_template"] == world.cohort["agreement_template"]
    world.town.pump()
    assert [e["name"] for e in world.town.events("cohort-changed")] == ["Summer"]


def test_the_cohorts_follow_when_their_program_changes(world: World) -> None:
    body = {
        **PROGRAM,
        "name": "Leaders",
        "streams": [*world.program["streams"], {"name": "Technical"}],
    }
    changed = world.put(f"/programs/{world.program['id']}", body, actor=world.coordinator)
    assert changed.status_code == 200, changed.json
    assert changed.json["streams"][0] == world.program["streams"][0]
    world.town.pump()
    cohort = world.get(f"/cohorts/{world.cohort['id']}", actor=world.coordinator).json
    assert cohort["program_name"] == "Leaders"
    assert [s["name"] for s in cohort["streams"]] == ["Leadership", "Technical"]
    assert len(world.town.events("cohort-changed")) == 1
    world.town.pump()
    assert len(world.town.events("cohort-changed")) == 1


def test_a_coordinator_sees_only_the_own_cohorts(world: World) -> None:
    other = world.member("other@example.org", roles=["participant", "coordinator"])
    assert world.get("/cohorts", actor=other).json["items"] == []
    world.town.clock.at = world.town.clock.at.replace(month=8)
    assert world.get(f"/cohorts/{world.cohort['id']}", actor=other).status_code == 404
    body = a_cohort(world.program["id"])
    assert world.put(f"/cohorts/{world.cohort['id']}", body, actor=other).status_code == 404
    assert world.put(f"/programs/{world.program['id']}", PROGRAM, actor=other).status_code == 403


def test_a_cohort_may_be_given_to_another_coordinator(world: World) -> None:
    other = world.member("other@example.org", roles=["participant", "coordinator"])
    plain = world.member("plain@example.org")
    body = a_cohort(world.program["id"], coordinator_ids=[other.id, plain.id])
    refused = world.post("/cohorts", body, actor=world.coordinator)
    assert refused.json["faults"] == [{"field": "coordinator_ids.1", "code": "not-a-coordinator"}]
    body["coordinator_ids"] = [other.id]
    made = world.post("/cohorts", body, actor=world.coordinator).json
    assert [c["id"] for c in world.get("/cohorts", actor=other).json["items"]] == [made["id"]]


def test_participants_do_not_design_programs(world: World) -> None:
    amara = world.member()
    assert world.get("/programs", actor=amara).status_code == 403
    assert world.post("/programs", PROGRAM, actor=amara).status_code == 403
    assert world.get(f"/programs/{world.program['id']}", actor=amara).status_code == 404


def test_a_member_sees_which_cohorts_are_open_today(world: World) -> None:
    amara = world.member()
    shown = world.get("/cohorts?open=1", actor=amara).json["items"]
    assert [c["id"] for c in shown] == [world.cohort["id"]]
    assert world.get("/cohorts", actor=amara).json["items"] == []


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        # Toronto is four hours behind UTC in May.
        ("2026-05-01T03:59:00+00:00", 0),
        ("2026-05-01T04:00:00+00:00", 1),
        ("2026-06-01T03:59:00+00:00", 1),
        ("2026-06-01T04:00:00+00:00", 0),
    ],
)
def test_days_of_applying_are_days_where_the_cohort_is(
    world: World, moment: str, count: int
) -> None:
    from datetime import datetime

    world.town.clock.at = datetime.fromisoformat(moment)
    assert len(world.get("/cohorts?open=1", actor=world.member()).json["items"]) == count


def test_a_repeated_post_makes_one_cohort(world: World) -> None:
    key = {"Idempotency-Key": "k"}
    body = a_cohort(world.program["id"])
    first = world.post("/cohorts", body, actor=world.coordinator, headers=key).json
    again = world.post("/cohorts", body, actor=world.coordinator, headers=key).json
    assert first["id"] == again["id"]
    assert len(world.get("/cohorts", actor=world.coordinator).json["items"]) == 2


def test_a_made_up_actor_is_nobody(world: World) -> None:
    nobody = an_actor("nobody", association_id=world.association["id"])
    assert world.get("/members/me", actor=nobody).status_code == 404
