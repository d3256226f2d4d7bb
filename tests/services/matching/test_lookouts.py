"""Matching that goes on by itself once the coordinator has published a first run."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.worker import Worker
from contracts import profiles
from services.matching import lookouts
from tests.harness import Town
from tests.services.matching.conftest import (
    COORDINATOR,
    RUNS,
    a_run,
    accepted,
    act,
    my_pair,
    proposals,
    published,
)

TERM = {
    "match_on": "2026-05-04",
    "starts_on": "2026-05-11",
    "ends_on": "2026-10-30",
    "match_again_days": 7,
}
"""The towns begin on Monday, 11 May, 10:00 in Toronto; looks are on Mondays at 9:00."""


@pytest.fixture
def launched(town: Town) -> Town:
    """Amara was proposed to Ruth by the coordinator's first run."""
    town.matching.hear_that(profiles.COHORT_CHANGED, version=2, **TERM)
    accepted(town, "Amara", "mentee")
    accepted(town, "Ruth", "mentor")
    published(town, a_run(town))
    return town


def runs(town: Town) -> list[Any]:
    found: list[Any] = town.matching.get(RUNS, actor=COORDINATOR).json["items"]
    return found


def asked(town: Town) -> list[str]:
    """Who was asked by runs that nobody started."""
    own = [run for run in runs(town) if run["by_itself"]]
    rows = [row for run in reversed(own) for row in proposals(town, run)]
    return [f"{row['mentee']['given_name']}-{row['mentor']['given_name']}" for row in rows]


def test_who_comes_late_is_proposed_without_anybody_doing_anything(launched: Town) -> None:
    accepted(launched, "Jun", "mentee")
    accepted(launched, "Anne", "mentor")
    launched.go_on(days=6)
    assert asked(launched) == []
    launched.go_on(days=1)
    assert asked(launched) == ["Jun-Anne"]
    assert my_pair(launched, "Jun")["state"] == "proposed"
    assert [(run["state"], run["by_itself"]) for run in runs(launched)] == [
        ("published", True),
        ("published", False),
    ]


def test_who_declined_is_proposed_to_somebody_else(launched: Town) -> None:
    act(launched, "Ruth", "declination")
    accepted(launched, "Anne", "mentor")
    launched.go_on(days=7)
    assert asked(launched) == ["Amara-Anne"]


def test_who_declines_again_is_proposed_to_the_next(launched: Town) -> None:
    act(launched, "Ruth", "declination")
    accepted(launched, "Anne", "mentor")
    accepted(launched, "Bea", "mentor")
    launched.go_on(days=7)
    (first,) = asked(launched)
    act(launched, first.partition("-")[2], "declination")
    launched.go_on(days=7)
    assert sorted(asked(launched)) == ["Amara-Anne", "Amara-Bea"]


def test_nothing_goes_by_itself_before_the_coordinator_published(town: Town) -> None:
    town.matching.hear_that(profiles.COHORT_CHANGED, version=2, **TERM)
    accepted(town, "Amara", "mentee")
    accepted(town, "Ruth", "mentor")
    town.go_on(days=20)
    assert runs(town) == []


def test_a_look_at_the_same_people_starts_no_second_run(launched: Town) -> None:
    act(launched, "Ruth", "declination")
    launched.go_on(days=30)
    assert [run["proposals"] for run in runs(launched)] == [0, 1]


def test_nobody_is_proposed_by_itself_from_the_middle_of_the_term_on(launched: Town) -> None:
    launched.go_on(days=90)
    accepted(launched, "Jun", "mentee")
    accepted(launched, "Anne", "mentor")
    launched.go_on(days=30)
    assert asked(launched) == []
    path = RUNS.removesuffix("/runs") + "/standing"
    assert launched.matching.get(path, actor=COORDINATOR).json["looks_at"] is None


def test_a_cohort_may_leave_it_to_its_coordinators(launched: Town) -> None:
    never = {**TERM, "match_again_days": 0}
    launched.matching.hear_that(profiles.COHORT_CHANGED, version=3, **never)
    accepted(launched, "Jun", "mentee")
    accepted(launched, "Anne", "mentor")
    launched.go_on(days=20)
    assert asked(launched) == []


def test_the_draft_that_a_coordinator_looks_at_is_waited_for(launched: Town) -> None:
    accepted(launched, "Jun", "mentee")
    accepted(launched, "Anne", "mentor")
    launched.go_on(days=6)
    a_run(launched)
    launched.go_on(days=2)
    assert asked(launched) == []
    launched.go_on(days=7)
    # Ruth and Amara have let their proposal lapse meanwhile, so each gets somebody else.
    assert sorted(asked(launched)) == ["Amara-Anne", "Jun-Ruth"]


def test_the_standing_says_when_it_looks_next(launched: Town) -> None:
    path = RUNS.removesuffix("/runs") + "/standing"
    standing = launched.matching.get(path, actor=COORDINATOR).json
    assert standing["looks_at"] == "2026-05-18T13:00:00.000Z"


def test_a_look_that_is_cut_off_and_made_again_starts_one_run(launched: Town) -> None:
    accepted(launched, "Jun", "mentee")
    accepted(launched, "Anne", "mentor")
    records = launched.matching.records
    (lookout,) = records.lookouts.find(COORDINATOR.association_id, {})
    launched.clock.at += timedelta(days=7)
    # The run was started, and then the process was killed before the look said so.
    lookouts._start(records, lookout, now=launched.clock.now())
    launched.matching.worker.close()
    launched.matching.worker = Worker(launched.matching.running)
    launched.pump()
    assert asked(launched) == ["Jun-Anne"]
    assert len(runs(launched)) == 2
    for _ in range(2):
        lookouts.look(records, lookout.association_id, lookout.id, launched.clock.now())
    launched.pump()
    assert len(runs(launched)) == 2


def test_a_cohort_heard_of_twice_and_late_keeps_its_look(launched: Town) -> None:
    launched.matching.hear_that(profiles.COHORT_CHANGED, version=2, **TERM)
    launched.matching.hear_that(profiles.COHORT_OPENED, version=1)
    accepted(launched, "Jun", "mentee")
    accepted(launched, "Anne", "mentor")
    launched.go_on(days=7)
    assert asked(launched) == ["Jun-Anne"]
