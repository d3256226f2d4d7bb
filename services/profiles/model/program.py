"""A program: why mentoring is offered."""

from dataclasses import dataclass, field
from datetime import date, datetime

from chassis.aggregate import Aggregate


@dataclass(kw_only=True)
class Outcome:
    """What the program wants to reach, how it is measured, and by when."""

    text: str
    measure: str = ""
    due_on: date | None = None


@dataclass(kw_only=True)
class Stream:
    """One of the tracks that a program offers."""

    id: str
    name: str
    for_whom: str = ""


@dataclass(kw_only=True)
class Program(Aggregate):
    """Cohorts carry its name and streams; `due_at`: they have to be told of a change."""

    name: str
    purpose: str
    outcomes: list[Outcome] = field(default_factory=list)
    principles: str = ""
    streams: list[Stream] = field(default_factory=list)
    coordinator_ids: list[str]
    due_at: datetime | None = None

    def amend(
        self,
        *,
        name: str,
        purpose: str,
        outcomes: list[Outcome],
        principles: str,
        streams: list[Stream],
        now: datetime,
    ) -> None:
        """Take everything anew; the cohorts follow."""
        if (name, streams) != (self.name, self.streams):
            self.due_at = now
        self.name, self.purpose, self.principles = name, purpose, principles
        self.outcomes, self.streams = outcomes, streams

    def rest(self, *, told: int) -> None:
        """The cohorts know the program as it was in version `told`."""
        if self.version == told:
            self.due_at = None
