"""Did you meet, and what is worth keeping: each their own part."""

from typing import Any

import pytest

from tests.harness import Town
from tests.services.scheduling.conftest import (
    AMARA,
    COORDINATOR,
    RUTH,
    act,
    at,
    end_pair,
    listed,
    offered,
    scheduled,
    seen,
    told,
)

WHOLE = {
    "met": True,
    "minutes": 50,
    "progress": "good",
    "topics": ["team-building", "strategic-thinking"],
    "note": "Kofi can show me the tender.",
    "follow_ups": ["Ask Kofi"],
    "next_hint": "In June",
}


@pytest.fixture
def over(pair: Town) -> Any:
    """A meeting that has just ended."""
    meeting = scheduled(pair)
    pair.go_on(days=3, hours=4, minutes=45)
    return meeting


def test_after_the_meeting_both_are_asked_once(pair: Town, over: Any) -> None:
    assert [e["meeting_id"] for e in told(pair, "log-due")] == [over["id"]]
    assert seen(pair, over)["log"] == {
        "mine": None,
        "theirs": None,
        "needed": True,
        "disputed": False,
    }
    pair.go_on(days=10)
    assert len(told(pair, "log-due")) == 1


def test_nobody_is_asked_before_it_is_over(pair: Town) -> None:
    meeting = scheduled(pair)
    pair.go_on(days=3, hours=4, minutes=44)
    assert told(pair, "log-due") == []
    assert seen(pair, meeting)["log"]["needed"] is False


def test_one_tap_says_that_they_met(pair: Town, over: Any) -> None:
    logged = act(pair, over, "log", {"met": True}, actor=AMARA).json
    assert (logged["state"], logged["met"]) == ("held", {"mentee": True})
    assert logged["log"]["mine"]["met"] is True
    assert logged["log"]["needed"] is False
    theirs = seen(pair, over, RUTH)["log"]
    assert (theirs["mine"], theirs["theirs"], theirs["needed"]) == (None, {"met": True}, True)
    (event,) = told(pair, "meeting-logged")
    assert (event["state"], event["met"], event["topics"]) == ("held", {"mentee": True}, [])


def test_a_meeting_waits_with_each_until_they_have_spoken(pair: Town, over: Any) -> None:
    act(pair, over, "log", {"met": True}, actor=AMARA)
    for more in ("", f"&pair_id={over['pair_id']}"):
        assert listed(pair, more=more) == []
        (held,) = listed(pair, "past", more=more)
        assert held["state"] == "held"
        (waiting,) = listed(pair, actor=RUTH, more=more)
        assert (waiting["state"], waiting["log"]["needed"]) == ("held", True)
        assert listed(pair, "past", actor=RUTH, more=more) == []
    pair.go_on(days=14)
    assert listed(pair, actor=RUTH) == []
    assert [m["state"] for m in listed(pair, "past", actor=RUTH)] == ["held"]


def test_the_rest_may_follow_and_nothing_is_lost_by_it(pair: Town, over: Any) -> None:
    act(pair, over, "log", WHOLE, actor=AMARA)
    added = act(pair, over, "log", {"met": True, "progress": "some"}, actor=AMARA).json
    mine = added["log"]["mine"]
    assert mine.pop("logged_at") == at(0.75)
    assert mine == {**WHOLE, "progress": "some", "why": None, "shared": False}
    cleared = act(pair, over, "log", {"met": True, "note": None}, actor=AMARA).json
    assert cleared["log"]["mine"]["note"] is None


def test_said_again_is_said_once(pair: Town, over: Any) -> None:
    for _ in range(2):
        act(pair, over, "log", WHOLE)
        act(pair, over, "log", WHOLE, headers={"Idempotency-Key": "link"})
    assert len(told(pair, "meeting-logged")) == 1


def test_events_carry_length_and_topics_and_no_word(pair: Town, over: Any) -> None:
    act(pair, over, "log", WHOLE, actor=AMARA)
    act(pair, over, "log", {"met": True, "topics": ["education"], "minutes": 40}, actor=RUTH)
    event = max(told(pair, "meeting-logged"), key=lambda e: len(e["met"]))
    assert event["topics"] == ["education", "strategic-thinking", "team-building"]
    assert event["held_minutes"] == 50
    for word in ("Kofi", "tender", "June", "good"):
        assert word not in str(told(pair))


def test_a_note_is_its_authors_unless_it_is_shared(pair: Town, over: Any) -> None:
    act(pair, over, "log", WHOLE, actor=AMARA)
    assert seen(pair, over, RUTH)["log"]["theirs"] == {"met": True}
    act(pair, over, "log", {"met": True, "shared": True}, actor=AMARA)
    assert seen(pair, over, RUTH)["log"]["theirs"]["note"] == WHOLE["note"]
    act(pair, over, "log", {"met": True, "shared": False}, actor=AMARA)
    assert seen(pair, over, RUTH)["log"]["theirs"] == {"met": True}
    path = f"/meetings/{over['id']}"
    assert pair.scheduling.get(path, actor=COORDINATOR).status_code == 404


def test_no_is_an_answer_with_its_reason_for_the_author(pair: Town, over: Any) -> None:
    logged = act(pair, over, "log", {"met": False, "why": "ill"}, actor=RUTH).json
    assert (logged["state"], logged["log"]["mine"]["why"]) == ("missed", "ill")
    assert "ill" not in str(seen(pair, over)["log"])
    (event,) = told(pair, "meeting-logged")
    assert (event["state"], event["held_minutes"]) == ("missed", None)


