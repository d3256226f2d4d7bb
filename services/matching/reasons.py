"""Why somebody was left out, and what would change it: data that a client puts into words.

Codes of mentees without a mentor: no_mentor_at_all, no_eligible_mentor, below_minimum,
places_ran_out. Codes of mentors without a mentee: no_mentee_at_all, no_eligible_mentee,
below_minimum, mentees_ran_out; of one who has some and could take more: places_left.

A change never promises too much. `add_place` and `lower_minimum` were tried: the matching was
solved again with the change, and the person was matched as told. Many left out at once would take
too long to try, so after a fixed number of tries a change is told that holds without one: a place
kept for this mentee (`is_kept`), or an exception for the two. `allow_pair` is an exception made
for these two by hand; it moves nobody, and says whether it takes one more place.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.matching.config import LEAST_TRIED, MOST_CELLS_TRIED
from services.matching.criteria import Score, score
from services.matching.matrix import FORBIDDEN, Flags, Scores, obstacles
from services.matching.solver import Outcome, assign, is_eligible

POINT = 100
"""A minimum is set in whole points."""
TRIES = 3
"""For how many of a mentee's best mentors one more place is tried."""

_AT_ONCE = 128
"""For how many people at once it is found out what stands in their way."""

Assigned = Sequence[int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What would match the person.

    add_place: mentor_application_id who would take one more; matched_application_id, score: whom
    the mentee would then have; is_kept: the place has to be kept for this mentee, since a new run
    would give it to somebody else.
    lower_minimum: minimum; mentor_ or mentee_application_id, score; moved: how many others would
    change their mentor.
    allow_pair: mentor_ or mentee_application_id, score; criteria that are lifted for the two (none:
    the minimum is); places that the mentor has to add, 0 or 1.
    """

    code: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why somebody was left out.

    no_mentor_at_all, no_mentee_at_all: nothing more to say.
    no_eligible_mentor, no_eligible_mentee: rules, a list of {criterion, count, alone}, the most
    frequent first: in how many pairs it stands in the way, and in how many nothing else does.
    below_minimum: score and mentor_ or mentee_application_id of the best, minimum.
    places_ran_out: eligible, the number of mentors, all of them full.
    mentees_ran_out: eligible, the number of mentees, all of them with others; score and
    mentee_application_id of the best.
    places_left: places.
    """

    code: str
    values: dict[str, Any]
    change: Change | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """The reasons by application id."""

    mentees: dict[str, Reason]
    mentors: dict[str, Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best score open to a mentee, and with which mentor (its number)."""

    mentor: int
    score: int


def find_reasons(outcome: Outcome) -> Reasons:
    """Tell why for every mentee without a mentor and every mentor with free places."""
    what_if = WhatIf(outcome)
    used = Counter(outcome.assigned)
    lonely = [i for i, mentor in enumerate(outcome.assigned) if mentor is None]
    free = [j for j, places in enumerate(outcome.places) if used[j] < places]
    barred = {
        "mentor": _why_barred(
            what_if, [i for i in lonely if _is_barred(outcome.scores[i])], "mentor"
        ),
        "mentee": _why_barred(
            what_if, [j for j in free if _is_barred(outcome.scores[:, j])], "mentee"
        ),
    }
    return Reasons(
        mentees={
            outcome.mentees[i].id: barred["mentor"].get(i) or _why_mentee(what_if, i)
            for i in lonely
        },
        mentors={
            outcome.mentors[j].id: barred["mentee"].get(j) or _why_mentor(what_if, j, used[j])
            for j in free
        },
    )


def best_possible(scores: Scores, mentee: int) -> Best | None:
    """The best that any mentor reaches for the mentee; None if no mentor is allowed."""
    row = scores[mentee]
    mentor = int(row.argmax()) if len(row) else -1
    if mentor < 0 or row[mentor] == FORBIDDEN:
        return None
    return Best(mentor=mentor, score=int(row[mentor]))


def share_of_best(outcome: Outcome, mentee: int) -> int | None:
    """How many percent of the best possible the mentee got, rounded down; None without a mentor."""
    best, mentor = best_possible(outcome.scores, mentee), outcome.assigned[mentee]
    if best is None or mentor is None:
        return None
    return int(outcome.scores[mentee, mentor]) * 100 // best.score if best.score > 0 else 100


class WhatIf:
    """The same matching under other conditions; each is solved once, and only so many."""

    def __init__(self, outcome: Outcome) -> None:
        """Start from what was matched."""
        self.outcome = outcome
        self.used = Counter(outcome.assigned)
        self._solved: dict[tuple[str, int], Assigned] = {}
        cells = len(outcome.mentees) * sum(outcome.places)
        self._left = max(LEAST_TRIED, MOST_CELLS_TRIED // max(cells, 1))

    def with_place(self, mentor: int) -> Assigned | None:
        """One mentor takes one more; None if too many were tried already."""
        places = list(self.outcome.places)
        places[mentor] += 1
        return self._solve(("place", mentor), places, self.outcome.criteria.minimum)

    def with_minimum(self, minimum: int) -> Assigned | None:
        """Another minimum; None if too many were tried already."""
        return self._solve(("minimum", minimum), self.outcome.places, minimum)

    def is_full(self, mentor: int) -> bool:
        """Whether the mentor has no free place now."""
        return self.used[mentor] >= self.outcome.places[mentor]

    def moved(self, assigned: Assigned) -> int:
        """How many mentees who have a mentor now would have another one, or none."""
        both = zip(self.outcome.assigned, assigned, strict=True)
        return sum(now is not None and now != then for now, then in both)

    def _solve(self, key: tuple[str, int], places: Sequence[int], minimum: int) -> Assigned | None:
        if key not in self._solved and self._left:
            self._left -= 1
            self._solved[key] = assign(self.outcome.scores, places, minimum=minimum)
        return self._solved.get(key)


def _why_mentee(what_if: WhatIf, i: int) -> Reason:
    outcome = what_if.outcome
    best = best_possible(outcome.scores, i)
    if best is None:
        return Reason(code="no_mentor_at_all", values={})
    if best.score < outcome.criteria.minimum:
        return _below_minimum(what_if, i, best.mentor, "mentor")
    eligible = int(is_eligible(outcome.scores[i], outcome.criteria.minimum).sum())
    return Reason(
        code="places_ran_out", values={"eligible": eligible}, change=_one_more_place(what_if, i)
    )


def _why_mentor(what_if: WhatIf, j: int, used: int) -> Reason:
    outcome = what_if.outcome
    if used:
        return Reason(code="places_left", values={"places": outcome.places[j] - used})
    if not outcome.mentees:
        return Reason(code="no_mentee_at_all", values={})
    i = int(outcome.scores[:, j].argmax())
    if outcome.scores[i, j] < outcome.criteria.minimum:
        return _below_minimum(what_if, i, j, "mentee")
    eligible = int(is_eligible(outcome.scores[:, j], outcome.criteria.minimum).sum())
    values = {"eligible": eligible, **_pair(outcome, i, j, "mentee")}
    return Reason(code="mentees_ran_out", values=values)


def _is_barred(scores: Scores) -> bool:
    """Whether there are others, and rules forbid all of them."""
    return bool(len(scores)) and int(scores.max()) == FORBIDDEN


def _why_barred(what_if: WhatIf, people: Sequence[int], other: str) -> dict[int, Reason]:
    """Why for those whom the rules allow nobody; `other` is the role of those they may not have."""
    outcome = what_if.outcome
    reasons = {}
    for start in range(0, len(people), _AT_ONCE):
        some = people[start : start + _AT_ONCE]
        if other == "mentor":
            found = obstacles(outcome.criteria, [outcome.mentees[i] for i in some], outcome.mentors)
            pairs = zip(found.forbids.swapaxes(0, 1), found.sums, strict=True)
        else:
            found = obstacles(outcome.criteria, outcome.mentees, [outcome.mentors[j] for j in some])
            pairs = zip(found.forbids.transpose(2, 0, 1), found.sums.T, strict=True)
        for person, (forbids, sums) in zip(some, pairs, strict=True):
            change = _exception(what_if, person, forbids, sums, other)
            values = _rules(outcome, forbids)
            reasons[person] = Reason(code=f"no_eligible_{other}", values=values, change=change)
    return reasons


def _rules(outcome: Outcome, forbids: Flags) -> dict[str, Any]:
    """Which criteria stand in the way how often, and how often as the only one."""
    is_alone = forbids.sum(axis=0) == 1
    count, alone = forbids.sum(axis=1), (forbids & is_alone).sum(axis=1)
    rules = [
        {"criterion": criterion.id, "count": int(n), "alone": int(by_itself)}
        for criterion, n, by_itself in zip(outcome.criteria.criteria, count, alone, strict=True)
        if n
    ]
    return {"rules": sorted(rules, key=lambda rule: -rule["count"])}


def _exception(
    what_if: WhatIf, person: int, forbids: Flags, sums: Scores, other: str
) -> Change | None:
    """The best pair that only one criterion forbids: first with a free place, then by score."""
    outcome = what_if.outcome
    is_open = (forbids.sum(axis=0) == 1) & (sums >= outcome.criteria.minimum)
    if other == "mentor":
        is_full = np.array([what_if.is_full(j) for j in range(len(outcome.mentors))], np.bool_)
    else:
        is_open &= np.array([mentor is None for mentor in outcome.assigned], np.bool_)
        is_full = np.zeros(len(outcome.mentees), np.bool_)
    found = np.flatnonzero(is_open)
    if not len(found):
        return None
    best = int(found[np.lexsort((found, -sums[found], is_full[found]))[0]])
    i, j = (person, best) if other == "mentor" else (best, person)
    told = score(outcome.criteria, outcome.mentees[i], outcome.mentors[j])
    return _allow_pair(what_if, i, j, told, other)


def _allow_pair(what_if: WhatIf, i: int, j: int, found: Score, other: str) -> Change:
    values = {
        **_other(what_if.outcome, i, j, other),
        "score": found.sum_of_parts,
        "criteria": list(found.forbidden_by),
        "places": int(what_if.is_full(j)),
    }
    return Change(code="allow_pair", values=values)


def _below_minimum(what_if: WhatIf, i: int, j: int, other: str) -> Reason:
    """Why for the one of the two who is left out; `other` is the role of the other one."""
    outcome = what_if.outcome
    values = {**_pair(outcome, i, j, other), "minimum": outcome.criteria.minimum}
    change = _lower_minimum(what_if, i, j, other)
    if change is None and outcome.assigned[i] is None:
        found = score(outcome.criteria, outcome.mentees[i], outcome.mentors[j])
        change = _allow_pair(what_if, i, j, found, other)
    return Reason(code="below_minimum", values=values, change=change)


def _lower_minimum(what_if: WhatIf, i: int, j: int, other: str) -> Change | None:
    """Try the next whole point that is not above the pair's score."""
    outcome = what_if.outcome
    minimum = int(outcome.scores[i, j]) // POINT * POINT
    assigned = what_if.with_minimum(minimum)
    pairs = [
        (int(outcome.scores[one, two]), one, two)
        for one, two in enumerate(assigned or ())
        if two is not None and (one == i if other == "mentor" else two == j)
    ]
    if not pairs or assigned is None:
        return None
    _, mentee, mentor = max(pairs, key=lambda each: each[0])
    values = {
        "minimum": minimum,
        **_pair(outcome, mentee, mentor, other),
        "moved": what_if.moved(assigned),
    }
    return Change(code="lower_minimum", values=values)


def _one_more_place(what_if: WhatIf, i: int) -> Change:
    """Try the mentors who suit best; if a new run would serve others first, keep the place."""
    scores, minimum = what_if.outcome.scores, what_if.outcome.criteria.minimum
    order = [int(j) for j in np.argsort(-scores[i], kind="stable")[:TRIES]]
    for j in order:
        tried = what_if.with_place(j) if scores[i, j] >= minimum else None
        partner = tried[i] if tried else None
        if partner is not None:
            return _add_place(what_if.outcome, i, j, partner, is_kept=False)
    return _add_place(what_if.outcome, i, order[0], order[0], is_kept=True)


def _add_place(outcome: Outcome, i: int, mentor: int, matched: int, *, is_kept: bool) -> Change:
    values = {
        "mentor_application_id": outcome.mentors[mentor].id,
        "matched_application_id": outcome.mentors[matched].id,
        "score": int(outcome.scores[i, matched]),
        "is_kept": is_kept,
    }
    return Change(code="add_place", values=values)


def _pair(outcome: Outcome, i: int, j: int, other: str) -> dict[str, Any]:
    """The score of the two, and who the other one is."""
    return {"score": int(outcome.scores[i, j]), **_other(outcome, i, j, other)}


def _other(outcome: Outcome, i: int, j: int, other: str) -> dict[str, Any]:
    found = outcome.mentors[j] if other == "mentor" else outcome.mentees[i]
    return {f"{other}_application_id": found.id}
