"""Who gets whom: as many people as possible, then the largest sum of scores; exact.

The one function that decides, `assign`, stands behind plain scores and places, so that a faster
engine can take its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.matching.candidate import Candidate
from services.matching.config import MOST_CELLS
from services.matching.criteria import Criteria
from services.matching.matrix import FORBIDDEN, Flags, Scores, score_matrix

LARGEST_EXACT = 2**53
"""Whole numbers up to here are exact in the float64 that scipy computes with."""


class TooManyPeople(ValueError):
    """More mentees and places than this engine matches exactly in memory."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What was matched, with all that it was made of; people are meant by their place in a list.

    `places` are the free seats of each mentor, `scores` all pairs (also those below the minimum),
    `assigned` the mentor of each mentee or None.
    """

    criteria: Criteria
    mentees: Sequence[Candidate]
    mentors: Sequence[Candidate]
    places: Sequence[int]
    scores: Scores
    assigned: Sequence[int | None]


def solve(
    criteria: Criteria,
    mentees: Sequence[Candidate],
    mentors: Sequence[Candidate],
    places: Sequence[int],
) -> Outcome:
    """Score everybody with everybody and match them. Raises TooManyPeople."""
    if len(mentees) * sum(min(each, len(mentees)) for each in places) > MOST_CELLS:
        raise TooManyPeople
    scores = score_matrix(criteria, mentees, mentors)
    return Outcome(
        criteria=criteria,
        mentees=mentees,
        mentors=mentors,
        places=places,
        scores=scores,
        assigned=assign(scores, places, minimum=criteria.minimum),
    )


def is_eligible(scores: Scores, minimum: int) -> Flags:
    """Which pairs may be proposed: allowed, and not below the minimum."""
    return np.greater_equal(scores, max(minimum, FORBIDDEN + 1))


def assign(scores: Scores, places: Sequence[int], *, minimum: int) -> list[int | None]:
    """Give each mentee (row) a mentor (column) or None, a mentor no more mentees than places.

    Of all ways that match the most mentees it is one with the largest sum of scores. Same input in
    the same order, same answer; where several are equally good the order of the input decides, as
    scipy's `linear_sum_assignment` walks it (mentees all alike are served in their order).

    Each place is a column of its own. An eligible pair is worth its score and a bonus that no sum
    of scores outweighs, any other cell nothing, so that staying out needs no columns: who lands on
    a cell worth nothing stays out. Raises ValueError if the sums could pass what float64 holds.
    """
    eligible = is_eligible(scores, minimum)
    repeats = [min(each, len(scores)) for each in places]
    mentor_of = np.repeat(np.arange(len(places)), np.array(repeats, np.intp))
    if not len(mentor_of) or not eligible.any():
        return [None] * len(scores)
    lowest, highest = int(scores[eligible].min()), int(scores[eligible].max())
    most_pairs = min(len(scores), len(mentor_of))
    bonus = most_pairs * (highest - lowest) + 1
    # A path of the algorithm adds and subtracts at most two cells for each pair.
    if 2 * most_pairs * (bonus + highest - lowest) >= LARGEST_EXACT:
        raise ValueError(f"{most_pairs} pairs are too many for exact sums in float64")
    worth = np.where(eligible, scores.astype(np.float64) - lowest + bonus, 0.0)
    return _mentors(worth, mentor_of)


def _mentors(worth: NDArray[np.float64], mentor_of: NDArray[np.intp]) -> list[int | None]:
    # Only the process that matches pays for scipy's memory, so it is not imported at the top.
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    assigned: list[int | None] = [None] * len(worth)
    rows, columns = linear_sum_assignment(worth[:, mentor_of], maximize=True)
    for i, column in zip(rows, columns, strict=True):
        if worth[i, mentor_of[column]] > 0:
            assigned[int(i)] = int(mentor_of[column])
    return assigned
