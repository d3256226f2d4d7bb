"""All events of all senders, and the two pages made from them.

`python -m contracts.catalogue` writes `contracts/asyncapi.yaml` and `docs/events.md`.
"""

from chassis.events import EventType
from contracts import feedback, matching, profiles, scheduling

EVENTS: tuple[EventType, ...] = (
    *profiles.EVENTS,
    *matching.EVENTS,
    *scheduling.EVENTS,
    *feedback.EVENTS,
)
BY_NAME = {kind.name: kind for kind in EVENTS}


def of(aggregate: str) -> tuple[EventType, ...]:
    """All topics of one aggregate: what a copy of it listens to."""
    return tuple(kind for kind in EVENTS if kind.aggregate == aggregate)
