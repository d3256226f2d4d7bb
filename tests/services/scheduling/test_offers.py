"""Offering times, answering them, and offering others instead."""

from typing import Any

import pytest

from contracts import examples, matching
from tests.harness import Town, an_actor
from tests.services.scheduling.conftest import (
    AMARA,
    COORDINATOR,
    FOREIGN,
    MATCHED,
    RUTH,
    act,
    an_id,
    another_pair,
    at,
    end_pair,
    listed,
    offered,
    propose,
    scheduled,
    seen,
    told,
)

STRANGERS = (COORDINATOR, FOREIGN, an_actor(an_id("Stranger")))


def test_the_mentee_offers_up_to_three_times(pair: Town) -> None:
    meeting = offered(pair, at(24), at(), at(48), place="https://meet.example/1", agenda=["Budget"])
    assert (meeting["state"], meeting["proposed_by"], meeting["my_role"]) == (
        "proposed",
        "mentee",
        "mentee",
    )
    assert meeting["proposed"] == [at(), at(24), at(48)]
    assert meeting["hold_until"] == "2026-05-12T14:00:00.000Z"
    assert (meeting["place"], meeting["agenda"]) == ("https://meet.example/1", ["Budget"])
    assert (meeting["minutes"], meeting["number"], meeting["starts_at"]) == (45, 1, None)
    (event,) = told(pair, "times-proposed")
    assert event["proposed"] == [at(), at(24), at(48)]
    assert "Budget" not in str(event)
    assert "meet.example" not in str(event)


def test_the_mentor_may_offer_too(pair: Town) -> None:
    meeting = offered(pair, actor=RUTH)
    assert (meeting["proposed_by"], meeting["my_role"]) == ("mentor", "mentor")
    answer = act(pair, meeting, "confirmation", {"starts_at": at()}, actor=AMARA)
    assert answer.json["state"] == "scheduled"


def test_a_confirmed_time_is_a_meeting(pair: Town) -> None:
    meeting = offered(pair, at(), at(24), minutes=60)
    confirmed = act(pair, meeting, "confirmation", {"starts_at": at(24)}).json
    assert (confirmed["state"], confirmed["starts_at"], confirmed["ends_at"]) == (
        "scheduled",
        at(24),
        at(25),
    )
    assert (confirmed["hold_until"], confirmed["sequence"]) == (None, 0)
    (event,) = told(pair, "meeting-scheduled")
    assert event["starts_at"] == at(24)


def test_nobody_confirms_their_own_offer(pair: Town) -> None:
    meeting = offered(pair)
    answer = act(pair, meeting, "confirmation", {"starts_at": at()}, actor=AMARA)
    assert (answer.status_code, answer.json["code"]) == (409, "only-the-other-confirms")


def test_only_an_offered_time_can_be_confirmed(pair: Town) -> None:
    meeting = offered(pair)
    answer = act(pair, meeting, "confirmation", {"starts_at": at(1)})
    assert (answer.status_code, answer.json["code"]) == (409, "time-is-not-offered")


def test_confirmed_twice_is_confirmed_once(pair: Town) -> None:
    meeting = offered(pair, at(), at(24))
    for headers in ({}, {"Idempotency-Key": "link"}, {"Idempotency-Key": "link"}):
        answer = act(pair, meeting, "confirmation", {"starts_at": at()}, headers=headers)
        assert answer.json["state"] == "scheduled"
    assert len(told(pair, "meeting-scheduled")) == 1
    other = act(pair, meeting, "confirmation", {"starts_at": at(24)})
    assert (other.status_code, other.json["code"]) == (409, "already-scheduled")


def test_a_time_that_has_passed_is_not_confirmed(pair: Town) -> None:
    meeting = offered(pair, at(), at(24))
    pair.go_on(days=3, hours=4)
    answer = act(pair, meeting, "confirmation", {"starts_at": at()})
    assert (answer.status_code, answer.json["code"]) == (409, "time-has-passed")
    assert act(pair, meeting, "confirmation", {"starts_at": at(24)}).status_code == 200


