"""How things look in answers; a list asks the store for its names once, not row by row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chassis.clock import to_text
from chassis.store import Document
from services.matching.model.goal import Goal
from services.matching.model.pair import Agreement, Pair
from services.matching.model.run import Row, Run
from services.matching.people import Waiting
from services.matching.persons import members_of, persons
from services.matching.repository import Records

Shown = dict[str, Any]
Names = Mapping[str, Shown]
_ROLES = ("mentor", "mentee")
_NAMED = ("mentor", "mentee", "matched")
"""Whom a reason may speak of, by `<name>_application_id`."""
_OF_COHORT = (
    "name",
    "program_name",
    "zone",
    "starts_on",
    "ends_on",
    "meeting_rhythm_days",
    "meeting_minutes",
)


def run(run: Run) -> Shown:
    """A run with its figures."""
    return {
        "id": run.id,
        "version": run.version,
        **run.public(),
        "mentees": run.mentees,
        "mentors": run.mentors,
        "places": run.places,
        "mean": run.mean,
        "lowest": run.lowest,
        "lowest_share": run.lowest_share,
        "minimum": run.criteria.get("minimum"),
        "published": run.published,
        "refused": run.refused,
        "code": run.code,
        "asked_at": to_text(run.asked_at),
        "by_itself": run.is_by_itself,
    }


def rows(records: Records, association_id: str, found: Sequence[Row]) -> list[Shown]:
    """Proposals with their explanation, people left out with the reason."""
    spoken_of = {id for row in found for id in _spoken_of(row)}
    members = members_of(records, association_id, spoken_of)
    ids = {id for row in found for id in _members_of_row(row)} | set(members.values())
    names = persons(records, association_id, ids)
    return [_row(row, names, members) for row in found]


def pairs(
    records: Records, association_id: str, found: Sequence[Pair], *, by: str, as_members: bool
) -> list[Shown]:
    """Pairs as the actor `by` sees them: as one of the two, or as a coordinator."""
    ids = {id for pair in found for id in _members_of_pair(pair)}
    names = persons(records, association_id, ids)
    cohorts = {
        id: records.cohorts.get(association_id, id) or {}
        for id in {pair.cohort_id for pair in found}
    }
    return [
        _pair(pair, names, cohorts[pair.cohort_id], by=by, as_member=as_members) for pair in found
    ]


def waiting(records: Records, association_id: str, found: Sequence[Waiting]) -> list[Shown]:
    """People who wait for a run."""
    names = persons(records, association_id, {each.member_id for each in found})
    return [
        {
            "application_id": each.application_id,
            "role": each.role,
            "member": names[each.member_id],
            "capacity": each.capacity,
            "free_places": each.free,
            "applied_at": each.applied_at,
        }
        for each in found
    ]


def goal(goal: Goal, *, by: str) -> Shown:
    """A goal, to somebody who may see it."""
    return {
        "id": goal.id,
        "version": goal.version,
        **goal.public(),
        "text": goal.text,
        "plan": goal.plan,
        "due_on": goal.due_on and goal.due_on.isoformat(),
        "shared": goal.is_shared,
        "is_mine": goal.owner_id == by,
        "notes": [
            {"written_at": to_text(n.written_at), "progress": n.progress, "text": n.text}
            for n in goal.notes
        ],
    }


def _row(row: Row, names: Names, members: Mapping[str, str]) -> Shown:
    shown: Shown = {"id": row.id, "kind": row.kind, "state": row.state}
    for role in _ROLES:
        if member_id := getattr(row, f"{role}_id"):
            shown[role] = names[member_id]
            shown[f"{role}_application_id"] = getattr(row, f"{role}_application_id")
    if row.kind == "proposal":
        shown |= {"score": row.score, "parts": row.parts, "best": _best(row.best, names)}
        return shown | {"pair_id": row.pair_id, "code": row.code}
    return shown | {
        "reason": _told(row.reason, names, members),
        "change": _told(row.change, names, members),
    }


def _told(told: Shown | None, names: Names, members: Mapping[str, str]) -> Shown | None:
    """A reason or change with the persons it speaks of, so that words can name them."""
    if told is None:
        return None
    values = dict(told["values"])
    for name in _NAMED:
        member_id = members.get(values.get(f"{name}_application_id", ""))
        if member_id:
            values[name] = names[member_id]
    return {"code": told["code"], "values": values}


def _spoken_of(row: Row) -> Iterator[str]:
    for told in (row.reason, row.change):
        values = told["values"] if told else {}
        for name in _NAMED:
            if id := values.get(f"{name}_application_id"):
                yield id


def _members_of_row(row: Row) -> Iterator[str]:
    yield from filter(None, (row.mentor_id, row.mentee_id))
    if row.best:
        yield row.best["mentor_id"]


def _members_of_pair(pair: Pair) -> Iterator[str]:
    yield from (pair.mentor_id, pair.mentee_id)
    if pair.best:
        yield pair.best["mentor_id"]


def _best(best: Shown | None, names: Names) -> Shown | None:
    return best and {"score": best["score"], "mentor": names[best["mentor_id"]]}


def _pair(pair: Pair, names: Names, cohort: Document, *, by: str, as_member: bool) -> Shown:
    role = pair.role_of(by) if as_member else None
    shown = {
        "id": pair.id,
        "version": pair.version,
        **pair.public(),
        "mentor": names[pair.mentor_id],
        "mentee": names[pair.mentee_id],
        "my_role": role,
        "explanation": {
            "score": pair.score,
            "parts": pair.parts,
            "best": None if role else _best(pair.best, names),
        },
        "cohort": {name: cohort.get(name) for name in _OF_COHORT},
    }
    if role:
        return shown | {"agreement": _agreement(pair.agreement), "kind_word": pair.kind_word}
    # Whoever said no said it to the coordinators, also if one of those is the other of the two.
    reason = None if pair.role_of(by) else pair.declined_reason
    return shown | {"declined_reason": reason}


def _agreement(agreement: Agreement) -> Shown:
    return {
        "version": agreement.version,
        "language": agreement.language,
        "sections": agreement.sections,
        "signed_by": agreement.signed_by,
        "agreed_at": agreement.agreed_at and to_text(agreement.agreed_at),
    }
