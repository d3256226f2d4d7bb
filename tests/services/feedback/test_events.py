"""What feedback makes of what it hears: once, in any order, as often as it comes."""

from typing import Any

import pytest

from contracts import examples, matching, profiles, scheduling
from services.feedback import figures
from tests.harness import Town, an_event
from tests.services.feedback.conftest import MATCHED, a_held_meeting, a_meeting, hear_all
from tests.services.feedback.test_api import COORDINATOR, MENTEE, dashboard, funnel


def asked(town: Town) -> list[str]:
    town.pump()
    return sorted(f"{e['occasion']} {e['role']}" for e in town.events("feedback-due"))


def in_may(**counts: int) -> dict[str, Any]:
    return {"month": "2026-05", "held": 0, "planned": 0, "not_logged": 0, **counts}


def pairs_behind(town: Town, figure: str) -> list[str]:
    path = f"/cohorts/{examples.COHORT}/figures/{figure}/rows?month=2026-05"
    rows = town.feedback.get(path, actor=COORDINATOR).json["items"]
    return [row["pair"] for row in rows]


def test_a_meeting_told_twice_asks_once(a_pair: Town) -> None:
    heard = a_held_meeting(a_pair)
    a_pair.feedback.hear(heard)
    assert asked(a_pair) == ["first mentee", "first mentor"]


def test_a_meeting_that_arrives_before_its_pair_is_counted_once_the_pair_is_there(
    town: Town,
) -> None:
    a_held_meeting(town)
    assert asked(town) == []
    hear_all(town)
    town.go_on(seconds=2)
    assert asked(town) == ["first mentee", "first mentor"]
    assert funnel(town)["matched"] == 2
    assert funnel(town)["met"] == 0  # not agreed yet: a stage needs the one before
    assert dashboard(town)["meetings"][3] == in_may(held=1)


def test_an_older_state_that_comes_late_changes_nothing(a_pair: Town) -> None:
    a_held_meeting(a_pair, version=5)
    a_meeting(a_pair, version=4)
    assert dashboard(a_pair)["meetings"][3]["held"] == 1


def test_everything_may_arrive_in_reverse(town: Town) -> None:
    a_held_meeting(town)
    town.feedback.hear_that(matching.PAIR_MATCHED, version=3, **MATCHED)
    town.feedback.hear_that(profiles.PARTICIPANT_ACCEPTED)
    town.feedback.hear_that(profiles.COHORT_OPENED)
    town.feedback.hear_that(profiles.PROFILE_UPDATED)
    path = f"/cohorts/{examples.COHORT}/figures/pairs/rows"
    from tests.services.feedback.test_api import COORDINATOR

    (row,) = town.feedback.get(path, actor=COORDINATOR).json["items"]
    assert (row["mentee"]["name"], row["meetings_held"]) == ("Amara Nwosu", 1)


