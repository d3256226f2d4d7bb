"""Check-ins, help and the dashboard as people meet them."""

from typing import Any

from contracts import examples, matching, profiles
from tests.harness import Town, a_coordinator, an_actor
from tests.services.feedback.conftest import MATCHED, a_held_meeting, a_meeting

MENTEE, MENTOR = an_actor(examples.MENTEE), an_actor(examples.MENTOR)
COORDINATOR = a_coordinator()
OTHER_ASSOCIATION = "b7a2c7f0-58a5-4a0e-9a59-3f4e1d6a0f11"


def my_check_in(town: Town, actor: Any = MENTEE) -> Any:
    (found,) = check_ins(town, actor)
    return found


def check_ins(town: Town, actor: Any) -> list[Any]:
    found: list[Any] = town.feedback.get("/check-ins?mine=1", actor=actor).json["items"]
    return found


def dashboard(town: Town) -> Any:
    town.pump()
    return town.feedback.get(f"/cohorts/{examples.COHORT}/dashboard", actor=COORDINATOR).json


def funnel(town: Town) -> dict[str, int]:
    return {stage["id"]: stage["count"] for stage in dashboard(town)["funnel"]}


def test_nobody_is_asked_anything_before_they_met(a_pair: Town) -> None:
    a_meeting(a_pair)
    assert a_pair.feedback.get("/check-ins?mine=1", actor=MENTEE).json["items"] == []


