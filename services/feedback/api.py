"""The HTTP door of feedback."""

from typing import Any, cast

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from chassis.clock import to_text
from chassis.errors import Fault, Invalid
from chassis.lists import cursor_of, page_after, page_limit, to_csv
from chassis.sealing import Sealed
from chassis.web import actor, cause, created, new_id, now, running, versioned
from services.feedback import figures, service, tables
from services.feedback.access import access_check_in, access_cohort
from services.feedback.config import PAGE, ROWS_OF_A_TABLE
from services.feedback.model.check_in import Answer, CheckIn
from services.feedback.model.help_request import HelpRequest
from services.feedback.persons import language_of, persons
from services.feedback.repository import Records
from services.feedback.schemas import AnswerBody, EmptyBody, HelpBody

blueprint = Blueprint("feedback", __name__)


def records() -> Records:
    """The repositories of this service."""
    return cast("Records", running().records)


@blueprint.get("/check-ins")
def get_check_ins() -> Any:
    """What I am asked, have not answered and still can."""
    found = service.open_check_ins(records(), actor(), now=now())
    return jsonify(items=_shown_check_ins(found), next=None)


@blueprint.get("/check-ins/<id>")
def get_check_in(id: str) -> Any:
    """One check-in, with my own answer."""
    return _answer_check_in(access_check_in(records(), actor(), id))


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
    return _answer_check_in(service.answer_check_in(records(), actor(), id, answer, now=now()))


@blueprint.get("/cohorts/<id>/dashboard")
def get_dashboard(id: str) -> Any:
    """The figures of a cohort."""
    return jsonify(figures.dashboard(records(), actor(), id, now=now()))


@blueprint.get("/cohorts/<id>/figures/<figure>/rows")
def get_rows(id: str, figure: str) -> Any:
    """Who or what is behind a figure."""
    limit = page_limit(request.args, default=PAGE)
    rows = _rows(id, figure, after=page_after(request.args), limit=limit)
    following = cursor_of(rows, figures.sort_of(figure)) if len(rows) == limit else None
    return jsonify(items=figures.shown_rows(records(), figure, rows), next=following)


@blueprint.get("/cohorts/<id>/figures/<figure>/rows.csv")
def get_rows_csv(id: str, figure: str) -> Response:
    """The same as a table."""
    cohort = access_cohort(records(), actor(), id)
    rows = _rows(id, figure, limit=ROWS_OF_A_TABLE)
    shown = figures.shown_rows(records(), figure, rows)
    headers, told = tables.table_of_rows(figure, shown, cohort=cohort, language=_language())
    return to_csv(told, name=figure, columns=headers)


@blueprint.get("/cohorts/<id>/charts/<chart>.csv")
def get_chart_csv(id: str, chart: str) -> Response:
    """The numbers of a chart as a table: funnel, meetings, topics."""
    cohort = access_cohort(records(), actor(), id)
    found = figures.access_figures(records(), actor(), id)
    headers, told = tables.table_of_chart(chart, found, cohort=cohort, language=_language())
    return to_csv(told, name=chart, columns=headers)


@blueprint.post("/pairs/<id>/nudge")
@blueprint.arguments(EmptyBody)
def post_nudge(_body: dict[str, Any], id: str) -> Any:
    """A coordinator asks the two how it goes."""
    row = service.nudge(records(), actor(), id, now=now(), cause=cause())
    return jsonify(figures.shown_pair(row))


@blueprint.post("/help-requests")
@blueprint.arguments(HelpBody)
def post_help_request(body: dict[str, Any]) -> Any:
    """Ask the coordinators for help with a pair of mine."""
    words = Sealed(body["words"]) if body["words"] else None
    asked = service.ask_for_help(records(), actor(), body["pair_id"], words, id=new_id(), now=now())
    shown = _shown_help([asked])[0]
    return created(jsonify(shown), path=f"/help-requests/{asked.id}", version=asked.version)


@blueprint.get("/cohorts/<id>/help-requests")
def get_help_requests(id: str) -> Any:
    """Who waits for help, or (`?state=closed`) has got it."""
    state = request.args.get("state") or "open"
    if state not in ("open", "closed"):
        raise Invalid([Fault(field="state", code="not-a-choice")])
    found = service.help_requests(records(), actor(), id, state)
    return jsonify(items=_shown_help(found), next=None)


@blueprint.post("/help-requests/<id>/closing")
@blueprint.arguments(EmptyBody)
def post_closing(_body: dict[str, Any], id: str) -> Any:
    """It has been seen to."""
    closed = service.close_help(records(), actor(), id, now=now())
    return jsonify(_shown_help([closed])[0])


def _rows(cohort_id: str, figure: str, **more: Any) -> list[Any]:
    month = request.args.get("month", "")
    return figures.list_rows(records(), actor(), cohort_id, figure, month=month, now=now(), **more)


def _language() -> str:
    return language_of(records(), actor().association_id, actor().id)


def _answer_check_in(check_in: CheckIn) -> Any:
    return jsonify(_shown_check_ins([check_in])[0]), 200, versioned(check_in.version)


def _shown_check_ins(found: list[CheckIn]) -> list[dict[str, Any]]:
    known = persons(records(), actor().association_id, {each.partner_id for each in found})
    return [
        {
            "id": each.id,
            "version": each.version,
            **each.public(),
            "state": each.state(now()),
            "closes_at": to_text(each.closes_at),
            "partner": known[each.partner_id],
            "answer": each.answer and _shown_answer(each.answer),
        }
        for each in found
    ]


def _shown_answer(answer: Answer) -> dict[str, Any]:
    return {
        "met": answer.met,
        "useful": answer.useful,
        "get_on": answer.get_on,
        "in_the_way": answer.words,
        "help": answer.wants_help,
    }


def _shown_help(found: list[HelpRequest]) -> list[dict[str, Any]]:
    known = persons(records(), actor().association_id, {each.member_id for each in found})
    return [
        {
            "id": each.id,
            "version": each.version,
            **each.public(),
            "asked_at": to_text(each.asked_at),
            "member": known[each.member_id],
            "words": each.words,
        }
        for each in found
    ]
