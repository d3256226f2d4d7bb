"""Participants as the criteria see them, and how many places are free: read from the copies."""

from collections.abc import Iterator
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

PARTED = ("matched", "ended", "declined")
"""States after which the same two are not proposed to each other again."""


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


def field(records: Records, association_id: str, cohort: Document) -> Field:
    """Mentees without a pair or open proposal, mentors with free seats; pairs stay as they are."""
    mentees: list[Candidate] = []
    mentors: list[Candidate] = []
    places: list[int] = []
    starts_on = date.fromisoformat(cohort["starts_on"])
    for application in accepted(records, association_id, cohort["_id"]):
        free = free_seats(records, application)
        if free <= 0:
            continue
        candidate = candidate_of(records, application, starts_on)
        if application["role"] == "mentee":
            mentees.append(candidate)
        else:
            mentors.append(candidate)
            places.append(free)
    return Field(mentees=mentees, mentors=mentors, places=places)


def candidate_of(records: Records, application: Document, week_of: date) -> Candidate:
    """An application with the hours of a week and the former partners."""
    windows = [Window(**window) for window in application["availability"]]
    former = former_partner_ids(records, application)
    attributes = {
        **application,
        "hours": hours_of_week(windows, application["zone"], week_of),
        "previous_partner_ids": former,
    }
    return Candidate(
        id=application["_id"], member_id=application["member_id"], attributes=attributes
    )


def former_partner_ids(records: Records, application: Document) -> list[str]:
    """With whom the member has been, or has declined to be, a pair in this role."""
    mine, theirs = f"{application['role']}_id", _other(application["role"])
    where = {mine: application["member_id"]}
    pairs = records.pairs.each(application["association_id"], where, sort="proposed_at")
    return sorted({getattr(pair, theirs) for pair in pairs if pair.state in PARTED})


def seated(records: Records, application: Document) -> list[Pair]:
    """The pairs and open proposals of an application."""
    where = {
        f"{application['role']}_application_id": application["_id"],
        "state": In(values=SEATED),
    }
    return records.pairs.find(application["association_id"], where, limit=200)


def free_seats(records: Records, application: Document) -> int:
    """How many more pairs the application takes; never below 0."""
    capacity: int = application["capacity"]
    return max(0, capacity - len(seated(records, application)))


def lowest_free_seat(pairs: list[Pair], role: str) -> int:
    """The lowest number that none of the pairs holds on this side."""
    taken = {getattr(pair, f"{role}_seat") for pair in pairs}
    return next(n for n in range(1, len(taken) + 2) if n not in taken)


def _other(role: str) -> str:
    return "mentor_id" if role == "mentee" else "mentee_id"
