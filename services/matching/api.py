"""The HTTP door of matching."""

from typing import Any, cast

from flask import jsonify, request
from flask_smorest import Blueprint

from chassis.clock import to_text
from chassis.errors import Fault, Invalid
from chassis.lists import cursor_of, page_after, page_limit
from chassis.sealing import Sealed
from chassis.web import actor, cause, created, expected_version, new_id, now, running, versioned
from services.matching import service
from services.matching.model.goal import Goal
from services.matching.model.pair import Pair, Role
from services.matching.model.run import Row, Run
from services.matching.repository import Records
from services.matching.schemas import (
    AgreementBody,
    DeclinationBody,
    EmptyBody,
    EndingBody,
    GoalBody,
    GoalChangeBody,
    PublicationBody,
    RunBody,
    SignatureBody,
)

blueprint = Blueprint("matching", __name__)


def records() -> Records:
    """The repositories of this service."""
    return cast("Records", running().records)


@blueprint.get("/cohorts/<id>/standing")
def get_standing(id: str) -> Any:
    """Who waits, and how many places are free."""
    return jsonify(service.standing(records(), actor(), id))


@blueprint.get("/cohorts/<id>/runs")
def get_runs(id: str) -> Any:
    """The runs of a cohort."""
    found = service.runs_of(records(), actor(), id)
    return jsonify(items=[_shown_run(run) for run in found], next=None)


@blueprint.post("/cohorts/<id>/runs")
@blueprint.arguments(RunBody)
def post_run(body: dict[str, Any], id: str) -> Any:
    """Start a run; it computes in the worker."""
    run = service.start_run(records(), actor(), id, shown=body["shown"], id=new_id(), now=now())
    return created(jsonify(_shown_run(run)), path=f"/runs/{run.id}", version=run.version)


@blueprint.get("/runs/<id>")
def get_run(id: str) -> Any:
    """One run with its figures."""
    run = service.access_run(records(), actor(), id)
    return jsonify(_shown_run(run)), 200, versioned(run.version)


@blueprint.get("/runs/<id>/proposals")
def get_proposals(id: str) -> Any:
    """Its proposals with their explanation, best first."""
    return _rows(id, "proposal")


@blueprint.get("/runs/<id>/unmatched")
def get_unmatched(id: str) -> Any:
    """Everybody left out, with the reason and what would change it."""
    role = request.args.get("role")
    return _rows(id, *((role,) if role in ("mentee", "mentor") else ("mentee", "mentor")))


@blueprint.post("/runs/<id>/publication")
@blueprint.arguments(PublicationBody)
def post_publication(body: dict[str, Any], id: str) -> Any:
    """Publish all drafts or some."""
    if body["all"] == bool(body["row_ids"]):
        raise Invalid([Fault(field="row_ids", code="all-or-some")])
    run = service.publish(records(), actor(), id, body["row_ids"] or None, now=now())
    return jsonify(_shown_run(run)), 202, versioned(run.version)


@blueprint.get("/pairs")
def get_pairs() -> Any:
    """My own pairs, or those of a cohort."""
    cohort_id = request.args.get("cohort_id")
    if not cohort_id:
        mine = service.pairs_of(records(), actor())
        return jsonify(
            items=[_shown_pair(pair, pair.role_of(actor().id)) for pair in mine], next=None
        )
    limit = page_limit(request.args)
    found = service.pairs_in(
        records(),
        actor(),
        cohort_id,
        request.args.get("state"),
        after=page_after(request.args),
        limit=limit,
    )
    following = cursor_of(found, "proposed_at") if len(found) == limit else None
    return jsonify(items=[_shown_pair(pair, None) for pair in found], next=following)


@blueprint.get("/pairs/<id>")
def get_pair(id: str) -> Any:
    """One pair, as much of it as the actor may see."""
    pair, role = service.access_pair(records(), actor(), id)
    return _answer(pair, role)


@blueprint.post("/pairs/<id>/acceptance")
@blueprint.arguments(EmptyBody)
def post_acceptance(_body: dict[str, Any], id: str) -> Any:
    """Say yes."""
    pair = service.accept(records(), actor(), id, now=now(), cause=cause())
    return _answer(pair, pair.role_of(actor().id))


@blueprint.post("/pairs/<id>/declination")
@blueprint.arguments(DeclinationBody)
def post_declination(body: dict[str, Any], id: str) -> Any:
    """Say no."""
    pair = service.decline(records(), actor(), id, body["reason"], now=now(), cause=cause())
    return _answer(pair, pair.role_of(actor().id))


@blueprint.post("/pairs/<id>/withdrawal")
@blueprint.arguments(EmptyBody)
def post_withdrawal(_body: dict[str, Any], id: str) -> Any:
    """A coordinator takes the proposal back."""
    pair = service.withdraw(records(), actor(), id, now=now())
    return _answer(pair, None)


@blueprint.post("/pairs/<id>/ending")
@blueprint.arguments(EndingBody)
def post_ending(body: dict[str, Any], id: str) -> Any:
    """End it, no reason needed."""
    pair = service.end(records(), actor(), id, body["kind_word"], now=now(), cause=cause())
    return _answer(pair, pair.role_of(actor().id))


@blueprint.put("/pairs/<id>/agreement")
@blueprint.arguments(AgreementBody)
def put_agreement(body: dict[str, Any], id: str) -> Any:
    """Write other words."""
    pair = service.change_agreement(
        records(), actor(), id, body["sections"], now=now(), expected=expected_version()
    )
    return _answer(pair, pair.role_of(actor().id))


