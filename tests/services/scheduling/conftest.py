"""A town of scheduling alone that has heard of a cohort and of Amara (mentee) and Ruth (mentor)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from chassis.clock import to_text
from contracts import examples, matching, profiles
from services.scheduling.app import service
from tests.harness import Town, a_coordinator, a_town, an_actor

AMARA, RUTH = an_actor(examples.MENTEE), an_actor(examples.MENTOR)
COORDINATOR = a_coordinator()
ELSEWHERE = "b7a2c7f0-58a5-4a0e-9a59-3f4e1d6a0f11"
FOREIGN = an_actor(examples.MENTEE, association_id=ELSEWHERE)
THURSDAY = datetime.fromisoformat("2026-05-14T18:00:00+00:00")
MATCHED = {
    "state": "matched",
    "accepted_by": ["mentee", "mentor"],
    "matched_at": "2026-05-01T14:00:00.000Z",
}
ENDED = {**MATCHED, "state": "ended", "ended_by": "mentee"}


def an_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def at(hours: float = 0) -> str:
    """So many hours after Thursday 18:00 UTC, as text."""
    return to_text(THURSDAY + timedelta(hours=hours))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(tmp_path, service) as town:
        yield town


@pytest.fixture
def pair(town: Town) -> Town:
    hear_all(town)
    return town


def hear_all(town: Town) -> None:
    """Amara in Regina, Tuesdays and Thursdays at noon; Ruth in Halifax, Thursday afternoons."""
    house = town.scheduling
    house.hear_that(profiles.PROFILE_UPDATED)
    house.hear_that(
        profiles.PROFILE_UPDATED,
        member_id=examples.MENTOR,
        given_name="Ruth",
        family_name="Abernathy",
        address="ruth@example.org",
        language="fr",
        zone="America/Halifax",
    )
    house.hear_that(profiles.COHORT_OPENED)
    mentee = [{"weekday": day, "start": "12:00", "end": "14:00"} for day in (1, 3)]
    house.hear_that(profiles.PARTICIPANT_ACCEPTED, availability=mentee)
    house.hear_that(
        profiles.PARTICIPANT_ACCEPTED,
        application_id=examples.MENTOR_APPLICATION,
        member_id=examples.MENTOR,
        role="mentor",
        zone="America/Halifax",
        availability=[{"weekday": 3, "start": "13:00", "end": "16:30"}],
    )
    house.hear_that(matching.PAIR_MATCHED, version=3, **MATCHED)


def another_pair(town: Town, name: str, *, mentor: str = examples.MENTOR) -> tuple[str, Any]:
    """The pair of somebody with this mentor; its id, and the mentee as an actor."""
    ids = {"pair_id": an_id(f"pair {name}"), "mentee_id": an_id(name), "mentor_id": mentor}
    town.scheduling.hear_that(
        matching.PAIR_MATCHED, version=3, **MATCHED, **ids, mentee_application_id=an_id(f"a {name}")
    )
    return ids["pair_id"], an_actor(ids["mentee_id"])


def end_pair(town: Town, *, version: int = 9, **more: Any) -> Any:
    ended_at = to_text(town.clock.at)
    return town.scheduling.hear_that(
        matching.PAIR_ENDED, version=version, **{**ENDED, "ended_at": ended_at, **more}
    )


def propose(
    town: Town,
    *starts: str,
    actor: Any = AMARA,
    pair_id: str = examples.PAIR,
    headers: Any = None,
    **more: Any,
) -> Any:
    """Offer times; gives the answer."""
    body = {"proposed": list(starts or (at(),)), "way": "video", **more}
    path = f"/pairs/{pair_id}/meetings"
    return town.scheduling.post(path, body, actor=actor, headers=headers)


def offered(town: Town, *starts: str, **more: Any) -> Any:
    """An offer that was made."""
    answer = propose(town, *starts, **more)
    assert answer.status_code == 201, answer.json
    return answer.json


def act(
    town: Town, meeting: Any, what: str, body: Any = None, *, actor: Any = RUTH, **more: Any
) -> Any:
    """Do something with a meeting; gives the answer."""
    return town.scheduling.post(f"/meetings/{meeting['id']}/{what}", body, actor=actor, **more)


def scheduled(town: Town, start: str | None = None, **more: Any) -> Any:
    """A meeting that Amara offered and Ruth confirmed."""
    meeting = offered(town, start or at(), **more)
    answer = act(town, meeting, "confirmation", {"starts_at": start or at()})
    assert answer.status_code == 200, answer.json
    return answer.json


def seen(town: Town, meeting: Any, actor: Any = AMARA) -> Any:
    """The meeting as somebody sees it now."""
    answer = town.scheduling.get(f"/meetings/{meeting['id']}", actor=actor)
    assert answer.status_code == 200, answer.json
    return answer.json


def listed(town: Town, when: str = "ahead", *, actor: Any = AMARA, more: str = "") -> list[Any]:
    answer = town.scheduling.get(f"/meetings?when={when}{more}", actor=actor)
    assert answer.status_code == 200, answer.json
    found: list[Any] = answer.json["items"]
    return found


def told(town: Town, *types: str) -> list[Any]:
    """The events of these types so far."""
    town.pump()
    return town.events(*types)
