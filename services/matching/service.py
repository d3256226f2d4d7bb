"""What can be done with runs, pairs, agreements and goals."""

from contextlib import suppress
from datetime import date, datetime
from itertools import islice
from typing import Any

from chassis.clock import to_text
from chassis.errors import Fault, Forbidden, Invalid, NotFound
from chassis.events import Event
from chassis.sealing import Sealed
from chassis.store import After, Document, In, KeysTaken
from chassis.tokens import Actor
from services.matching import people
from services.matching.lookouts import next_look
from services.matching.model.goal import Goal
from services.matching.model.pair import (
    SEATED,
    STATES,
    Agreement,
    Pair,
    ProposalIsOver,
    Role,
    agreement_faults,
)
from services.matching.model.run import ParticipantsOnTheirWay, Row, Run, RunIsUnderWay
from services.matching.persons import language_of
from services.matching.repository import Records


def access_cohort(records: Records, actor: Actor, id: str) -> Document:
    """The cohort, for its coordinators and the association's admins only."""
    cohort = records.cohorts.get(actor.association_id, id)
    if cohort is None or not coordinates(actor, cohort):
        raise NotFound
    return cohort


def coordinates(actor: Actor, cohort: Document) -> bool:
    """Whether the actor looks after the cohort."""
    return actor.is_one_of("admin") or (
        actor.is_one_of("coordinator") and actor.id in cohort["coordinator_ids"]
    )


def access_run(records: Records, actor: Actor, id: str) -> Run:
    """A run, for the coordinators of its cohort."""
    run = records.runs.get(actor.association_id, id)
    access_cohort(records, actor, run.cohort_id)
    return run


def access_pair(records: Records, actor: Actor, id: str) -> tuple[Pair, Role | None]:
    """A pair and the actor's role in it; a coordinator of its cohort has none."""
    pair = records.pairs.get(actor.association_id, id)
    role = pair.role_of(actor.id)
    if role is None:
        access_cohort(records, actor, pair.cohort_id)
    return pair, role


def access_own_pair(records: Records, actor: Actor, id: str) -> tuple[Pair, Role]:
    """A pair the actor belongs to; for everybody else it is not there."""
    pair = records.pairs.get(actor.association_id, id)
    role = pair.role_of(actor.id)
    if role is None:
        raise NotFound
    return pair, role


def access_goal(records: Records, actor: Actor, id: str) -> Goal:
    """A goal the actor may see."""
    goal = records.goals.get(actor.association_id, id)
    if not goal.is_seen_by(actor.id):
        raise NotFound
    return goal


def standing(records: Records, actor: Actor, cohort_id: str) -> dict[str, Any]:
    """How many wait and how many places are free, as matching knows it now, and when it looks by
    itself again.
    """
    access_cohort(records, actor, cohort_id)
    found = list(people.everybody(records, actor.association_id, cohort_id))
    mentors = [each for each in found if each.role == "mentor"]
    counts = count_pairs(records, actor, cohort_id)
    return {
        "mentees_waiting": sum(each.role == "mentee" and each.free > 0 for each in found),
        "mentors": sum(each.free > 0 for each in mentors),
        "full_mentors": sum(each.free == 0 for each in mentors),
        "free_places": sum(each.free for each in mentors),
        "accepted_known": len(found),
        "open_proposals": counts["proposed"],
        "pairs": counts["matched"],
        "looks_at": (at := next_look(records, actor.association_id, cohort_id)) and to_text(at),
    }


def waiting_in(
    records: Records,
    actor: Actor,
    cohort_id: str,
    role: str | None,
    *,
    after: After | None,
    limit: int,
) -> list[people.Waiting]:
    """A page of those who wait for a run, first come first."""
    access_cohort(records, actor, cohort_id)
    every = people.everybody(records, actor.association_id, cohort_id)
    if after and not isinstance(after.value, str):
        raise Invalid([Fault(field="after", code="not-a-cursor")])
    beyond = (after.value, after.id) if after else ("", "")
    waits = (
        each
        for each in every
        if each.free and role in (None, each.role)
        if (each.applied_at, each.application_id) > beyond
    )
    return list(islice(waits, limit))


def start_run(
    records: Records, actor: Actor, cohort_id: str, *, shown: int, id: str, now: datetime
) -> Run:
    """Start a run, unless people the screen showed are still on their way here."""
    access_cohort(records, actor, cohort_id)
    accepted = {"cohort_id": cohort_id, "state": "accepted"}
    known = records.applications.count(actor.association_id, accepted)
    if known < shown:
        raise ParticipantsOnTheirWay(missing=shown - known)
    run = Run(
        id=id,
        association_id=actor.association_id,
        cohort_id=cohort_id,
        number=records.runs.count(actor.association_id, {"cohort_id": cohort_id}) + 1,
        asked_by=actor.id,
        asked_at=now,
    )
    try:
        return records.runs.add(run, run.begin(), now=now)
    except KeysTaken as error:
        raise RunIsUnderWay from error


