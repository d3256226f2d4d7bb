"""Computing a matching run and publishing its proposals, in the worker.

Computed anew after a crash it writes rows of another batch; only the batch the run names counts.
"""

from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from chassis.errors import Conflict, Invalid, NotFound
from chassis.events import Event, fact_id
from chassis.log import logger
from chassis.store import KeysTaken
from chassis.web import code_of
from chassis.zones import zone
from services.matching import people
from services.matching.config import ROWS_AT_ONCE, SEAT_TRIES
from services.matching.criteria import Part, score
from services.matching.definition import read_criteria
from services.matching.model.pair import MenteeIsTaken, MentorIsFull, Pair, ProposalIsOver
from services.matching.model.run import Row, Run
from services.matching.reasons import Reason, best_possible, find_reasons, share_of_best
from services.matching.repository import Records
from services.matching.service import find_rows
from services.matching.solver import Outcome, TooManyPeople, solve


def go_on(records: Records, association_id: str, id: str, now: datetime) -> None:
    """A run's time has come: compute it, or publish the next of its rows."""
    run = records.runs.get(association_id, id)
    if run.state == "computing":
        compute(records, run, now=now)
    elif run.state == "publishing":
        publish_some(records, run, now=now)


def compute(records: Records, run: Run, *, now: datetime) -> None:
    """Match everybody who waits, and keep proposals and reasons as rows."""
    cohort = records.cohorts.get(run.association_id, run.cohort_id)
    try:
        assert cohort is not None
        criteria = people.criteria_of(cohort)
        field = people.field(records, run.association_id, cohort)
        outcome = solve(read_criteria(criteria), field.mentees, field.mentors, field.places)
    except (TooManyPeople, Invalid, KeyError, ValueError) as error:
        logger().error("run failed", run=run.id, reason=type(error).__name__)
        too_many = isinstance(error, TooManyPeople)
        code = "too-many-people" if too_many else "criteria-are-not-sound"
        records.runs.change(run.association_id, run.id, lambda found: found.fail(code), now=now)
        return
    batch = str(uuid4())
    rows = [*proposals(run, batch, outcome), *left_out(run, batch, outcome)]
    records.rows.add_many(rows, now=now)
    figures = {**figures_of(outcome), "criteria": criteria}
    done = records.runs.change(
        run.association_id, run.id, lambda found: found.ready(batch, figures), now=now
    )
    if done.batch != batch:
        for row in rows:
            records.rows.delete(run.association_id, row.id)


def proposals(run: Run, batch: str, outcome: Outcome) -> list[Row]:
    """A row a matched pair, best first."""
    matched = [(i, j) for i, j in enumerate(outcome.assigned) if j is not None]
    matched.sort(key=lambda pair: (-int(outcome.scores[pair]), pair[0]))
    return [_proposal(run, batch, outcome, place, *pair) for place, pair in enumerate(matched)]


def left_out(run: Run, batch: str, outcome: Outcome) -> list[Row]:
    """A row a mentee without a mentor and a mentor with free places, with the reason."""
    reasons = find_reasons(outcome)
    members = {c.id: c.member_id for c in (*outcome.mentees, *outcome.mentors)}
    told = [
        *(("mentee", id, reason) for id, reason in reasons.mentees.items()),
        *(("mentor", id, reason) for id, reason in reasons.mentors.items()),
    ]
    return [
        _left_out(run, batch, place, role, id, members[id], reason)
        for place, (role, id, reason) in enumerate(told)
    ]


def figures_of(outcome: Outcome) -> dict[str, Any]:
    """What a run tells of itself, in hundredths of a point and percent."""
    matched = [(i, j) for i, j in enumerate(outcome.assigned) if j is not None]
    scores = [int(outcome.scores[pair]) for pair in matched]
    shares = [share_of_best(outcome, i) for i, _ in matched]
    return {
        "mentees": len(outcome.mentees),
        "mentors": len(outcome.mentors),
        "places": sum(outcome.places),
        "proposals": len(matched),
        "unmatched": len(outcome.mentees) - len(matched),
        "mean": sum(scores) // len(scores) if scores else 0,
        "lowest": min(scores, default=None),
        "lowest_share": min((share for share in shares if share is not None), default=None),
    }


def publish_some(records: Records, run: Run, *, now: datetime) -> None:
    """Make proposals of the next rows that are chosen and still drafts."""
    of_run = {"run_id": run.id, "batch": run.batch, "kind": "proposal"}
    where = {**of_run, "state": "draft"}
    if run.chosen is None:
        rows = records.rows.find(run.association_id, where, sort="place", limit=ROWS_AT_ONCE)
        is_done = len(rows) < ROWS_AT_ONCE
    else:
        rows = find_rows(records, run.association_id, run.chosen[:ROWS_AT_ONCE])
        is_done = len(run.chosen) <= ROWS_AT_ONCE
    for row in rows:
        if row.state == "draft":
            publish_row(records, run, row, now=now)
    done = (run.chosen or [])[:ROWS_AT_ONCE]
    counts = {
        state: records.rows.count(run.association_id, {**of_run, "state": state})
        for state in ("published", "refused")
    }

    def act(found: Run) -> list[Event]:
        if found.state != "publishing":
            return []
        return found.advance(done=done, is_done=is_done, now=now, **counts)

    records.runs.change(run.association_id, run.id, act, now=now)


