"""Reasons tell the truth: doing what one says matches the person as it says."""

import json
from collections import Counter
from dataclasses import asdict, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.candidate import Candidate
from services.matching.definition import read_criteria
from services.matching.matrix import FORBIDDEN, score_matrix
from services.matching.presets import BALANCED
from services.matching.reasons import Best, best_possible, find_reasons, share_of_best
from services.matching.solver import Outcome, assign, solve
from tests.services.matching.people import a_mentee, a_mentor

CRITERIA = read_criteria(BALANCED)


def an_outcome(
    mentees: list[Candidate], mentors: list[Candidate], places: list[int] | None = None
) -> Outcome:
    return solve(CRITERIA, mentees, mentors, places or [1] * len(mentors))


def test_nobody_at_all_needs_no_more_words() -> None:
    assert find_reasons(an_outcome([], [])) == find_reasons(an_outcome([], []))
    assert find_reasons(an_outcome([a_mentee()], [])).mentees["amara"].code == "no_mentor_at_all"
    assert find_reasons(an_outcome([], [a_mentor()])).mentors["ruth"].code == "no_mentee_at_all"


def test_who_is_matched_has_no_reason() -> None:
    reasons = find_reasons(an_outcome([a_mentee()], [a_mentor()]))
    assert reasons.mentees == {}
    assert reasons.mentors == {}


def test_a_mentor_with_places_left_is_told_how_many() -> None:
    reasons = find_reasons(an_outcome([a_mentee()], [a_mentor()], [3]))
    assert reasons.mentors["ruth"].code == "places_left"
    assert reasons.mentors["ruth"].values == {"places": 2}


def test_the_rule_in_the_way_is_named_with_the_pair_that_an_exception_would_make() -> None:
    mentee = a_mentee(employer="Harbour University")
    reasons = find_reasons(an_outcome([mentee], [a_mentor(), a_mentor("anne", hours=[1])]))
    found = reasons.mentees["amara"]
    assert found.code == "no_eligible_mentor"
    assert found.values == {
        "rules": [
            {"criterion": "employer", "count": 2, "alone": 1},
            {"criterion": "times", "count": 1, "alone": 0},
        ]
    }
    assert found.change is not None
    assert found.change.code == "allow_pair"
    assert found.change.values == {
        "mentor_application_id": "ruth",
        "score": 9700,
        "criteria": ["employer"],
        "places": 0,
    }
    assert reasons.mentors["ruth"].code == "no_eligible_mentee"
    assert reasons.mentors["ruth"].change.values["mentee_application_id"] == "amara"
    assert reasons.mentors["anne"].change is None


def test_a_score_below_the_minimum_names_the_minimum_that_would_do() -> None:
    little = {"topics": [{"id": "ethics", "strength": 1}], "hours": [30], "ways": ["phone"]}
    mentee = a_mentee(**little, field="law", seniority=9, languages=["fr", "en"], wishes=["x"])
    reasons = find_reasons(an_outcome([mentee], [a_mentor()]))
    found = reasons.mentees["amara"]
    score = 300 + 400 + 400
    assert found.code == "below_minimum"
    assert found.values == {"score": score, "mentor_application_id": "ruth", "minimum": 3000}
    assert found.change.code == "lower_minimum"
    assert found.change.values == {
        "minimum": 1100,
        "score": score,
        "mentor_application_id": "ruth",
        "moved": 0,
    }
    assert reasons.mentors["ruth"].code == "below_minimum"
    assert reasons.mentors["ruth"].change.values["mentee_application_id"] == "amara"


def test_when_places_ran_out_one_more_is_offered_with_the_mentor_who_suits_best() -> None:
    mentees = [a_mentee("amara"), a_mentee("jun", field="law")]
    mentors = [a_mentor("ruth"), a_mentor("anne", languages=["de"])]
    found = find_reasons(an_outcome(mentees, mentors)).mentees["jun"]
    assert found.code == "places_ran_out"
    assert found.values == {"eligible": 1}
    assert found.change.code == "add_place"
    assert found.change.values == {
        "mentor_application_id": "ruth",
        "matched_application_id": "ruth",
        "score": 8500,
        "is_kept": False,
    }


