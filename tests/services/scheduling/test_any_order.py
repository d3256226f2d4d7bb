"""Whatever people do, in whatever order: nobody is in two places, and events tell the truth."""

from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from contracts import examples
from tests.harness import Town
from tests.services.scheduling.conftest import (
    AMARA,
    RUTH,
    act,
    an_id,
    another_pair,
    at,
    end_pair,
    propose,
)

STEPS = 120


class Crowd:
    """Ruth with Amara and Anne; Amara with Dora: Amara is mentee here and mentor there."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.random = town, Random(seed)
        anne, anna = another_pair(town, "Anne")
        dora, theo = another_pair(town, "Dora", mentor=examples.MENTEE)
        self.pairs = {examples.PAIR: (AMARA, RUTH), anne: (anna, RUTH), dora: (theo, AMARA)}

    def time(self) -> str:
        """One of few, so that people are often in each other's way."""
        return at(24 * self.random.randrange(0, 6) + self.random.randrange(0, 12) / 4)

    def meetings(self) -> list[Any]:
        return list(self.town.scheduling.records.meetings.each(examples.ASSOCIATION, {}))

    def step(self) -> Any:
        """Somebody does something; the answer, or None if time went on."""
        meetings = self.meetings()
        what = self.random.choice(
            (
                "offer",
                "instead",
                "confirmation",
                "confirmation",
                "moving",
                "cancellation",
                "log",
                "wait",
            )
        )
        if what == "wait":
            self.town.go_on(hours=self.random.choice((1, 3, 9)))
            return None
        if what == "offer" or not meetings:
            pair_id = self.random.choice(sorted(self.pairs))
            return self.offer(pair_id)
        meeting = self.random.choice(meetings)
        if what == "instead":
            return self.offer(meeting.pair_id, replaces=meeting.id)
        body = {
            "confirmation": {"starts_at": self.chosen(meeting)},
            "moving": {"starts_at": self.time()},
            "cancellation": {},
            "log": {"met": self.random.random() < 0.7},
        }[what]
        actor = self.random.choice(self.pairs[meeting.pair_id])
        return act(self.town, {"id": meeting.id}, what, body, actor=actor)

    def offer(self, pair_id: str, **more: Any) -> Any:
        starts = [self.time() for _ in range(self.random.randint(1, 3))]
        actor = self.random.choice(self.pairs[pair_id])
        minutes = self.random.choice((15, 45, 90))
        return propose(self.town, *starts, actor=actor, pair_id=pair_id, minutes=minutes, **more)

    def chosen(self, meeting: Any) -> str:
        return f"{self.random.choice(meeting.proposed):%Y-%m-%dT%H:%M:%SZ}"


def overlaps(meetings: list[Any]) -> list[Any]:
    """Who is in two meetings at once, and when."""
    spans = sorted(
        (member_id, begin, end)
        for m in meetings
        for member_id in (m.mentor_id, m.mentee_id)
        for begin, end in m.stretches()
        if m.starts_at
    )
    return [
        (one, other) for one, other in pairwise(spans) if one[0] == other[0] and other[1] < one[2]
    ]


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_in_two_meetings_at_once_whatever_happens(pair: Town, seed: int) -> None:
    crowd = Crowd(pair, seed)
    answers: Counter[str] = Counter()
    for _ in range(STEPS):
        answer = crowd.step()
        if answer is not None:
            assert answer.status_code in (200, 201, 409, 422), answer.json
            answers[answer.json.get("code", "done")] += 1
        meetings = crowd.meetings()
        keys = Counter(key for m in meetings for key in type(m).keys(m))
        assert not [key for key, n in keys.items() if n > 1]
        assert not overlaps(meetings)
    assert answers["done"] > STEPS / 5
    end_pair(pair)
    end_pair(pair, pair_id=an_id("pair Anne"))
    pair.pump()
    heard = sorted(pair.news(), key=lambda event: event.version)
    newest = {event.subject: event.state for event in heard}
    for meeting in crowd.meetings():
        # A hold that ends is no news to anybody.
        assert {**newest[meeting.id], "hold_until": None} == {
            **meeting.public(),
            "hold_until": None,
        }
