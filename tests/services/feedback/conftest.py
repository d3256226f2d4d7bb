"""A town of feedback alone, with a cohort and a pair it has heard of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts import examples, matching, profiles, scheduling
from services.feedback.app import service
from tests.harness import Town, a_town

MATCHED = {
    "state": "matched",
    "accepted_by": ["mentee", "mentor"],
    "matched_at": "2026-05-01T14:00:00.000Z",
}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(tmp_path, service) as town:
        yield town


@pytest.fixture
def a_pair(town: Town) -> Town:
    hear_all(town)
    return town


def hear_all(town: Town) -> None:
    house = town.feedback
    house.hear_that(profiles.PROFILE_UPDATED)
    house.hear_that(
        profiles.PROFILE_UPDATED,
        member_id=examples.MENTOR,
        given_name="Ruth",
        family_name="Abernathy",
        address="ruth@example.org",
        zone="America/Halifax",
    )
    house.hear_that(profiles.COHORT_OPENED)
    house.hear_that(profiles.PARTICIPANT_ACCEPTED)
    house.hear_that(
        profiles.PARTICIPANT_ACCEPTED,
        application_id=examples.MENTOR_APPLICATION,
        member_id=examples.MENTOR,
        role="mentor",
    )
    house.hear_that(matching.PAIR_MATCHED, version=3, **MATCHED)


def a_meeting(town: Town, *, version: int = 1, **changes: Any) -> Any:
    return town.feedback.hear_that(scheduling.MEETING_SCHEDULED, version=version, **changes)


def a_held_meeting(town: Town, *, version: int = 2, **changes: Any) -> Any:
    more = {"state": "held", "met": {"mentee": True}, **changes}
    return town.feedback.hear_that(scheduling.MEETING_LOGGED, version=version, **more)
