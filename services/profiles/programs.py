"""Programs and cohorts: who may see and change them, and what follows from a change."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chassis.errors import Fault, Forbidden, Invalid, NotFound
from chassis.store import Range
from chassis.tokens import Actor
from services.profiles.content import agreement_texts
from services.profiles.model.cohort import Cohort, Track
from services.profiles.model.program import Program
from services.profiles.repository import Records
from services.profiles.service import get_association

COORDINATING = ("coordinator", "admin")


def check_coordinates(actor: Actor) -> None:
    """Raise Forbidden unless the actor is a coordinator or admin."""
    if not actor.is_one_of(*COORDINATING):
        raise Forbidden


def coordinates(actor: Actor, thing: Program | Cohort) -> bool:
    """Whether the actor looks after this program or cohort."""
    return actor.is_one_of("admin") or (
        actor.is_one_of("coordinator") and actor.id in thing.coordinator_ids
    )


def list_programs(records: Records, actor: Actor) -> list[Program]:
    """All programs of the association; there are few."""
    check_coordinates(actor)
    return list(records.programs.each(actor.association_id, {}))


def access_program(records: Records, actor: Actor, id: str) -> Program:
    """A program, for every coordinator of the association."""
    if not actor.is_one_of(*COORDINATING):
        raise NotFound
    return records.programs.get(actor.association_id, id)


def make_program(
    records: Records, actor: Actor, values: Mapping[str, Any], *, id: str, now: datetime
) -> Program:
    """Begin a program; whoever does looks after it."""
    check_coordinates(actor)
    program = Program(
        id=id, association_id=actor.association_id, coordinator_ids=[actor.id], **values
    )
    return records.programs.add(program, now=now)


def amend_program(
    records: Records,
    actor: Actor,
    id: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    cause: str | None = None,
    expected: int | None = None,
) -> Program:
    """Change a program; its cohorts follow by themselves."""
    if not coordinates(actor, access_program(records, actor, id)):
        raise Forbidden
    return records.programs.change(
        actor.association_id,
        id,
        lambda program: program.amend(**values, now=now),
        now=now,
        cause=cause,
        expected=expected,
    )


def tell_cohorts(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Timer: let the cohorts of a program that changed carry its name and streams."""
    program = records.programs.get(association_id, id)
    for cohort in records.cohorts.each(association_id, {"program_id": id}):
        records.cohorts.change(
            association_id, cohort.id, lambda cohort: cohort.follow(program), now=now
        )
    records.programs.change(
        association_id, id, lambda now_there: now_there.rest(told=program.version), now=now
    )


def list_cohorts(records: Records, actor: Actor) -> list[Cohort]:
    """The cohorts that the actor coordinates or takes part in; an association has few."""
    every = records.cohorts.each(actor.association_id, {})
    if actor.is_one_of(*COORDINATING):
        return [cohort for cohort in every if coordinates(actor, cohort)]
    own = {
        application.cohort_id
        for application in records.applications.each(actor.association_id, {"member_id": actor.id})
    }
    return [cohort for cohort in every if cohort.id in own]


def list_open_cohorts(records: Records, actor: Actor, *, now: datetime) -> list[Cohort]:
    """The cohorts that take applications now."""
    yesterday = (now - timedelta(days=1)).date().isoformat()
    found = records.cohorts.each(
        actor.association_id, {"apply_until": Range(at_least=yesterday)}, sort="apply_until"
    )
    return [cohort for cohort in found if cohort.takes_applications(now=now)]


def access_cohort(records: Records, actor: Actor, id: str, *, now: datetime) -> Cohort:
    """A cohort, for those who coordinate it, those in it, and everybody while it is open."""
    cohort = records.cohorts.get(actor.association_id, id)
    if coordinates(actor, cohort) or cohort.takes_applications(now=now):
        return cohort
    mine = records.applications.each(actor.association_id, {"member_id": actor.id})
    if any(application.cohort_id == id for application in mine):
        return cohort
    raise NotFound


def access_own_cohort(records: Records, actor: Actor, id: str) -> Cohort:
    """A cohort, for those who coordinate it; for all others it is not there."""
    cohort = records.cohorts.get(actor.association_id, id)
    if not coordinates(actor, cohort):
        raise NotFound
    return cohort


def open_cohort(
    records: Records, actor: Actor, values: Mapping[str, Any], *, id: str, now: datetime
) -> Cohort:
    """Open a cohort of a program; texts of the agreement that are left out are the default ones."""
    check_coordinates(actor)
    program = _program_of(records, actor, values["program_id"])
    language, *others = get_association(records, actor).languages
    given = dict(values)
    given["coordinator_ids"] = _coordinators(records, actor, given.get("coordinator_ids"))
    template, translations = given.pop("agreement_template"), given.pop("agreement_translations")
    cohort = Cohort(
        id=id,
        association_id=actor.association_id,
        program_name=program.name,
        streams=[Track(id=stream.id, name=stream.name) for stream in program.streams],
        agreement_template=agreement_texts(language),
        agreement_language=language,
        agreement_translations={other: agreement_texts(other) for other in others},
        **given,
    )
    cohort.amend(cohort.texts_with(template, translations))
    return records.cohorts.add(cohort, cohort.open(), now=now)


def amend_cohort(
    records: Records,
    actor: Actor,
    id: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    cause: str | None = None,
    expected: int | None = None,
) -> Cohort:
    """Change a cohort; it stays with its program."""
    cohort = access_own_cohort(records, actor, id)
    changes = dict(values)
    if changes.pop("program_id") != cohort.program_id:
        raise Invalid([Fault(field="program_id", code="stays-as-it-is")])
    asked = changes.get("coordinator_ids")
    changes["coordinator_ids"] = (
        _coordinators(records, actor, asked) if asked else cohort.coordinator_ids
    )
    template, translations = (
        changes.pop("agreement_template"),
        changes.pop("agreement_translations"),
    )
    return records.cohorts.change(
        actor.association_id,
        id,
        lambda cohort: cohort.amend({**changes, **cohort.texts_with(template, translations)}),
        now=now,
        cause=cause,
        expected=expected,
    )


def _program_of(records: Records, actor: Actor, id: str) -> Program:
    try:
        return records.programs.get(actor.association_id, id)
    except NotFound:
        raise Invalid([Fault(field="program_id", code="not-known")]) from None


def _coordinators(records: Records, actor: Actor, ids: list[str] | None) -> list[str]:
    """These members, each of whom must be allowed to coordinate; nobody named: the actor."""
    faults = []
    for n, id in enumerate(ids or ()):
        try:
            allowed = records.members.get(actor.association_id, id).roles
        except NotFound:
            allowed = []
        if not set(allowed) & set(COORDINATING):
            faults.append(Fault(field=f"coordinator_ids.{n}", code="not-a-coordinator"))
    if faults:
        raise Invalid(faults)
    return ids or [actor.id]