def test_a_place_that_somebody_else_would_win_has_to_be_kept() -> None:
    mentees = [a_mentee("a"), a_mentee("b", hours=[30, 31, 32]), a_mentee("c", hours=[30])]
    reasons = find_reasons(an_outcome(mentees, [a_mentor()]))
    assert reasons.mentees["b"].change.values["is_kept"] is False
    assert reasons.mentees["c"].change.values["is_kept"] is True


def test_a_mentor_whose_mentees_are_all_with_others_is_told_who_would_have_suited() -> None:
    reasons = find_reasons(an_outcome([a_mentee()], [a_mentor("ruth"), a_mentor("b", field="x")]))
    assert reasons.mentors["b"].code == "mentees_ran_out"
    assert reasons.mentors["b"].values == {
        "eligible": 1,
        "score": 8500,
        "mentee_application_id": "amara",
    }


def test_a_mentor_without_places_was_not_left_out() -> None:
    reasons = find_reasons(solve(CRITERIA, [a_mentee()], [a_mentor()], [0]))
    assert reasons.mentors == {}
    assert reasons.mentees["amara"].change.code == "add_place"


def test_the_best_possible_and_the_share_of_it() -> None:
    mentors = [a_mentor("b", field="x"), a_mentor("ruth")]
    outcome = an_outcome([a_mentee("amara"), a_mentee("jun", field="x")], mentors)
    assert best_possible(outcome.scores, 0) == Best(mentor=1, score=9700)
    assert [share_of_best(outcome, i) for i in (0, 1)] == [100, 100]
    alone = replace(outcome, assigned=[0, None])
    assert [share_of_best(alone, i) for i in (0, 1)] == [87, None]


def test_nobody_allowed_has_no_best() -> None:
    outcome = an_outcome([a_mentee()], [a_mentor(languages=["de"])])
    assert best_possible(outcome.scores, 0) is None
    assert share_of_best(outcome, 0) is None
    assert best_possible(an_outcome([a_mentee()], []).scores, 0) is None


# Few values, so that ties, full mentors and rules in the way are frequent.
TOLD = st.fixed_dictionaries(
    {
        "topics": st.sampled_from([[{"id": "t", "strength": n}] for n in (1, 2, 3)]),
        "hours": st.sampled_from([[1], [1, 2], [3], []]),
        "employer": st.sampled_from(["A", "B", ""]),
        "seniority": st.integers(0, 9),
        "field": st.sampled_from(["law", "art", ""]),
    }
)
HARSH = read_criteria({**BALANCED, "minimum": 6700})


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    mentees = [a_mentee(f"e{n}", **each) for n, each in enumerate(draw(st.lists(TOLD, max_size=6)))]
    mentors = [a_mentor(f"o{n}", **each) for n, each in enumerate(draw(st.lists(TOLD, max_size=4)))]
    places = draw(st.lists(st.integers(0, 2), min_size=len(mentors), max_size=len(mentors)))
    return solve(HARSH, mentees, mentors, places)


def number(people: Any, id: str) -> int:
    return next(n for n, each in enumerate(people) if each.id == id)


def check_change(outcome: Outcome, person: tuple[int | None, int | None], change: Any) -> str:
    """Do what the change says, and see that the person is matched as it says."""
    values = change.values
    if change.code == "lower_minimum":
        pair = _pair(outcome, person, values)
        assigned = assign(outcome.scores, outcome.places, minimum=values["minimum"])
        assert assigned[pair[0]] == pair[1]
        assert outcome.scores[pair] == values["score"] >= values["minimum"]
        kept = [(a, b) for a, b in zip(outcome.assigned, assigned, strict=True) if a is not None]
        assert values["moved"] == sum(a != b for a, b in kept)
    elif change.code == "add_place":
        i = person[0]
        place = number(outcome.mentors, values["mentor_application_id"])
        matched = number(outcome.mentors, values["matched_application_id"])
        places = [n + (j == place) for j, n in enumerate(outcome.places)]
        assert outcome.scores[i, matched] == values["score"] >= outcome.criteria.minimum
        if values["is_kept"]:
            assigned = [*outcome.assigned]
            assigned[i] = matched
            assert place == matched
            assert Counter(assigned)[place] <= places[place]
        else:
            assert assign(outcome.scores, places, minimum=outcome.criteria.minimum)[i] == matched
    else:
        check_exception(outcome, _pair(outcome, person, values), values)
    return change.code


