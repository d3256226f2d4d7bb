"""Every listener is fed with every example it listens to: twice, late, in any order, spoilt."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chassis.broker import Message
from chassis.events import EventType, Heard, envelope, to_message
from contracts import catalogue, examples, feedback, matching, profiles, scheduling
from tests.contracts.listening import HEARINGS, LISTENERS, is_of_a_copy, snapshot, state, told
from tests.harness import MONDAY, a_town, an_event

LIFE: list[tuple[EventType, dict[str, Any]]] = [
    (profiles.ASSOCIATION_FOUNDED, {}),
    (profiles.PROFILE_UPDATED, {}),
    (
        profiles.PROFILE_UPDATED,
        {"member_id": examples.MENTOR, "given_name": "Ruth", "address": "ruth@example.org"},
    ),
    (profiles.COHORT_CHANGED, {}),
    (profiles.PARTICIPANT_CHANGED, {}),
    (
        profiles.PARTICIPANT_CHANGED,
        {
            "application_id": examples.MENTOR_APPLICATION,
            "member_id": examples.MENTOR,
            "role": "mentor",
        },
    ),
    (
        matching.AGREEMENT_SIGNED,
        {"signed_by": ["mentee", "mentor"], "agreed_at": "2026-02-10T09:00:00.000Z"},
    ),
    (scheduling.MEETING_LOGGED, {"state": "held", "met": {"mentee": True}}),
    (feedback.FEEDBACK_GIVEN, {}),
    (feedback.HELP_ASKED, {}),
    (feedback.PAIR_NUDGED, {}),
]
"""The last state of everything in the life of a pair, in the order in which it happens."""


def a_listener(folder: Path, name: str) -> Any:
    return a_town(folder / name, LISTENERS[name])


def hearing_ids(hearing: Any) -> str:
    return getattr(hearing, "name", str(hearing))


@pytest.mark.parametrize(("name", "kind"), HEARINGS, ids=hearing_ids)
def test_what_is_heard_first_and_twice_is_heard_once(
    tmp_path: Path, name: str, kind: EventType
) -> None:
    with a_listener(tmp_path, name) as town:
        heard = an_event(kind)
        getattr(town, name).hear(heard)
        once = snapshot(town, name)
        getattr(town, name).hear(heard)
        assert snapshot(town, name) == once


@pytest.mark.parametrize(
    ("name", "kind"), [each for each in HEARINGS if is_of_a_copy(each[1])], ids=hearing_ids
)
def test_an_older_state_that_comes_late_changes_nothing(
    tmp_path: Path, name: str, kind: EventType
) -> None:
    with a_listener(tmp_path, name) as town:
        house = getattr(town, name)
        house.hear(an_event(kind, version=5))
        newest = state(town, name)
        for other in catalogue.of(kind.aggregate):
            # Long ago, so that no mail is made of it either.
            house.hear(an_event(other, version=3, at=MONDAY.replace(year=2025)))
        assert state(town, name) == newest


@pytest.mark.parametrize("name", LISTENERS)
@pytest.mark.parametrize("seed", range(6))
def test_in_whatever_order_things_are_heard_the_end_is_the_same(
    tmp_path: Path, name: str, seed: int
) -> None:
    life = [
        an_event(kind, version=7, **changes)
        for kind, changes in LIFE
        if kind in LISTENERS[name].listens
    ]
    ends = []
    for n, order in enumerate((life, _mixed(life, seed))):
        with a_listener(tmp_path / str(n), name) as town:
            for heard in order:
                getattr(town, name).hear(heard)
            sent = told(town, name)
            town.pump()
            town.go_on(seconds=2)
            ends.append((sent, state(town, name)))
    assert ends[0] == ends[1]


def _mixed(life: list[Heard], seed: int) -> list[Heard]:
    """Backwards first, then at random; and some things come again."""
    if seed == 0:
        return life[::-1]
    mixed = [*life, *life[::2]]
    Random(seed).shuffle(mixed)
    return mixed


@pytest.mark.parametrize("name", LISTENERS)
def test_what_is_spoilt_is_set_aside_and_holds_up_nothing(tmp_path: Path, name: str) -> None:
    service = LISTENERS[name]
    with a_listener(tmp_path, name) as town:
        house = getattr(town, name)
        aside = house.running.broker.tail([service.dead_letters.name])
        publisher = house.running.broker.publisher()
        for kind in service.listens:
            publisher.send([*_spoilt(kind), _sound(kind)])
        town.pump()
        letters = [letter for page in iter(lambda: aside.poll(0), []) for letter in page]
        reasons = {(each.headers["dead-topic"], each.headers["dead-reason"]) for each in letters}
        assert len(letters) == len(reasons) == 4 * len(service.listens)
        assert {each.headers["dead-tries"] for each in letters} == {"1"}
        assert house.running.broker.lag(name, sorted(service.heard_types)) == 0
        kept = [d for d in snapshot(town, name).values() if d.get("heard")]
        assert len(kept) >= 3
        publisher.close()
        aside.close()


def _sound(kind: EventType) -> Message:
    heard = an_event(kind, version=2)
    event = kind(heard.subject, heard.state)
    return to_message(
        envelope(
            event,
            association_id=heard.association_id,
            version=2,
            n=0,
            at="2026-05-11T14:00:00.000Z",
            trace="",
        )
    )


def _spoilt(kind: EventType) -> list[Message]:
    """One that lacks a field, one that is no JSON, one of another type, one without its version."""
    sound = _sound(kind)
    assert sound.value is not None
    data = json.loads(sound.value)
    del data["association_id"]
    headers = dict(sound.headers)
    versionless = {name: value for name, value in headers.items() if name != "version"}
    return [
        replace(sound, value=json.dumps(data).encode()),
        replace(sound, value=b"{"),
        replace(sound, headers={**headers, "ce_type": "rumour-spread"}),
        replace(sound, headers=versionless),
    ]
