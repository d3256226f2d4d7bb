"""Which mails an event asks for, and to whom. Pure.

What is left out, so that nobody gets more mail than is of use: who acted is not told of the own act
(the page said so); that one of two has accepted is told in the reminder; other times instead of
offered ones are one mail; when a pair ends, its meetings are part of that mail; that both have
signed, or that help was closed, is seen on the page.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gateway.config import AGREEMENT_PAUSE, DECISION_PAUSE, OFFER_PAUSE

State = Mapping[str, Any]
OTHER = {"mentor": "mentee", "mentee": "mentor"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A mail to one member; `pause`: it leaves no sooner than so long after the event was heard."""

    kind: str
    member_id: str
    pause: timedelta = timedelta()


Ask = Callable[[State], Iterator[Wanted]]


def to(kind: str, *roles: str, pause: timedelta = timedelta()) -> Ask:
    """A mail of this kind to these roles of a pair; to both if none is named."""

    def ask(state: State) -> Iterator[Wanted]:
        for role in roles or OTHER:
            yield Wanted(kind=kind, member_id=state[f"{role}_id"], pause=pause)

    return ask


def _decided(state: State) -> Iterator[Wanted]:
    pause = timedelta() if state["kind"] == "invitation" else DECISION_PAUSE
    yield Wanted(kind=state["kind"], member_id=state["member_id"], pause=pause)


def _reminded(state: State) -> Iterator[Wanted]:
    silent = [role for role in OTHER if role not in state["accepted_by"]]
    yield from to("proposal-reminder", *silent)(state) if silent else ()


def _declined(state: State) -> Iterator[Wanted]:
    if state["declined_by"]:
        yield from to("proposal-declined", OTHER[state["declined_by"]])(state)


def _expired(state: State) -> Iterator[Wanted]:
    for role in OTHER:
        kind = "proposal-expired" if role in state["accepted_by"] else "proposal-missed"
        yield from to(kind, role)(state)


def _signed(state: State) -> Iterator[Wanted]:
    if len(state["signed_by"]) == 1:
        yield from to("agreement-signed", OTHER[state["signed_by"][0]])(state)


def _ended(state: State) -> Iterator[Wanted]:
    by = state["ended_by"]
    if by == "term":
        yield from to("pair-completed")(state)
    elif by in OTHER:
        yield from to("pair-ended", OTHER[by])(state)
    else:
        yield from to("pair-ended")(state)


def _offered(state: State) -> Iterator[Wanted]:
    yield from to("times-proposed", OTHER[state["proposed_by"]])(state)


def _cancelled(state: State) -> Iterator[Wanted]:
    by = state["cancelled_by"]
    if by not in OTHER or state["replaced_by"]:
        return
    if state["starts_at"] is not None:
        yield from to("meeting-cancelled", OTHER[by])(state)
    elif by == state["proposed_by"]:
        yield from to("times-withdrawn", OTHER[by], pause=OFFER_PAUSE)(state)
    else:
        yield from to("times-refused", OTHER[by])(state)


def _log_due(state: State) -> Iterator[Wanted]:
    silent = [role for role in OTHER if role not in state["met"]]
    yield from to("log-due", *silent)(state) if silent else ()


def _checked_in(state: State) -> Iterator[Wanted]:
    yield Wanted(kind="feedback-due", member_id=state["member_id"])


def _helped(state: State) -> Iterator[Wanted]:
    for member_id in dict.fromkeys(state["coordinator_ids"]):
        yield Wanted(kind="help-asked", member_id=member_id)


ASKS: Mapping[str, Ask] = {
    "mail-asked": _decided,
    "proposal-made": to("proposal"),
    "proposal-reminded": _reminded,
    "proposal-declined": _declined,
    "proposal-expired": _expired,
    "proposal-withdrawn": to("proposal-withdrawn"),
    "pair-matched": to("pair-matched"),
    "agreement-changed": to("agreement-changed", pause=AGREEMENT_PAUSE),
    "agreement-signed": _signed,
    "pair-ended": _ended,
    "times-proposed": _offered,
    "meeting-scheduled": to("meeting-scheduled"),
    "meeting-moved": to("meeting-moved"),
    "meeting-cancelled": _cancelled,
    "times-lapsed": to("times-lapsed"),
    "log-due": _log_due,
    "log-disputed": to("log-disputed"),
    "feedback-due": _checked_in,
    "help-asked": _helped,
    "pair-at-risk": to("pair-at-risk"),
    "pair-nudged": to("pair-nudged"),
}


def wanted(type: str, state: State) -> list[Wanted]:
    """The mails that an event of this type asks for."""
    ask = ASKS.get(type)
    return list(ask(state)) if ask else []
