"""Applying over HTTP."""

from typing import Any

import pytest

from tests.services.profiles.conftest import ANSWERS, World


def test_an_application_is_saved_step_by_step_and_told_once_it_is_sent(world: World) -> None:
    amara = world.member()
    draft = world.draft(amara)
    assert (draft.status_code, draft.json["state"]) == (201, "draft")
    assert draft.json["zone"] == "America/Regina"
    path = f"/applications/{draft.json['id']}"
    for name, value in ANSWERS.items():
        saved = world.patch(path, {name: value, "step": name}, actor=amara)
        assert (saved.json[name], saved.json["step"]) == (value, name)
    world.town.pump()
    assert not world.town.events("application-received")
    sent = world.post(f"{path}/submission", actor=amara)
    assert (sent.status_code, sent.json["state"]) == (200, "applied")
    assert sent.json["stream_id"] == world.cohort["streams"][0]["id"]
    world.town.pump()
    (told,) = world.town.events("application-received")
    assert told["topics"] == ANSWERS["topics"]
    assert "hopes" not in told


def test_what_was_written_freely_is_sealed_in_the_store(world: World) -> None:
    id = world.applied(world.member())["id"]
    stored = world.running.store.get("applications", None, id)
    assert "my voice" not in str(stored)
    assert world.application(id)["hopes"] == "To find my voice."


def test_everything_that_is_missing_is_named_when_it_is_sent(world: World) -> None:
    amara = world.member()
    id = world.draft(amara).json["id"]
    answer = world.post(f"/applications/{id}/submission", actor=amara)
    assert answer.status_code == 422
    assert {f["field"] for f in answer.json["faults"]} == {"topics", "ways", "availability"}
    assert world.get(f"/applications/{id}", actor=amara).json["state"] == "draft"


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({"topics": [{"id": "nonsense", "strength": 9}]}, {"topics.0.id", "topics.0.strength"}),
        ({"ways": ["pigeon"], "capacity": 0, "seniority": 11}, {"ways.0", "capacity", "seniority"}),
        ({"availability": [{"weekday": 7, "start": "1", "end": "2"}]}, {"availability.0.weekday"}),
        ({"state": "accepted"}, {"state"}),
        ({"capacity": 1.5, "zone": 7}, {"capacity", "zone"}),
        (
            {"availability": [{"weekday": 1, "start": "25:00", "end": "x"}]},
            {"availability.0.start", "availability.0.end"},
        ),
    ],
    ids=str,
)
def test_answers_of_the_wrong_kind_are_refused(
    world: World, answers: dict[str, Any], fields: set[str]
) -> None:
    amara = world.member()
    path = f"/applications/{world.draft(amara).json['id']}"
    answer = world.patch(path, answers, actor=amara)
    assert answer.status_code == 422
    assert {f["field"] for f in answer.json["faults"]} == fields
    assert world.get(path, actor=amara).json["version"] == 1


def test_one_person_may_be_both_but_each_only_once(world: World) -> None:
    amara = world.member()
    mentee, mentor = world.applied(amara, "mentee"), world.applied(amara, "mentor", capacity=2)
    assert mentee["id"] != mentor["id"]
    again = world.draft(amara, "mentor")
    assert (again.status_code, again.json["code"]) == (409, "applied-already")
    assert again.json["values"]["application_id"] == mentor["id"]
    mine = world.get("/applications?mine=1", actor=amara).json["items"]
    assert {a["role"] for a in mine} == {"mentor", "mentee"}


def test_beginning_twice_goes_on_with_the_draft(world: World) -> None:
    amara = world.member()
    assert world.draft(amara).json["id"] == world.draft(amara).json["id"]


def test_outside_the_days_of_applying_nobody_applies(world: World) -> None:
    amara = world.member()
    draft = world.draft(amara).json
    world.town.clock.at = world.town.clock.at.replace(month=6)
    late = world.draft(amara, "mentor")
    assert (late.status_code, late.json["code"]) == (409, "cohort-takes-no-applications")
    late = world.post(f"/applications/{draft['id']}/submission", actor=amara)
    assert late.json["code"] == "cohort-takes-no-applications"


def test_an_application_is_sent_once(world: World) -> None:
    amara = world.member()
    id = world.applied(amara)["id"]
    again = world.post(f"/applications/{id}/submission", actor=amara)
    assert (again.status_code, again.json["code"]) == (409, "application-is-sent")
    world.town.pump()
    assert len(world.town.events("application-received")) == 1


def test_who_withdraws_may_apply_again(world: World) -> None:
    amara = world.member()
    id = world.applied(amara)["id"]
    for _ in range(2):
        gone = world.post(f"/applications/{id}/withdrawal", actor=amara)
        assert (gone.status_code, gone.json["state"]) == (200, "withdrawn")
    world.town.pump()
    assert len(world.town.events("participant-withdrawn")) == 1
    again = world.applied(amara)
    assert (again["id"], again["state"], again["hopes"]) == (id, "applied", ANSWERS["hopes"])


def test_nobody_hears_of_a_draft_that_is_withdrawn(world: World) -> None:
    amara = world.member()
    id = world.draft(amara).json["id"]
    assert world.post(f"/applications/{id}/withdrawal", actor=amara).json["state"] == "withdrawn"
    world.town.pump()
    assert not world.town.events("participant-withdrawn", "participant-changed")
    assert world.get(f"/applications/{id}", actor=world.coordinator).status_code == 404