def test_when_they_disagree_both_are_asked_once(pair: Town, over: Any) -> None:
    act(pair, over, "log", {"met": True}, actor=AMARA)
    disputed = act(pair, over, "log", {"met": False}, actor=RUTH).json
    assert (disputed["state"], disputed["log"]["disputed"]) == ("scheduled", True)
    (event,) = told(pair, "log-disputed")
    assert (event["state"], event["met"]) == ("scheduled", {"mentee": True, "mentor": False})
    assert [m["id"] for m in listed(pair)] == [over["id"]]
    agreed = act(pair, over, "log", {"met": True}, actor=RUTH).json
    assert (agreed["state"], agreed["log"]["disputed"]) == ("held", False)
    act(pair, over, "log", {"met": False}, actor=AMARA)
    act(pair, over, "log", {"met": False}, actor=RUTH)
    assert seen(pair, over)["state"] == "missed"
    assert len(told(pair, "log-disputed")) == 1


def test_topics_of_who_did_not_come_do_not_count(pair: Town, over: Any) -> None:
    act(pair, over, "log", {"met": False, "topics": ["education"]}, actor=AMARA)
    (event,) = told(pair, "meeting-logged")
    assert event["topics"] == []


def test_if_nobody_says_anything_it_rests_as_not_known(pair: Town, over: Any) -> None:
    pair.go_on(days=13)
    assert [m["id"] for m in listed(pair)] == [over["id"]]
    pair.go_on(days=1)
    assert listed(pair) == []
    (resting,) = listed(pair, "past")
    assert (resting["state"], resting["log"]["needed"]) == ("scheduled", False)
    pair.go_on(days=20)
    assert act(pair, over, "log", {"met": True}).json["state"] == "held"


def test_what_stays_disputed_rests_too(pair: Town, over: Any) -> None:
    act(pair, over, "log", {"met": True}, actor=AMARA)
    act(pair, over, "log", {"met": False}, actor=RUTH)
    pair.go_on(days=14)
    assert listed(pair) == []
    assert [m["state"] for m in listed(pair, "past")] == ["scheduled"]


def test_after_sixty_days_the_log_is_closed(pair: Town, over: Any) -> None:
    pair.go_on(days=60)
    answer = act(pair, over, "log", {"met": True})
    assert (answer.status_code, answer.json["code"]) == (409, "log-is-closed")


def test_a_log_may_begin_with_the_meeting_but_not_before(pair: Town) -> None:
    meeting = scheduled(pair)
    early = act(pair, meeting, "log", {"met": True})
    assert (early.status_code, early.json["code"]) == (409, "meeting-is-ahead")
    pair.go_on(days=3, hours=4, minutes=10)
    assert act(pair, meeting, "log", {"met": True}, actor=AMARA).json["state"] == "held"
    pair.go_on(hours=1)
    # Ruth has not said anything yet, so both are told that it is over.
    assert len(told(pair, "log-due")) == 1
    assert seen(pair, meeting, RUTH)["log"]["needed"] is True


def test_who_both_spoke_during_the_meeting_is_asked_nothing(pair: Town) -> None:
    meeting = scheduled(pair)
    pair.go_on(days=3, hours=4, minutes=10)
    for actor in (AMARA, RUTH):
        act(pair, meeting, "log", {"met": True}, actor=actor)
    pair.go_on(days=20)
    assert told(pair, "log-due") == []
    assert seen(pair, meeting)["state"] == "held"


def test_nobody_plans_something_over_a_meeting_that_is_called_missed_while_it_runs(
    pair: Town,
) -> None:
    meeting = scheduled(pair, minutes=120)
    pair.go_on(days=3, hours=4, minutes=20)
    act(pair, meeting, "log", {"met": False})
    body = {"proposed": [at(1)], "way": "video"}
    answer = pair.scheduling.post(f"/pairs/{meeting['pair_id']}/meetings", body, actor=AMARA)
    assert answer.json["code"] == "time-is-taken"
    assert act(pair, meeting, "log", {"met": True}).json["state"] == "held"


def test_there_is_no_log_of_what_never_was(pair: Town) -> None:
    offer = offered(pair, at(24))
    answer = act(pair, offer, "log", {"met": True})
    assert (answer.status_code, answer.json["code"]) == (409, "meeting-is-not-scheduled")
    meeting = scheduled(pair)
    act(pair, meeting, "cancellation")
    pair.go_on(days=4)
    answer = act(pair, meeting, "log", {"met": True})
    assert (answer.status_code, answer.json["code"]) == (409, "meeting-is-over")


def test_a_meeting_before_the_end_of_the_pair_is_still_logged(pair: Town, over: Any) -> None:
    end_pair(pair)
    assert seen(pair, over)["state"] == "scheduled"
    assert act(pair, over, "log", {"met": True}).json["state"] == "held"


def test_a_wrong_log_names_every_fault(pair: Town, over: Any) -> None:
    body = {
        "met": "yes",
        "minutes": 0,
        "progress": "great",
        "topics": ["Team building!"],
        "note": 5,
        "shared": 1,
        "follow_ups": [""],
        "mood": "x",
    }
    answer = act(pair, over, "log", body)
    assert answer.status_code == 422
    assert {(f["field"], f["code"]) for f in answer.json["faults"]} == {
        ("met", "not-a-flag"),
        ("minutes", "out-of-range"),
        ("progress", "not-a-choice"),
        ("topics.0", "not-a-topic"),
        ("note", "not-text"),
        ("shared", "not-a-flag"),
        ("follow_ups.0", "required"),
        ("mood", "unknown"),
    }
    assert act(pair, over, "log", {}).json["faults"] == [{"field": "met", "code": "required"}]
    assert seen(pair, over)["met"] == {}
