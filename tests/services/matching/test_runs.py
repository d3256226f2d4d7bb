"""Matching runs as a coordinator meets them."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from chassis.worker import Worker
from contracts import examples, profiles
from services.matching import runs, solver
from tests.harness import Town, a_coordinator, an_actor, eventually
from tests.services.matching.conftest import (
    COORDINATOR,
    RUNS,
    a_run,
    accepted,
    act,
    an_id,
    member,
    my_pair,
    proposals,
    published,
    unmatched,
)


def rules(town: Town, run: Any) -> set[str]:
    """What stands in the way of those who were left out, and nothing else does."""
    told = [row["reason"]["values"]["rules"] for row in unmatched(town, run)]
    return {rule["criterion"] for found in told for rule in found}


def names(rows: list[Any]) -> list[str]:
    return [f"{r['mentee']['given_name']}-{r['mentor']['given_name']}" for r in rows]


def test_a_run_without_anybody_proposes_nobody(town: Town) -> None:
    run = a_run(town)
    assert (run["proposals"], run["unmatched"], proposals(town, run)) == (0, 0, [])


def test_a_proposal_is_the_exact_sum_of_its_lines(town: Town) -> None:
    accepted(town, "Amara", "mentee")
    accepted(town, "Ruth", "mentor")
    run = a_run(town)
    (row,) = proposals(town, run)
    assert names([row]) == ["Amara-Ruth"]
    assert row["score"] == sum(part["points"] for part in row["parts"])
    assert sum(part["maximum"] for part in row["parts"]) == 10_000
    assert row["best"]["mentor"]["given_name"] == "Ruth"
    assert run["mean"] == run["lowest"] == row["score"]


def test_everybody_left_out_gets_a_reason(town: Town) -> None:
    accepted(town, "Amara", "mentee")
    accepted(town, "Jun", "mentee", languages=["ja"])
    accepted(town, "Ruth", "mentor", capacity=2)
    run = a_run(town)
    assert (run["proposals"], run["unmatched"]) == (1, 1)
    reasons = {(r["kind"], r["reason"]["code"]) for r in unmatched(town, run)}
    assert reasons == {("mentee", "no_eligible_mentor"), ("mentor", "places_left")}
    jun = next(r for r in unmatched(town, run) if r["kind"] == "mentee")
    assert jun["change"]["values"]["mentor"]["given_name"] == "Ruth"


def test_as_many_as_possible_are_matched_before_anything_else(town: Town) -> None:
    # Greedy would give Ruth to Amara, who fits best, and leave Jun without anybody.
    accepted(town, "Amara", "mentee", languages=["en", "fr"])
    accepted(town, "Jun", "mentee", languages=["en"], topics=[])
    accepted(town, "Ruth", "mentor", languages=["en"])
    accepted(town, "Anne", "mentor", languages=["fr"], topics=[])
    run = a_run(town)
    assert sorted(names(proposals(town, run))) == ["Amara-Anne", "Jun-Ruth"]


def test_the_same_people_give_the_same_proposals_again(town: Town) -> None:
    for n in range(12):
        accepted(town, f"Mentee{n}", "mentee")
    for n in range(7):
        accepted(town, f"Mentor{n}", "mentor")
    first, again = a_run(town), a_run(town)
    assert names(proposals(town, first)) == names(proposals(town, again))
    assert (first["number"], again["number"]) == (1, 2)


def test_a_run_waits_for_people_on_their_way(town: Town) -> None:
    accepted(town, "Amara", "mentee")
    answer = town.matching.post(RUNS, {"shown": 4}, actor=COORDINATOR)
    assert (answer.status_code, answer.json["code"]) == (409, "participants-on-their-way")
    assert answer.json["values"] == {"missing": 3}


def test_two_runs_at_once_are_one_too_many(town: Town) -> None:
    assert town.matching.post(RUNS, {"shown": 0}, actor=COORDINATOR).status_code == 201
    second = town.matching.post(RUNS, {"shown": 0}, actor=COORDINATOR)
    assert (second.status_code, second.json["code"]) == (409, "run-is-under-way")


def test_nothing_is_told_before_it_is_published(town: Town) -> None:
    accepted(town, "Amara", "mentee")
    accepted(town, "Ruth", "mentor")
    a_run(town)
    assert town.matching.get("/pairs?mine=1", actor=member("Amara")).json["items"] == []
    assert town.events("proposal-made") == []


def test_publishing_asks_both(proposed: Town) -> None:
    (event,) = proposed.events("proposal-made")
    assert (event["mentee_id"], event["state"]) == (member("Amara").id, "proposed")
    assert my_pair(proposed, "Ruth")["my_role"] == "mentor"


def test_some_can_be_published_and_the_rest_later(town: Town) -> None:
    for name in ("Amara", "Jun", "Priya"):
        accepted(town, name, "mentee")
    accepted(town, "Ruth", "mentor", capacity=3)
    run = a_run(town)
    chosen = proposals(town, run)[1]
    run = published(town, run, row_ids=[chosen["id"]])
    states = [row["state"] for row in proposals(town, run)]
    assert (run["published"], states) == (1, ["draft", "published", "draft"])
    run = published(town, run)
    assert run["published"] == 3
    assert len(town.events("proposal-made")) == 3


def test_what_to_publish_must_be_said(town: Town) -> None:
    run = a_run(town)
    path = f"/runs/{run['id']}/publication"
    for body in ({}, {"all": True, "row_ids": [an_id("x")]}, {"row_ids": ["x"]}):
        assert town.matching.post(path, body, actor=COORDINATOR).status_code == 422
    unknown = town.matching.post(path, {"row_ids": [an_id("x")]}, actor=COORDINATOR)
    assert unknown.status_code == 404


def test_a_later_run_leaves_pairs_and_open_proposals_alone(proposed: Town) -> None:
    accepted(proposed, "Jun", "mentee")
    accepted(proposed, "Anne", "mentor")
    run = a_run(proposed)
    assert names(proposals(proposed, run)) == ["Jun-Anne"]


def test_who_declined_is_not_proposed_to_the_same_person_again(proposed: Town) -> None:
    act(proposed, "Ruth", "declination")
    run = a_run(proposed)
    assert proposals(proposed, run) == []
    assert rules(proposed, run) == {"asked_before"}


def test_who_let_a_proposal_lapse_is_not_proposed_to_the_same_person_again(proposed: Town) -> None:
    act(proposed, "Amara", "acceptance")
    proposed.go_on(days=12)
    assert my_pair(proposed, "Ruth")["state"] == "expired"
    run = a_run(proposed)
    assert proposals(proposed, run) == []
    assert rules(proposed, run) == {"asked_before"}
    (change,) = {row["change"]["code"] for row in unmatched(proposed, run)}
    assert change == "allow_pair"


def test_who_let_a_proposal_lapse_is_proposed_to_somebody_else(proposed: Town) -> None:
    proposed.go_on(days=12)
    accepted(proposed, "Jun", "mentee")
    accepted(proposed, "Anne", "mentor")
    run = a_run(proposed)
    assert sorted(names(proposals(proposed, run))) == ["Amara-Anne", "Jun-Ruth"]


def test_silence_in_one_cohort_says_nothing_about_the_next(proposed: Town) -> None:
    proposed.go_on(days=12)
    fall = an_id("fall")
    proposed.matching.hear_that(profiles.COHORT_OPENED, cohort_id=fall)
    for name, role in (("Amara", "mentee"), ("Ruth", "mentor")):
        again = {"application_id": an_id(f"fall {name}"), "cohort_id": fall}
        accepted(proposed, name, role, **again)
    run = a_run(proposed, runs=f"/cohorts/{fall}/runs")
    assert names(proposals(proposed, run)) == ["Amara-Ruth"]


def test_who_was_asked_and_taken_back_may_be_asked_again(proposed: Town) -> None:
    path = f"/pairs/{my_pair(proposed, 'Ruth')['id']}/withdrawal"
    assert proposed.matching.post(path, actor=COORDINATOR).status_code == 200
    assert names(proposals(proposed, a_run(proposed))) == ["Amara-Ruth"]


def test_partners_of_before_are_not_proposed_to_each_other(matched: Town) -> None:
    act(matched, "Ruth", "ending")
    run = a_run(matched)
    assert proposals(matched, run) == []
    assert rules(matched, run) == {"former_partners"}


def test_nobody_becomes_their_own_mentor(town: Town) -> None:
    accepted(town, "Amara", "mentee")
    accepted(town, "Amara", "mentor", version=2)
    assert proposals(town, a_run(town)) == []


def test_a_mentor_never_gets_more_than_the_places_also_with_two_runs(town: Town) -> None:
    for n in range(6):
        accepted(town, f"Mentee{n}", "mentee")
    accepted(town, "Ruth", "mentor", capacity=2)
    first = a_run(town)
    second = a_run(town)
    published(town, first)
    done = published(town, second)
    assert (done["published"], done["refused"]) == (0, 2)
    codes = {row["code"] for row in proposals(town, done)}
    assert codes <= {"mentor-is-full", "mentee-is-taken"}
    mine = town.matching.get("/pairs?mine=1", actor=member("Ruth")).json["items"]
    assert len(mine) == 2


def test_sixteen_who_ask_for_two_places_at_once_get_two(town: Town) -> None:
    for n in range(16):
        accepted(town, f"Mentee{n}", "mentee")
    accepted(town, "Ruth", "mentor", capacity=16)
    run = a_run(town)
    accepted(town, "Ruth", "mentor", version=2, capacity=2)
    records = town.matching.records
    stored = records.runs.get(examples.ASSOCIATION, run["id"])
    rows = records.rows.find(
        examples.ASSOCIATION,
        {"run_id": stored.id, "batch": stored.batch, "kind": "proposal"},
        sort="place",
    )
    gate, won = threading.Barrier(16), []

    def publish(row: Any) -> None:
        gate.wait()
        if runs.publish_row(records, stored, row, now=town.clock.now()):
            won.append(row.id)

    threads = [threading.Thread(target=publish, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hers = {"mentor_id": member("Ruth").id}
    held = records.pairs.find(examples.ASSOCIATION, hers, sort="proposed_at")
    assert len(held) == len(won) == 2
    assert {pair.mentor_seat for pair in held} == {1, 2}


def test_lowering_a_capacity_ends_no_pair(matched: Town) -> None:
    accepted(matched, "Ruth", "mentor", version=2, capacity=1)
    accepted(matched, "Jun", "mentee")
    assert my_pair(matched, "Ruth")["state"] == "matched"
    assert proposals(matched, a_run(matched)) == []


def test_a_worker_that_dies_while_publishing_is_carried_on(town: Town) -> None:
    for n in range(5):
        accepted(town, f"Mentee{n}", "mentee")
    accepted(town, "Ruth", "mentor", capacity=5)
    run = a_run(town)
    path = f"/runs/{run['id']}/publication"
    town.matching.post(path, {"all": True}, actor=COORDINATOR)
    records = town.matching.records
    stored = records.runs.get(examples.ASSOCIATION, run["id"])
    where = {"run_id": run["id"], "batch": stored.batch, "kind": "proposal"}
    first = records.rows.find(examples.ASSOCIATION, where, sort="place", limit=1)[0]
    # The pair was made, and then the process was killed before the row said so.
    runs.propose(records, stored, first, now=town.clock.now())
    town.matching.worker.close()
    town.matching.worker = Worker(town.matching.running)
    town.pump()
    done = town.matching.get(f"/runs/{run['id']}", actor=COORDINATOR).json
    assert (done["state"], done["published"], done["refused"]) == ("published", 5, 0)
    assert len(town.events("proposal-made")) == 5


def test_a_worker_that_dies_between_rows_and_run_still_counts_them(town: Town) -> None:
    for n in range(5):
        accepted(town, f"Mentee{n}", "mentee")
    accepted(town, "Ruth", "mentor", capacity=5)
    run = a_run(town)
    town.matching.post(f"/runs/{run['id']}/publication", {"all": True}, actor=COORDINATOR)
    records = town.matching.records
    stored = records.runs.get(examples.ASSOCIATION, run["id"])
    where = {"run_id": run["id"], "batch": stored.batch, "kind": "proposal"}
    for row in records.rows.find(examples.ASSOCIATION, where, sort="place", limit=2):
        runs.publish_row(records, stored, row, now=town.clock.now())
    town.pump()
    done = town.matching.get(f"/runs/{run['id']}", actor=COORDINATOR).json
    assert (done["state"], done["published"], done["refused"]) == ("published", 5, 0)


def test_many_are_chosen_one_by_one(town: Town) -> None:
    for n in range(230):
        accepted(town, f"Mentee{n}", "mentee")
    for n in range(23):
        accepted(town, f"Mentor{n}", "mentor", capacity=10)
    run = a_run(town)
    path = f"/runs/{run['id']}/proposals?limit=200"
    first = town.matching.get(path, actor=COORDINATOR).json
    ids = [row["id"] for row in first["items"]]
    more = town.matching.get(f"{path}&after={first['next']}", actor=COORDINATOR).json["items"]
    ids += [row["id"] for row in more[:5]]
    done = published(town, run, row_ids=[*ids, ids[0]])
    assert (done["state"], done["published"]) == ("published", 205)
    assert published(town, run)["published"] == 230


def test_a_proposal_of_another_run_is_not_published_by_the_way(town: Town) -> None:
    accepted(town, "Amara", "mentee")
    accepted(town, "Ruth", "mentor")
    first, second = a_run(town), a_run(town)
    (row,) = proposals(town, first)
    path = f"/runs/{second['id']}/publication"
    assert town.matching.post(path, {"row_ids": [row["id"]]}, actor=COORDINATOR).status_code == 404
    unknown = "00000000-0000-4000-8000-000000000000"
    assert town.matching.post(path, {"row_ids": [unknown]}, actor=COORDINATOR).status_code == 404


def test_the_worker_that_computes_a_run_second_changes_nothing(town: Town) -> None:
    accepted(town, "Amara", "mentee")
    accepted(town, "Ruth", "mentor")
    answer = town.matching.post(RUNS, {"shown": 0}, actor=COORDINATOR)
    records = town.matching.records
    stored = records.runs.get(examples.ASSOCIATION, answer.json["id"])
    for _ in range(2):
        runs.compute(records, stored, now=town.clock.now())
    done = published(town, answer.json)
    assert (done["proposals"], done["published"]) == (1, 1)
    runs.compute(records, stored, now=town.clock.now())
    again = town.matching.get(f"/runs/{done['id']}", actor=COORDINATOR).json
    assert (again["state"], again["version"]) == ("published", done["version"])
    assert len(proposals(town, again)) == 1


def test_a_long_computation_holds_up_no_reminder(
    proposed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, finish = threading.Event(), threading.Event()
    solve = runs.solve

    def slow(*args: Any) -> Any:
        going.set()
        assert finish.wait(20)
        return solve(*args)

    monkeypatch.setattr(runs, "solve", slow)
    asked = proposed.matching.post(RUNS, {"shown": 0}, actor=COORDINATOR)
    assert asked.status_code == 201, asked.json
    proposed.clock.at += timedelta(days=5)
    proposed.matching.worker.close()
    worker = Worker(proposed.matching.running)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        assert going.wait(10)
        assert eventually(lambda: proposed.events("proposal-reminded"))
    finally:
        finish.set()
        worker.stop()
        thread.join()
        proposed.matching.worker = Worker(proposed.matching.running)


def test_more_people_than_this_engine_can_match_are_told_so(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solver, "MOST_CELLS", 3)
    for n in range(2):
        accepted(town, f"Mentee{n}", "mentee")
        accepted(town, f"Mentor{n}", "mentor")
    answer = town.matching.post(RUNS, {"shown": 0}, actor=COORDINATOR)
    town.pump()
    run = town.matching.get(answer.headers["Location"], actor=COORDINATOR).json
    assert (run["state"], run["code"]) == ("failed", "too-many-people")


def test_a_run_under_criteria_that_are_not_sound_fails_and_says_so(town: Town) -> None:
    broken = {"preset": "balanced", "changes": {"topics": 40_000}}
    town.matching.hear_that(profiles.COHORT_CHANGED, version=2, criteria=broken)
    answer = town.matching.post(RUNS, {"shown": 0}, actor=COORDINATOR)
    town.pump()
    run = town.matching.get(answer.headers["Location"], actor=COORDINATOR).json
    assert (run["state"], run["code"]) == ("failed", "criteria-are-not-sound")
    assert town.matching.post(RUNS, {"shown": 0}, actor=COORDINATOR).status_code == 201


def test_only_the_coordinators_of_the_cohort_see_runs(town: Town) -> None:
    run = a_run(town)
    others = (
        member("Amara"),
        an_actor(an_id("somebody"), "coordinator"),
        a_coordinator("b7a2c7f0-58a5-4a0e-9a59-3f4e1d6a0f11"),
    )
    for other in others:
        for path in (RUNS, f"/runs/{run['id']}", f"/runs/{run['id']}/proposals"):
            assert town.matching.get(path, actor=other).status_code == 404
        assert town.matching.post(RUNS, {"shown": 0}, actor=other).status_code == 404
        path = f"/runs/{run['id']}/publication"
        assert town.matching.post(path, {"all": True}, actor=other).status_code == 404


def test_the_standing_counts_who_waits_and_free_places(proposed: Town) -> None:
    accepted(proposed, "Jun", "mentee")
    accepted(proposed, "Anne", "mentor", capacity=3)
    path = f"/cohorts/{examples.COHORT}/standing"
    assert proposed.matching.get(path, actor=COORDINATOR).json == {
        "mentees_waiting": 1,
        "mentors": 1,
        "free_places": 3,
        "full_mentors": 1,
        "accepted_known": 4,
        "open_proposals": 1,
        "pairs": 0,
        "looks_at": None,
    }


def test_a_hundred_and_more_proposals_are_published_page_by_page(town: Town) -> None:
    for n in range(110):
        accepted(town, f"Mentee{n}", "mentee")
    for n in range(11):
        accepted(town, f"Mentor{n}", "mentor", capacity=10)
    done = published(town, a_run(town))
    assert (done["state"], done["published"]) == ("published", 110)
