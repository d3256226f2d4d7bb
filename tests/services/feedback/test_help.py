"""Help that somebody asks for, and a coordinator who asks how it goes."""

from typing import Any

import pytest

from contracts import examples, matching
from tests.harness import Town
from tests.services.feedback.conftest import MATCHED, a_held_meeting
from tests.services.feedback.test_api import COORDINATOR, MENTEE, MENTOR, dashboard, my_check_in

HELP = f"/cohorts/{examples.COHORT}/help-requests"
NUDGE = f"/pairs/{examples.PAIR}/nudge"


def waiting(town: Town, state: str = "open") -> list[Any]:
    found: list[Any] = town.feedback.get(f"{HELP}?state={state}", actor=COORDINATOR).json["items"]
    return found


def test_help_is_asked_at_any_time_and_once_however_often_it_is_sent(a_pair: Town) -> None:
    body = {"pair_id": examples.PAIR, "words": "we do not get on"}
    for _ in range(2):
        asked = a_pair.feedback.post(
            "/help-requests", body, actor=MENTOR, headers={"Idempotency-Key": "one"}
        )
        assert asked.status_code == 201
    a_pair.pump()
    (event,) = a_pair.events("help-asked")
    assert event["member_id"] == examples.MENTOR
    assert [each["words"] for each in waiting(a_pair)] == ["we do not get on"]
    assert dashboard(a_pair)["help_open"] == 1


def test_words_that_come_later_reach_the_coordinators_and_open_the_request_again(
    a_pair: Town,
) -> None:
    a_held_meeting(a_pair)
    path = f"/check-ins/{my_check_in(a_pair)['id']}/answer"
    a_pair.feedback.post(path, {"help": True}, actor=MENTEE)
    a_pair.feedback.post(path, {"help": True, "in_the_way": "no time"}, actor=MENTEE)
    (request,) = waiting(a_pair)
    assert request["words"] == "no time"
    a_pair.feedback.post(f"/help-requests/{request['id']}/closing", actor=COORDINATOR)
    assert [each["id"] for each in waiting(a_pair, "closed")] == [request["id"]]
    a_pair.feedback.post(path, {"help": True, "in_the_way": "still no time"}, actor=MENTEE)
    assert [each["words"] for each in waiting(a_pair)] == ["still no time"]
    a_pair.pump()
    assert len(a_pair.events("help-asked")) == 2


def test_nobody_asks_for_help_with_the_pair_of_others(a_pair: Town) -> None:
    body = {"pair_id": examples.PAIR}
    assert a_pair.feedback.post("/help-requests", body, actor=COORDINATOR).status_code == 404


def test_a_list_of_requests_in_no_known_state_is_refused(a_pair: Town) -> None:
    assert a_pair.feedback.get(f"{HELP}?state=lost", actor=COORDINATOR).status_code == 422


def test_a_coordinator_nudges_a_pair_but_not_again_and_again(a_pair: Town) -> None:
    nudged = a_pair.feedback.post(NUDGE, actor=COORDINATOR)
    assert (nudged.status_code, nudged.json["nudged_at"]) == (200, "2026-05-11T14:00:00.000Z")
    again = a_pair.feedback.post(NUDGE, actor=COORDINATOR)
    assert (again.status_code, again.json["code"]) == (409, "nudged-lately")
    a_pair.go_on(days=7)
    assert a_pair.feedback.post(NUDGE, actor=COORDINATOR).status_code == 200
    a_pair.pump()
    assert len(a_pair.events("pair-nudged")) == 2


@pytest.mark.parametrize("who", [MENTEE, MENTOR])
def test_participants_do_not_nudge(a_pair: Town, who: Any) -> None:
    assert a_pair.feedback.post(NUDGE, actor=who).status_code == 404


def test_a_pair_that_ended_is_left_in_peace(a_pair: Town) -> None:
    ended = {**MATCHED, "state": "ended", "ended_by": "mentee"}
    a_pair.feedback.hear_that(matching.PAIR_ENDED, version=4, **ended)
    answer = a_pair.feedback.post(NUDGE, actor=COORDINATOR)
    assert (answer.status_code, answer.json["code"]) == (409, "pair-is-not-running")
