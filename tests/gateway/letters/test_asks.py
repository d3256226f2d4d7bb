"""Which mails an event asks for, and to whom."""

from typing import Any

import pytest

from contracts import catalogue, examples, feedback, matching, profiles, scheduling
from gateway.letters.asks import ASKS, wanted
from gateway.letters.writing import KINDS
from tests.gateway.letters.letterbox import AMARA, DECISIONS, EVERYTHING, JOSEE, OFFER, RUTH
from tests.harness import an_event

WHO = {examples.MENTEE: AMARA, examples.MENTOR: RUTH, examples.COORDINATOR: JOSEE}


@pytest.mark.parametrize(
    ("name", "whom"),
    [
        ("invitation", {AMARA}),
        ("proposal", {AMARA, RUTH}),
        ("reminder", {AMARA, RUTH}),
        ("reminder of one", {AMARA}),
        ("declined by one", {AMARA}),
        ("expired", {AMARA, RUTH}),
        ("withdrawn", {AMARA, RUTH}),
        ("matched", {AMARA, RUTH}),
        ("agreement changed", {AMARA, RUTH}),
        ("agreement signed", {RUTH}),
        ("times", {RUTH}),
        ("other times", {AMARA}),
        ("meeting", {AMARA, RUTH}),
        ("meeting moved", {AMARA, RUTH}),
        ("meeting cancelled", {RUTH}),
        ("times withdrawn", {RUTH}),
        ("times refused", {AMARA}),
        ("times lapsed", {AMARA, RUTH}),
        ("log due", {AMARA, RUTH}),
        ("log disputed", {AMARA, RUTH}),
        ("first check-in", {AMARA}),
        ("help", {JOSEE}),
        ("quiet", {AMARA, RUTH}),
        ("nudged", {AMARA, RUTH}),
        ("ended by one", {RUTH}),
        ("ended by a coordinator", {AMARA, RUTH}),
        ("ended by a withdrawal", {AMARA, RUTH}),
        ("ended with the term", {AMARA, RUTH}),
    ],
)
def test_mails_go_to_those_whom_it_concerns(name: str, whom: set[str]) -> None:
    kind, changes = EVERYTHING[name]
    asked = wanted(kind.name, an_event(kind, **changes).state)
    assert sorted(WHO[each.member_id] for each in asked) == sorted(whom)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (scheduling.MEETING_CANCELLED, {"cancelled_by": "end"}),
        (scheduling.MEETING_CANCELLED, {**OFFER, "replaced_by": examples.PAIR}),
        (matching.PROPOSAL_ACCEPTED, {}),
        (matching.AGREEMENT_SIGNED, {"signed_by": ["mentee", "mentor"]}),
        (scheduling.MEETING_LOGGED, {}),
        (scheduling.MEETING_CHANGED, {}),
        (feedback.FEEDBACK_GIVEN, {}),
        (feedback.HELP_CLOSED, {}),
        (profiles.PARTICIPANT_ACCEPTED, {}),
        (profiles.APPLICATION_RECEIVED, {}),
    ],
)
def test_what_is_seen_anyway_is_no_mail(kind: Any, changes: dict[str, Any]) -> None:
    assert wanted(kind.name, an_event(kind, **changes).state) == []


def test_every_event_named_here_is_heard_by_the_gateway() -> None:
    assert all("gateway" in catalogue.BY_NAME[name].listeners for name in ASKS)


def test_every_kind_is_asked_for_by_something() -> None:
    asked = {
        each.kind
        for kind, changes in EVERYTHING.values()
        for each in wanted(kind.name, an_event(kind, **changes).state)
    }
    assert asked | DECISIONS.keys() | {"sign-in", "address", "address-asked"} == KINDS.keys()
