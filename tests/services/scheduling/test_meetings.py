"""Meetings that were agreed: moved, called off, prepared, listed."""

from typing import Any

import pytest

from contracts import examples
from tests.harness import Town
from tests.services.scheduling.conftest import (
    AMARA,
    RUTH,
    act,
    another_pair,
    at,
    listed,
    offered,
    propose,
    scheduled,
    seen,
    told,
)


@pytest.mark.parametrize("actor", [AMARA, RUTH], ids=["mentee", "mentor"])
def test_either_moves_a_meeting(pair: Town, actor: Any) -> None:
    meeting = scheduled(pair)
    moved = act(pair, meeting, "moving", {"starts_at": at(24), "minutes": 60}, actor=actor).json
    assert (moved["starts_at"], moved["ends_at"], moved["minutes"]) == (at(24), at(25), 60)
    assert (moved["state"], moved["sequence"]) == ("scheduled", 1)
    (event,) = told(pair, "meeting-moved")
    assert event["starts_at"] == at(24)
    anne, anna = another_pair(pair, "Anne")
    assert propose(pair, at(), actor=anna, pair_id=anne).status_code == 201


def test_moved_to_where_it_is_nothing_happens(pair: Town) -> None:
    meeting = scheduled(pair)
    assert act(pair, meeting, "moving", {"starts_at": at()}).json["sequence"] == 0
    assert told(pair, "meeting-moved") == []


def test_a_meeting_is_not_moved_onto_another(pair: Town) -> None:
    meeting = scheduled(pair)
    anne, anna = another_pair(pair, "Anne")
    other = offered(pair, at(24), actor=anna, pair_id=anne)
    act(pair, other, "confirmation", {"starts_at": at(24)})
    answer = act(pair, meeting, "moving", {"starts_at": at(24.5)}, actor=AMARA)
    assert (answer.status_code, answer.json["code"]) == (409, "time-is-taken")
    assert answer.json["values"]["times"]
    assert seen(pair, meeting)["starts_at"] == at()


def test_a_meeting_may_move_by_a_part_of_itself(pair: Town) -> None:
    meeting = scheduled(pair)
    assert act(pair, meeting, "moving", {"starts_at": at(0.25)}).json["starts_at"] == at(0.25)


def test_a_meeting_that_nobody_came_to_is_moved(pair: Town) -> None:
    meeting = scheduled(pair)
    pair.go_on(days=4)
    assert len(told(pair, "log-due")) == 1
    assert act(pair, meeting, "moving", {"starts_at": at(168)}).status_code == 200
    assert seen(pair, meeting)["log"]["needed"] is False
    pair.go_on(days=7)
    assert len(told(pair, "log-due")) == 2
    act(pair, meeting, "log", {"met": True})
    late = act(pair, meeting, "moving", {"starts_at": at(400)})
    assert (late.status_code, late.json["code"]) == (409, "meeting-is-over")


def test_what_has_no_time_or_no_future_is_not_moved(pair: Town) -> None:
    meeting = offered(pair)
    answer = act(pair, meeting, "moving", {"starts_at": at(24)})
    assert (answer.status_code, answer.json["code"]) == (409, "meeting-is-not-scheduled")
    act(pair, meeting, "confirmation", {"starts_at": at()})
    past = act(pair, meeting, "moving", {"starts_at": at(-80)})
    assert (past.status_code, past.json["code"]) == (409, "time-has-passed")
    far = act(pair, meeting, "moving", {"starts_at": at(24 * 400)})
    assert far.status_code == 422
    act(pair, meeting, "cancellation")
    for start in (at(24), at()):
        gone = act(pair, meeting, "moving", {"starts_at": start})
        assert (gone.status_code, gone.json["code"]) == (409, "meeting-is-over")
    again = act(pair, meeting, "confirmation", {"starts_at": at()})
    assert (again.status_code, again.json["code"]) == (409, "offer-is-over")


