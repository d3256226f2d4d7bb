"""The scores of many are those of each pair."""

import numpy as np
import pytest
from hypothesis import given, settings

from services.matching.criteria import score
from services.matching.definition import read_criteria
from services.matching.matrix import FORBIDDEN, score_matrix
from services.matching.presets import BALANCED, PRESETS
from tests.services.matching.people import a_mentee, a_mentor, definitions, people


@settings(max_examples=300, deadline=None)
@given(definitions(), people(), people())
def test_every_score_of_the_matrix_is_that_of_the_pair(definition, mentees, mentors) -> None:
    criteria = read_criteria(definition)
    found = score_matrix(criteria, mentees, mentors)
    assert found.shape == (len(mentees), len(mentors))
    assert found.dtype == np.int32
    for i, mentee in enumerate(mentees):
        for j, mentor in enumerate(mentors):
            total = score(criteria, mentee, mentor).total
            assert found[i, j] == (FORBIDDEN if total is None else total)


@pytest.mark.parametrize("name", PRESETS)
@settings(max_examples=50, deadline=None)
@given(mentees=people(), mentors=people())
def test_presets_score_alike_both_ways(name, mentees, mentors) -> None:
    criteria = read_criteria(PRESETS[name])
    found = score_matrix(criteria, mentees, mentors)
    totals = [[score(criteria, one, two).total for two in mentors] for one in mentees]
    assert found.tolist() == [[FORBIDDEN if t is None else t for t in row] for row in totals]


def test_nobody_on_a_side_is_no_score() -> None:
    criteria = read_criteria(BALANCED)
    assert score_matrix(criteria, [], []).shape == (0, 0)
    assert score_matrix(criteria, [a_mentee()], []).shape == (1, 0)
    assert score_matrix(criteria, [], [a_mentor()]).shape == (0, 1)


def test_a_member_who_stands_there_twice_is_excluded_twice() -> None:
    mentors = [a_mentor("a", member_id="m"), a_mentor("b", member_id="m"), a_mentor("c")]
    mentee = a_mentee(excluded_member_ids=["m"])
    found = score_matrix(read_criteria(BALANCED), [mentee], mentors)
    assert (found == FORBIDDEN).tolist() == [[True, True, False]]