def publish_row(records: Records, run: Run, row: Row, *, now: datetime) -> bool:
    """Ask the two; False if the rules refuse it by now, which the row then says."""
    code = None
    try:
        pair = propose(records, run, row, now=now)
    except Conflict as error:
        pair, code = None, code_of(type(error))

    def act(found: Row) -> None:
        found.state = "published" if pair else "refused"
        found.pair_id, found.code = pair.id if pair else None, code

    records.rows.change(run.association_id, row.id, act, now=now)
    return pair is not None


def propose(records: Records, run: Run, row: Row, *, now: datetime) -> Pair:
    """Make a proposal that holds a seat of both; seats are counted anew after each lost race."""
    id = fact_id("pair", run.id, row.mentor_application_id, row.mentee_application_id)
    with suppress(NotFound):
        # Made before a crash: its own seats must not count against it.
        return records.pairs.get(run.association_id, id)
    cohort = records.cohorts.get(run.association_id, run.cohort_id)
    assert cohort is not None
    for _ in range(SEAT_TRIES):
        mentor_seat = _seat(records, run, row.mentor_application_id, MentorIsFull)
        mentee_seat = _seat(records, run, row.mentee_application_id, MenteeIsTaken)
        pair = Pair(
            id=id,
            association_id=run.association_id,
            cohort_id=run.cohort_id,
            run_id=run.id,
            mentor_id=row.mentor_id,
            mentee_id=row.mentee_id,
            mentor_application_id=row.mentor_application_id,
            mentee_application_id=row.mentee_application_id,
            mentor_seat=mentor_seat,
            mentee_seat=mentee_seat,
            zone=cohort["zone"],
            ends_on=date.fromisoformat(cohort["ends_on"]),
            proposed_at=now,
            answer_by=answer_by(now, cohort),
            score=row.score,
            parts=row.parts,
            best=row.best,
        )
        try:
            return records.pairs.add(pair, pair.propose(), now=now)
        except KeysTaken:
            continue
    raise MentorIsFull


def answer_by(now: datetime, cohort: Any) -> datetime:
    """The end of the last day on which to answer, on the clocks of the association."""
    today = now.astimezone(zone(cohort["zone"])).date()
    last = today + timedelta(days=cohort["answer_days"] + 1)
    return datetime.combine(last, time(), zone(cohort["zone"]))


def _seat(records: Records, run: Run, application_id: str, full: type[Conflict]) -> int:
    application = records.applications.get(run.association_id, application_id)
    if application is None or application["state"] != "accepted":
        raise ProposalIsOver
    pairs = people.seated(records, application)
    if len(pairs) >= application["capacity"]:
        raise full
    return people.lowest_free_seat(pairs, application["role"])


def _proposal(run: Run, batch: str, outcome: Outcome, place: int, i: int, j: int) -> Row:
    mentee, mentor = outcome.mentees[i], outcome.mentors[j]
    found = score(outcome.criteria, mentee, mentor)
    best = best_possible(outcome.scores, i)
    return Row(
        id=fact_id("row", run.id, batch, "proposal", place),
        association_id=run.association_id,
        run_id=run.id,
        batch=batch,
        kind="proposal",
        place=place,
        mentor_id=mentor.member_id,
        mentee_id=mentee.member_id,
        mentor_application_id=mentor.id,
        mentee_application_id=mentee.id,
        score=found.total,
        parts=[_part(part) for part in found.parts if part.maximum or part.points],
        best=None
        if best is None
        else {"score": best.score, "mentor_id": outcome.mentors[best.mentor].member_id},
    )


def _part(part: Part) -> dict[str, Any]:
    return {
        "id": part.criterion,
        "points": part.points,
        "maximum": part.maximum,
        "facts": dict(part.facts),
    }


def _left_out(
    run: Run, batch: str, place: int, role: str, application_id: str, member_id: str, why: Reason
) -> Row:
    data = asdict(why)
    row = Row(
        id=fact_id("row", run.id, batch, role, place),
        association_id=run.association_id,
        run_id=run.id,
        batch=batch,
        kind="mentee" if role == "mentee" else "mentor",
        place=place,
        state="left_out",
        reason={"code": data["code"], "values": data["values"]},
        change=data["change"],
    )
    setattr(row, f"{role}_application_id", application_id)
    setattr(row, f"{role}_id", member_id)
    return row