def test_a_repeated_move_is_one_move(pair: Town) -> None:
    meeting, key = scheduled(pair), {"Idempotency-Key": "tap"}
    act(pair, meeting, "moving", {"starts_at": at(24)}, headers=key)
    act(pair, meeting, "moving", {"starts_at": at(48)}, headers={"Idempotency-Key": "other"})
    again = act(pair, meeting, "moving", {"starts_at": at(24)}, headers=key)
    assert (again.status_code, again.json["starts_at"]) == (200, at(48))
    assert len(told(pair, "meeting-moved")) == 2


@pytest.mark.parametrize(("actor", "by"), [(AMARA, "mentee"), (RUTH, "mentor")])
def test_either_calls_a_meeting_off(pair: Town, actor: Any, by: str) -> None:
    meeting = scheduled(pair)
    for _ in range(2):
        answer = act(pair, meeting, "cancellation", actor=actor).json
        assert (answer["state"], answer["cancelled_by"], answer["sequence"]) == ("cancelled", by, 1)
    assert len(told(pair, "meeting-cancelled")) == 1
    assert [m["id"] for m in listed(pair, "past")] == [meeting["id"]]
    assert scheduled(pair)["starts_at"] == at()
    pair.go_on(days=30)
    assert len(told(pair, "log-due")) == 1


def test_what_has_ended_is_not_called_off(pair: Town) -> None:
    meeting = scheduled(pair)
    pair.go_on(days=4)
    answer = act(pair, meeting, "cancellation")
    assert (answer.status_code, answer.json["code"]) == (409, "meeting-is-over")


def test_both_prepare_a_meeting(pair: Town) -> None:
    meeting = scheduled(pair, agenda=["Budget"])
    path = f"/meetings/{meeting['id']}"
    agenda = ["Budget", "Staff"]
    changed = pair.scheduling.patch(path, {"agenda": agenda}, actor=RUTH)
    assert (changed.json["agenda"], changed.json["sequence"]) == (agenda, 0)
    body = {"place": "Central Library", "way": "in_person"}
    moved = pair.scheduling.patch(path, body, actor=AMARA).json
    assert (moved["place"], moved["way"], moved["sequence"]) == ("Central Library", "in_person", 1)
    assert moved["agenda"] == agenda
    assert pair.scheduling.patch(path, {"place": None}, actor=AMARA).json["place"] is None
    pair.scheduling.patch(path, {"agenda": agenda}, actor=RUTH)
    assert len(told(pair, "meeting-changed")) == 3
    assert "Staff" not in str(told(pair))
    assert "Central" not in str(told(pair))


def test_who_read_an_older_state_does_not_write_over_the_newer(pair: Town) -> None:
    meeting = offered(pair)
    path, read = f"/meetings/{meeting['id']}", {"If-Match": '"1"'}
    first = pair.scheduling.patch(path, {"agenda": ["a"]}, actor=AMARA, headers=read)
    second = pair.scheduling.patch(path, {"agenda": ["b"]}, actor=RUTH, headers=read)
    assert (first.status_code, first.headers["ETag"], second.status_code) == (200, '"2"', 412)


def test_a_cancelled_meeting_is_prepared_no_more(pair: Town) -> None:
    meeting = scheduled(pair)
    act(pair, meeting, "cancellation")
    answer = pair.scheduling.patch(f"/meetings/{meeting['id']}", {"place": "x"}, actor=RUTH)
    assert (answer.status_code, answer.json["code"]) == (409, "meeting-is-over")


def test_a_wrong_change_names_every_fault(pair: Town) -> None:
    meeting = scheduled(pair)
    body = {"place": 5, "agenda": "x", "way": "", "starts_at": at(5)}
    answer = pair.scheduling.patch(f"/meetings/{meeting['id']}", body, actor=AMARA)
    assert {f["field"] for f in answer.json["faults"]} == {"place", "agenda", "way", "starts_at"}
    answer = act(pair, meeting, "moving", {"starts_at": "soon", "minutes": 7})
    assert {f["field"] for f in answer.json["faults"]} == {"starts_at", "minutes"}


