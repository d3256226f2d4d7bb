"""The HTTP door of feedback."""

from typing import Any, cast

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from chassis.clock import to_text
from chassis.lists import cursor_of, page_after, to_csv
from chassis.sealing import Sealed
from chassis.web import actor, now, running, versioned
from services.feedback import service
from services.feedback.model import Answer, CheckIn, HelpRequest
from services.feedback.repository import Records
from services.feedback.schemas import AnswerBody, EmptyBody

blueprint = Blueprint("feedback", __name__)
CSV_LIMIT = 100_000


def records() -> Records:
    """The repositories of this service."""
    return cast("Records", running().records)


@blueprint.get("/check-ins")
def get_check_ins() -> Any:
    """What I am asked and have not answered."""
    found = service.open_check_ins(records(), actor())
    return jsonify(items=[_shown(check_in) for check_in in found], next=None)


@blueprint.get("/check-ins/<id>")
def get_check_in(id: str) -> Any:
    """One check-in, with my own answer."""
    check_in = service.access_check_in(records(), actor(), id)
    return jsonify(_shown(check_in)), 200, versioned(check_in.version)


@blueprint.post("/check-ins/<id>/answer")
@blueprint.arguments(AnswerBody)
def post_answer(body: dict[str, Any], id: str) -> Any:
    """Answer one or all questions."""
    words = body["in_the_way"]
    answer = Answer(
        met=body["met"],
        useful=body["useful"],
        get_on=body["get_on"],
        words=Sealed(words) if words else None,
        wants_help=body["help"],
    )
    check_in = service.answer_check_in(records(), actor(), id, answer, now=now())
    return jsonify(_shown(check_in)), 200, versioned(check_in.version)


@blueprint.get("/cohorts/<id>/dashboard")
def get_dashboard(id: str) -> Any:
    """The figures of a cohort."""
    return jsonify(service.dashboard(records(), actor(), id))


@blueprint.get("/cohorts/<id>/figures/<figure>/rows")
def get_rows(id: str, figure: str) -> Any:
    """Who or what is behind a figure."""
    month = request.args.get("month", "")
    after = page_after(request.args)
    rows = service.rows_of(records(), actor(), id, figure, month=month, after=after)
    _, _, sort = service.question(records(), id, figure, month)
    following = cursor_of(rows, sort) if len(rows) == service.PAGE else None
    return jsonify(items=service.shown_rows(records(), figure, rows), next=following)


@blueprint.get("/cohorts/<id>/figures/<figure>/rows.csv")
def get_rows_csv(id: str, figure: str) -> Response:
    """The same as a table."""
    month = request.args.get("month", "")
    rows = service.rows_of(records(), actor(), id, figure, month=month, limit=CSV_LIMIT)
    return to_csv(service.shown_rows(records(), figure, rows), name=figure)


@blueprint.get("/cohorts/<id>/help-requests")
def get_help_requests(id: str) -> Any:
    """Who waits for help."""
    found = service.help_requests(records(), actor(), id)
    return jsonify(items=[_shown_help(request) for request in found], next=None)


@blueprint.post("/help-requests/<id>/closing")
@blueprint.arguments(EmptyBody)
def post_closing(_body: dict[str, Any], id: str) -> Any:
    """It has been seen to."""
    return jsonify(_shown_help(service.close_help(records(), actor(), id, now=now())))


def _shown(check_in: CheckIn) -> dict[str, Any]:
    answer = check_in.answer
    return {
        "id": check_in.id,
        "version": check_in.version,
        **check_in.public(),
        "partner": service.person(records(), check_in.association_id, check_in.partner_id),
        "answer": answer
        and {
            "met": answer.met,
            "useful": answer.useful,
            "get_on": answer.get_on,
            "in_the_way": answer.words,
            "help": answer.wants_help,
        },
    }


def _shown_help(request: HelpRequest) -> dict[str, Any]:
    return {
        "id": request.id,
        "version": request.version,
        **request.public(),
        "asked_at": to_text(request.asked_at),
        "member": service.person(records(), request.association_id, request.member_id),
        "words": request.words,
    }
