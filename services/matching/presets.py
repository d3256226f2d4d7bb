"""Criteria to start from, as data: a program takes one by name and may change it.

All have the same seven visible lines, which add up to 100 points, and the same rules. They are kind
to people who told little: what either of the two left open gives half of the line, whoever the
other one is, and forbids nothing. (A person who meets in person only and told no region is taken
to live in another region.)

The rules forbid a pair that shares no language, no hour or no way of meeting although both told
theirs, one with the same employer, of a person with themself, of two of whom one excluded the
other, of former partners, and of two who were asked before and of whom one declined or let the
proposal lapse.
"""

from collections.abc import Mapping
from typing import Any

from services.matching.criteria import extent
from services.matching.definition import read_criteria

BALANCED: dict[str, Any] = {
    "minimum": 3000,
    "criteria": [
        {
            "id": "topics",
            "kind": "overlap",
            "mentee": "topics",
            "mentor": "topics",
            "points": 4000,
            "max_level": 3,
            "empty": 2000,
            "unknown": 2000,
        },
        {
            "id": "times",
            "kind": "overlap",
            "mentee": "hours",
            "mentor": "hours",
            "points": 1200,
            "of": 4,
            "need": 1,
            "empty": 600,
            "unknown": 600,
        },
        {
            "id": "career_stage",
            "kind": "table",
            "mentee": "seniority",
            "mentor": "seniority",
            "gap": [[0, 300], [1, 900], [2, 1200], [5, 900], [6, 600], [7, 300]],
            "unknown": 600,
        },
        {
            "id": "field",
            "kind": "table",
            "mentee": "field",
            "mentor": "field",
            "same": 1200,
            "unknown": 600,
        },
        {
            "id": "language",
            "kind": "overlap",
            "mentee": "languages",
            "mentor": "languages",
            "best": [800, 400],
            "nothing": None,
            "empty": 400,
            "unknown": 400,
        },
        {
            "id": "way",
            "kind": "overlap",
            "mentee": "ways",
            "mentor": "ways",
            "best": {"in_person": 1000, "video": 700, "phone": 400},
            "only_same": {"in_person": "region"},
            "nothing": None,
            "empty": 500,
            "unknown": 500,
        },
        {
            "id": "wishes",
            "kind": "overlap",
            "mentee": "wishes",
            "mentor": "wishes",
            "points": 600,
            "empty": 300,
            "unknown": 300,
        },
        {
            "id": "employer",
            "kind": "table",
            "mentee": "employer",
            "mentor": "employer",
            "same": None,
        },
        {
            "id": "oneself",
            "kind": "table",
            "mentee": "member_id",
            "mentor": "member_id",
            "same": None,
        },
        {
            "id": "exclusions",
            "kind": "pairs",
            "mentee": "excluded_member_ids",
            "mentor": "excluded_member_ids",
            "points": None,
        },
        {
            "id": "former_partners",
            "kind": "pairs",
            "mentee": "previous_partner_ids",
            "mentor": "previous_partner_ids",
            "points": None,
        },
        {
            "id": "asked_before",
            "kind": "pairs",
            "mentee": "asked_before_ids",
            "mentor": "asked_before_ids",
            "points": None,
        },
    ],
}


def reweighed(data: Mapping[str, Any], most: Mapping[str, int]) -> dict[str, Any]:
    """The same definition with other weights: the most points of some of its criteria, by id.

    All points of such a criterion change in proportion, rounded down; null stays null, and a
    criterion that only forbids stays as it is. Raises Invalid if the definition is not sound.
    """
    now = {each.id: extent(each)[1] for each in read_criteria(data).criteria}
    return {
        **data,
        "criteria": [
            _scaled(each, most.get(each["id"], now[each["id"]]), now[each["id"]])
            for each in data["criteria"]
        ],
    }


def _changed(data: Mapping[str, Any], id: str, **keys: Any) -> dict[str, Any]:
    criteria = [each | keys if each["id"] == id else each for each in data["criteria"]]
    return {**data, "criteria": criteria}


def _scaled(criterion: Mapping[str, Any], goal: int, now: int) -> dict[str, Any]:
    def scaled(value: Any, key: str = "") -> Any:
        match value:
            case dict():
                return {each: scaled(points) for each, points in value.items()}
            case list() if key in _STEPS:
                return [[start, scaled(points)] for start, points in value]
            case list():
                return [scaled(points) for points in value]
            case int() if now:
                return value * goal // now
        return value

    return {key: scaled(v, key) if key in _POINTS else v for key, v in criterion.items()}


_STEPS = ("steps", "gap", "distance")
_POINTS = (
    *_STEPS,
    *("points", "nothing", "empty", "unknown", "best"),
    *("same", "other", "below", "values", "default"),
)

SKILLS_FIRST = reweighed(
    BALANCED,
    {
        "topics": 6000,
        "times": 1200,
        "career_stage": 800,
        "field": 800,
        "language": 400,
        "way": 500,
        "wishes": 300,
    },
)
NEAR_HOME = _changed(
    reweighed(
        BALANCED, {"topics": 2800, "field": 800, "language": 600, "way": 3000, "wishes": 400}
    ),
    "way",
    # Beside meeting in the same region, any way over a distance counts for little.
    best={"in_person": 3000, "video": 1200, "phone": 900},
)

PRESETS: Mapping[str, dict[str, Any]] = {
    "balanced": BALANCED,
    "skills_first": SKILLS_FIRST,
    "near_home": NEAR_HOME,
}