def test_words_are_sealed_in_the_store(pair: Town) -> None:
    meeting = scheduled(pair, agenda=["unmistakable one"], place="unmistakable two")
    pair.go_on(days=4)
    said = {"met": False, "why": "unmistakable three", "note": "unmistakable four"}
    said |= {"follow_ups": ["unmistakable five"], "next_hint": "unmistakable six"}
    assert act(pair, meeting, "log", said).status_code == 200
    pair.pump()
    folder = pair.settings.path("GUILDWAY_DATA")
    files = [p for p in folder.rglob("*") if p.is_file()]
    assert files
    assert not [p for p in files if b"unmistakable" in p.read_bytes()]


def test_nothing_planned_is_an_empty_list(pair: Town) -> None:
    for when in ("ahead", "past"):
        assert listed(pair, when) == []
        assert listed(pair, when, more=f"&pair_id={examples.PAIR}") == []


def test_what_is_to_come_is_listed_by_time_and_what_was_newest_first(pair: Town) -> None:
    late, early = scheduled(pair, at(48)), scheduled(pair, at())
    offer = offered(pair, at(24))
    for actor in (AMARA, RUTH):
        assert [m["id"] for m in listed(pair, actor=actor)] == [
            early["id"],
            offer["id"],
            late["id"],
        ]
    pair.go_on(days=4)
    # Over and not logged, it stays with what is to be done.
    assert [m["state"] for m in listed(pair)] == ["scheduled", "proposed", "scheduled"]
    act(pair, early, "log", {"met": True}, actor=AMARA)
    assert len(listed(pair)) == 2
    pair.go_on(days=3)
    act(pair, late, "log", {"met": False}, actor=AMARA)
    assert [(m["id"], m["state"]) for m in listed(pair, "past")] == [
        (late["id"], "missed"),
        (early["id"], "held"),
    ]


def test_lists_go_on_where_the_page_ended(pair: Town) -> None:
    _, dora = another_pair(pair, "Dora", mentor=examples.MENTEE)
    both = [scheduled(pair, at(n))["id"] for n in range(0, 6, 2)]
    for n in range(1, 6, 2):
        offer = offered(pair, at(n), actor=dora, pair_id=_)
        act(pair, offer, "confirmation", {"starts_at": at(n)}, actor=AMARA)
        both.append(offer["id"])
    found: list[Any] = []
    more, pages = "", 0
    while pages < 10:
        path = f"/meetings?limit=2{more}"
        page = pair.scheduling.get(path, actor=AMARA).json
        found += page["items"]
        pages += 1
        if page["next"] is None:
            break
        more = f"&after={page['next']}"
    assert [m["starts_at"] for m in found] == [at(n) for n in range(6)]
    assert sorted(m["id"] for m in found) == sorted(both)


def test_a_list_of_one_pair_holds_nothing_of_another(pair: Town) -> None:
    meeting = scheduled(pair)
    anne, anna = another_pair(pair, "Anne")
    theirs = offered(pair, at(24), actor=anna, pair_id=anne)
    assert len(listed(pair, actor=RUTH)) == 2
    only = listed(pair, actor=RUTH, more=f"&pair_id={anne}")
    assert [m["id"] for m in only] == [theirs["id"]]
    assert [m["id"] for m in listed(pair)] == [meeting["id"]]
    assert pair.scheduling.get(f"/meetings?pair_id={anne}", actor=AMARA).status_code == 404


@pytest.mark.parametrize("query", ["when=soon", "limit=0", "limit=x", "after=xyz"])
def test_a_wrong_question_names_its_fault(pair: Town, query: str) -> None:
    answer = pair.scheduling.get(f"/meetings?{query}", actor=AMARA)
    assert answer.status_code == 422
    assert [f["field"] for f in answer.json["faults"]] == [query.partition("=")[0]]


def test_meetings_are_numbered_in_the_order_in_which_they_are(pair: Town) -> None:
    third, first = scheduled(pair, at(48)), scheduled(pair, at())
    second = scheduled(pair, at(24))
    assert [seen(pair, m)["number"] for m in (first, second, third)] == [1, 2, 3]
    assert offered(pair, at(72))["number"] == 4
    act(pair, first, "cancellation")
    assert [seen(pair, m)["number"] for m in (second, third)] == [1, 2]
