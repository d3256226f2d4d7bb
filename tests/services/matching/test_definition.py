"""Definitions are read strictly, and every fault is named."""

from typing import Any

import pytest
from hypothesis import given

from chassis.errors import Fault, Invalid
from services.matching.definition import find_faults, read_criteria
from tests.services.matching.people import definitions

TOPICS = {
    "id": "topics",
    "kind": "overlap",
    "mentee": "topics",
    "mentor": "topics",
    "points": 4000,
}
EMPLOYER = {
    "id": "employer",
    "kind": "table",
    "mentee": "employer",
    "mentor": "employer",
    "same": None,
}
GAP = {"id": "g", "kind": "table", "mentee": "seniority", "mentor": "seniority", "gap": [[0, 3]]}
WAYS = {"id": "w", "kind": "overlap", "mentee": "ways", "mentor": "ways", "best": {"video": 5}}
NAMED = {"id": "n", "kind": "pairs", "mentee": "excluded_member_ids", "points": None}


def criteria(*each: Any, minimum: Any = 3000) -> dict[str, Any]:
    return {"minimum": minimum, "criteria": list(each)}


def codes(data: Any) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in find_faults(data)]


@given(definitions())
def test_sound_definitions_have_no_fault(definition) -> None:
    assert find_faults(definition) == []
    assert len(read_criteria(definition).criteria) == len(definition["criteria"])


def test_every_fault_is_named_at_once() -> None:
    data = criteria(
        {"id": "a", "kind": "sum"},
        {"id": "a", "kind": "table", "mentee": "region", "mentor": "region"},
        {**TOPICS, "mentee": "topic", "points": "many", "colour": 1},
        minimum=True,
    )
    with pytest.raises(Invalid) as raised:
        read_criteria(data)
    assert [(fault.field, fault.code) for fault in raised.value.faults] == [
        ("minimum", "not-a-whole-number"),
        ("criteria.0.kind", "not-a-kind"),
        ("criteria.1", "not-one-shape"),
        ("criteria.2.colour", "unknown-key"),
        ("criteria.2.mentee", "not-a-column"),
        ("criteria.2.points", "not-a-whole-number"),
        ("criteria.0.id", "repeated"),
        ("criteria.1.id", "repeated"),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, ("", "not-an-object")),
        ([], ("", "not-an-object")),
        ({"minimum": 0}, ("criteria", "not-a-list-of-length")),
        (criteria(), ("criteria", "not-a-list-of-length")),
        ({"criteria": [TOPICS]}, ("minimum", "not-a-whole-number")),
        ({**criteria(TOPICS), "name": "x"}, ("name", "unknown-key")),
        (criteria(7), ("criteria.0", "not-an-object")),
        (criteria({**TOPICS, "id": ""}), ("criteria.0.id", "not-a-name")),
        (criteria({**TOPICS, "id": ["x"]}), ("criteria.0.id", "not-a-name")),
        (criteria({**TOPICS, "kind": ["overlap"]}), ("criteria.0.kind", "not-a-kind")),
        (criteria({**TOPICS, "steps": [[1, 2]]}), ("criteria.0", "not-one-shape")),
        (criteria({**TOPICS, "points": -1}), ("criteria.0.points", "not-a-whole-number")),
        (criteria({**TOPICS, "points": 1.5}), ("criteria.0.points", "not-a-whole-number")),
        (criteria({**TOPICS, "of": 0}), ("criteria.0.of", "not-a-whole-number")),
        (criteria({**TOPICS, "of": 256}), ("criteria.0.of", "not-a-whole-number")),
        (criteria({**TOPICS, "max_level": 256}), ("criteria.0.max_level", "not-a-whole-number")),
        (criteria({**TOPICS, "mentor": "region"}), ("criteria.0.mentor", "not-a-column")),
        (criteria({**EMPLOYER, "mentee": ["x"]}), ("criteria.0.mentee", "not-a-column")),
        (criteria({**EMPLOYER, "mentee": []}), ("criteria.0.mentee", "empty")),
        (criteria({**EMPLOYER, "same": [1, 2]}), ("criteria.0.mentee", "not-as-many-as-same")),
        (criteria({**GAP, "gap": []}), ("criteria.0.gap", "not-steps")),
        (criteria({**GAP, "gap": [[1]]}), ("criteria.0.gap", "not-steps")),
        (criteria({**GAP, "gap": [[1, 2], [1, 3]]}), ("criteria.0.gap", "not-rising")),
        (criteria({**GAP, "gap": [[1, "x"]]}), ("criteria.0.gap", "not-a-whole-number")),
        (criteria({**GAP, "mentor": "region"}), ("criteria.0.mentor", "not-a-column")),
        (criteria({**WAYS, "best": {}}), ("criteria.0.best", "empty")),
        (criteria({**WAYS, "best": [4, 5]}), ("criteria.0.best", "not-falling")),
        (criteria({**WAYS, "nothing": 6}), ("criteria.0.best", "below-nothing")),
        (
            criteria({**WAYS, "only_same": {"phone": "region"}}),
            ("criteria.0.only_same", "not-a-member-of-best"),
        ),
        (
            criteria({**WAYS, "best": [5], "only_same": {"video": "region"}}),
            ("criteria.0.only_same", "not-a-member-of-best"),
        ),
        (
            criteria(
                {
                    **WAYS,
                    "best": {"video": 1, "phone": 1},
                    "only_same": {"video": "region", "phone": "field"},
                }
            ),
            ("criteria.0.only_same", "more-than-one-column"),
        ),
        (criteria({**NAMED, "points": []}), ("criteria.0.points", "empty")),
        (criteria({**NAMED, "points": 7}), ("criteria.0.points", "not-a-list")),
        (
            criteria({key: each for key, each in NAMED.items() if key != "mentee"}),
            ("criteria.0.mentee", "missing"),
        ),
        (
            criteria({key: each for key, each in TOPICS.items() if key != "mentor"}),
            ("criteria.0.mentor", "missing"),
        ),
    ],
)
def test_a_fault_is_named_where_it_is(data: Any, expected: tuple[str, str]) -> None:
    assert expected in codes(data)


def test_sums_have_to_fit_sixteen_bits() -> None:
    most = {**TOPICS, "points": 32_767}
    assert codes(criteria(most)) == []
    lower = {**GAP, "below": -1}
    assert find_faults(criteria(most, lower)) == [
        Fault(field="criteria", code="span-too-large", values={"span": 32_771, "most": 32_767})
    ]


def test_what_is_not_said_has_its_default() -> None:
    made = read_criteria(criteria({**TOPICS, "of": "wanted"}, EMPLOYER))
    assert made.minimum == 3000
    assert made == read_criteria(criteria({**TOPICS, "max_level": 1, "need": 0}, EMPLOYER))