def test_a_participant_changes_when_and_how_to_meet_but_no_other_answer(world: World) -> None:
    ruth = world.member("ruth@example.org")
    id = world.applied(ruth, "mentor")["id"]
    world.decide(id)
    changes = {
        "availability": [{"weekday": 4, "start": "17:00", "end": "19:00"}],
        "zone": "America/Vancouver",
        "languages": ["fr"],
        "capacity": 3,
        "ways": ["phone"],
    }
    changed = world.patch(f"/applications/{id}", changes, actor=ruth)
    assert changed.status_code == 200, changed.json
    world.town.pump()
    (told,) = world.town.events("participant-changed")
    assert {name: told[name] for name in changes} == changes
    other = {"topics": [{"id": "ethics", "strength": 1}], "capacity": 1}
    refused = world.patch(f"/applications/{id}", other, actor=ruth)
    assert (refused.status_code, refused.json["code"]) == (409, "answers-are-sent")
    assert refused.json["values"] == {"fields": ["topics"]}
    world.decide(id, decision="declined")
    over = world.patch(f"/applications/{id}", {"capacity": 1}, actor=ruth)
    assert over.json["code"] == "application-is-over"


def test_what_was_left_open_can_be_answered_after_sending_but_once(world: World) -> None:
    ruth = world.member("ruth@example.org")
    sent = world.applied(ruth, "mentor")
    assert (sent["employer"], sent["seniority"]) == ("", None), sent
    answers = {"employer": "Harbour Library", "seniority": 0, "offers": "An ear."}
    changed = world.patch(f"/applications/{sent['id']}", answers, actor=ruth)
    assert changed.status_code == 200, changed.json
    again = world.patch(f"/applications/{sent['id']}", answers, actor=ruth)
    assert again.status_code == 200, again.json
    other = {"employer": "Other", "seniority": 1, "offers": ""}
    refused = world.patch(f"/applications/{sent['id']}", other, actor=ruth)
    assert refused.json["values"] == {"fields": ["employer", "offers", "seniority"]}


def test_a_mentee_has_one_place(world: World) -> None:
    amara = world.member()
    id = world.draft(amara).json["id"]
    answer = world.patch(f"/applications/{id}", {"capacity": 2}, actor=amara)
    assert answer.json["faults"] == [{"field": "capacity", "code": "a-mentee-has-one-place"}]


def test_others_see_no_application_that_is_not_theirs(world: World) -> None:
    amara, ruth = world.member(), world.member("ruth@example.org")
    other = world.member("other@example.org", roles=["participant", "coordinator"])
    draft = world.draft(ruth).json
    id = world.applied(amara)["id"]
    for who in (ruth, other):
        assert world.get(f"/applications/{id}", actor=who).status_code == 404
        assert world.patch(f"/applications/{id}", {"capacity": 2}, actor=who).status_code == 404
        assert world.post(f"/applications/{id}/submission", actor=who).status_code == 404
        assert world.post(f"/applications/{id}/withdrawal", actor=who).status_code == 404
        listed = world.get(f"/applications?cohort_id={world.cohort['id']}", actor=who)
        assert listed.status_code == 404
    assert world.get(f"/applications/{id}", actor=world.coordinator).status_code == 200
    assert world.patch(f"/applications/{id}", {}, actor=world.coordinator).status_code == 404
    assert world.get(f"/applications/{draft['id']}", actor=world.coordinator).status_code == 404


def listed(world: World, query: str = "") -> Any:
    path = f"/applications?cohort_id={world.cohort['id']}{query}"
    return world.get(path, actor=world.coordinator).json


def test_an_empty_list_has_counts_of_nothing(world: World) -> None:
    shown = listed(world)
    assert (shown["items"], shown["next"]) == ([], None)
    assert set(shown["counts"].values()) == {0}


def test_the_screening_list_is_filtered_counted_and_searched(world: World) -> None:
    helene = world.member("h@example.org", given_name="Hélène", family_name="Côté", city="Québec")
    amara, ruth = world.member(), world.member("ruth@example.org", given_name="Ruth")
    world.applied(helene)
    world.applied(amara, "mentor")
    accepted = world.applied(ruth)["id"]
    world.draft(amara)
    world.decide(accepted)
    assert [i["member"]["given_name"] for i in listed(world)["items"]] != []
    assert len(listed(world)["items"]) == 3
    assert listed(world)["counts"]["applied"] == 2
    assert (
        listed(world, "&role=mentee")["counts"] | {"applied": 1, "accepted": 1}
        == listed(world, "&role=mentee")["counts"]
    )
    assert [i["id"] for i in listed(world, "&state=accepted")["items"]] == [accepted]
    assert len(listed(world, "&role=mentor&state=applied")["items"]) == 1
    for words in ("helene", "COTE", "que", "hél côt"):
        found = listed(world, f"&q={words}")["items"]
        assert [i["member"]["family_name"] for i in found] == ["Côté"], words
    assert listed(world, "&q=nobody")["items"] == []


def test_a_long_list_comes_in_pages_without_gap_or_repeat(world: World) -> None:
    made = [world.applied(world.member(f"m{n}@example.org"))["id"] for n in range(5)]
    seen, after = [], ""
    while True:
        page = listed(world, f"&limit=2&after={after}")
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
        if not after:
            break
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen))


def test_a_list_that_is_asked_for_wrongly_says_what_is_wrong(world: World) -> None:
    answer = world.get("/applications?state=x&role=y", actor=world.coordinator)
    assert {f["field"] for f in answer.json["faults"]} == {"cohort_id", "state", "role"}
    bad = world.get(
        f"/applications?cohort_id={world.cohort['id']}&after=%21", actor=world.coordinator
    )
    assert bad.json["faults"] == [{"field": "after", "code": "not-a-cursor"}]
