"""Proposals, pairs, agreements and goals as mentees and mentors meet them."""

from typing import Any

import pytest

from contracts import examples, profiles
from tests.harness import Town, a_coordinator, an_actor
from tests.services.matching.conftest import (
    COORDINATOR,
    a_run,
    accepted,
    act,
    an_id,
    member,
    my_pair,
    proposals,
    published,
)

STRANGERS = (
    member("Stranger"),
    an_actor(an_id("member Amara"), association_id="b7a2c7f0-58a5-4a0e-9a59-3f4e1d6a0f11"),
)


def test_one_yes_waits_for_the_other(proposed: Town) -> None:
    pair = act(proposed, "Amara", "acceptance").json
    assert (pair["state"], pair["accepted_by"]) == ("proposed", ["mentee"])
    proposed.pump()
    assert len(proposed.events("proposal-accepted")) == 1
    assert proposed.events("pair-matched") == []


def test_with_the_second_yes_the_pair_begins(matched: Town) -> None:
    (event,) = matched.events("pair-matched")
    assert set(event["accepted_by"]) == {"mentee", "mentor"}
    assert my_pair(matched, "Amara")["agreement"]["sections"] == {
        "confidentiality": "What we say stays between us."
    }


def test_a_yes_said_twice_is_said_once(proposed: Town) -> None:
    for _ in range(2):
        act(proposed, "Amara", "acceptance")
        act(proposed, "Amara", "acceptance", headers={"Idempotency-Key": "link"})
    proposed.pump()
    assert len(proposed.events("proposal-accepted")) == 1


def test_a_no_frees_both_and_keeps_its_reason_from_the_other(proposed: Town) -> None:
    act(proposed, "Ruth", "declination", {"reason": "too busy"})
    proposed.pump()
    (event,) = proposed.events("proposal-declined")
    assert (event["declined_by"], "busy" in str(event)) == ("mentor", False)
    pair = my_pair(proposed, "Amara")
    assert "busy" not in str(pair)
    seen = proposed.matching.get(f"/pairs/{pair['id']}", actor=COORDINATOR).json
    assert seen["declined_reason"] == "too busy"
    accepted(proposed, "Anne", "mentor")
    assert len(proposals(proposed, a_run(proposed))) == 1


def test_a_yes_may_become_a_no_until_both_said_yes(proposed: Town) -> None:
    act(proposed, "Amara", "acceptance")
    assert act(proposed, "Amara", "declination").json["state"] == "declined"
    late = act(proposed, "Ruth", "acceptance")
    assert (late.status_code, late.json["code"]) == (409, "proposal-is-over")


def test_a_no_after_both_said_yes_is_told_the_way_to_end(matched: Town) -> None:
    answer = act(matched, "Ruth", "declination")
    assert (answer.status_code, answer.json["code"]) == (409, "already-matched")


def test_who_is_silent_is_reminded_once_and_then_the_seat_is_free(proposed: Town) -> None:
    act(proposed, "Amara", "acceptance")
    proposed.go_on(days=5)
    assert len(proposed.events("proposal-reminded")) == 1
    proposed.go_on(days=4)
    (event,) = proposed.events("proposal-expired")
    assert event["accepted_by"] == ["mentee"]
    late = act(proposed, "Ruth", "acceptance")
    assert (late.status_code, late.json["code"]) == (409, "proposal-is-over")
    assert len(proposed.events("proposal-reminded")) == 1
    accepted(proposed, "Jun", "mentee")
    (row,) = proposals(proposed, a_run(proposed))
    assert (row["mentee"]["given_name"], row["mentor"]["given_name"]) == ("Jun", "Ruth")


def test_the_deadline_is_the_end_of_a_day_where_the_association_is_at_home(
    proposed: Town,
) -> None:
    # Proposed on 11 May 10:00 in Toronto with seven days to answer.
    assert my_pair(proposed, "Amara")["answer_by"] == "2026-05-19T04:00:00.000Z"


