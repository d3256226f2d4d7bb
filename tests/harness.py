"""Towns (`deploy.town`) as tests use them: in a temporary folder, with the examples' people."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from chassis.events import EventType, Heard
from chassis.keys import make_keys
from chassis.service import Service
from chassis.settings import Settings
from chassis.tokens import Actor
from contracts import examples
from deploy import town as towns
from deploy.town import House as PlainHouse

MONDAY = datetime(2026, 5, 11, 14, 0, tzinfo=UTC)


def an_actor(
    id: str = examples.MENTEE,
    *roles: str,
    association_id: str = examples.ASSOCIATION,
    link: str = "",
) -> Actor:
    """Somebody who acts; a participant unless told otherwise."""
    return Actor(
        id=id, association_id=association_id, roles=frozenset(roles or ("participant",)), link=link
    )


def a_coordinator(association_id: str = examples.ASSOCIATION) -> Actor:
    """The coordinator of the examples' cohort."""
    return an_actor(
        examples.COORDINATOR, "participant", "coordinator", "admin", association_id=association_id
    )


def an_event(
    kind: EventType, /, *, version: int = 1, at: datetime = MONDAY, **changes: Any
) -> Heard:
    """An event like its example; its subject is `<aggregate>_id` of the data."""
    data = {**kind.example, **changes}
    subject = data.get(f"{kind.aggregate.replace('-', '_')}_id", data["association_id"])
    return Heard(
        type=kind.name,
        id=f"{kind.name}-{subject}-{version}",
        subject=subject,
        association_id=data["association_id"],
        version=version,
        at=at,
        data=data,
    )


class House(PlainHouse):
    """A house to whose handlers examples can be told."""

    def hear_that(
        self, kind: EventType, /, *, version: int = 1, at: datetime | None = None, **changes: Any
    ) -> Heard:
        """Hear an event like its example with some fields changed; gives it back."""
        heard = an_event(kind, version=version, at=at or self.running.clock.now(), **changes)
        self.hear(heard)
        return heard


class Town(towns.Town):
    """A town of such houses."""

    def __getattr__(self, name: str) -> House:
        house = super().__getattr__(name)
        house.__class__ = House
        return house  # type: ignore[return-value]


@contextmanager
def a_town(
    folder: Path, *services: Service[Any], at: datetime = MONDAY, **settings: str
) -> Iterator[Town]:
    """A town in this folder that is closed afterwards."""
    town = Town(Settings({"GUILDWAY_DATA": str(folder), **settings}), *services, at=at)
    try:
        yield town
    finally:
        town.close()


def eventually(check: Callable[[], Any], *, seconds: float = 60.0, every: float = 0.02) -> Any:
    """Ask until the answer is true, at most so long; gives the answer."""
    until, pause = monotonic() + seconds, threading.Event()
    while not (answer := check()):
        assert monotonic() < until, f"did not happen within {seconds} s"
        pause.wait(every)
    return answer


__all__ = [
    "MONDAY",
    "House",
    "Town",
    "a_coordinator",
    "a_town",
    "an_actor",
    "an_event",
    "eventually",
    "make_keys",
]