def runs_of(records: Records, actor: Actor, cohort_id: str) -> list[Run]:
    """The runs of a cohort, newest first."""
    access_cohort(records, actor, cohort_id)
    where = {"cohort_id": cohort_id}
    return records.runs.find(actor.association_id, where, sort="number", descending=True, limit=200)


def rows_of(
    records: Records, actor: Actor, run: Run, *kinds: str, after: After | None, limit: int
) -> list[Row]:
    """A page of proposals or of people left out."""
    where = {
        "run_id": run.id,
        "batch": run.batch,
        "kind": kinds[0] if len(kinds) == 1 else In(values=kinds),
    }
    return records.rows.find(actor.association_id, where, sort="place", limit=limit, after=after)


def find_rows(
    records: Records, association_id: str, ids: list[str], *, must_be_there: bool = False
) -> list[Row]:
    """These rows, in the order of their ids. Raises NotFound if one has to be there and is not."""
    found = records.rows.many(association_id, ids)
    if must_be_there and len(found) < len(ids):
        raise NotFound
    return [found[id] for id in ids if id in found]


def publish(
    records: Records,
    actor: Actor,
    id: str,
    row_ids: list[str] | None,
    *,
    now: datetime,
    cause: str | None,
) -> Run:
    """Confirm all drafts or some: one write, the worker does the rest."""
    run = access_run(records, actor, id)
    ids = None if row_ids is None else list(dict.fromkeys(row_ids))
    for row in find_rows(records, actor.association_id, ids or [], must_be_there=True):
        if row.run_id != run.id or row.batch != run.batch or row.kind != "proposal":
            raise NotFound
    try:
        return records.runs.change(
            actor.association_id,
            id,
            lambda found: found.publish(ids, now=now),
            now=now,
            cause=cause,
        )
    except KeysTaken as error:
        raise RunIsUnderWay from error


def pairs_of(records: Records, actor: Actor) -> list[Pair]:
    """The actor's own pairs and proposals in both roles, newest first."""
    found = [
        pair
        for side in ("mentor_id", "mentee_id")
        for pair in records.pairs.find(
            actor.association_id, {side: actor.id}, sort="proposed_at", descending=True, limit=100
        )
    ]
    return sorted(found, key=lambda pair: pair.proposed_at, reverse=True)


def pairs_in(
    records: Records,
    actor: Actor,
    cohort_id: str,
    state: str | None,
    *,
    after: After | None,
    limit: int,
) -> list[Pair]:
    """A page of the pairs of a cohort, oldest first."""
    access_cohort(records, actor, cohort_id)
    where = {"cohort_id": cohort_id, **({"state": state} if state else {})}
    return records.pairs.find(
        actor.association_id, where, sort="proposed_at", limit=limit, after=after
    )


def count_pairs(records: Records, actor: Actor, cohort_id: str) -> dict[str, int]:
    """How many pairs of a cohort are in each state."""
    return {
        state: records.pairs.count(actor.association_id, {"cohort_id": cohort_id, "state": state})
        for state in STATES
    }


def accept(records: Records, actor: Actor, id: str, *, now: datetime, cause: str | None) -> Pair:
    """Say yes to a proposal."""
    pair, role = access_own_pair(records, actor, id)
    cohort = records.cohorts.get(actor.association_id, pair.cohort_id)
    agreement = first_agreement(records, pair, cohort) if cohort else Agreement()
    ends_on = date.fromisoformat(cohort["ends_on"]) if cohort else pair.ends_on

    def act(found: Pair) -> list[Event]:
        return found.accept(role, agreement=agreement, ends_on=ends_on, now=now)

    return records.pairs.change(actor.association_id, id, act, now=now, cause=cause)


def first_agreement(records: Records, pair: Pair, cohort: Document) -> Agreement:
    """The cohort's template in the mentee's language if the mentor meets in it too, else as it is;
    a section without a translation stays in the template's own language.
    """
    language = language_of(records, pair.association_id, pair.mentee_id)
    mentor = records.applications.get(pair.association_id, pair.mentor_application_id)
    translations = cohort.get("agreement_translations") or {}
    texts = dict(cohort["agreement_template"])
    spoken = cohort.get("agreement_language")
    if language in translations and mentor and language in mentor["languages"]:
        spoken, translated = language, translations[language]
        texts = {name: translated.get(name, text) for name, text in texts.items()}
    sections = {name: Sealed(text) for name, text in texts.items()}
    return Agreement(language=spoken, sections=sections)


def decline(
    records: Records, actor: Actor, id: str, reason: str | None, *, now: datetime, cause: str | None
) -> Pair:
    """Say no to a proposal; the reason is for the coordinators only."""
    _, role = access_own_pair(records, actor, id)
    sealed = Sealed(reason) if reason else None

    def act(found: Pair) -> list[Event]:
        return found.decline(role, sealed, now=now)

    return records.pairs.change(actor.association_id, id, act, now=now, cause=cause)


