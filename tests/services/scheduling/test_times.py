"""Common times of two people with clocks of their own, also when these change."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chassis.clock import from_text
from contracts import examples, profiles
from tests.harness import Town
from tests.services.scheduling.conftest import (
    AMARA,
    COORDINATOR,
    FOREIGN,
    RUTH,
    act,
    at,
    hear_all,
    offered,
    scheduled,
)

PATH = f"/pairs/{examples.PAIR}/times"
DAILY = [{"weekday": day, "start": "09:00", "end": "17:00"} for day in range(7)]


def times(town: Town, *, minutes: int = 45, actor: Any = AMARA) -> Any:
    answer = town.scheduling.get(f"{PATH}?minutes={minutes}", actor=actor)
    assert answer.status_code == 200, answer.json
    return answer.json


def available(town: Town, role: str, zone: str, windows: list[Any]) -> None:
    """One of the two lives in this zone and has these windows."""
    application_id, member_id = (
        (examples.MENTOR_APPLICATION, examples.MENTOR)
        if role == "mentor"
        else (examples.MENTEE_APPLICATION, examples.MENTEE)
    )
    town.scheduling.hear_that(
        profiles.PARTICIPANT_CHANGED,
        version=5,
        application_id=application_id,
        member_id=member_id,
        role=role,
        zone=zone,
        availability=windows,
    )


def test_common_times_are_those_of_both(pair: Town) -> None:
    found = times(pair)
    assert [t["starts_at"] for t in found["items"][:3]] == [at(), at(0.5), at(168)]
    assert found["items"][0]["ends_at"] == at(0.75)
    assert found["minutes"] == 45
    assert found["zones"] == {"mine": "America/Regina", "theirs": "America/Halifax"}
    assert times(pair, actor=RUTH)["zones"] == {
        "mine": "America/Halifax",
        "theirs": "America/Regina",
    }
    assert found["has_availability"] == {"mentor": True, "mentee": True}


def test_each_ones_free_hours_are_told_too(pair: Town) -> None:
    found = times(pair)["free"]
    assert found["theirs"][0] == {"starts_at": at(-2), "ends_at": at(1.5)}
    assert {"starts_at": at(), "ends_at": at(2)} in found["mine"]
    assert times(pair, actor=RUTH)["free"]["mine"] == found["theirs"]


def test_what_is_planned_or_held_is_not_free(pair: Town) -> None:
    offered(pair, at(0.5))
    scheduled(pair, at(168))
    starts = [t["starts_at"] for t in times(pair)["items"]]
    assert not {at(), at(0.5), at(168), at(168.5)} & set(starts)
    assert {"starts_at": at(0.5 + 0.75), "ends_at": at(1.5)} in times(pair)["free"]["theirs"]
    pair.go_on(hours=24)
    assert at() in [t["starts_at"] for t in times(pair)["items"]]


def test_no_time_fits_and_that_is_an_empty_list(pair: Town) -> None:
    assert times(pair, minutes=480)["items"] == []


def test_nothing_is_sooner_than_twelve_hours_nor_later_than_four_weeks(pair: Town) -> None:
    pair.go_to(from_text(at(-11)))
    starts = [t["starts_at"] for t in times(pair)["items"]]
    assert min(starts) >= at(1)
    assert max(starts) < at(24 * 28)


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        ("0", "out-of-range"),
        ("495", "out-of-range"),
        ("50", "not-quarter-hours"),
        ("x", "out-of-range"),
        ("-15", "out-of-range"),
    ],
)
def test_a_length_that_cannot_be(pair: Town, minutes: str, code: str) -> None:
    answer = pair.scheduling.get(f"{PATH}?minutes={minutes}", actor=AMARA)
    assert answer.status_code == 422
    assert [(f["field"], f["code"]) for f in answer.json["faults"]] == [("minutes", code)]


@pytest.mark.parametrize("actor", [COORDINATOR, FOREIGN], ids=["coordinator", "elsewhere"])
def test_nobody_else_sees_when_they_are_free(pair: Town, actor: Any) -> None:
    assert pair.scheduling.get(PATH, actor=actor).status_code == 404


@pytest.mark.parametrize(
    "zone", ["America/St_Johns", "America/Regina", "America/Halifax", "America/Toronto"]
)
@pytest.mark.parametrize(
    "monday", ["2026-03-02", "2026-10-26"], ids=["clocks go forward", "clocks go back"]
)
def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change(
    town: Town, zone: str, monday: str
) -> None:
    town.clock.at = datetime.fromisoformat(f"{monday}T12:00:00+00:00")
    hear_all(town)
    available(town, "mentee", zone, DAILY)
    available(town, "mentor", zone, DAILY)
    clock = ZoneInfo(zone)
    starts = [from_text(t["starts_at"]).astimezone(clock) for t in times(town, minutes=60)["items"]]
    by_day: dict[Any, list[str]] = {}
    for each in starts:
        by_day.setdefault(each.date(), []).append(f"{each:%H:%M}")
    whole_days = list(by_day.values())[1:-1]
    assert len(whole_days) == 25
    assert {(hours[0], hours[-1], len(hours)) for hours in whole_days} == {("09:00", "16:00", 15)}
    offsets = {each.utcoffset() for each in starts}
    assert len(offsets) == (1 if zone == "America/Regina" else 2)


def test_regina_and_toronto_drift_apart_by_an_hour_in_march(town: Town) -> None:
    town.clock.at = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
    hear_all(town)
    noon = [{"weekday": day, "start": "12:00", "end": "13:00"} for day in range(7)]
    early = [{"weekday": day, "start": "13:00", "end": "14:00"} for day in range(7)]
    available(town, "mentee", "America/Regina", noon)
    available(town, "mentor", "America/Toronto", early)
    days = {t["starts_at"][:10] for t in times(town, minutes=60)["items"]}
    # Noon in Regina is one o'clock in Toronto until 8 March, two o'clock afterwards.
    assert days == {f"2026-03-0{n}" for n in range(3, 8)}


def test_a_newfoundland_half_hour_is_no_quarter_too_many(town: Town) -> None:
    hear_all(town)
    available(town, "mentee", "America/St_Johns", DAILY)
    available(town, "mentor", "America/Toronto", DAILY)
    starts = [from_text(t["starts_at"]) for t in times(town, minutes=30)["items"]]
    here = {f"{s.astimezone(ZoneInfo('America/St_Johns')):%M}" for s in starts}
    assert here == {"00", "30"}
    first = starts[0].astimezone(ZoneInfo("America/Toronto"))
    assert f"{first:%H:%M}" == "09:00"


@pytest.mark.parametrize("zone", ["America/St_Johns", "America/Halifax", "America/Toronto"])
def test_a_meeting_in_a_repeated_hour_is_one_instant_everywhere(town: Town, zone: str) -> None:
    town.clock.at = datetime.fromisoformat("2026-10-30T12:00:00+00:00")
    hear_all(town)
    town.scheduling.hear_that(profiles.PROFILE_UPDATED, version=9, zone=zone)
    # The night of the change: half past one comes twice, an hour apart.
    first = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo(zone))
    starts = [first.replace(fold=fold).isoformat() for fold in (0, 1)]
    ids = []
    for start in starts:
        meeting = offered(town, start, minutes=15)
        answer = act(town, meeting, "confirmation", {"starts_at": start})
        assert answer.status_code == 200
        ids.append(answer.json["starts_at"])
    assert (from_text(ids[1]) - from_text(ids[0])).total_seconds() == 3600
    path = town.scheduling.post("/feed", actor=AMARA).json["path"]
    text = town.scheduling.get(path, actor=None).text
    for start in ids:
        # In UTC, because readers differ about which of the two a local time means.
        utc = from_text(start)
        assert f"DTSTART:{utc:%Y%m%dT%H%M%SZ}" in text
