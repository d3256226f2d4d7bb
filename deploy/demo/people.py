"""Whom the demo's links are for: the coordinator, and a pair with much to look at."""

from typing import Any

from chassis.clock import to_text
from deploy.coordinator import Coordinator
from deploy.life import Life, Person


def choose(life: Life, coordinator: Coordinator) -> list[dict[str, str]]:
    """Kind, name and ids of the three."""
    pair = max(life.pairs.values(), key=lambda pair: _much_to_see(life, pair))
    chosen = {
        "coordinator": life.people[coordinator.actor.id],
        "mentor": life.people[pair["mentor_id"]],
        "mentee": life.people[pair["mentee_id"]],
    }
    return [
        {
            "kind": kind,
            "name": person.name,
            "id": person.id,
            "association_id": coordinator.association_id,
        }
        for kind, person in chosen.items()
    ]


def _much_to_see(life: Life, pair: dict[str, Any]) -> tuple[int, ...]:
    """Running and agreed, a meeting ahead, several behind, people who answer; larger is more."""
    meetings = [m for m in life.meetings.values() if m["pair_id"] == pair["pair_id"]]
    ahead = to_text(life.now)
    people: list[Person] = [life.people[pair["mentor_id"]], life.people[pair["mentee_id"]]]
    return (
        pair["state"] == "matched",
        pair["agreed_at"] is not None,
        any(m["state"] == "scheduled" and m["starts_at"] > ahead for m in meetings),
        all(person.silent_from is None for person in people),
        sum(m["state"] == "held" for m in meetings),
        people[0].language != people[1].language,
    )