def test_offered_times_are_kept_free_for_a_day(pair: Town) -> None:
    offered(pair, at())
    anne, anna = another_pair(pair, "Anne")
    refused = propose(pair, at(0.25), actor=anna, pair_id=anne)
    assert (refused.status_code, refused.json["code"]) == (409, "time-is-taken")
    pair.go_on(hours=24)
    assert propose(pair, at(0.25), actor=anna, pair_id=anne).status_code == 201


def test_after_a_day_the_times_stay_on_offer(pair: Town) -> None:
    meeting = offered(pair, at())
    pair.go_on(hours=25)
    assert seen(pair, meeting)["hold_until"] is None
    assert act(pair, meeting, "confirmation", {"starts_at": at()}).json["state"] == "scheduled"


def test_who_confirms_a_time_that_is_taken_is_told_of_free_ones(pair: Town) -> None:
    meeting = offered(pair, at())
    anne, anna = another_pair(pair, "Anne")
    pair.go_on(hours=24)
    other = offered(pair, at(), actor=anna, pair_id=anne)
    act(pair, other, "confirmation", {"starts_at": at()})
    answer = act(pair, meeting, "confirmation", {"starts_at": at()})
    assert (answer.status_code, answer.json["code"]) == (409, "time-is-taken")
    # Ruth's next free Thursday, at noon in Regina.
    assert answer.json["values"]["times"][0] == {"starts_at": at(168), "ends_at": at(168.75)}
    assert seen(pair, meeting)["state"] == "proposed"


def test_a_meeting_next_to_another_is_no_conflict(pair: Town) -> None:
    scheduled(pair, at())
    anne, anna = another_pair(pair, "Anne")
    assert propose(pair, at(0.75), actor=anna, pair_id=anne).status_code == 201
    assert propose(pair, at(-0.75), actor=anna, pair_id=anne).status_code == 201


def test_somebody_in_two_roles_is_one_person(pair: Town) -> None:
    scheduled(pair, at())
    _, dora = another_pair(pair, "Dora", mentor=examples.MENTEE)
    refused = propose(pair, at(), actor=dora, pair_id=an_id("pair Dora"))
    assert refused.json["code"] == "time-is-taken"
    assert offered(pair, at(3), actor=dora, pair_id=an_id("pair Dora"))
    assert [m["my_role"] for m in listed(pair)] == ["mentee", "mentor"]


def test_times_that_nobody_confirms_lapse_with_the_last_of_them(pair: Town) -> None:
    meeting = offered(pair, at(), at(24))
    pair.go_on(days=4, hours=3)
    assert told(pair, "times-lapsed") == []
    pair.go_on(hours=1)
    (event,) = told(pair, "times-lapsed")
    assert (event["meeting_id"], event["starts_at"]) == (meeting["id"], None)
    answer = act(pair, meeting, "confirmation", {"starts_at": at()})
    assert (answer.status_code, answer.json["code"]) == (409, "offer-is-over")
    assert listed(pair) == listed(pair, "past") == []


def test_times_within_a_day_are_held_until_the_last_of_them(pair: Town) -> None:
    meeting = offered(pair, at(-70))
    assert meeting["hold_until"] == at(-70)
    pair.go_to(pair.clock.at.replace(hour=20))
    assert len(told(pair, "times-lapsed")) == 1


def test_other_times_instead_of_those_offered(pair: Town) -> None:
    first = offered(pair, at(), at(24))
    second = offered(pair, at(), at(48), actor=RUTH, replaces=first["id"])
    assert (second["state"], second["proposed_by"], second["replaces"]) == (
        "proposed",
        "mentor",
        first["id"],
    )
    old = seen(pair, first)
    assert (old["state"], old["cancelled_by"], old["replaced_by"]) == (
        "cancelled",
        "mentor",
        second["id"],
    )
    assert [m["id"] for m in listed(pair)] == [second["id"]]
    assert listed(pair, "past") == []
    (event,) = told(pair, "meeting-cancelled")
    assert event["replaced_by"] == second["id"]
    # The new offer holds its times, those of the old one are free.
    anne, anna = another_pair(pair, "Anne")
    assert propose(pair, at(), actor=anna, pair_id=anne).json["code"] == "time-is-taken"
    assert propose(pair, at(24), actor=anna, pair_id=anne).status_code == 201
    late = act(pair, first, "confirmation", {"starts_at": at()})
    assert (late.status_code, late.json["code"]) == (409, "offer-is-over")
    assert act(pair, second, "confirmation", {"starts_at": at()}, actor=AMARA).status_code == 200


