"""Scores are the exact sum of their parts."""

import json
from dataclasses import asdict, replace

from hypothesis import given
from hypothesis import strategies as st

from services.matching.criteria import extent, score
from services.matching.definition import read_criteria
from services.matching.presets import BALANCED
from tests.services.matching.people import a_mentee, a_mentor, definitions, people

CRITERIA = read_criteria(BALANCED)


def test_the_seven_lines_of_an_explanation_add_up_to_the_score() -> None:
    found = score(CRITERIA, a_mentee(), a_mentor(field="public"))
    lines = {part.criterion: part.points for part in found.parts if part.maximum}
    assert lines == {
        "topics": 4000,
        "times": 1200,
        "career_stage": 1200,
        "field": 0,
        "language": 800,
        "way": 700,
        "wishes": 600,
    }
    assert found.total == sum(lines.values()) == 8500


def test_a_pair_that_is_not_allowed_has_no_total_and_names_all_that_stands_in_the_way() -> None:
    found = score(CRITERIA, a_mentee(employer="A"), a_mentor(employer="A", languages=["de"]))
    assert found.total is None
    assert found.forbidden_by == ("language", "employer")
    assert found.sum_of_parts == 8900 + 1200 - 1200


def test_nobody_is_their_own_mentor() -> None:
    mentor = replace(a_mentor(), member_id="member-amara")
    assert score(CRITERIA, a_mentee(), mentor).forbidden_by == ("oneself",)


def test_a_score_is_plain_data() -> None:
    found = score(CRITERIA, a_mentee(), a_mentor())
    assert json.loads(json.dumps(asdict(found)))["parts"][0] == {
        "criterion": "topics",
        "points": 4000,
        "maximum": 4000,
        "is_forbidden": False,
        "facts": {"wanted": 2, "shared": ["budgets", "teams"], "levels": [3, 3]},
    }


@given(st.data())
def test_parts_always_add_up_and_stay_within_their_extent(data: st.DataObject) -> None:
    criteria = read_criteria(data.draw(definitions()))
    for mentee in data.draw(people(most=2)):
        for mentor in data.draw(people(most=2)):
            found = score(criteria, mentee, mentor)
            is_allowed = not any(part.is_forbidden for part in found.parts)
            assert found.total == (found.sum_of_parts if is_allowed else None)
            for part, criterion in zip(found.parts, criteria.criteria, strict=True):
                fewest, most = extent(criterion)
                assert fewest <= part.points <= most == part.maximum
            json.dumps(asdict(found))
