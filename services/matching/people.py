"""Participants as the criteria see them, and how many places are free: read from the copies."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.store import Document, In
from contracts.availability import Window, hours_of_week
from services.matching.candidate import Candidate
from services.matching.definition import read_criteria
from services.matching.model.pair import SEATED, Pair
from services.matching.presets import PRESETS, reweighed
from services.matching.repository import Records

PARTNERS = ("matched", "ended")
"""States in which two are or were partners: they are not proposed to each other again."""

MemberIds = Mapping[str, set[str]]
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An accepted application, and how many more pairs it takes."""

    application_id: str
    member_id: str
    role: str
    capacity: int
    free: int
    applied_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Who takes part in a run: mentees who wait, mentors with places, in a fixed order."""

    mentees: list[Candidate]
    mentors: list[Candidate]
    places: list[int]


def criteria_of(cohort: Document) -> dict[str, Any]:
    """The cohort's criteria as data: a preset by name with other weights; Invalid if not sound."""
    asked = cohort["criteria"]
    data = PRESETS[asked.get("preset", "balanced")]
    changes = dict(asked.get("changes") or {})
    minimum = changes.pop("minimum", data["minimum"])
    data = {**reweighed(data, changes), "minimum": minimum}
    read_criteria(data)
    return data


def accepted(records: Records, association_id: str, cohort_id: str) -> Iterator[Document]:
    """The accepted applications of a cohort, first come first."""
    where = {"cohort_id": cohort_id, "state": "accepted"}
    return records.applications.each(association_id, where, sort="applied_at")


def everybody(records: Records, association_id: str, cohort_id: str) -> Iterator[Waiting]:
    """Every accepted application of a cohort with the places it has left, first come first."""
    taken = taken_seats(records, association_id, cohort_id)
    for application in accepted(records, association_id, cohort_id):
        yield Waiting(
            application_id=application["_id"],
            member_id=application["member_id"],
            role=application["role"],
            capacity=application["capacity"],
            free=_free(application, taken),
            applied_at=application["applied_at"],
        )


def field(records: Records, association_id: str, cohort: Document) -> Field:
    """Mentees without a pair or open proposal, mentors with free seats; pairs stay as they are."""
    taken = taken_seats(records, association_id, cohort["_id"])
    free = [
        application
        for application in accepted(records, association_id, cohort["_id"])
        if _free(application, taken)
    ]
    mentees = [application for application in free if application["role"] == "mentee"]
    mentors = [application for application in free if application["role"] == "mentor"]
    mentee_ids = [each["member_id"] for each in mentees]
    partners, asked = met_before(records, association_id, cohort["_id"], mentee_ids)
    starts_on = date.fromisoformat(cohort["starts_on"])
    return Field(
        mentees=[
            candidate_of(each, starts_on, partners[each["member_id"]], asked[each["member_id"]])
            for each in mentees
        ],
        # Said once it is said for both: a rule about two looks at either side.
        mentors=[candidate_of(each, starts_on, (), ()) for each in mentors],
        places=[_free(each, taken) for each in mentors],
    )


def candidate_of(
    application: Document, week_of: date, partners: Collection[str], asked: Collection[str]
) -> Candidate:
    """An application with the hours of a week and whom they met before."""
    windows = [Window(**window) for window in application["availability"]]
    attributes = {
        **application,
        "hours": hours_of_week(windows, application["zone"], week_of),
        "previous_partner_ids": sorted(partners),
        "asked_before_ids": sorted(asked),
    }
    return Candidate(
        id=application["_id"], member_id=application["member_id"], attributes=attributes
    )


def met_before(
    records: Records, association_id: str, cohort_id: str, mentee_ids: Sequence[str]
) -> tuple[MemberIds, MemberIds]:
    """With which mentors each of these members is or was a pair, and which were asked in vain."""
    partners: dict[str, set[str]] = defaultdict(set)
    asked: dict[str, set[str]] = defaultdict(set)
    for n in range(0, len(mentee_ids), _AT_ONCE):
        where = {"mentee_id": In(values=mentee_ids[n : n + _AT_ONCE])}
        for pair in records.each_pair(association_id, where, sort="proposed_at"):
            if pair["state"] in PARTNERS:
                partners[pair["mentee_id"]].add(pair["mentor_id"])
            elif _was_turned_down(pair, cohort_id):
                asked[pair["mentee_id"]].add(pair["mentor_id"])
    return partners, asked


def taken_seats(records: Records, association_id: str, cohort_id: str) -> Counter[str]:
    """How many seats pairs and open proposals hold, by application id."""
    taken: Counter[str] = Counter()
    for state in SEATED:
        where = {"cohort_id": cohort_id, "state": state}
        for pair in records.each_pair(association_id, where, sort="proposed_at"):
            taken.update((pair["mentor_application_id"], pair["mentee_application_id"]))
    return taken


def seated(records: Records, application: Document) -> list[Pair]:
    """The pairs and open proposals of an application."""
    where = {
        f"{application['role']}_application_id": application["_id"],
        "state": In(values=SEATED),
    }
    return records.pairs.find(application["association_id"], where, limit=200)


def lowest_free_seat(pairs: list[Pair], role: str) -> int:
    """The lowest number that none of the pairs holds on this side."""
    taken = {getattr(pair, f"{role}_seat") for pair in pairs}
    return next(n for n in range(1, len(taken) + 2) if n not in taken)


def _was_turned_down(pair: Document, cohort_id: str) -> bool:
    """A no holds for good, silence for the cohort: one who was away in spring may be asked in fall.

    What a coordinator took back was never answered.
    """
    if pair["state"] == "expired":
        return bool(pair["cohort_id"] == cohort_id)
    return bool(pair["state"] == "declined")


def _free(application: Document, taken: Counter[str]) -> int:
    """How many more pairs the application takes; a capacity that was lowered ends none."""
    capacity: int = application["capacity"]
    return max(0, capacity - taken[application["_id"]])
