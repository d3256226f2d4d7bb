"""Criteria as a program defines them: plain data, read strictly, every fault named at once.

    {"minimum": 3000, "criteria": [
        {"id": "topics", "kind": "overlap", "mentee": "topics", "mentor": "topics",
         "points": 4000, "max_level": 3},
        {"id": "employer", "kind": "table", "mentee": "employer", "mentor": "employer",
         "same": null}]}

A criterion has an id, a kind, a column of each side, exactly one shape of its kind (the key that
names it) and what belongs to that shape. Where points may be null, null forbids the pair.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.errors import Fault, Invalid
from services.matching.criteria import Criteria, extent
from services.matching.kinds import Criterion
from services.matching.shapes import SHAPES, Finding, Shape, points, text

LARGEST_SPAN = 32_767
"""From the smallest to the largest possible sum: 327.67 points, what 16 bits hold."""
MOST_CRITERIA = 50


def read_criteria(data: Any) -> Criteria:
    """Make criteria of plain data, or raise Invalid with every fault.

    Mapping[str, Any] of faults are paths: `minimum`, `criteria.2.points`.
    """
    faults = find_faults(data)
    if faults:
        raise Invalid(faults)
    return Criteria(
        minimum=data["minimum"],
        criteria=tuple(_made(each) for each in data["criteria"]),
    )


def find_faults(data: Any) -> list[Fault]:
    """Every fault of a definition, in its order; none: it is sound."""
    if not isinstance(data, dict):
        return [Fault(field="", code="not-an-object")]
    faults = _unknown_keys("", data, ("minimum", "criteria"))
    faults += _faults("minimum", points(data.get("minimum")))
    criteria = data.get("criteria")
    if not isinstance(criteria, list) or not 1 <= len(criteria) <= MOST_CRITERIA:
        values = {"least": 1, "most": MOST_CRITERIA}
        return [*faults, Fault(field="criteria", code="not-a-list-of-length", values=values)]
    of_each = [_criterion_faults(f"criteria.{n}", each) for n, each in enumerate(criteria)]
    faults += [fault for found in of_each for fault in found]
    faults += _repeated_ids(criteria)
    return faults or _span_faults(criteria)


def _criterion_faults(at: str, data: Any) -> list[Fault]:
    if not isinstance(data, dict):
        return [Fault(field=at, code="not-an-object")]
    faults = _faults(f"{at}.id", text(data.get("id")))
    shapes = SHAPES.get(data["kind"]) if isinstance(data.get("kind"), str) else None
    if shapes is None:
        values = {"kinds": list(SHAPES)}
        return [*faults, Fault(field=f"{at}.kind", code="not-a-kind", values=values)]
    named = [key for key in shapes if key in data]
    if len(named) != 1:
        values = {"shapes": list(shapes), "found": named}
        return [*faults, Fault(field=at, code="not-one-shape", values=values)]
    return faults + _shape_faults(at, data, shapes[named[0]])


def _shape_faults(at: str, data: Mapping[str, Any], shape: Shape) -> list[Fault]:
    faults = _unknown_keys(f"{at}.", data, ("id", "kind", *shape.checks))
    faults += [
        Fault(field=f"{at}.{key}", code="missing") for key in shape.required if key not in data
    ]
    for key, check in shape.checks.items():
        if key in data:
            faults += _faults(f"{at}.{key}", check(data[key]))
    if not faults:
        for key, finding in shape.across(data):
            faults += _faults(f"{at}.{key}", finding)
    return faults


def _faults(at: str, finding: Finding | None) -> list[Fault]:
    return [Fault(field=at, code=finding.code, values=finding.values)] if finding else []


def _unknown_keys(at: str, data: Mapping[str, Any], known: Sequence[str]) -> list[Fault]:
    return [Fault(field=f"{at}{key}", code="unknown-key") for key in data if key not in known]


def _repeated_ids(criteria: list[Any]) -> list[Fault]:
    ids = [each["id"] if isinstance(each, dict) and "id" in each else None for each in criteria]
    count = Counter(each for each in ids if isinstance(each, str))
    return [
        Fault(field=f"criteria.{n}.id", code="repeated")
        for n, each in enumerate(ids)
        if isinstance(each, str) and count[each] > 1
    ]


def _span_faults(criteria: list[Any]) -> list[Fault]:
    """The last check, for it takes sound criteria: the sums have to fit 16 bits."""
    extents = [extent(_made(each)) for each in criteria]
    span = sum(most - fewest for fewest, most in extents)
    values = {"span": span, "most": LARGEST_SPAN}
    return (
        [Fault(field="criteria", code="span-too-large", values=values)]
        if span > LARGEST_SPAN
        else []
    )


def _made(data: Mapping[str, Any]) -> Criterion:
    shapes = SHAPES[data["kind"]]
    shape = next(shape for key, shape in shapes.items() if key in data)
    return shape.make({key: value for key, value in data.items() if key != "kind"})