def test_no_stranger_sees_or_touches_a_pair(proposed: Town) -> None:
    path = f"/pairs/{my_pair(proposed, 'Amara')['id']}"
    for other in (*STRANGERS, a_coordinator("b7a2c7f0-58a5-4a0e-9a59-3f4e1d6a0f11")):
        assert proposed.matching.get(path, actor=other).status_code == 404
        for what in ("acceptance", "declination", "ending", "withdrawal"):
            assert proposed.matching.post(f"{path}/{what}", actor=other).status_code == 404


def test_a_coordinator_cannot_answer_for_somebody(proposed: Town) -> None:
    path = f"/pairs/{my_pair(proposed, 'Amara')['id']}"
    assert proposed.matching.post(f"{path}/acceptance", actor=COORDINATOR).status_code == 404


def test_a_coordinator_takes_a_proposal_back(proposed: Town) -> None:
    path = f"/pairs/{my_pair(proposed, 'Amara')['id']}/withdrawal"
    assert proposed.matching.post(path, actor=COORDINATOR).json["state"] == "withdrawn"
    assert proposed.matching.post(path, actor=COORDINATOR).status_code == 409
    assert act(proposed, "Amara", "acceptance").json["code"] == "proposal-is-over"


def test_both_sign_what_stands_there(matched: Town) -> None:
    first = act(matched, "Amara", "agreement/signatures", {"agreement_version": 0}).json
    assert (first["signed_by"], first["agreed_at"]) == (["mentee"], None)
    second = act(matched, "Ruth", "agreement/signatures", {"agreement_version": 0}).json
    assert second["agreed_at"] is not None
    matched.pump()
    assert len(matched.events("agreement-signed")) == 2


LANGUAGES = {
    "agreement_template": {"term": "Until summer.", "feedback": "Soon and kindly."},
    "agreement_language": "en",
    "agreement_translations": {"fr": {"term": "Jusqu'à l'été."}},
}


@pytest.mark.parametrize(
    ("reads", "mentor_speaks", "expected"),
    [
        ("fr", ["en", "fr"], ("fr", "Jusqu'à l'été.")),
        ("fr", ["en"], ("en", "Until summer.")),
        ("en", ["fr", "en"], ("en", "Until summer.")),
    ],
)
def test_an_agreement_begins_in_the_mentees_language_if_the_mentor_speaks_it(
    town: Town, reads: str, mentor_speaks: list[str], expected: tuple[str, str]
) -> None:
    town.matching.hear_that(profiles.COHORT_CHANGED, version=2, **LANGUAGES)
    accepted(town, "Amara", "mentee", languages=["fr", "en"])
    accepted(town, "Ruth", "mentor", languages=mentor_speaks)
    town.matching.hear_that(
        profiles.PROFILE_UPDATED, version=2, member_id=member("Amara").id, language=reads
    )
    published(town, a_run(town))
    for name in ("Amara", "Ruth"):
        agreement = act(town, name, "acceptance").json["agreement"]
    assert (agreement["language"], agreement["sections"]["term"]) == expected
    assert agreement["sections"]["feedback"] == "Soon and kindly."


def test_goals_are_written_in_a_pair_that_runs(proposed: Town) -> None:
    answer = act(proposed, "Amara", "goals", {"text": "Lead a team"})
    assert (answer.status_code, answer.json["code"]) == (409, "pair-is-not-running")


def test_a_note_sent_twice_is_kept_once(matched: Town) -> None:
    goal = act(matched, "Amara", "goals", {"text": "Lead a team"}).json
    for _ in range(2):
        changed = matched.matching.patch(
            f"/goals/{goal['id']}",
            {"progress": 20, "note": "begun"},
            actor=member("Amara"),
            headers={"Idempotency-Key": "once"},
        )
    assert [note["text"] for note in changed.json["notes"]] == ["begun"]


