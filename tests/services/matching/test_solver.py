"""The matching is the best there is, which brute force shows on small ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.definition import read_criteria
from services.matching.matrix import FORBIDDEN, Scores
from services.matching.presets import BALANCED
from services.matching.solver import assign, solve
from tests.services.matching.people import a_mentee, a_mentor

MINIMUM = 3000


def table(*rows: list[int]) -> Scores:
    return np.array(rows, np.int32)


@st.composite
def instances(draw: st.DrawFn) -> tuple[Scores, list[int]]:
    mentees, mentors = draw(st.integers(0, 5)), draw(st.integers(0, 4))
    cell = st.sampled_from([FORBIDDEN, FORBIDDEN, -20, 2999, 3000, 3001, 5000, 5001, 9000])
    cells = draw(st.lists(cell, min_size=mentees * mentors, max_size=mentees * mentors))
    places = draw(st.lists(st.integers(0, 3), min_size=mentors, max_size=mentors))
    return np.array(cells, np.int32).reshape(mentees, mentors), places


def best_by_hand(scores: Scores, places: list[int], minimum: int) -> tuple[int, int]:
    """The most pairs, and the largest sum of so many, by trying everything."""

    def best(i: int, left: tuple[int, ...]) -> tuple[int, int]:
        if i == len(scores):
            return 0, 0
        found = best(i + 1, left)
        for j, free in enumerate(left):
            if free and scores[i, j] != FORBIDDEN and scores[i, j] >= minimum:
                pairs, total = best(i + 1, (*left[:j], free - 1, *left[j + 1 :]))
                found = max(found, (pairs + 1, total + int(scores[i, j])))
        return found

    return best(0, tuple(places))


def value(scores: Scores, assigned: list[int | None]) -> tuple[int, int]:
    pairs = [(i, j) for i, j in enumerate(assigned) if j is not None]
    return len(pairs), sum(int(scores[pair]) for pair in pairs)


@settings(max_examples=400, deadline=None)
@given(instances(), st.sampled_from([-100, 3000, 3001, 5001]))
def test_nothing_matches_more_people_or_so_many_better(instance, minimum) -> None:
    scores, places = instance
    assigned = assign(scores, places, minimum=minimum)
    assert len(assigned) == len(scores)
    assert value(scores, assigned) == best_by_hand(scores, places, minimum)


@settings(max_examples=200, deadline=None)
@given(instances())
def test_nobody_gets_a_forbidden_mentor_nor_a_mentor_too_many(instance) -> None:
    scores, places = instance
    assigned = assign(scores, places, minimum=MINIMUM)
    for i, j in enumerate(assigned):
        assert j is None or scores[i, j] >= MINIMUM
    for j, most in enumerate(places):
        assert assigned.count(j) <= most


@settings(deadline=None)
@given(instances())
def test_the_same_input_gives_the_same_pairs_and_is_left_alone(instance) -> None:
    scores, places = instance
    before = scores.copy()
    assert assign(scores, places, minimum=0) == assign(scores.copy(), tuple(places), minimum=0)
    assert (scores == before).all()


def test_taking_the_best_pair_first_would_leave_somebody_out() -> None:
    scores = table([9000, 8900], [8000, FORBIDDEN])
    assert assign(scores, [1, 1], minimum=MINIMUM) == [1, 0]


def test_two_pairs_that_just_suffice_come_before_one_that_is_perfect() -> None:
    scores = table([10_000, 3000], [3000, FORBIDDEN])
    assert assign(scores, [1, 1], minimum=MINIMUM) == [1, 0]


def test_a_minimum_is_met_exactly_or_not() -> None:
    assert assign(table([3000]), [1], minimum=3000) == [0]
    assert assign(table([2999]), [1], minimum=3000) == [None]


def test_a_mentor_may_take_several_or_none() -> None:
    scores = table([5000], [6000], [7000])
    assert assign(scores, [2], minimum=MINIMUM) == [None, 0, 0]
    assert assign(scores, [99], minimum=MINIMUM) == [0, 0, 0]
    assert assign(scores, [0], minimum=MINIMUM) == [None, None, None]


def test_an_empty_side_matches_nobody() -> None:
    assert assign(np.zeros((0, 0), np.int32), [], minimum=0) == []
    assert assign(np.zeros((2, 0), np.int32), [], minimum=0) == [None, None]
    assert assign(np.zeros((0, 2), np.int32), [1, 1], minimum=0) == []


def test_alike_mentees_are_served_in_their_order() -> None:
    scores = np.full((4, 2), 5000, np.int32)
    assert assign(scores, [1, 1], minimum=MINIMUM) == [0, 1, None, None]


def test_a_forbidden_pair_stays_so_whatever_the_minimum() -> None:
    assert assign(table([FORBIDDEN]), [1], minimum=-(2**20)) == [None]


def test_sums_that_float64_could_not_hold_are_refused(monkeypatch) -> None:
    monkeypatch.setattr("services.matching.solver.LARGEST_EXACT", 10_000)
    assert assign(table([3000, 3001]), [1, 1], minimum=0) == [1]
    with pytest.raises(ValueError, match="too many"):
        assign(table([3000, 9000], [3000, 9000]), [1, 1], minimum=0)


def test_a_large_cohort_has_the_known_optimum() -> None:
    """Cells grow towards a diagonal: the one best way is known without a second solver."""
    n, m = 500, 250
    rows, columns = np.arange(n)[:, None], np.arange(m)
    scores = (9000 - np.abs(rows // 2 - columns) ** 2).clip(min=FORBIDDEN).astype(np.int32)
    assert assign(scores, [2] * m, minimum=MINIMUM) == [i // 2 for i in range(n)]


def test_people_are_scored_and_matched_in_one_go() -> None:
    mentees = [a_mentee("amara"), a_mentee("jun", languages=["fr"])]
    mentors = [a_mentor("ruth"), a_mentor("anne", languages=["fr"])]
    outcome = solve(read_criteria(BALANCED), mentees, mentors, [2, 1])
    assert outcome.assigned == [0, 1]
    assert outcome.scores[1, 0] == FORBIDDEN