def check_exception(outcome: Outcome, pair: tuple[int, int], values: dict[str, Any]) -> None:
    """Without the criteria that are lifted the pair has this score, and there is a place."""
    i, j = pair
    left = tuple(c for c in outcome.criteria.criteria if c.id not in values["criteria"])
    without = replace(outcome.criteria, criteria=left)
    scores = score_matrix(without, [outcome.mentees[i]], [outcome.mentors[j]])
    assert scores[0, 0] == values["score"] != FORBIDDEN
    assert outcome.assigned[i] is None
    assert outcome.assigned.count(j) + 1 <= outcome.places[j] + values["places"]
    if values["criteria"] and not values["places"]:
        allowed = outcome.scores.copy()
        allowed[i, j] = values["score"]
        assert assign(allowed, outcome.places, minimum=outcome.criteria.minimum)[i] == j


def _pair(outcome: Outcome, person: Any, values: dict[str, Any]) -> tuple[int, int]:
    i, j = person
    if i is None:
        return number(outcome.mentees, values["mentee_application_id"]), j
    return i, number(outcome.mentors, values["mentor_application_id"])


@settings(max_examples=400, deadline=None)
@given(outcomes())
def test_doing_what_a_reason_says_matches_the_person(outcome: Outcome) -> None:
    reasons = find_reasons(outcome)
    for who, reason in reasons.mentees.items():
        if reason.change:
            check_change(outcome, (number(outcome.mentees, who), None), reason.change)
    for who, reason in reasons.mentors.items():
        if reason.change:
            check_change(outcome, (None, number(outcome.mentors, who)), reason.change)


@settings(max_examples=400, deadline=None)
@given(outcomes())
def test_everybody_left_out_has_one_reason_and_it_is_true(outcome: Outcome) -> None:
    reasons = find_reasons(outcome)
    minimum, used = outcome.criteria.minimum, Counter(outcome.assigned)
    left_out = {e.id for e, j in zip(outcome.mentees, outcome.assigned, strict=True) if j is None}
    assert set(reasons.mentees) == left_out
    for who, reason in reasons.mentees.items():
        row = outcome.scores[number(outcome.mentees, who)]
        eligible = [j for j, each in enumerate(row) if each >= minimum]
        expected = (
            "places_ran_out"
            if eligible
            else "no_mentor_at_all"
            if not len(row)
            else "no_eligible_mentor"
            if (row == FORBIDDEN).all()
            else "below_minimum"
        )
        assert reason.code == expected
        if eligible:
            assert reason.values == {"eligible": len(eligible)}
            assert all(used[j] == outcome.places[j] for j in eligible)
            assert reason.change is not None
        if expected == "below_minimum":
            assert reason.values["score"] == row.max()
            assert reason.change is not None
    for j, mentor in enumerate(outcome.mentors):
        assert (mentor.id in reasons.mentors) == (used[j] < outcome.places[j])
        if mentor.id in reasons.mentors:
            _check_mentor(outcome, j, used[j], reasons.mentors[mentor.id])
    json.dumps(asdict(reasons))


def _check_mentor(outcome: Outcome, j: int, used: int, reason: Any) -> None:
    column = outcome.scores[:, j]
    eligible = [i for i, each in enumerate(column) if each >= outcome.criteria.minimum]
    if used:
        assert reason.values == {"places": outcome.places[j] - used}
    elif eligible:
        assert reason.code == "mentees_ran_out"
        assert all(outcome.assigned[i] is not None for i in eligible)
        assert reason.values["score"] == column.max()
    else:
        assert reason.code in ("no_mentee_at_all", "no_eligible_mentee", "below_minimum")
        assert (reason.code == "below_minimum") == bool((column != FORBIDDEN).any())