def test_a_reason_is_kept_from_a_coordinator_whom_it_is_about(proposed: Town) -> None:
    act(proposed, "Amara", "declination", {"reason": "not with Ruth"})
    her_own = a_coordinator_named("Ruth")
    path = f"/pairs?cohort_id={examples.COHORT}"
    (seen,) = proposed.matching.get(path, actor=her_own).json["items"]
    assert seen["declined_reason"] is None
    (seen,) = proposed.matching.get(path, actor=COORDINATOR).json["items"]
    assert seen["declined_reason"] == "not with Ruth"


def a_coordinator_named(name: str) -> Any:
    return an_actor(member(name).id, "participant", "coordinator", "admin")


def test_other_words_ask_both_again(matched: Town) -> None:
    act(matched, "Amara", "agreement/signatures", {"agreement_version": 0})
    path = f"/pairs/{my_pair(matched, 'Ruth')['id']}/agreement"
    words = {"sections": {"confidentiality": "Nothing leaves the room."}}
    changed = matched.matching.put(path, words, actor=member("Ruth")).json
    assert (changed["agreement_version"], changed["signed_by"]) == (1, [])
    old = act(matched, "Amara", "agreement/signatures", {"agreement_version": 0})
    assert (old.status_code, old.json["code"]) == (409, "agreement-has-changed")
    assert old.json["values"] == {"agreement_version": 1}
    assert matched.matching.put(path, words, actor=member("Ruth")).json["agreement_version"] == 1
    unknown = matched.matching.put(path, {"sections": {"odd": "x"}}, actor=member("Ruth"))
    assert unknown.status_code == 422


def test_two_who_change_the_agreement_at_once_do_not_overwrite_each_other(matched: Town) -> None:
    pair = my_pair(matched, "Ruth")
    path, seen = f"/pairs/{pair['id']}/agreement", {"If-Match": f'"{pair["version"]}"'}
    words = {"sections": {"confidentiality": "a"}}
    first = matched.matching.put(path, words, actor=member("Ruth"), headers=seen)
    words = {"sections": {"confidentiality": "b"}}
    second = matched.matching.put(path, words, actor=member("Amara"), headers=seen)
    assert (first.status_code, second.status_code) == (200, 412)


def test_nothing_can_be_agreed_before_both_accepted(proposed: Town) -> None:
    answer = act(proposed, "Amara", "agreement/signatures", {"agreement_version": 0})
    assert (answer.status_code, answer.json["code"]) == (409, "pair-is-not-running")


def test_no_coordinator_and_no_event_reads_an_agreement(matched: Town) -> None:
    path = f"/pairs/{my_pair(matched, 'Ruth')['id']}"
    words = {"sections": {"confidentiality": "unmistakable"}}
    matched.matching.put(f"{path}/agreement", words, actor=member("Ruth"))
    matched.pump()
    assert "agreement" not in matched.matching.get(path, actor=COORDINATOR).json
    assert "unmistakable" not in str(matched.events())
    folder = matched.settings.path("GUILDWAY_DATA")
    files = [p for p in folder.rglob("*") if p.is_file()]
    assert files
    assert not [p for p in files if b"unmistakable" in p.read_bytes()]


def a_goal(town: Town, name: str = "Amara", **more: Any) -> Any:
    path = f"/pairs/{my_pair(town, name)['id']}/goals"
    body = {"text": "Lead the budget", "plan": "Draft it", "due_on": "2026-07-01", **more}
    answer = town.matching.post(path, body, actor=member(name))
    assert answer.status_code == 201, answer.json
    return answer.json


def goals(town: Town, name: str) -> list[Any]:
    path = f"/pairs/{my_pair(town, name)['id']}/goals"
    found: list[Any] = town.matching.get(path, actor=member(name)).json["items"]
    return found


def test_a_goal_is_private_unless_it_is_shared(matched: Town) -> None:
    goal = a_goal(matched)
    assert [g["text"] for g in goals(matched, "Amara")] == ["Lead the budget"]
    assert goals(matched, "Ruth") == []
    path = f"/goals/{goal['id']}"
    assert matched.matching.get(path, actor=member("Ruth")).status_code == 404
    matched.matching.patch(path, {"shared": True}, actor=member("Amara"))
    assert len(goals(matched, "Ruth")) == 1
    theirs = matched.matching.patch(path, {"progress": 90}, actor=member("Ruth"))
    assert theirs.status_code == 403
    assert matched.matching.get(path, actor=COORDINATOR).status_code == 404


