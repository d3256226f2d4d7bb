"""A town of matching alone that has heard of a cohort and of people who were accepted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from contracts import examples, profiles
from services.matching.app import service
from tests.harness import Town, a_coordinator, a_town, an_actor

COORDINATOR = a_coordinator()
RUNS = f"/cohorts/{examples.COHORT}/runs"


def an_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def member(name: str) -> Any:
    """Somebody as an actor."""
    return an_actor(an_id(f"member {name}"))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(tmp_path, service) as town:
        town.matching.hear_that(profiles.COHORT_OPENED)
        yield town


def accepted(town: Town, name: str, role: str, *, version: int = 1, **more: Any) -> str:
    """An accepted application; its id."""
    town.matching.hear_that(
        profiles.PROFILE_UPDATED,
        version=version,
        member_id=an_id(f"member {name}"),
        given_name=name,
        address=f"{name.lower()}@example.org",
    )
    state = {
        "application_id": an_id(f"application {name} {role}"),
        "member_id": an_id(f"member {name}"),
        "role": role,
        "employer": f"employer of {name}",
        **more,
    }
    town.matching.hear_that(profiles.PARTICIPANT_ACCEPTED, version=version, **state)
    return state["application_id"]


def a_run(town: Town, *, shown: int = 0, runs: str = RUNS) -> Any:
    """A run that was computed."""
    answer = town.matching.post(runs, {"shown": shown}, actor=COORDINATOR)
    assert answer.status_code == 201, answer.json
    town.pump()
    run = town.matching.get(answer.headers["Location"], actor=COORDINATOR).json
    assert run["state"] == "ready", run
    return run


def proposals(town: Town, run: Any) -> list[Any]:
    path = f"/runs/{run['id']}/proposals?limit=200"
    found: list[Any] = town.matching.get(path, actor=COORDINATOR).json["items"]
    return found


def unmatched(town: Town, run: Any) -> list[Any]:
    path = f"/runs/{run['id']}/unmatched?limit=200"
    found: list[Any] = town.matching.get(path, actor=COORDINATOR).json["items"]
    return found


def published(town: Town, run: Any, **which: Any) -> Any:
    body = which or {"all": True}
    answer = town.matching.post(f"/runs/{run['id']}/publication", body, actor=COORDINATOR)
    assert answer.status_code == 202, answer.json
    town.pump()
    return town.matching.get(f"/runs/{run['id']}", actor=COORDINATOR).json


def my_pair(town: Town, name: str) -> Any:
    """The newest pair or proposal of somebody."""
    return town.matching.get("/pairs?mine=1", actor=member(name)).json["items"][0]


def act(town: Town, name: str, what: str, body: Any = None, **more: Any) -> Any:
    """Somebody acts on their newest pair."""
    path = f"/pairs/{my_pair(town, name)['id']}/{what}"
    return town.matching.post(path, body, actor=member(name), **more)


@pytest.fixture
def proposed(town: Town) -> Town:
    """Amara was proposed to Ruth."""
    accepted(town, "Amara", "mentee")
    accepted(town, "Ruth", "mentor")
    published(town, a_run(town))
    return town


@pytest.fixture
def matched(proposed: Town) -> Town:
    """Amara and Ruth are a pair."""
    assert act(proposed, "Amara", "acceptance").status_code == 200
    assert act(proposed, "Ruth", "acceptance").json["state"] == "matched"
    proposed.pump()
    return proposed
