"""Presets are sound, add up to 100 points, and are kind to who told little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.candidate import Candidate
from services.matching.criteria import extent, score
from services.matching.definition import find_faults, read_criteria
from services.matching.presets import BALANCED, PRESETS, reweighed
from tests.services.matching.people import a_mentee, a_mentor, definitions

LINES = ["topics", "times", "career_stage", "field", "language", "way", "wishes"]
BLANK = Candidate(id="blank", member_id="member-blank", attributes={})


def most(definition) -> dict[str, int]:
    criteria = read_criteria(definition).criteria
    return {each.id: extent(each)[1] for each in criteria if extent(each)[1]}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_seven_lines_that_add_up_to_one_hundred_points(name: str) -> None:
    assert list(most(PRESETS[name])) == LINES
    assert sum(most(PRESETS[name]).values()) == 10_000
    assert PRESETS[name]["minimum"] == 3000


def test_the_balanced_weights_are_those_of_the_pictures() -> None:
    weights = (4000, 1200, 1200, 1200, 800, 1000, 600)
    assert most(BALANCED) == dict(zip(LINES, weights, strict=True))


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize(
    ("mentee", "mentor"), [(BLANK, a_mentor()), (a_mentee(), BLANK), (a_mentee("x"), BLANK)]
)
def test_who_told_nothing_gets_half_and_may_be_proposed(name, mentee, mentor) -> None:
    found = score(read_criteria(PRESETS[name]), mentee, mentor)
    assert found.total == 5000
    assert found.forbidden_by == ()


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ({"languages": ["de"]}, "language"),
        ({"hours": [1]}, "times"),
        ({"ways": ["in_person"]}, "way"),
        ({"employer": "City Library"}, "employer"),
        ({"member_id": "member-amara"}, "oneself"),
        ({"excluded_member_ids": ["member-amara"]}, "exclusions"),
        ({"previous_partner_ids": ["member-amara"]}, "former_partners"),
        ({"asked_before_ids": ["member-amara"]}, "asked_before"),
    ],
)
def test_each_rule_forbids(name, told, rule) -> None:
    found = score(read_criteria(PRESETS[name]), a_mentee(), a_mentor(**told))
    assert found.forbidden_by == (rule,)


def test_near_home_prefers_the_same_town_to_more_skills() -> None:
    both = {"ways": ["in_person", "video"]}
    near = a_mentor("near", **both, topics=[{"id": "teams", "strength": 1}])
    far = a_mentor("far", **both, region="Yukon", topics=[{"id": "budgets", "strength": 1}])
    for name, best in (("near_home", near), ("skills_first", far)):
        criteria = read_criteria(PRESETS[name])
        found = max((near, far), key=lambda each: score(criteria, a_mentee(**both), each).total)
        assert found is best, name


def test_reweighing_changes_the_lines_named_and_no_rule() -> None:
    changed = reweighed(BALANCED, {"topics": 3600, "times": 1600, "employer": 500})
    assert most(changed) == most(BALANCED) | {"topics": 3600, "times": 1600}
    by_id = {each["id"]: each for each in changed["criteria"]}
    assert by_id["times"]["need"] == 1
    assert by_id["times"]["of"] == 4
    assert by_id["employer"] == BALANCED["criteria"][7]
    assert score(read_criteria(changed), a_mentee(), a_mentor(hours=[30])).parts[1].points == 400


def test_a_weight_of_nothing_keeps_the_rule() -> None:
    changed = read_criteria(reweighed(BALANCED, {"language": 0}))
    assert score(changed, a_mentee(), a_mentor(languages=["de"])).forbidden_by == ("language",)


def test_reweighing_leaves_what_it_was_given_alone() -> None:
    before = str(BALANCED)
    reweighed(BALANCED, dict.fromkeys(LINES, 1))
    assert str(BALANCED) == before


@given(definitions(), st.integers(0, 3000))
def test_a_reweighed_definition_stays_sound_and_has_the_weight(definition, weight) -> None:
    first = definition["criteria"][0]["id"]
    before = extent(read_criteria(definition).criteria[0])
    changed = reweighed(definition, {first: weight})
    assert find_faults(changed) == [] or find_faults(changed)[0].code == "span-too-large"
    if before[1] and not find_faults(changed):
        assert extent(read_criteria(changed).criteria[0])[1] == weight