def withdraw(records: Records, actor: Actor, id: str, *, now: datetime, cause: str | None) -> Pair:
    """A coordinator takes a proposal back."""
    pair = records.pairs.get(actor.association_id, id)
    access_cohort(records, actor, pair.cohort_id)
    return records.pairs.change(
        actor.association_id, id, lambda found: found.withdraw(), now=now, cause=cause
    )


def end(
    records: Records,
    actor: Actor,
    id: str,
    kind_word: str | None,
    *,
    now: datetime,
    cause: str | None,
) -> Pair:
    """Either ends the pair, or a coordinator does; no reason is asked."""
    _, role = access_pair(records, actor, id)
    sealed = Sealed(kind_word) if kind_word else None

    def act(found: Pair) -> list[Event]:
        return found.end(role or "coordinator", sealed, now=now)

    return records.pairs.change(actor.association_id, id, act, now=now, cause=cause)


def change_agreement(
    records: Records,
    actor: Actor,
    id: str,
    sections: dict[str, str],
    *,
    now: datetime,
    expected: int | None,
) -> Pair:
    """Write other words; both sign again."""
    pair, _ = access_own_pair(records, actor, id)
    agreement_faults(sections, dict(pair.agreement.sections))
    whole = {**pair.agreement.sections, **sections}

    def act(found: Pair) -> list[Event]:
        return found.change_agreement(whole)

    return records.pairs.change(actor.association_id, id, act, now=now, expected=expected)


def sign(
    records: Records,
    actor: Actor,
    id: str,
    agreement_version: int,
    *,
    now: datetime,
    cause: str | None,
) -> Pair:
    """Sign what stands there."""
    _, role = access_own_pair(records, actor, id)

    def act(found: Pair) -> list[Event]:
        return found.sign(role, agreement_version, now=now)

    return records.pairs.change(actor.association_id, id, act, now=now, cause=cause)


def goals_of(records: Records, actor: Actor, pair_id: str) -> list[Goal]:
    """The goals of a pair that the actor may see, oldest first."""
    access_own_pair(records, actor, pair_id)
    found = records.goals.find(
        actor.association_id, {"pair_id": pair_id}, sort="written_at", limit=200
    )
    return [goal for goal in found if goal.is_seen_by(actor.id)]


def write_goal(
    records: Records, actor: Actor, pair_id: str, body: dict[str, Any], *, id: str, now: datetime
) -> Goal:
    """Write a goal in a pair that runs."""
    pair, role = access_own_pair(records, actor, pair_id)
    pair.check_runs()
    goal = Goal(
        id=id,
        association_id=actor.association_id,
        pair_id=pair_id,
        cohort_id=pair.cohort_id,
        owner_id=actor.id,
        partner_id=pair.mentor_id if role == "mentee" else pair.mentee_id,
        text=Sealed(body["text"]),
        plan=Sealed(body["plan"]),
        due_on=body["due_on"],
        is_shared=body["shared"],
        written_at=now,
    )
    return records.goals.add(goal, goal.write(), now=now)


def amend_goal(
    records: Records,
    actor: Actor,
    id: str,
    changes: dict[str, Any],
    note: str | None,
    *,
    now: datetime,
    cause: str | None,
    expected: int | None,
) -> Goal:
    """Change a goal; only its owner does."""
    if access_goal(records, actor, id).owner_id != actor.id:
        raise Forbidden

    def act(found: Goal) -> list[Event]:
        return found.amend(changes, Sealed(note) if note else None, now=now)

    return records.goals.change(
        actor.association_id, id, act, now=now, cause=cause, expected=expected
    )


def fall_due(records: Records, association_id: str, id: str, now: datetime) -> None:
    """A reminder, a deadline or the end of a term has come."""
    records.pairs.change(association_id, id, lambda pair: pair.fall_due(now=now), now=now)


def follow_cohort(records: Records, association_id: str, id: str, *, now: datetime) -> None:
    """The pairs of a cohort end on its last day, whichever that is by now."""
    cohort = records.cohorts.get(association_id, id)
    if cohort is None:
        return
    ends_on = date.fromisoformat(cohort["ends_on"])
    running = {"cohort_id": id, "state": "matched"}
    for pair in records.pairs.each(association_id, running, sort="proposed_at"):
        records.pairs.change(
            association_id, pair.id, lambda found: found.follow_term(ends_on), now=now
        )


def follow_application(records: Records, association_id: str, id: str, *, now: datetime) -> None:
    """Who is no longer accepted leaves open proposals, and pairs end."""
    application = records.applications.get(association_id, id)
    if application is None or application["state"] == "accepted":
        return
    for pair in people.seated(records, application):
        with suppress(ProposalIsOver):
            records.pairs.change(
                association_id, pair.id, lambda found: _leave(found, now=now), now=now
            )


def _leave(pair: Pair, *, now: datetime) -> list[Event]:
    if pair.state == "proposed":
        return pair.withdraw()
    return pair.end("withdrawal", None, now=now) if pair.state in SEATED else []
