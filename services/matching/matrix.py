"""The scores of many mentees and mentors at once, each equal to `criteria.score`.

numpy takes the pairs of a criterion together: products of weights and levels for what is counted,
compared codes for what has to agree, and each distinct pair of values once for tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.candidate import Candidate, Strengths
from services.matching.criteria import Criteria
from services.matching.kinds import (
    Best,
    Counted,
    Named,
    Overlap,
    Points,
    Same,
    Table,
    Usual,
)

FORBIDDEN = -(2**15)
"""The score of a pair that is not allowed; every allowed sum is above it (definition.py)."""

Scores = NDArray[np.int32]
Flags = NDArray[np.bool_]
People = Sequence[Candidate]


def score_matrix(criteria: Criteria, mentees: People, mentors: People) -> Scores:
    """Score everybody with everybody: int32[mentees, mentors], FORBIDDEN if not allowed."""
    total = np.zeros((len(mentees), len(mentors)), np.int32)
    is_forbidden = np.zeros(total.shape, np.bool_)
    if total.size:
        for criterion in criteria.criteria:
            points = _matrix(criterion, mentees, mentors)
            is_forbidden |= points == FORBIDDEN
            total += points
    total[is_forbidden] = FORBIDDEN
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """What stands in the way of pairs: `forbids[criterion, mentee, mentor]`, and the sums of
    points that the pairs would have if nothing did.
    """

    forbids: Flags
    sums: Scores


def obstacles(criteria: Criteria, mentees: People, mentors: People) -> Obstacles:
    """Find what stands in the way of each pair."""
    shape = (len(mentees), len(mentors))
    forbids = np.zeros((len(criteria.criteria), *shape), np.bool_)
    sums = np.zeros(shape, np.int32)
    for n, criterion in enumerate(criteria.criteria):
        points = _matrix(criterion, mentees, mentors)
        forbids[n] = points == FORBIDDEN
        sums += np.where(forbids[n], 0, points)
    return Obstacles(forbids=forbids, sums=sums)


@singledispatch
def _matrix(criterion: object, mentees: People, mentors: People) -> Scores:
    raise NotImplementedError(type(criterion))


@_matrix.register
def _(criterion: Counted, mentees: People, mentors: People) -> Scores:
    wanted = [mentee.strengths(criterion.mentee) for mentee in mentees]
    levels = [criterion.levels(mentor.strengths(criterion.mentor)) for mentor in mentors]
    members = dict.fromkeys(member for offered in levels for member in offered)
    column = {member: n for n, member in enumerate(members)}
    # The sums are small whole numbers, which float64 holds exactly, and its product is quick.
    raw = _sums(wanted, column) @ _sums([list(each.items()) for each in levels], column).T
    weights = [sum(weight for _, weight in wishes) for wishes in wanted]
    rows = [
        _of_sums(criterion, sums, whole)
        for sums, whole in zip(raw.astype(np.int32), weights, strict=True)
    ]
    return _with_stand_ins(criterion, np.stack(rows), mentees, mentors)


@_matrix.register
def _(criterion: Best, mentees: People, mentors: People) -> Scores:
    offers: dict[Any, Flags] = {}
    for j, mentor in enumerate(mentors):
        for member, _ in mentor.strengths(criterion.mentor):
            offers.setdefault(member, np.zeros(len(mentors), np.bool_))[j] = True
    agree = {
        column: _codes(mentees, mentors, column, column) for column in criterion.only_same.values()
    }
    best = np.full((len(mentees), len(mentors)), FORBIDDEN, np.int32)
    for i, mentee in enumerate(mentees):
        for wish, (member, _) in enumerate(mentee.strengths(criterion.mentee)):
            points = criterion.worth(wish, member)
            if points is None or member not in offers:
                continue
            counts = offers[member]
            if member in criterion.only_same:
                mine, theirs = agree[criterion.only_same[member]]
                counts = counts & (mine[i] == theirs)
            best[i, counts] = np.maximum(best[i, counts], points)
    best[best == FORBIDDEN] = _number(criterion.nothing)
    return _with_stand_ins(criterion, best, mentees, mentors)


@_matrix.register
def _(criterion: Same, mentees: People, mentors: People) -> Scores:
    is_unknown = _is_unknown(mentees, criterion.mentee[-1])[:, None] | _is_unknown(
        mentors, criterion.mentor[-1]
    )
    points = np.where(is_unknown, _number(criterion.unknown), _number(criterion.other))
    levels = list(zip(criterion.mentee, criterion.mentor, criterion.same, strict=True))
    for mentee_column, mentor_column, same in reversed(levels):
        mine, theirs = _codes(mentees, mentors, mentee_column, mentor_column)
        points = np.where(mine[:, None] == theirs, _number(same), points)
    return points.astype(np.int32)


@_matrix.register
def _(criterion: Table, mentees: People, mentors: People) -> Scores:
    wanted, mine = _classes(mentees, criterion.mentee)
    offered, theirs = _classes(mentors, criterion.mentor)
    table = [[_number(criterion.points(one, two)[0]) for two in offered] for one in wanted]
    return np.array(table, np.int32)[mine[:, None], theirs]


@_matrix.register
def _(criterion: Named, mentees: People, mentors: People) -> Scores:
    points = np.zeros((len(mentees), len(mentors)), np.int32)
    named = _named(mentees, mentors, criterion.mentee)
    named |= {(i, j) for j, i in _named(mentors, mentees, criterion.mentor)}
    for i, j in named:
        points[i, j] = _number(criterion.points(mentees[i], mentors[j])[0])
    return points


def _named(people: People, others: People, column: str | None) -> set[tuple[int, int]]:
    """Who of the people (by number) named whom of the others; a member may be there twice."""
    if column is None:
        return set()
    found: dict[str, list[int]] = {}
    for j, other in enumerate(others):
        found.setdefault(other.member_id, []).append(j)
    return {
        (i, j)
        for i, one in enumerate(people)
        for member_id in one.value(column) or ()
        for j in found.get(member_id, ())
    }


def _sums(rows: Sequence[Strengths], column: dict[Any, int]) -> NDArray[np.float64]:
    """The strengths as a table, people by members; members without a column are left out."""
    table = np.zeros((len(rows), len(column)))
    for row, strengths in zip(table, rows, strict=True):
        for member, strength in strengths:
            if member in column:
                row[column[member]] += strength
    return table


def _of_sums(criterion: Counted, sums: Scores, weights: int) -> Scores:
    """The points of each sum; each distinct one is looked up once."""
    distinct, where = np.unique(sums, return_inverse=True)
    points = [_number(criterion.of_sum(int(each), weights)) for each in distinct]
    return np.array(points, np.int32)[where]


def _codes(mentees: People, mentors: People, mine: str, theirs: str) -> tuple[Scores, Scores]:
    """Numbers that are equal where two values are known and equal."""
    code: dict[Any, int] = {}

    def codes(people: People, column: str, unknown: int) -> Scores:
        values = [each.value(column) for each in people]
        numbers = [unknown if v is None else code.setdefault(v, len(code)) for v in values]
        return np.array(numbers, np.int32)

    return codes(mentees, mine, -1), codes(mentors, theirs, -2)


def _classes(people: People, column: str) -> tuple[People, Scores]:
    """One person for each distinct value, and everybody's number among them."""
    first: dict[Any, int] = {}
    numbers = [first.setdefault(each.value(column), len(first)) for each in people]
    found = dict(zip(numbers, people, strict=True))
    return [found[number] for number in range(len(first))], np.array(numbers, np.int32)


def _with_stand_ins(criterion: Overlap, points: Scores, mentees: People, mentors: People) -> Scores:
    """Put what stands for an empty list in its place; that of the mentee has the last word."""
    if not isinstance(criterion.unknown, Usual):
        points[:, _lists_nothing(mentors, criterion.mentor)] = _number(criterion.unknown)
    if not isinstance(criterion.empty, Usual):
        points[_lists_nothing(mentees, criterion.mentee)] = _number(criterion.empty)
    return points


def _lists_nothing(people: People, column: str) -> Flags:
    return np.array([not each.strengths(column) for each in people], np.bool_)


def _is_unknown(people: People, column: str) -> Flags:
    return np.array([each.value(column) is None for each in people], np.bool_)


def _number(points: Points) -> int:
    return FORBIDDEN if points is None else points