def test_progress_is_kept_with_dated_notes(matched: Town) -> None:
    path = f"/goals/{a_goal(matched)['id']}"
    for progress, note in ((30, "drafted"), (60, "shown")):
        body = {"progress": progress, "note": note}
        goal = matched.matching.patch(path, body, actor=member("Amara")).json
    assert goal["progress"] == 60
    assert [n["progress"] for n in goal["notes"]] == [30, 60]
    wrong = matched.matching.patch(path, {"progress": 101, "due_on": "x"}, actor=member("Amara"))
    assert {f["field"] for f in wrong.json["faults"]} == {"progress", "due_on"}


def test_a_private_goal_wakes_nobody_else(matched: Town) -> None:
    a_goal(matched)
    matched.pump()
    (event,) = matched.events("goal-changed")
    assert event["owner_id"] == event["partner_id"]
    assert "budget" not in str(event)


@pytest.mark.parametrize("name", ["Amara", "Ruth"])
def test_either_ends_the_pair_without_a_reason(matched: Town, name: str) -> None:
    ended = act(matched, name, "ending", {"kind_word": "Thank you"}).json
    assert ended["state"] == "ended"
    act(matched, name, "ending")
    matched.pump()
    (event,) = matched.events("pair-ended")
    assert event["ended_by"] == ("mentee" if name == "Amara" else "mentor")
    assert "Thank" not in str(event)
    other = my_pair(matched, "Ruth" if name == "Amara" else "Amara")
    assert other["kind_word"] == "Thank you"


def test_a_pair_ends_by_itself_after_the_last_day_of_its_cohort(matched: Town) -> None:
    matched.go_on(days=81)  # 31 July, still a day of the term in Toronto
    assert matched.events("pair-ended") == []
    matched.go_on(days=1)
    (event,) = matched.events("pair-ended")
    assert (event["ended_by"], event["ended_at"]) == ("term", "2026-08-01T04:00:00.000Z")


def test_a_longer_cohort_makes_a_longer_pair(matched: Town) -> None:
    matched.matching.hear_that(profiles.COHORT_CHANGED, version=2, ends_on="2026-08-31")
    matched.go_on(days=100)
    assert matched.events("pair-ended") == []
    matched.go_on(days=15)
    assert len(matched.events("pair-ended")) == 1


def test_who_withdraws_leaves_the_pair(matched: Town) -> None:
    matched.matching.hear_that(
        profiles.PARTICIPANT_WITHDRAWN,
        version=2,
        application_id=an_id("application Amara mentee"),
        member_id=member("Amara").id,
        state="withdrawn",
    )
    matched.pump()
    (event,) = matched.events("pair-ended")
    assert event["ended_by"] == "withdrawal"


def test_who_withdraws_leaves_open_proposals(proposed: Town) -> None:
    for _ in range(2):
        proposed.matching.hear_that(
            profiles.PARTICIPANT_WITHDRAWN,
            version=2,
            application_id=an_id("application Amara mentee"),
            member_id=member("Amara").id,
            state="withdrawn",
        )
    proposed.pump()
    assert len(proposed.events("proposal-withdrawn")) == 1


def test_a_coordinator_sees_the_pairs_of_the_cohort_page_by_page(matched: Town) -> None:
    path = f"/pairs?cohort_id={examples.COHORT}"
    page = matched.matching.get(f"{path}&state=matched&limit=1", actor=COORDINATOR).json
    assert [p["mentee"]["given_name"] for p in page["items"]] == ["Amara"]
    rest = matched.matching.get(f"{path}&limit=1&after={page['next']}", actor=COORDINATOR).json
    assert rest["items"] == []
    assert matched.matching.get(path, actor=member("Amara")).status_code == 404
