"""What a criterion gives a pair: three kinds, each with its shapes, and their exact formulas.

    overlap   Share, Steps, Best      what a mentee lists against what a mentor lists
    table     Same, Gap, Values       a value of one side against one of the other
    pairs     Named                   whom one of the two named

Points are integers, hundredths of a point; None means that the pair is not allowed. `points()` also
answers the facts that an explanation can put into words, as plain data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from services.matching.candidate import Candidate, Strengths

Points = int | None
Facts = dict[str, Any]
Ladder = Sequence[tuple[int, Points]]
"""Rising numbers, each with the points from it on."""


class Usual(Enum):
    """Says that an empty list is nothing special: the formula decides."""

    USUAL = "usual"


USUAL = Usual.USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What the shapes of overlap share: two columns that hold lists.

    `empty` replaces the result if the mentee lists nothing, else `unknown` if the mentor does.
    """

    id: str
    mentee: str
    mentor: str
    empty: Points | Usual = USUAL
    unknown: Points | Usual = USUAL

    def points(self, mentee: Candidate, mentor: Candidate) -> tuple[Points, Facts]:
        """The points for the two, and why."""
        if self.empty is not USUAL and not mentee.strengths(self.mentee):
            return self.empty, {"unknown": "mentee"}
        if self.unknown is not USUAL and not mentor.strengths(self.mentor):
            return self.unknown, {"unknown": "mentor"}
        return self._of_both(mentee, mentor)

    def reach(self) -> list[Points]:
        """The points it can give, at least the fewest and the most."""
        return [each for each in (self.empty, self.unknown) if each is not USUAL]

    def _of_both(self, mentee: Candidate, mentor: Candidate) -> tuple[Points, Facts]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Overlap):
    """What is shared, counted: the sum of weight times level, a level being `max_level` at most."""

    max_level: int = 1

    def of_sum(self, raw: int, weights: int, /) -> Points:
        """The points of this sum, where all that is wanted weighs `weights`."""
        raise NotImplementedError

    def _of_both(self, mentee: Candidate, mentor: Candidate) -> tuple[Points, Facts]:
        wanted = mentee.strengths(self.mentee)
        levels = self.levels(mentor.strengths(self.mentor))
        raw = sum(weight * levels.get(member, 0) for member, weight in wanted)
        shared = [member for member, _ in wanted if member in levels]
        facts: Facts = {"wanted": len(wanted), "shared": shared}
        if self.max_level > 1:
            facts["levels"] = [levels[member] for member in shared]
        return self.of_sum(raw, sum(weight for _, weight in wanted)), facts

    def levels(self, offered: Strengths) -> dict[Any, int]:
        """The level of each member offered, the highest if it is listed twice."""
        levels: dict[Any, int] = {}
        for member, level in offered:
            levels[member] = max(levels.get(member, 0), min(level, self.max_level))
        return levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Counted):
    """The share that is met: of all that is wanted, or `of` so much as is enough."""

    most: int
    of: int | None = None
    need: int = 0

    def of_sum(self, raw: int, weights: int, /) -> Points:
        """floor(most * raw / whole); None below what is needed."""
        whole = self.of or self.max_level * weights
        return None if raw < self.need else self.most * min(raw, whole) // max(whole, 1)

    def reach(self) -> list[Points]:
        """The points it can give, at least the fewest and the most."""
        return [0, self.most, *Overlap.reach(self)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps(Counted):
    """Points by steps of what is shared."""

    steps: Ladder
    nothing: Points = 0

    def of_sum(self, raw: int, _weights: int, /) -> Points:
        """The last step that the sum reaches."""
        return stepped(raw, self.steps, self.nothing)

    def reach(self) -> list[Points]:
        """The points it can give, at least the fewest and the most."""
        return [self.nothing, *(points for _, points in self.steps), *Overlap.reach(self)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Best(Overlap):
    """The best that is shared: points by member, or by the mentee's order of wishes.

    A member named in `only_same` counts only if both have the same value in that column.
    """

    best: Mapping[str, int] | Sequence[int]
    only_same: Mapping[str, str] = field(default_factory=dict)
    nothing: Points = 0

    def worth(self, wish: int, member: Any) -> int | None:
        """The points of this member as wish number `wish`, from 0; None: it does not count."""
        if isinstance(self.best, Mapping):
            return self.best.get(member)
        return self.best[min(wish, len(self.best) - 1)]

    def reach(self) -> list[Points]:
        """The points it can give, at least the fewest and the most."""
        values = self.best.values() if isinstance(self.best, Mapping) else self.best
        return [self.nothing, *values, *Overlap.reach(self)]

    def _of_both(self, mentee: Candidate, mentor: Candidate) -> tuple[Points, Facts]:
        wanted = mentee.strengths(self.mentee)
        there = {member for member, _ in mentor.strengths(self.mentor)}
        found = [
            (points, -wish)
            for wish, (member, _) in enumerate(wanted)
            if member in there and (points := self.worth(wish, member)) is not None
            if self._counts(member, mentee, mentor)
        ]
        if not found:
            return self.nothing, {"wanted": len(wanted), "shared": []}
        points, wish = max(found)
        return points, {"wanted": len(wanted), "shared": [wanted[-wish][0]], "wish": 1 - wish}

    def _counts(self, member: Any, mentee: Candidate, mentor: Candidate) -> bool:
        column = self.only_same.get(member)
        return column is None or is_same(mentee.value(column), mentor.value(column))


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """Values that agree: the first that does of one or several columns, from narrow to broad."""

    id: str
    mentee: Sequence[str]
    mentor: Sequence[str]
    same: Sequence[Points]
    other: Points = 0
    unknown: Points = 0

    def points(self, mentee: Candidate, mentor: Candidate) -> tuple[Points, Facts]:
        """The points for the two, and why."""
        wanted = [mentee.value(column) for column in self.mentee]
        offered = [mentor.value(column) for column in self.mentor]
        for column, one, two, points in zip(self.mentee, wanted, offered, self.same, strict=True):
            if is_same(one, two):
                return points, {"same": column}
        if wanted[-1] is None or offered[-1] is None:
            return self.unknown, {"unknown": "mentee" if wanted[-1] is None else "mentor"}
        return self.other, {"different": self.mentee[-1]}

    def reach(self) -> list[Points]:
        """The points it can give, at least the fewest and the most."""
        return [*self.same, self.other, self.unknown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What the shapes with one value a side share: `unknown` if a side has none."""

    id: str
    mentee: str
    mentor: str
    unknown: Points = 0

    def points(self, mentee: Candidate, mentor: Candidate) -> tuple[Points, Facts]:
        """The points for the two, and why."""
        one, two = mentee.value(self.mentee), mentor.value(self.mentor)
        if one is None or two is None:
            return self.unknown, {"unknown": "mentee" if one is None else "mentor"}
        return self.of_values(one, two)

    def of_values(self, one: Any, two: Any) -> tuple[Points, Facts]:
        """The points for the mentee's and the mentor's value, and why."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Table):
    """Steps of how far the mentor is ahead, or how far apart the two are (`is_distance`)."""

    steps: Ladder
    is_distance: bool = False
    below: Points = 0

    def of_values(self, one: Any, two: Any) -> tuple[Points, Facts]:
        """The last step that the gap reaches."""
        gap = two - one
        reached = abs(gap) if self.is_distance else gap
        return stepped(reached, self.steps, self.below), {"gap": gap}

    def reach(self) -> list[Points]:
        """The points it can give, at least the fewest and the most."""
        return [self.below, self.unknown, *(points for _, points in self.steps)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Values(Table):
    """Points looked up by the mentee's and then the mentor's value; numbers are keys as text."""

    values: Mapping[str, Mapping[str, Points]]
    default: Points = 0

    def of_values(self, one: Any, two: Any) -> tuple[Points, Facts]:
        """What the table says, else the default."""
        points = self.values.get(str(one), {}).get(str(two), self.default)
        return points, {"mentee": one, "mentor": two}

    def reach(self) -> list[Points]:
        """The points it can give, at least the fewest and the most."""
        rows = self.values.values()
        return [self.default, self.unknown, *(points for row in rows for points in row.values())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom one of the two named in a column of member ids, first choice first.

    `ranks` are the points by place, 0 beyond; None makes it a list of exclusions. If both named
    each other, the better place counts.
    """

    id: str
    mentee: str | None = None
    mentor: str | None = None
    ranks: Sequence[int] | None

    def points(self, mentee: Candidate, mentor: Candidate) -> tuple[Points, Facts]:
        """The points for the two, and why."""
        places = (mentee.rank_of(mentor, self.mentee), mentor.rank_of(mentee, self.mentor))
        rank = min((place for place in places if place), default=None)
        return (0, {}) if rank is None else (self.of_rank(rank), {"rank": rank})

    def of_rank(self, rank: int) -> Points:
        """The points of a place, from 1."""
        if self.ranks is None:
            return None
        return self.ranks[rank - 1] if rank <= len(self.ranks) else 0

    def reach(self) -> list[Points]:
        """The points it can give, at least the fewest and the most."""
        return [0, *(self.ranks or ())]


Criterion = Share | Steps | Best | Same | Gap | Values | Named


def stepped(number: int, steps: Ladder, below: Points) -> Points:
    """The points of the last step that the number reaches, `below` under the first."""
    reached = below
    for start, points in steps:
        if number >= start:
            reached = points
    return reached


def is_same(one: Any, two: Any) -> bool:
    """Whether both are known and agree."""
    return one is not None and bool(one == two)