def test_check_ins_go_on_by_the_rhythm_of_the_cohort(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    a_pair.go_on(days=29)
    assert len(asked(a_pair)) == 2
    a_pair.go_on(days=2)
    assert len(asked(a_pair)) == 4
    a_pair.go_on(days=30)
    assert {name.split()[0] for name in asked(a_pair)} == {"first", "rhythm-1", "rhythm-2"}


def test_a_pair_that_ended_is_asked_nothing_more(a_pair: Town) -> None:
    a_held_meeting(a_pair)
    ended = {**MATCHED, "state": "ended", "ended_at": "2026-05-12T00:00:00.000Z"}
    a_pair.feedback.hear_that(matching.PAIR_ENDED, version=9, **{**ended, "ended_by": "mentee"})
    a_pair.go_on(days=100)
    assert len(asked(a_pair)) == 2


def test_a_pair_without_meetings_falls_quiet_after_one_and_a_half_rhythms(a_pair: Town) -> None:
    # Matched on 1 May; 45 days later is 15 June.
    a_pair.go_on(days=34)
    assert a_pair.events("pair-at-risk") == []
    a_pair.go_on(days=2)
    (event,) = a_pair.events("pair-at-risk")
    assert event["quiet_since"] == "2026-05-01T14:00:00.000Z"
    assert dashboard(a_pair)["quiet_count"] == 1
    a_pair.go_on(days=60)
    assert len(a_pair.events("pair-at-risk")) == 1


def test_a_pair_that_falls_quiet_is_no_longer_on_its_way_to_a_good_end(a_pair: Town) -> None:
    signed = {"agreed_at": "2026-05-02T14:00:00.000Z", "signed_by": ["mentee", "mentor"]}
    a_pair.feedback.hear_that(matching.AGREEMENT_SIGNED, version=4, **MATCHED, **signed)
    a_held_meeting(a_pair)
    assert funnel(a_pair)["completing"] == 2
    a_pair.go_on(days=60)
    assert funnel(a_pair)["completing"] == 0


def test_a_history_that_is_heard_anew_alarms_nobody(town: Town) -> None:
    house = town.feedback
    house.hear_that(profiles.COHORT_OPENED)
    long_ago = {**MATCHED, "matched_at": "2026-02-03T09:00:00.000Z"}
    house.hear_that(matching.PAIR_MATCHED, version=3, **long_ago)
    town.go_on(minutes=20)
    a_held_meeting(town, starts_at="2026-05-07T18:00:00.000Z")
    town.go_on(days=3)
    assert town.events("pair-at-risk") == []


def test_a_planned_meeting_keeps_a_pair_from_falling_quiet(a_pair: Town) -> None:
    a_meeting(a_pair, starts_at="2026-07-10T15:00:00.000Z", ends_at="2026-07-10T16:00:00.000Z")
    a_pair.go_on(days=90)
    assert a_pair.events("pair-at-risk") == []


def test_a_meeting_wakes_a_quiet_pair(a_pair: Town) -> None:
    a_pair.go_on(days=40)
    assert dashboard(a_pair)["quiet_count"] == 1
    a_held_meeting(a_pair, starts_at="2026-06-20T15:00:00.000Z")
    a_pair.go_on(seconds=2)
    assert dashboard(a_pair)["quiet_count"] == 0
    a_pair.go_on(days=50)
    assert len(a_pair.events("pair-at-risk")) == 2


def test_figures_are_told_at_most_once_a_second_and_only_if_they_moved(a_pair: Town) -> None:
    a_pair.pump()
    before = len(a_pair.events("figures-changed"))
    for n in range(20):
        id = f"00000000-0000-4000-8000-{n:012d}"
        a_pair.feedback.hear_that(profiles.APPLICATION_RECEIVED, application_id=id)
        a_pair.pump()
    a_pair.go_on(seconds=1)
    assert len(a_pair.events("figures-changed")) == before + 1
    again = an_event(profiles.APPLICATION_RECEIVED, application_id=id)
    a_pair.feedback.hear(again)
    a_pair.go_on(seconds=2)
    assert len(a_pair.events("figures-changed")) == before + 1


def test_what_happens_while_figures_are_counted_is_counted_next(
    a_pair: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_pair.pump()
    count = figures.count

    def count_while_things_happen(*args: Any) -> Any:
        counted = count(*args)
        monkeypatch.setattr(figures, "count", count)
        for n in range(10):
            id = f"00000000-0000-4000-8000-{n:012d}"
            a_pair.feedback.hear_that(profiles.APPLICATION_RECEIVED, application_id=id)
        return counted

    monkeypatch.setattr(figures, "count", count_while_things_happen)
    a_pair.go_on(seconds=2)
    a_pair.feedback.hear_that(profiles.PROFILE_UPDATED, version=2, city="Regina")
    a_pair.feedback.hear_that(profiles.PARTICIPANT_CHANGED, version=2, capacity=1)
    a_pair.pump()
    a_pair.go_on(seconds=2)
    assert funnel(a_pair)["applied"] == 12


def test_topics_of_a_large_cohort_are_counted_once_a_minute(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "MANY_TOPICS", 6)
    town.feedback.hear_that(profiles.COHORT_OPENED)

    def accept(*numbers: int) -> None:
        for n in numbers:
            id = f"00000000-0000-4000-8000-{n:012d}"
            town.feedback.hear_that(profiles.PARTICIPANT_ACCEPTED, application_id=id)

    def wanted() -> list[int]:
        found = dashboard(town)
        assert found["topics"] == [] or found["funnel"][1]["count"] >= 5
        return [topic["wanted"] for topic in found["topics"]]

    accept(*range(5))
    assert wanted() == [5, 5]
    town.go_on(seconds=5)
    accept(5, 6)
    assert funnel(town)["accepted"] == 7
    assert wanted() == [5, 5]
    town.go_on(seconds=30)
    accept(7)
    assert funnel(town)["accepted"] == 8
    town.go_on(seconds=30)
    assert wanted() == [8, 8]


def test_a_count_that_was_cut_off_is_begun_again(a_pair: Town) -> None:
    a_pair.pump()
    records, association = a_pair.feedback.records, examples.ASSOCIATION
    (found,) = records.figures.find(association, {"cohort_id": examples.COHORT})
    a_pair.go_on(seconds=2)
    a_pair.feedback.hear_that(
        profiles.APPLICATION_RECEIVED, application_id="00000000-0000-4000-8000-000000000001"
    )
    now = a_pair.clock.now()
    records.figures.change(association, found.id, lambda figures: figures.begin(), now=now)
    assert funnel(a_pair)["applied"] == 3


def test_a_withdrawn_application_leaves_the_accepted(a_pair: Town) -> None:
    a_pair.feedback.hear_that(
        profiles.PARTICIPANT_ACCEPTED, application_id="00000000-0000-4000-8000-000000000001"
    )
    assert funnel(a_pair)["accepted"] == 3
    a_pair.go_on(seconds=2)
    a_pair.feedback.hear_that(
        profiles.PARTICIPANT_WITHDRAWN,
        version=2,
        application_id="00000000-0000-4000-8000-000000000001",
        state="withdrawn",
    )
    assert funnel(a_pair)["accepted"] == 2


def test_a_cancelled_meeting_is_neither_held_nor_planned(a_pair: Town) -> None:
    a_meeting(a_pair)
    assert dashboard(a_pair)["meetings"][3] == in_may(planned=1)
    a_pair.go_on(seconds=2)
    a_pair.feedback.hear_that(scheduling.MEETING_CANCELLED, version=2, state="cancelled")
    assert dashboard(a_pair)["meetings"][3] == in_may()
    assert a_pair.feedback.get("/check-ins", actor=MENTEE).json["items"] == []


def test_a_meeting_that_is_over_without_a_word_is_not_logged(a_pair: Town) -> None:
    a_meeting(a_pair)
    a_pair.go_on(days=3)
    assert dashboard(a_pair)["meetings"][3] == in_may(planned=1)
    a_pair.go_on(days=1)
    assert dashboard(a_pair)["meetings"][3] == in_may(not_logged=1)
    assert pairs_behind(a_pair, "not-logged") == ["Amara Nwosu · Ruth Abernathy"]
    assert pairs_behind(a_pair, "planned") == []


def test_a_word_that_comes_late_counts_the_meeting_as_held(a_pair: Town) -> None:
    a_meeting(a_pair)
    a_pair.go_on(days=6)
    a_held_meeting(a_pair)
    a_pair.go_on(seconds=2)
    assert dashboard(a_pair)["meetings"][3] == in_may(held=1)


def test_a_meeting_heard_of_when_it_is_over_is_not_logged(a_pair: Town) -> None:
    a_pair.go_on(days=6)
    a_meeting(a_pair)
    assert dashboard(a_pair)["meetings"][3] == in_may(not_logged=1)
    a_meeting(
        a_pair, version=2, starts_at="2026-05-28T18:00:00.000Z", ends_at="2026-05-28T19:00:00.000Z"
    )
    a_pair.go_on(seconds=2)
    assert dashboard(a_pair)["meetings"][3] == in_may(planned=1)