@blueprint.post("/pairs/<id>/agreement/signatures")
@blueprint.arguments(SignatureBody)
def post_signature(body: dict[str, Any], id: str) -> Any:
    """Sign what stands there."""
    pair = service.sign(records(), actor(), id, body["agreement_version"], now=now(), cause=cause())
    return _answer(pair, pair.role_of(actor().id))


@blueprint.get("/pairs/<id>/goals")
def get_goals(id: str) -> Any:
    """The goals of a pair that I may see."""
    found = service.goals_of(records(), actor(), id)
    return jsonify(items=[_shown_goal(goal) for goal in found], next=None)


@blueprint.post("/pairs/<id>/goals")
@blueprint.arguments(GoalBody)
def post_goal(body: dict[str, Any], id: str) -> Any:
    """Write a goal."""
    goal = service.write_goal(records(), actor(), id, body, id=new_id(), now=now())
    return created(jsonify(_shown_goal(goal)), path=f"/goals/{goal.id}", version=goal.version)


@blueprint.get("/goals/<id>")
def get_goal(id: str) -> Any:
    """One goal."""
    goal = service.access_goal(records(), actor(), id)
    return jsonify(_shown_goal(goal)), 200, versioned(goal.version)


@blueprint.patch("/goals/<id>")
@blueprint.arguments(GoalChangeBody)
def patch_goal(body: dict[str, Any], id: str) -> Any:
    """Change a goal."""
    note = body.pop("note", None)
    if "shared" in body:
        body["is_shared"] = body.pop("shared")
    sealed: dict[str, Any] = {name: Sealed(body[name]) for name in ("text", "plan") if name in body}
    goal = service.amend_goal(
        records(), actor(), id, {**body, **sealed}, note, now=now(), expected=expected_version()
    )
    return jsonify(_shown_goal(goal)), 200, versioned(goal.version)


def _rows(run_id: str, *kinds: str) -> Any:
    run = service.access_run(records(), actor(), run_id)
    limit = page_limit(request.args)
    rows = service.rows_of(
        records(), actor(), run, *kinds, after=page_after(request.args), limit=limit
    )
    following = cursor_of(rows, "place") if len(rows) == limit else None
    return jsonify(items=[_shown_row(row) for row in rows], next=following)


def _answer(pair: Pair, role: Role | None) -> Any:
    return jsonify(_shown_pair(pair, role)), 200, versioned(pair.version)


def _person(member_id: str) -> dict[str, Any]:
    return service.person(records(), actor().association_id, member_id)


def _shown_run(run: Run) -> dict[str, Any]:
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
        "asked_at": to_text(run.asked_at),
    }


def _shown_row(row: Row) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": row.id, "kind": row.kind, "state": row.state}
    for role in ("mentor", "mentee"):
        if getattr(row, f"{role}_id"):
            shown[role] = _person(getattr(row, f"{role}_id"))
            shown[f"{role}_application_id"] = getattr(row, f"{role}_application_id")
    if row.kind == "proposal":
        best = _shown_best(row.best)
        shown |= {"score": row.score, "parts": row.parts, "best": best}
        shown |= {"pair_id": row.pair_id, "code": row.code}
        return shown
    return shown | {"reason": _named(row.reason), "change": _named(row.change)}


def _shown_best(best: dict[str, Any] | None) -> dict[str, Any] | None:
    return best and {"score": best["score"], "mentor": _person(best["mentor_id"])}


def _named(told: dict[str, Any] | None) -> dict[str, Any] | None:
    """A reason or change with the persons it speaks of, so that words can name them."""
    if told is None:
        return None
    values = dict(told["values"])
    for role in ("mentor", "mentee", "matched"):
        application_id = values.get(f"{role}_application_id")
        found = application_id and records().applications.get(
            actor().association_id, application_id
        )
        if found:
            values[role] = _person(found["member_id"])
    return {"code": told["code"], "values": values}


def _shown_pair(pair: Pair, role: Role | None) -> dict[str, Any]:
    cohort = records().cohorts.get(pair.association_id, pair.cohort_id) or {}
    shown = {
        "id": pair.id,
        "version": pair.version,
        **pair.public(),
        "mentor": _person(pair.mentor_id),
        "mentee": _person(pair.mentee_id),
        "my_role": role,
        "explanation": {
            "score": pair.score,
            "parts": pair.parts,
            "best": _shown_best(pair.best) if role is None else None,
        },
        "cohort": {
            name: cohort.get(name)
            for name in (
                "name",
                "program_name",
                "ends_on",
                "meeting_rhythm_days",
                "meeting_minutes",
            )
        },
    }
    if role is None:
        return shown | {"declined_reason": pair.declined_reason}
    agreement = pair.agreement
    return shown | {
        "agreement": {
            "version": agreement.version,
            "sections": agreement.sections,
            "signed_by": agreement.signed_by,
            "agreed_at": agreement.agreed_at and to_text(agreement.agreed_at),
        },
        "kind_word": pair.kind_word,
    }


def _shown_goal(goal: Goal) -> dict[str, Any]:
    return {
        "id": goal.id,
        "version": goal.version,
        **goal.public(),
        "text": goal.text,
        "plan": goal.plan,
        "due_on": goal.due_on and goal.due_on.isoformat(),
        "shared": goal.is_shared,
        "is_mine": goal.owner_id == actor().id,
        "notes": [
            {"written_at": to_text(n.written_at), "progress": n.progress, "text": n.text}
            for n in goal.notes
        ],
    }