def test_after_the_first_meeting_each_is_asked_for_themself(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    mine, theirs = my_check_in(a_pair), my_check_in(a_pair, MENTOR)
    assert (mine["role"], theirs["role"]) == ("mentee", "mentor")
    assert mine["partner"]["given_name"] == "Ruth"
    assert mine["occasion"] == "first"
    a_pair.pump()
    assert len(a_pair.events("feedback-due")) == 2


def test_one_tap_is_an_answer_and_the_rest_may_follow(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    path = f"/check-ins/{my_check_in(a_pair)['id']}/answer"
    assert a_pair.feedback.post(path, {"useful": 4}, actor=MENTEE).status_code == 200
    answer = a_pair.feedback.post(path, {"get_on": 5, "met": True}, actor=MENTEE)
    assert answer.json["answer"] == {
        "met": True,
        "useful": 4,
        "get_on": 5,
        "in_the_way": None,
        "help": False,
    }
    assert a_pair.feedback.get("/check-ins?mine=1", actor=MENTEE).json["items"] == []
    a_pair.pump()
    assert len(a_pair.events("feedback-given")) == 1


def test_no_event_tells_what_was_answered(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    path = f"/check-ins/{my_check_in(a_pair)['id']}/answer"
    a_pair.feedback.post(path, {"useful": 1, "in_the_way": "we argue"}, actor=MENTEE)
    a_pair.pump()
    (event,) = a_pair.events("feedback-given")
    assert "answer" not in event
    assert "argue" not in str(a_pair.events())


def test_a_wrong_answer_names_every_fault(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    path = f"/check-ins/{my_check_in(a_pair)['id']}/answer"
    wrong = {"useful": 6, "get_on": "5", "met": "yes", "mood": 1}
    answer = a_pair.feedback.post(path, wrong, actor=MENTEE)
    assert answer.status_code == 422
    assert {f["field"] for f in answer.json["faults"]} == {"useful", "get_on", "met", "mood"}


def test_nobody_else_sees_a_check_in(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    path = f"/check-ins/{my_check_in(a_pair)['id']}"
    foreign = an_actor(examples.MENTEE, association_id=OTHER_ASSOCIATION)
    for other in (MENTOR, COORDINATOR, foreign):
        assert a_pair.feedback.get(path, actor=other).status_code == 404
        assert a_pair.feedback.post(f"{path}/answer", {"useful": 1}, actor=other).status_code == 404


def test_an_answer_that_comes_too_late_is_told_so(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    path = f"/check-ins/{my_check_in(a_pair)['id']}/answer"
    a_pair.go_on(days=22)
    answer = a_pair.feedback.post(path, {"useful": 4}, actor=MENTEE)
    assert (answer.status_code, answer.json["code"]) == (409, "check-in-is-over")


def test_what_nobody_answered_in_time_is_closed(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    path = f"/check-ins/{my_check_in(a_pair)['id']}"
    assert my_check_in(a_pair)["state"] == "open"
    assert dashboard(a_pair)["check_ins"] == {"due": 2, "answered": 0, "open": 2}
    a_pair.feedback.post(f"{path}/answer", {"useful": 4}, actor=MENTEE)
    theirs = check_ins(a_pair, MENTOR)[0]["id"]
    a_pair.go_on(days=22)
    assert check_ins(a_pair, MENTOR) == []
    assert a_pair.feedback.get(f"/check-ins/{theirs}", actor=MENTOR).json["state"] == "closed"
    assert a_pair.feedback.get(path, actor=MENTEE).json["state"] == "answered"
    assert dashboard(a_pair)["check_ins"] == {"due": 2, "answered": 1, "open": 0}


def test_a_wish_for_help_reaches_the_coordinators_and_nobody_else(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    path = f"/check-ins/{my_check_in(a_pair)['id']}/answer"
    words = {"useful": 1, "help": True, "in_the_way": "he never comes"}
    for _ in range(2):
        a_pair.feedback.post(path, words, actor=MENTEE)
    a_pair.pump()
    (event,) = a_pair.events("help-asked")
    assert event["coordinator_ids"] == [examples.COORDINATOR]
    assert "never" not in str(event)
    where = f"/cohorts/{examples.COHORT}/help-requests"
    (request,) = a_pair.feedback.get(where, actor=COORDINATOR).json["items"]
    assert (request["words"], request["member"]["given_name"]) == ("he never comes", "Amara")
    for other in (MENTOR, MENTEE, a_coordinator(OTHER_ASSOCIATION)):
        assert a_pair.feedback.get(where, actor=other).status_code == 404
        closing = a_pair.feedback.post(f"/help-requests/{request['id']}/closing", actor=other)
        assert closing.status_code == 404


def test_help_that_was_seen_to_leaves_the_list(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    path = f"/check-ins/{my_check_in(a_pair)['id']}/answer"
    a_pair.feedback.post(path, {"help": True}, actor=MENTEE)
    assert dashboard(a_pair)["help_open"] == 1
    where = f"/cohorts/{examples.COHORT}/help-requests"
    (request,) = a_pair.feedback.get(where, actor=COORDINATOR).json["items"]
    closing = f"/help-requests/{request['id']}/closing"
    assert a_pair.feedback.post(closing, actor=COORDINATOR).status_code == 200
    assert a_pair.feedback.post(closing, actor=COORDINATOR).json["code"] == "help-is-closed"
    a_pair.clock.at = a_pair.clock.at.replace(minute=30)
    assert dashboard(a_pair)["help_open"] == 0


def test_the_words_of_an_answer_are_sealed_in_the_store(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    path = f"/check-ins/{my_check_in(a_pair)['id']}/answer"
    a_pair.feedback.post(path, {"in_the_way": "unmistakable", "help": True}, actor=MENTEE)
    a_pair.pump()
    folder = a_pair.settings.path("GUILDWAY_DATA")
    files = [p for p in folder.rglob("*") if p.is_file()]
    assert files
    assert not [p for p in files if b"unmistakable" in p.read_bytes()]


def test_an_empty_cohort_has_a_dashboard_of_zeroes(town: Town) -> None:
    town.feedback.hear_that(profiles.COHORT_OPENED)
    found = dashboard(town)
    assert {stage["count"] for stage in found["funnel"]} == {0}
    assert [m["month"] for m in found["meetings"]][0::5] == ["2026-02", "2026-07"]
    assert found["quiet"] == []


def test_the_funnel_follows_a_pair_from_application_to_meeting(town: Town) -> None:
    house = town.feedback
    house.hear_that(profiles.COHORT_OPENED)
    house.hear_that(profiles.APPLICATION_RECEIVED)
    assert funnel(town) == dict(applied=1, accepted=0, matched=0, agreed=0, met=0, completing=0)
    town.go_on(seconds=2)
    house.hear_that(profiles.PARTICIPANT_ACCEPTED, version=2)
    house.hear_that(matching.PAIR_MATCHED, version=3, **MATCHED)
    assert funnel(town) == dict(applied=1, accepted=1, matched=1, agreed=0, met=0, completing=0)
    town.go_on(seconds=2)
    house.hear_that(
        matching.AGREEMENT_SIGNED,
        version=4,
        **{**MATCHED, "agreed_at": "2026-05-02T14:00:00.000Z", "signed_by": ["mentee", "mentor"]},
    )
    a_held_meeting(town)
    assert funnel(town) == dict(applied=1, accepted=1, matched=1, agreed=1, met=1, completing=1)


def test_every_figure_opens_the_list_it_counts(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    found = dashboard(a_pair)
    for stage in found["funnel"]:
        path = f"/cohorts/{examples.COHORT}/figures/{stage['id']}/rows"
        rows = a_pair.feedback.get(path, actor=COORDINATOR).json["items"]
        assert len(rows) == stage["count"], stage["id"]
    may = next(m for m in found["meetings"] if m["month"] == "2026-05")
    path = f"/cohorts/{examples.COHORT}/figures/held/rows?month=2026-05"
    rows = a_pair.feedback.get(path, actor=COORDINATOR).json["items"]
    assert (may["held"], [row["pair"] for row in rows]) == (1, ["Amara Nwosu · Ruth Abernathy"])


def test_a_month_is_one_of_the_cohorts_calendar(a_pair: Town) -> None:
    # 1 June 03:30 in UTC is still 31 May in Toronto.
    a_held_meeting(a_pair, starts_at="2026-06-01T03:30:00.000Z")
    held = {m["month"]: m["held"] for m in dashboard(a_pair)["meetings"]}
    assert (held["2026-05"], held["2026-06"]) == (1, 0)


def test_a_list_goes_on_where_the_page_ended(town: Town) -> None:
    town.feedback.hear_that(profiles.COHORT_OPENED)
    for n in range(53):
        id = f"00000000-0000-4000-8000-{n:012d}"
        town.feedback.hear_that(profiles.APPLICATION_RECEIVED, application_id=id)
    path = f"/cohorts/{examples.COHORT}/figures/applied/rows"
    first = town.feedback.get(path, actor=COORDINATOR).json
    rest = town.feedback.get(f"{path}?after={first['next']}", actor=COORDINATOR).json
    ids = {row["application_id"] for row in [*first["items"], *rest["items"]]}
    assert (len(first["items"]), len(ids), rest["next"]) == (50, 53, None)
    wrong = town.feedback.get(f"{path}?after=xyz", actor=COORDINATOR)
    assert wrong.status_code == 422


def test_a_table_does_not_run_in_a_spreadsheet(a_pair: Town) -> None:
    a_pair.feedback.hear_that(
        profiles.PROFILE_UPDATED, version=2, given_name="=HYPERLINK(1)", family_name="x"
    )
    path = f"/cohorts/{examples.COHORT}/figures/applied/rows.csv"
    answer = a_pair.feedback.get(path, actor=COORDINATOR)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "'=HYPERLINK(1) x," in answer.text


def test_only_the_coordinators_of_a_cohort_see_its_figures(a_pair: Town) -> None:
    elsewhere = an_actor("0b3f6f1e-7d4e-4a6f-8a0e-0c9d6e1b2a33", "participant", "coordinator")
    for other in (MENTEE, elsewhere, a_coordinator(OTHER_ASSOCIATION)):
        for path in ("dashboard", "figures/applied/rows", "figures/applied/rows.csv"):
            where = f"/cohorts/{examples.COHORT}/{path}"
            assert a_pair.feedback.get(where, actor=other).status_code == 404


def test_topics_of_fewer_than_five_persons_are_no_figure(town: Town) -> None:
    town.feedback.hear_that(profiles.COHORT_OPENED)
    for n in range(5):
        id = f"00000000-0000-4000-8000-{n:012d}"
        topics = [{"id": "team-building", "strength": 1}]
        topics += [{"id": "strategic-thinking", "strength": 1}] if n else []
        town.feedback.hear_that(profiles.PARTICIPANT_ACCEPTED, application_id=id, topics=topics)
    assert dashboard(town)["topics"] == [{"id": "team-building", "wanted": 5, "discussed": None}]