def test_an_answered_offer_is_not_replaced(pair: Town) -> None:
    meeting = scheduled(pair)
    answer = propose(pair, at(48), actor=RUTH, replaces=meeting["id"])
    assert (answer.status_code, answer.json["code"]) == (409, "offer-is-over")
    assert len(listed(pair)) == 1


def test_an_offer_of_another_pair_is_not_replaced(pair: Town) -> None:
    anne, anna = another_pair(pair, "Anne")
    theirs = offered(pair, at(), actor=anna, pair_id=anne)
    for actor in (AMARA, RUTH):
        answer = propose(pair, at(48), actor=actor, replaces=theirs["id"])
        assert answer.status_code == 404
    assert seen(pair, theirs, anna)["state"] == "proposed"


def test_other_times_that_are_taken_leave_the_first_offer_as_it_is(pair: Town) -> None:
    first = offered(pair, at())
    anne, anna = another_pair(pair, "Anne")
    offered(pair, at(24), actor=anna, pair_id=anne)
    answer = propose(pair, at(24), actor=RUTH, replaces=first["id"])
    assert (answer.status_code, answer.json["code"]) == (409, "time-is-taken")
    assert seen(pair, first)["state"] == "proposed"


def test_an_offer_sent_again_is_one_offer(pair: Town) -> None:
    key = {"Idempotency-Key": "tap"}
    first = offered(pair, at(), headers=key)
    assert offered(pair, at(), headers=key)["id"] == first["id"]
    instead = offered(pair, at(48), replaces=first["id"], headers={"Idempotency-Key": "tap 2"})
    again = offered(pair, at(48), replaces=first["id"], headers={"Idempotency-Key": "tap 2"})
    assert again["id"] == instead["id"]
    assert len(told(pair, "times-proposed")) == 2
    assert len(told(pair, "meeting-cancelled")) == 1


