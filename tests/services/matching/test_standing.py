"""Who waits, who is asked, who is a pair: what a coordinator sees before and beside a run."""

from typing import Any

import pytest

from chassis.lists import cursor
from contracts import examples
from tests.harness import Town
from tests.services.matching.conftest import (
    COORDINATOR,
    a_run,
    accepted,
    act,
    proposals,
    published,
    unmatched,
)

COHORT = f"/cohorts/{examples.COHORT}"


def waiting(town: Town, query: str = "") -> Any:
    return town.matching.get(f"{COHORT}/waiting?{query}", actor=COORDINATOR).json


def test_who_waits_is_listed_in_the_order_of_coming(proposed: Town) -> None:
    accepted(proposed, "Jun", "mentee", applied_at="2026-01-20T00:00:00.000Z")
    accepted(proposed, "Anne", "mentor", capacity=3, applied_at="2026-01-10T00:00:00.000Z")
    assert [
        (each["member"]["given_name"], each["free_places"]) for each in waiting(proposed)["items"]
    ] == [
        ("Anne", 3),
        ("Jun", 1),
    ]
    (jun,) = waiting(proposed, "role=mentee")["items"]
    assert (jun["role"], jun["member"]["given_name"]) == ("mentee", "Jun")


def test_who_waits_comes_in_pages_without_gap_or_repeat(town: Town) -> None:
    for n in range(7):
        accepted(town, f"Mentee{n}", "mentee")
    seen: list[str] = []
    after = ""
    while after is not None:
        page = waiting(town, f"limit=3&after={after}")
        seen += [each["application_id"] for each in page["items"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == 7


def test_a_role_that_is_none_is_refused(town: Town) -> None:
    answer = town.matching.get(f"{COHORT}/waiting?role=friend", actor=COORDINATOR)
    assert answer.status_code == 422


@pytest.mark.parametrize("value", [None, True, 1.5])
def test_a_cursor_that_no_page_gave_is_refused(town: Town, value: Any) -> None:
    after = cursor(value, "x")
    answer = town.matching.get(f"{COHORT}/waiting?after={after}", actor=COORDINATOR)
    assert (answer.status_code, answer.json["faults"][0]["code"]) == (422, "not-a-cursor")


def test_the_pairs_of_a_cohort_are_counted_by_state(matched: Town) -> None:
    accepted(matched, "Jun", "mentee")
    accepted(matched, "Anne", "mentor")
    published(matched, a_run(matched))
    act(matched, "Jun", "declination")
    found = matched.matching.get(f"/pairs?cohort_id={examples.COHORT}", actor=COORDINATOR).json
    assert {state: n for state, n in found["counts"].items() if n} == {"matched": 1, "declined": 1}


@pytest.fixture
def many(town: Town) -> Town:
    for n in range(40):
        accepted(town, f"Mentee{n}", "mentee", seniority=n % 5)
    for n in range(10):
        accepted(town, f"Mentor{n}", "mentor", capacity=2)
    return town


def test_a_long_list_asks_the_store_only_a_few_times(
    many: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_run(many)
    published(many, run)
    store, asked = many.matching.running.store, []
    for name in ("get", "find"):
        plain = getattr(store, name)
        monkeypatch.setattr(
            store, name, lambda *a, plain=plain, **more: asked.append(a) or plain(*a, **more)
        )
    assert len(proposals(many, run)) == 20
    assert len(asked) <= 6
    asked.clear()
    assert len(unmatched(many, run)) == 20
    assert len(asked) <= 6
    asked.clear()
    found = many.matching.get(f"/pairs?cohort_id={examples.COHORT}", actor=COORDINATOR).json
    assert len(found["items"]) == 20
    assert len(asked) <= 6
    asked.clear()
    assert len(waiting(many)["items"]) == 20
    assert len(asked) <= 10
