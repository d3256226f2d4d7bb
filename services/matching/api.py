"""The HTTP door of matching."""

from typing import Any, cast

from flask import jsonify, request
from flask_smorest import Blueprint

from chassis.errors import Fault, Invalid
from chassis.lists import cursor, cursor_of, page_after, page_limit
from chassis.sealing import Sealed
from chassis.web import actor, cause, created, expected_version, new_id, now, running, versioned
from services.matching import service, shown
from services.matching.model.goal import Goal
from services.matching.model.pair import Pair
from services.matching.model.run import Run
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


@blueprint.get("/cohorts/<id>/waiting")
def get_waiting(id: str) -> Any:
    """Mentees without a pair or open proposal, mentors with free places; `?role=` one of them."""
    role = request.args.get("role") or None
    if role not in (None, "mentor", "mentee"):
        raise Invalid([Fault(field="role", code="not-a-choice")])
    limit = page_limit(request.args)
    found = service.waiting_in(
        records(), actor(), id, role, after=page_after(request.args), limit=limit
    )
    items = shown.waiting(records(), actor().association_id, found)
    last = found[-1] if len(found) == limit else None
    return jsonify(items=items, next=last and cursor(last.applied_at, last.application_id))


@blueprint.get("/cohorts/<id>/runs")
def get_runs(id: str) -> Any:
    """The runs of a cohort."""
    found = service.runs_of(records(), actor(), id)
    return jsonify(items=[shown.run(run) for run in found], next=None)


@blueprint.post("/cohorts/<id>/runs")
@blueprint.arguments(RunBody)
def post_run(body: dict[str, Any], id: str) -> Any:
    """Start a run; it computes in the worker."""
    run = service.start_run(records(), actor(), id, shown=body["shown"], id=new_id(), now=now())
    return created(jsonify(shown.run(run)), path=f"/runs/{run.id}", version=run.version)


@blueprint.get("/runs/<id>")
def get_run(id: str) -> Any:
    """One run with its figures."""
    return _answer_run(service.access_run(records(), actor(), id), 200)


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
    run = service.publish(records(), actor(), id, body["row_ids"] or None, now=now(), cause=cause())
    return _answer_run(run, 202)


@blueprint.get("/pairs")
def get_pairs() -> Any:
    """My own pairs, or those of a cohort (`?cohort_id=`, `&state=`) with counts by state."""
    cohort_id = request.args.get("cohort_id")
    if not cohort_id:
        return jsonify(items=_shown_pairs(service.pairs_of(records(), actor())), next=None)
    limit = page_limit(request.args)
    found = service.pairs_in(
        records(),
        actor(),
        cohort_id,
        request.args.get("state"),
        after=page_after(request.args),
        limit=limit,
    )
    return jsonify(
        items=_shown_pairs(found, as_members=False),
        next=cursor_of(found, "proposed_at") if len(found) == limit else None,
        counts=service.count_pairs(records(), actor(), cohort_id),
    )


@blueprint.get("/pairs/<id>")
def get_pair(id: str) -> Any:
    """One pair, as much of it as the actor may see."""
    pair, _ = service.access_pair(records(), actor(), id)
    return _answer_pair(pair)


@blueprint.post("/pairs/<id>/acceptance")
@blueprint.arguments(EmptyBody)
def post_acceptance(_body: dict[str, Any], id: str) -> Any:
    """Say yes."""
    return _answer_pair(service.accept(records(), actor(), id, now=now(), cause=cause()))


@blueprint.post("/pairs/<id>/declination")
@blueprint.arguments(DeclinationBody)
def post_declination(body: dict[str, Any], id: str) -> Any:
    """Say no."""
    return _answer_pair(
        service.decline(records(), actor(), id, body["reason"], now=now(), cause=cause())
    )


@blueprint.post("/pairs/<id>/withdrawal")
@blueprint.arguments(EmptyBody)
def post_withdrawal(_body: dict[str, Any], id: str) -> Any:
    """A coordinator takes the proposal back."""
    return _answer_pair(service.withdraw(records(), actor(), id, now=now(), cause=cause()))


@blueprint.post("/pairs/<id>/ending")
@blueprint.arguments(EndingBody)
def post_ending(body: dict[str, Any], id: str) -> Any:
    """End it, no reason needed."""
    return _answer_pair(
        service.end(records(), actor(), id, body["kind_word"], now=now(), cause=cause())
    )


@blueprint.put("/pairs/<id>/agreement")
@blueprint.arguments(AgreementBody)
def put_agreement(body: dict[str, Any], id: str) -> Any:
    """Write other words."""
    return _answer_pair(
        service.change_agreement(
            records(), actor(), id, body["sections"], now=now(), expected=expected_version()
        )
    )


@blueprint.post("/pairs/<id>/agreement/signatures")
@blueprint.arguments(SignatureBody)
def post_signature(body: dict[str, Any], id: str) -> Any:
    """Sign what stands there."""
    return _answer_pair(
        service.sign(records(), actor(), id, body["agreement_version"], now=now(), cause=cause())
    )


@blueprint.get("/pairs/<id>/goals")
def get_goals(id: str) -> Any:
    """The goals of a pair that I may see."""
    found = service.goals_of(records(), actor(), id)
    return jsonify(items=[shown.goal(goal, by=actor().id) for goal in found], next=None)


@blueprint.post("/pairs/<id>/goals")
@blueprint.arguments(GoalBody)
def post_goal(body: dict[str, Any], id: str) -> Any:
    """Write a goal."""
    goal = service.write_goal(records(), actor(), id, body, id=new_id(), now=now())
    answer = jsonify(shown.goal(goal, by=actor().id))
    return created(answer, path=f"/goals/{goal.id}", version=goal.version)


@blueprint.get("/goals/<id>")
def get_goal(id: str) -> Any:
    """One goal."""
    return _answer_goal(service.access_goal(records(), actor(), id))


@blueprint.patch("/goals/<id>")
@blueprint.arguments(GoalChangeBody)
def patch_goal(body: dict[str, Any], id: str) -> Any:
    """Change a goal."""
    note = body.pop("note", None)
    if "shared" in body:
        body["is_shared"] = body.pop("shared")
    sealed: dict[str, Any] = {name: Sealed(body[name]) for name in ("text", "plan") if name in body}
    return _answer_goal(
        service.amend_goal(
            records(),
            actor(),
            id,
            {**body, **sealed},
            note,
            now=now(),
            cause=cause(),
            expected=expected_version(),
        )
    )


def _rows(run_id: str, *kinds: str) -> Any:
    run = service.access_run(records(), actor(), run_id)
    limit = page_limit(request.args)
    rows = service.rows_of(
        records(), actor(), run, *kinds, after=page_after(request.args), limit=limit
    )
    following = cursor_of(rows, "place") if len(rows) == limit else None
    return jsonify(items=shown.rows(records(), actor().association_id, rows), next=following)


def _shown_pairs(found: list[Pair], *, as_members: bool = True) -> list[dict[str, Any]]:
    who = actor()
    return shown.pairs(records(), who.association_id, found, by=who.id, as_members=as_members)


def _answer_pair(pair: Pair) -> Any:
    return jsonify(_shown_pairs([pair])[0]), 200, versioned(pair.version)


def _answer_run(run: Run, status: int) -> Any:
    return jsonify(shown.run(run)), status, versioned(run.version)


def _answer_goal(goal: Goal) -> Any:
    return jsonify(shown.goal(goal, by=actor().id)), 200, versioned(goal.version)
