"""The formulas, by example."""

from typing import Any

import pytest

from services.matching.definition import read_criteria
from tests.services.matching.people import a_mentee, a_mentor


def points(criterion: dict[str, Any], mentee: Any, mentor: Any) -> int | None:
    made = read_criteria({"minimum": 0, "criteria": [{"id": "it", **criterion}]}).criteria[0]
    return made.points(mentee, mentor)[0]


def facts(criterion: dict[str, Any], mentee: Any, mentor: Any) -> dict[str, Any]:
    made = read_criteria({"minimum": 0, "criteria": [{"id": "it", **criterion}]}).criteria[0]
    return made.points(mentee, mentor)[1]


def overlap(column: str, **shape: Any) -> dict[str, Any]:
    return {"kind": "overlap", "mentee": column, "mentor": column, **shape}


def table(column: Any, **shape: Any) -> dict[str, Any]:
    return {"kind": "table", "mentee": column, "mentor": column, **shape}


def wish(id: str, strength: int) -> dict[str, Any]:
    return {"id": id, "strength": strength}


TOPICS = overlap("topics", points=4000, max_level=3)


def test_topics_all_met_at_the_highest_level_give_all_points() -> None:
    assert points(TOPICS, a_mentee(), a_mentor()) == 4000


def test_a_share_is_rounded_down_once() -> None:
    mentee = a_mentee(topics=[wish("budgets", 3), wish("teams", 2), wish("ethics", 1)])
    mentor = a_mentor(topics=[wish("budgets", 2), wish("teams", 1)])
    assert points(TOPICS, mentee, mentor) == 4000 * (3 * 2 + 2 * 1) // (3 * 6)
    assert facts(TOPICS, mentee, mentor) == {
        "wanted": 3,
        "shared": ["budgets", "teams"],
        "levels": [2, 1],
    }


def test_levels_above_the_highest_count_no_more_and_the_better_of_two_counts() -> None:
    mentor = a_mentor(topics=[wish("budgets", 1), wish("budgets", 9), wish("teams", 3)])
    assert points(TOPICS, a_mentee(), mentor) == 4000


@pytest.mark.parametrize(("shared", "expected"), [(1, 300), (3, 900), (4, 1200), (6, 1200)])
def test_hours_count_up_to_what_is_enough(shared: int, expected: int) -> None:
    times = overlap("hours", points=1200, of=4, need=1)
    mentee, mentor = a_mentee(hours=list(range(20))), a_mentor(hours=list(range(shared)))
    assert points(times, mentee, mentor) == expected


def test_less_than_is_needed_forbids() -> None:
    times = overlap("hours", points=1200, of=4, need=2)
    assert points(times, a_mentee(hours=[1, 2]), a_mentor(hours=[2, 3])) is None
    assert points(times, a_mentee(hours=[1, 2]), a_mentor(hours=[1, 2])) == 600


def test_who_lists_nothing_is_judged_by_the_formula_unless_it_says_otherwise() -> None:
    times = overlap("hours", points=1200, of=4, need=1)
    silent, open_ = {"hours": []}, times | {"empty": 500, "unknown": 400}
    assert points(times, a_mentee(**silent), a_mentor()) is None
    assert points(open_, a_mentee(**silent), a_mentor()) == 500
    assert points(open_, a_mentee(), a_mentor(**silent)) == 400
    assert points(open_, a_mentee(**silent), a_mentor(**silent)) == 500
    assert points(times | {"empty": None}, a_mentee(**silent), a_mentor()) is None


def test_nothing_wanted_gives_nothing_without_dividing_by_zero() -> None:
    assert points(TOPICS, a_mentee(topics=[]), a_mentor()) == 0


def test_steps_of_what_is_shared() -> None:
    steps = overlap("hours", steps=[[1, 200], [3, 500], [4, 450]], nothing=None)
    expected = {0: None, 1: 200, 2: 200, 3: 500, 4: 450, 5: 450}
    for shared, each in expected.items():
        mentor = a_mentor(hours=list(range(shared)))
        assert points(steps, a_mentee(hours=list(range(9))), mentor) == each


def test_the_best_shared_wish_counts_and_later_ones_by_the_last_entry() -> None:
    language = overlap("languages", best=[800, 400], nothing=None)
    mentee = a_mentee(languages=["fr", "en", "de"])
    assert points(language, mentee, a_mentor(languages=["de", "fr"])) == 800
    assert points(language, mentee, a_mentor(languages=["de"])) == 400
    assert points(language, mentee, a_mentor(languages=["cr"])) is None
    assert facts(language, mentee, a_mentor(languages=["de", "en"])) == {
        "wanted": 3,
        "shared": ["en"],
        "wish": 2,
    }


