"""How well a mentee and a mentor suit each other: a score that is the exact sum of its parts.

This plain Python is the reference: `matrix.py`, and any engine to come, has to agree with it.
"""

from dataclasses import dataclass, field

from services.matching.candidate import Candidate
from services.matching.kinds import Criterion, Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """All criteria that hold together, and the smallest score that may become a proposal."""

    minimum: int
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one criterion adds, of how many points at most.

    A forbidden part adds 0 and makes the pair not allowed.
    """

    criterion: str
    points: int
    maximum: int
    is_forbidden: bool = False
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The sum of the parts in hundredths of a point; `total` is None if the pair is not allowed."""

    total: int | None
    parts: tuple[Part, ...]

    @property
    def forbidden_by(self) -> tuple[str, ...]:
        """The criteria that stand in the way."""
        return tuple(part.criterion for part in self.parts if part.is_forbidden)

    @property
    def sum_of_parts(self) -> int:
        """The total, or what it would be if nothing stood in the way."""
        return sum(part.points for part in self.parts)


def score(criteria: Criteria, mentee: Candidate, mentor: Candidate) -> Score:
    """Add up what each criterion gives, in the order of the criteria."""
    parts = tuple(_part(criterion, mentee, mentor) for criterion in criteria.criteria)
    is_allowed = not any(part.is_forbidden for part in parts)
    return Score(total=sum(part.points for part in parts) if is_allowed else None, parts=parts)


def extent(criterion: Criterion) -> tuple[int, int]:
    """The fewest (0 or less) and the most (0 or more) points that the criterion can give."""
    points = [0, *(each for each in criterion.reach() if each is not None)]
    return min(points), max(points)


def _part(criterion: Criterion, mentee: Candidate, mentor: Candidate) -> Part:
    points, facts = criterion.points(mentee, mentor)
    return Part(
        criterion=criterion.id,
        points=points or 0,
        maximum=extent(criterion)[1],
        is_forbidden=points is None,
        facts=facts,
    )
