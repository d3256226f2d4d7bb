"""How things look in answers: their public state, and what only those who may ask see of them."""

from datetime import datetime
from typing import Any

from chassis.clock import to_text
from services.profiles.model.application import Application
from services.profiles.model.association import Association
from services.profiles.model.cohort import DAYS, Cohort
from services.profiles.model.decision import Decision
from services.profiles.model.importing import Import
from services.profiles.model.member import Member
from services.profiles.model.program import Program
from services.profiles.table import ENCODINGS

_CARD = ("name", "program_id", "program_name", "zone", *DAYS, "streams")


def association(found: Association) -> dict[str, Any]:
    """The association."""
    return {**found.public(), "id": found.id, "version": found.version}


def member(member: Member) -> dict[str, Any]:
    """A member, to themself."""
    return {**member.public(), "id": member.id, "version": member.version}


def program(program: Program) -> dict[str, Any]:
    """A program."""
    return {
        "id": program.id,
        "version": program.version,
        "name": program.name,
        "purpose": program.purpose,
        "outcomes": [
            {
                "text": each.text,
                "measure": each.measure,
                "due_on": each.due_on.isoformat() if each.due_on else None,
            }
            for each in program.outcomes
        ],
        "principles": program.principles,
        "streams": [
            {"id": each.id, "name": each.name, "for_whom": each.for_whom}
            for each in program.streams
        ],
        "coordinator_ids": program.coordinator_ids,
    }


def cohort(cohort: Cohort, *, now: datetime) -> dict[str, Any]:
    """A cohort, and whether it takes applications."""
    return {
        **cohort.public(),
        "id": cohort.id,
        "version": cohort.version,
        "criteria_preset": cohort.criteria.preset,
        "is_open": cohort.takes_applications(now=now),
    }


def cohort_card(cohort: Cohort, *, now: datetime) -> dict[str, Any]:
    """What an application shows of its cohort."""
    public = cohort.public()
    return {
        "id": cohort.id,
        **{name: public[name] for name in _CARD},
        "is_open": cohort.takes_applications(now=now),
    }


def application(application: Application, member: Member | None) -> dict[str, Any]:
    """An application, to its member and to those who screen it."""
    return {
        **application.public(),
        "id": application.id,
        "version": application.version,
        "motives": application.motives,
        "hopes": application.hopes,
        "offers": application.offers,
        "step": application.step,
        "member": member.card() if member else None,
    }


def decision(decision: Decision, refused: list[dict[str, Any]]) -> dict[str, Any]:
    """How far a decision is, and what was refused."""
    return {
        "id": decision.id,
        "version": decision.version,
        "cohort_id": decision.cohort_id,
        "decision": decision.decision,
        "mail": decision.mail,
        "confirmed_at": to_text(decision.confirmed_at) if decision.confirmed_at else None,
        "state": decision.state,
        "total": decision.total,
        "done": decision.done,
        "refused_count": decision.refused,
        "refused": refused,
    }


def import_(found: Import) -> dict[str, Any]:
    """How far an import is. `total` counts the rows of the step at hand, `rows` all of the file."""
    return {
        **found.public(),
        "id": found.id,
        "version": found.version,
        "file_name": found.file_name,
        "encoding": ENCODINGS[found.encoding],
        "separator": found.separator,
        "headers": found.headers,
        "guess": found.guess,
        "sample": found.sample,
        "mapping": found.mapping or None,
        "defaults": {"role": found.role, "language": found.language, "zone": found.zone},
        "rows": found.total,
        "good": found.good,
        "faulty": found.faulty,
        "skipped": found.repeats,
        "refused": found.refused,
        "invite": found.invite,
        "created_at": to_text(found.created_at),
    }