WAY = overlap(
    "ways",
    best={"in_person": 1000, "video": 700},
    only_same={"in_person": "region"},
    nothing=None,
)


def test_meeting_in_person_counts_only_in_the_same_region() -> None:
    both = {"ways": ["in_person", "video"]}
    assert points(WAY, a_mentee(**both), a_mentor(**both)) == 1000
    assert points(WAY, a_mentee(**both), a_mentor(**both, region="Yukon")) == 700
    assert points(WAY, a_mentee(**both, region=""), a_mentor(**both, region="")) == 700


def test_a_way_that_has_no_points_does_not_count() -> None:
    assert points(WAY, a_mentee(ways=["phone"]), a_mentor(ways=["phone"])) is None


def test_the_narrowest_value_that_agrees_counts() -> None:
    levels = table(["employer", "field", "region"], same=[1200, 800, 300], other=10, unknown=50)
    alike = {"employer": "A", "field": "law", "region": "east"}
    assert points(levels, a_mentee(**alike), a_mentor(**alike)) == 1200
    assert points(levels, a_mentee(**alike), a_mentor(**alike | {"employer": "B"})) == 800
    other = {"employer": "B", "field": "art", "region": "west"}
    assert points(levels, a_mentee(**alike), a_mentor(**other)) == 10
    assert points(levels, a_mentee(**alike), a_mentor(**other | {"region": None})) == 50


def test_the_same_employer_forbids_and_an_unknown_one_does_not() -> None:
    employer = table("employer", same=None)
    assert points(employer, a_mentee(employer="A"), a_mentor(employer="A")) is None
    assert points(employer, a_mentee(employer=""), a_mentor(employer="")) == 0


@pytest.mark.parametrize(("ahead", "expected"), [(-1, None), (0, 300), (1, 900), (4, 900), (5, 0)])
def test_a_gap_is_how_far_the_mentor_is_ahead(ahead: int, expected: int | None) -> None:
    gap = table("seniority", gap=[[0, 300], [1, 900], [5, 0]], below=None, unknown=7)
    assert points(gap, a_mentee(seniority=3), a_mentor(seniority=3 + ahead)) == expected


def test_a_gap_to_an_unknown_is_unknown() -> None:
    gap = table("seniority", gap=[[0, 300]], unknown=7)
    assert points(gap, a_mentee(seniority=0), a_mentor(seniority=None)) == 7
    assert points(gap, a_mentee(seniority=0), a_mentor(seniority=0)) == 300


def test_a_distance_has_no_direction() -> None:
    distance = table("seniority", distance=[[0, 900], [3, None]])
    assert points(distance, a_mentee(seniority=5), a_mentor(seniority=3)) == 900
    assert points(distance, a_mentee(seniority=5), a_mentor(seniority=2)) is None


def test_values_are_looked_up_and_numbers_as_text() -> None:
    values = table("seniority", values={"3": {"6": 250, "7": None}}, default=5)
    assert points(values, a_mentee(seniority=3), a_mentor(seniority=6)) == 250
    assert points(values, a_mentee(seniority=3), a_mentor(seniority=7)) is None
    assert points(values, a_mentee(seniority=4), a_mentor(seniority=6)) == 5


def test_a_ranking_gives_points_by_place_and_nothing_beyond() -> None:
    ranking = {"kind": "pairs", "mentee": "previous_partner_ids", "points": [1500, 1200]}
    named = ["x", "member-ruth", "y"]
    assert points(ranking, a_mentee(previous_partner_ids=named), a_mentor()) == 1200
    assert points(ranking, a_mentee(previous_partner_ids=["x", *named]), a_mentor()) == 0
    assert points(ranking, a_mentee(), a_mentor(previous_partner_ids=["member-amara"])) == 0


def test_an_exclusion_by_either_side_forbids() -> None:
    column = "excluded_member_ids"
    excluded = {"kind": "pairs", "mentee": column, "mentor": column, "points": None}
    assert points(excluded, a_mentee(), a_mentor()) == 0
    assert points(excluded, a_mentee(**{column: ["member-ruth"]}), a_mentor()) is None
    assert points(excluded, a_mentee(), a_mentor(**{column: ["member-amara"]})) is None


def test_the_better_place_counts_when_both_named_each_other() -> None:
    column = "previous_partner_ids"
    ranking = {"kind": "pairs", "mentee": column, "mentor": column, "points": [900, 300]}
    mentor = a_mentor(**{column: ["member-amara"]})
    assert points(ranking, a_mentee(**{column: ["x", "member-ruth"]}), mentor) == 900