def test_an_offer_whose_replacing_broke_off_is_replaced_by_the_repeat(
    pair: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = offered(pair, at())
    meetings, key = pair.scheduling.records.meetings, {"Idempotency-Key": "tap"}

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(meetings, "change", broken)
        assert propose(pair, at(), replaces=first["id"], headers=key).status_code == 500
    assert len(listed(pair)) == 2
    second = offered(pair, at(), replaces=first["id"], headers=key)
    assert [m["id"] for m in listed(pair)] == [second["id"]]
    anne, anna = another_pair(pair, "Anne")
    assert propose(pair, at(), actor=anna, pair_id=anne).json["code"] == "time-is-taken"


def test_an_offer_may_be_turned_down_or_taken_back(pair: Town) -> None:
    for actor, by in ((RUTH, "mentor"), (AMARA, "mentee")):
        meeting = offered(pair)
        for _ in range(2):
            assert act(pair, meeting, "cancellation", actor=actor).json["cancelled_by"] == by
    assert len(told(pair, "meeting-cancelled")) == 2
    assert listed(pair, "past") == []


def test_a_pair_has_three_open_offers_at_most(pair: Town) -> None:
    for n in range(3):
        offered(pair, at(n))
    answer = propose(pair, at(3))
    assert (answer.status_code, answer.json["code"]) == (409, "too-many-offers")
    assert answer.json["values"] == {"most": 3}


def test_only_a_pair_that_runs_plans_meetings(town: Town) -> None:
    assert propose(town).status_code == 404
    town.scheduling.hear_that(matching.PROPOSAL_MADE)
    answer = propose(town)
    assert (answer.status_code, answer.json["code"]) == (409, "pair-is-not-running")
    town.scheduling.hear_that(matching.PAIR_MATCHED, version=3, **MATCHED)
    meeting = offered(town)
    end_pair(town)
    assert propose(town).json["code"] == "pair-is-not-running"
    late = act(town, meeting, "confirmation", {"starts_at": at()})
    assert (late.status_code, late.json["code"]) == (409, "pair-is-not-running")


@pytest.mark.parametrize("stranger", STRANGERS, ids=["coordinator", "elsewhere", "stranger"])
def test_nobody_else_offers_or_answers(pair: Town, stranger: Any) -> None:
    assert propose(pair, actor=stranger).status_code == 404
    meeting = offered(pair)
    for what, body in (
        ("confirmation", {"starts_at": at()}),
        ("moving", {"starts_at": at(1)}),
        ("cancellation", {}),
        ("log", {"met": True}),
    ):
        assert act(pair, meeting, what, body, actor=stranger).status_code == 404
    path = f"/meetings/{meeting['id']}"
    assert pair.scheduling.get(path, actor=stranger).status_code == 404
    assert pair.scheduling.patch(path, {"place": "x"}, actor=stranger).status_code == 404
    assert pair.scheduling.get(f"{path}/invite.ics", actor=stranger).status_code == 404
    assert pair.scheduling.get(path, actor=None).status_code == 401


def test_a_wrong_offer_names_every_fault(pair: Town) -> None:
    body = {
        "proposed": ["2026-05-14T18:07:00Z", "2026-05-14T18:00:00", 5],
        "minutes": 50,
        "way": "pigeon",
        "place": "x" * 501,
        "agenda": [""],
        "replaces": "that one",
        "mood": 1,
    }
    answer = pair.scheduling.post(f"/pairs/{examples.PAIR}/meetings", body, actor=AMARA)
    assert answer.status_code == 422
    assert {(f["field"], f["code"]) for f in answer.json["faults"]} == {
        ("proposed.0", "not-a-quarter-hour"),
        ("proposed.1", "not-a-moment"),
        ("proposed.2", "not-a-moment"),
        ("minutes", "not-quarter-hours"),
        ("way", "not-a-choice"),
        ("place", "too-long"),
        ("agenda.0", "required"),
        ("replaces", "not-an-id"),
        ("mood", "unknown"),
    }
    assert listed(pair) == []


@pytest.mark.parametrize(
    ("starts", "fault"),
    [
        ([], ("proposed", "too-few")),
        ([at(n) for n in range(4)], ("proposed", "too-many")),
        ([at(), at(-76)], ("proposed.1", "in-the-past")),
        ([at(24 * 400)], ("proposed.0", "too-far-ahead")),
    ],
)
def test_times_that_cannot_be_offered(pair: Town, starts: list[str], fault: Any) -> None:
    body = {"proposed": starts, "way": "video"}
    answer = pair.scheduling.post(f"/pairs/{examples.PAIR}/meetings", body, actor=AMARA)
    assert answer.status_code == 422
    assert [(f["field"], f["code"]) for f in answer.json["faults"]] == [fault]


@pytest.mark.parametrize("body", [[], "x", None, 7, {"proposed": {"a": 1}, "way": ["video"]}])
def test_a_body_of_another_shape_is_refused(pair: Town, body: Any) -> None:
    answer = pair.scheduling.client.post(
        f"/pairs/{examples.PAIR}/meetings",
        json=body,
        headers={"Authorization": f"Bearer {pair.scheduling.token(AMARA)}"},
    )
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"


def test_the_same_time_twice_is_one_time(pair: Town) -> None:
    assert offered(pair, at(), at())["proposed"] == [at()]


def test_a_time_with_an_offset_is_the_same_instant(pair: Town) -> None:
    meeting = offered(pair, "2026-05-14T12:00:00-06:00")
    assert meeting["proposed"] == [at()]
