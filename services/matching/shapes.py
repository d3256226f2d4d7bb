"""The keys of each shape of criteria, what each may hold, and the criterion made of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from services.matching.kinds import Best, Criterion, Gap, Named, Same, Share, Steps, Values

LISTS = frozenset({"topics", "languages", "ways", "wishes", "hours"})
MEMBERS = frozenset({"excluded_member_ids", "previous_partner_ids", "asked_before_ids"})
NUMBERS = frozenset({"seniority"})
SINGLE = NUMBERS | {"member_id", "region", "employer", "field", "zone", "stream_id"}

MOST_POINTS = 32_767
MOST_COUNTED = 255
"""What a sum of shared members may reach: what 8 bits hold."""

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with a value; where it stands is known to the reader."""

    code: str
    values: dict[str, Any] | None = None


Check = Callable[[Any], Finding | None]
Across = Callable[[Data], Iterable[tuple[str, Finding]]]
"""What only several keys together tell: faults by key, asked once each key is sound by itself."""


def _nothing(_: Data) -> Iterable[tuple[str, Finding]]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One shape: the check of each key, the keys that it needs, and the criterion it makes."""

    checks: Mapping[str, Check]
    required: Sequence[str]
    make: Callable[[dict[str, Any]], Criterion]
    across: Across = _nothing


def text(value: Any) -> Finding | None:
    """A name of 1 to 60 characters."""
    is_name = isinstance(value, str) and 1 <= len(value) <= 60
    return None if is_name else Finding(code="not-a-name")


def points(value: Any) -> Finding | None:
    """Hundredths of a point."""
    return _whole(-MOST_POINTS, MOST_POINTS, value)


def _points_or_null(value: Any) -> Finding | None:
    return None if value is None else points(value)


def _whole(least: int, most: int, value: Any) -> Finding | None:
    if type(value) is int and least <= value <= most:
        return None
    return Finding(code="not-a-whole-number", values={"least": least, "most": most})


def _one_of(known: Iterable[str], value: Any) -> Finding | None:
    if isinstance(value, str) and value in known:
        return None
    return Finding(code="not-a-column", values={"columns": sorted(known)})


def _wanted_or_number(value: Any) -> Finding | None:
    return None if value == "wanted" else _whole(1, MOST_COUNTED, value)


def _ladder(least: int, most: int, check: Check, value: Any) -> Finding | None:
    """Pairs of a number and points; the numbers rise."""
    if not isinstance(value, list) or not value or not all(_is_step(each) for each in value):
        return Finding(code="not-steps")
    starts = [start for start, _ in value]
    if any(one >= two for one, two in pairwise(starts)):
        return Finding(code="not-rising")
    found = (_whole(least, most, start) or check(each) for start, each in value)
    return next((finding for finding in found if finding), None)


def _is_step(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and type(value[0]) is int


def _each(check: Check, value: Any) -> Finding | None:
    """A list or an object that is not empty, each value of which is sound."""
    if not isinstance(value, list | dict) or not value:
        return Finding(code="empty")
    values = value.values() if isinstance(value, dict) else value
    return next((finding for each in values if (finding := check(each))), None)


def _object_of(check: Check, value: Any) -> Finding | None:
    return _each(check, value) if isinstance(value, dict) else Finding(code="not-an-object")


def _list_of(check: Check, value: Any) -> Finding | None:
    return _each(check, value) if isinstance(value, list) else Finding(code="not-a-list")


def _one_or_list(check: Check, value: Any) -> Finding | None:
    return _each(check, value) if isinstance(value, list) else check(value)


def _null_or_list(value: Any) -> Finding | None:
    return None if value is None else _list_of(points, value)


def _best_across(data: Data) -> Iterable[tuple[str, Finding]]:
    """Nothing beats what is shared, wishes fall, and a condition belongs to a member."""
    best, only_same = data["best"], data.get("only_same", {})
    values = list(best.values()) if isinstance(best, dict) else best
    nothing = data.get("nothing", 0)
    if nothing is not None and min(values) < nothing:
        yield "best", Finding(code="below-nothing")
    if isinstance(best, list) and best != sorted(best, reverse=True):
        yield "best", Finding(code="not-falling")
    if only_same and not (isinstance(best, dict) and only_same.keys() <= best.keys()):
        yield "only_same", Finding(code="not-a-member-of-best")
    if len(set(only_same.values())) > 1:
        yield "only_same", Finding(code="more-than-one-column")


def _same_across(data: Data) -> Iterable[tuple[str, Finding]]:
    """As many columns of each side as levels of points."""
    levels = len(_listed(data["same"]))
    for side in ("mentee", "mentor"):
        if len(_listed(data[side])) != levels:
            yield side, Finding(code="not-as-many-as-same", values={"levels": levels})


def _named_across(data: Data) -> Iterable[tuple[str, Finding]]:
    if "mentee" not in data and "mentor" not in data:
        yield "mentee", Finding(code="missing")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _share(data: dict[str, Any]) -> Criterion:
    of = data.pop("of", "wanted")
    return Share(most=data.pop("points"), of=None if of == "wanted" else of, **data)


def _same(data: dict[str, Any]) -> Criterion:
    return Same(**{**data, **{key: _listed(data[key]) for key in ("mentee", "mentor", "same")}})


def _gap(data: dict[str, Any]) -> Criterion:
    is_distance = "distance" in data
    steps = data.pop("distance" if is_distance else "gap")
    return Gap(steps=steps, is_distance=is_distance, **data)


def _sides(check: Check) -> dict[str, Check]:
    return {"mentee": check, "mentor": check}


_SIDES = ("mentee", "mentor")
_LEVEL = partial(_whole, 1, MOST_COUNTED)
_OVERLAP = {
    **_sides(partial(_one_of, LISTS)),
    "empty": _points_or_null,
    "unknown": _points_or_null,
}
_GAP = partial(_ladder, -MOST_POINTS, MOST_POINTS, _points_or_null)
_NUMBERS = {
    **_sides(partial(_one_of, NUMBERS)),
    "below": _points_or_null,
    "unknown": _points_or_null,
}

SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "overlap": {
        "points": Shape(
            checks={
                **_OVERLAP,
                "points": partial(_whole, 0, MOST_POINTS),
                "of": _wanted_or_number,
                "max_level": _LEVEL,
                "need": partial(_whole, 0, MOST_COUNTED),
            },
            required=_SIDES,
            make=_share,
        ),
        "steps": Shape(
            checks={
                **_OVERLAP,
                "steps": partial(_ladder, 1, MOST_COUNTED, points),
                "max_level": _LEVEL,
                "nothing": _points_or_null,
            },
            required=_SIDES,
            make=lambda data: Steps(**data),
        ),
        "best": Shape(
            checks={
                **_OVERLAP,
                "best": partial(_each, points),
                "only_same": partial(_object_of, partial(_one_of, SINGLE)),
                "nothing": _points_or_null,
            },
            required=_SIDES,
            make=lambda data: Best(**data),
            across=_best_across,
        ),
    },
    "table": {
        "same": Shape(
            checks={
                **_sides(partial(_one_or_list, partial(_one_of, SINGLE))),
                "same": partial(_one_or_list, _points_or_null),
                "other": _points_or_null,
                "unknown": _points_or_null,
            },
            required=_SIDES,
            make=_same,
            across=_same_across,
        ),
        "gap": Shape(checks={**_NUMBERS, "gap": _GAP}, required=_SIDES, make=_gap),
        "distance": Shape(
            checks={
                **_NUMBERS,
                "distance": partial(_ladder, 0, MOST_POINTS, _points_or_null),
            },
            required=_SIDES,
            make=_gap,
        ),
        "values": Shape(
            checks={
                **_sides(partial(_one_of, SINGLE)),
                "values": partial(_object_of, partial(_object_of, _points_or_null)),
                "default": _points_or_null,
                "unknown": _points_or_null,
            },
            required=_SIDES,
            make=lambda data: Values(**data),
        ),
    },
    "pairs": {
        "points": Shape(
            checks={**_sides(partial(_one_of, MEMBERS)), "points": _null_or_list},
            required=(),
            make=lambda data: Named(ranks=data.pop("points"), **data),
            across=_named_across,
        ),
    },
}
