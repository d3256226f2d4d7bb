"""The kinds of failure that a service knows; they know nothing of HTTP.

    Problem
    ├── NotFound      the thing is not there, or is not yours to see
    ├── Forbidden     you may see it, but not do this
    ├── Conflict      the state does not allow it (now)
    │   └── Stale     somebody else changed it since you read it
    ├── Invalid       the input breaks a rule; `faults` names each one
    └── Unavailable   a store or a broker cannot be reached; try again
        ├── StoreUnavailable
        └── BrokerUnavailable

Each rule's own error subclasses one of them and is named after the rule: `MentorIsFull(Conflict)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of an input: where it is, what rule it breaks, and the values that tell why."""

    field: str
    code: str
    values: dict[str, Any] | None = None


class Problem(Exception):
    """A failure with a stable code (the class in kebab-case) that a client can translate."""

    def __init__(self, detail: str = "", **values: Any) -> None:
        """Keep a sentence for a log and values for the words of the client."""
        super().__init__(detail or type(self).__name__)
        self.detail = detail
        self.values = values


class NotFound(Problem):
    """The thing is not there, or is not yours to see: both answer alike."""


class Forbidden(Problem):
    """The actor may see the thing but not do this with it."""


class Conflict(Problem):
    """The state of the thing does not allow it."""


class Stale(Conflict):
    """Somebody else changed the thing since it was read."""


class Invalid(Problem):
    """The input breaks rules; every fault is named at once."""

    def __init__(self, faults: Sequence[Fault], detail: str = "") -> None:
        """Take all faults, never only the first."""
        super().__init__(detail or ", ".join(f"{fault.field}: {fault.code}" for fault in faults))
        self.faults = tuple(faults)


class Unavailable(Problem):
    """Something this service needs cannot be reached; trying again later is right."""


class StoreUnavailable(Unavailable):
    """The store does not answer."""


class BrokerUnavailable(Unavailable):
    """The broker does not answer."""
