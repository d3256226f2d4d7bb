"""The HTTP door of profiles."""

from typing import Any, cast
from urllib.parse import unquote
from uuid import uuid4

from flask import Response, jsonify, request
from flask_smorest import Blueprint
from werkzeug.exceptions import RequestEntityTooLarge

from chassis.errors import Fault, Invalid
from chassis.lists import cursor, page_after, page_limit
from chassis.sealing import Sealed
from chassis.web import (
    actor,
    cause,
    created,
    expected_version,
    new_id,
    now,
    problem,
    running,
    versioned,
)
from contracts.shapes import LANGUAGES, ROLES
from services.profiles import applications, decisions, imports, programs, service, shown
from services.profiles.config import LARGEST_FILE, PAGE
from services.profiles.content import MOTIVES, SECTIONS, TOPICS, WAYS, WISHES, agreement_texts
from services.profiles.model.application import STATES, Application, WeeklyWindow, Wish
from services.profiles.model.cohort import Criteria
from services.profiles.model.program import Outcome, Stream
from services.profiles.repository import Records
from services.profiles.schemas import (
    AddressBody,
    AnswersBody,
    ApplyBody,
    AssociationBody,
    CohortBody,
    ConfirmationBody,
    DecisionBody,
    EmptyBody,
    FoundingBody,
    MappingBody,
    MemberBody,
    ProgramBody,
)

blueprint = Blueprint("profiles", __name__)
_FORM = 1 << 16
"""Bytes that the form around an uploaded file may have beside it."""
KINDS = ("good", "faulty", "repeat", "refused")


def records() -> Records:
    """The repositories of this service."""
    return cast("Records", running().records)


@blueprint.post("/associations")
@blueprint.arguments(FoundingBody)
def post_association(body: dict[str, Any]) -> Any:
    """Found an association (operator)."""
    founding = service.Founding(**body)
    made, founder = service.found(records(), actor(), founding, id=new_id(), now=now())
    answer = {**shown.association(made), "founder": shown.member(founder)}
    return created(jsonify(answer), path="/association", version=made.version)


@blueprint.get("/association")
def get_association() -> Any:
    """My association."""
    found = service.get_association(records(), actor())
    return jsonify(shown.association(found)), 200, versioned(found.version)


@blueprint.patch("/association")
@blueprint.arguments(AssociationBody)
def patch_association(body: dict[str, Any]) -> Any:
    """Change name, zone or languages (admin)."""
    changed = service.amend_association(
        records(), actor(), body, now=now(), cause=cause(), expected=expected_version()
    )
    return jsonify(shown.association(changed)), 200, versioned(changed.version)


@blueprint.get("/members/me")
def get_me() -> Any:
    """My profile."""
    me = service.get_me(records(), actor())
    return jsonify(shown.member(me)), 200, versioned(me.version)


@blueprint.patch("/members/me")
@blueprint.arguments(MemberBody)
def patch_me(body: dict[str, Any]) -> Any:
    """Change my profile."""
    me = service.amend_me(
        records(), actor(), body, now=now(), cause=cause(), expected=expected_version()
    )
    return jsonify(shown.member(me)), 200, versioned(me.version)


@blueprint.post("/members/me/address")
@blueprint.arguments(AddressBody)
def post_address(body: dict[str, Any]) -> Any:
    """Take another mail address, proved by the link that was mailed to it."""
    me = service.take_address(records(), actor(), body["address"], now=now(), cause=cause())
    return jsonify(shown.member(me)), 200, versioned(me.version)


@blueprint.get("/content")
def get_content() -> Any:
    """The ids that answers are chosen from; their names are in the client's catalogs."""
    return jsonify(
        topics=[
            {"id": id, "group": group, "names": {"en": english, "fr": french}}
            for id, (group, english, french) in TOPICS.items()
        ],
        ways=list(WAYS),
        wishes=list(WISHES),
        motives=list(MOTIVES),
        agreement_sections=list(SECTIONS),
        agreement_defaults={language: agreement_texts(language) for language in LANGUAGES},
    )


@blueprint.get("/programs")
def get_programs() -> Any:
    """All programs (coordinators)."""
    found = programs.list_programs(records(), actor())
    return jsonify(items=[shown.program(program) for program in found], next=None)


@blueprint.post("/programs")
@blueprint.arguments(ProgramBody)
def post_program(body: dict[str, Any]) -> Any:
    """Begin a program."""
    program = programs.make_program(records(), actor(), _values(body), id=new_id(), now=now())
    path = f"/programs/{program.id}"
    return created(jsonify(shown.program(program)), path=path, version=program.version)


@blueprint.get("/programs/<id>")
def get_program(id: str) -> Any:
    """A program."""
    program = programs.access_program(records(), actor(), id)
    return jsonify(shown.program(program)), 200, versioned(program.version)


@blueprint.put("/programs/<id>")
@blueprint.arguments(ProgramBody)
def put_program(body: dict[str, Any], id: str) -> Any:
    """Change a program; its cohorts follow."""
    program = programs.amend_program(
        records(),
        actor(),
        id,
        _values(body),
        now=now(),
        cause=cause(),
        expected=expected_version(),
    )
    return jsonify(shown.program(program)), 200, versioned(program.version)


@blueprint.get("/cohorts")
def get_cohorts() -> Any:
    """The cohorts I coordinate or take part in; `?open=1`: those that take applications now."""
    if request.args.get("open") == "1":
        found = programs.list_open_cohorts(records(), actor(), now=now())
    else:
        found = programs.list_cohorts(records(), actor())
    return jsonify(items=[shown.cohort(cohort, now=now()) for cohort in found], next=None)


@blueprint.post("/cohorts")
@blueprint.arguments(CohortBody)
def post_cohort(body: dict[str, Any]) -> Any:
    """Open a cohort."""
    values = {**body, "criteria": _criteria(body, Criteria())}
    values.pop("criteria_preset")
    cohort = programs.open_cohort(records(), actor(), values, id=new_id(), now=now())
    return created(
        jsonify(shown.cohort(cohort, now=now())),
        path=f"/cohorts/{cohort.id}",
        version=cohort.version,
    )


@blueprint.get("/cohorts/<id>")
def get_cohort(id: str) -> Any:
    """A cohort."""
    cohort = programs.access_cohort(records(), actor(), id, now=now())
    return jsonify(shown.cohort(cohort, now=now())), 200, versioned(cohort.version)


@blueprint.put("/cohorts/<id>")
@blueprint.arguments(CohortBody)
def put_cohort(body: dict[str, Any], id: str) -> Any:
    """Change a cohort."""
    there = programs.access_own_cohort(records(), actor(), id)
    values = {**body, "criteria": _criteria(body, there.criteria)}
    values.pop("criteria_preset")
    cohort = programs.amend_cohort(
        records(), actor(), id, values, now=now(), cause=cause(), expected=expected_version()
    )
    return jsonify(shown.cohort(cohort, now=now())), 200, versioned(cohort.version)


@blueprint.get("/applications")
def get_applications() -> Any:
    """`?mine=1`: my own; else those of `?cohort_id=`, of `&state=` and `&role=`, whose name or city
    contains `&q=`.
    """
    if request.args.get("mine") == "1":
        mine = applications.list_mine(records(), actor())
        return jsonify(items=[_whole(each) for each in mine], next=None)
    asked = _asked()
    found = applications.search(
        records(),
        actor(),
        asked,
        limit=page_limit(request.args, default=PAGE),
        after=page_after(request.args),
    )
    return jsonify(
        items=[shown.application(application, member) for application, member in found.items],
        next=cursor(found.after.value, found.after.id) if found.after else None,
        counts=applications.count_by_state(records(), actor(), asked),
    )


@blueprint.post("/applications")
@blueprint.arguments(ApplyBody)
def post_application(body: dict[str, Any]) -> Any:
    """Begin an application."""
    made = applications.begin(records(), actor(), **body, now=now())
    path = f"/applications/{made.id}"
    return created(jsonify(_whole(made)), path=path, version=made.version)


@blueprint.get("/applications/<id>")
def get_application(id: str) -> Any:
    """An application."""
    found = applications.access_application(records(), actor(), id)
    return jsonify(_whole(found)), 200, versioned(found.version)


@blueprint.patch("/applications/<id>")
@blueprint.arguments(AnswersBody)
def patch_application(body: dict[str, Any], id: str) -> Any:
    """Save answers."""
    changed = applications.amend(
        records(),
        actor(),
        id,
        _answers(body),
        now=now(),
        cause=cause(),
        expected=expected_version(),
    )
    return jsonify(_whole(changed)), 200, versioned(changed.version)


@blueprint.post("/applications/<id>/submission")
@blueprint.arguments(EmptyBody)
def post_submission(_: dict[str, Any], id: str) -> Any:
    """Send the application."""
    sent = applications.submit(records(), actor(), id, now=now(), cause=cause())
    return jsonify(_whole(sent)), 200, versioned(sent.version)


@blueprint.post("/applications/<id>/withdrawal")
@blueprint.arguments(EmptyBody)
def post_withdrawal(_: dict[str, Any], id: str) -> Any:
    """Withdraw the application."""
    gone = applications.withdraw(records(), actor(), id, now=now(), cause=cause())
    return jsonify(_whole(gone)), 200, versioned(gone.version)


@blueprint.get("/decisions")
def get_decisions() -> Any:
    """The last decisions of `?cohort_id=`, newest first."""
    cohort_id = request.args.get("cohort_id", "")
    if not cohort_id:
        raise Invalid([Fault(field="cohort_id", code="required")])
    found = decisions.list_decisions(records(), actor(), cohort_id)
    return jsonify(items=[shown.decision(each, []) for each in found], next=None)


@blueprint.post("/decisions")
@blueprint.arguments(DecisionBody)
def post_decision(body: dict[str, Any]) -> Any:
    """Decide one application or many."""
    asked = body.pop("all_of")
    if asked is not None:
        asked = applications.Asked(
            cohort_id=body["cohort_id"],
            state=asked["state"],
            role=asked["role"],
            words=asked["q"],
        )
    made = decisions.decide(records(), actor(), id=new_id(), **body, all_of=asked, now=now())
    return jsonify(shown.decision(made, [])), 202, {"Location": f"/decisions/{made.id}"}


@blueprint.get("/decisions/<id>")
def get_decision(id: str) -> Any:
    """How far a decision is."""
    found = decisions.access_decision(records(), actor(), id)
    return (
        jsonify(shown.decision(found, decisions.list_refused(records(), found))),
        200,
        versioned(found.version),
    )


@blueprint.post("/decisions/<id>/undoing")
@blueprint.arguments(EmptyBody)
def post_undoing(_: dict[str, Any], id: str) -> Any:
    """Undo a decision."""
    undone = decisions.undo(records(), actor(), id, now=now(), cause=cause())
    return jsonify(shown.decision(undone, [])), 202, versioned(undone.version)


@blueprint.get("/cohorts/<id>/imports")
def get_imports(id: str) -> Any:
    """The last imports of a cohort, newest first."""
    found = imports.list_imports(
        records(), actor(), id, limit=page_limit(request.args, default=PAGE)
    )
    return jsonify(items=[shown.import_(each) for each in found], next=None)


@blueprint.post("/cohorts/<id>/imports")
def post_import(id: str) -> Any:
    """Take in a file: the body itself, or `file` of a form."""
    request.max_content_length = LARGEST_FILE + _FORM
    try:
        stream, name = _file()
        made = imports.upload(
            records(), actor(), id, stream, id=new_id(), file_name=name, now=now()
        )
    except (imports.FileIsTooLarge, RequestEntityTooLarge):
        megabytes = LARGEST_FILE >> 20
        return problem(413, "file-is-too-large", values={"megabytes": megabytes})
    return created(jsonify(shown.import_(made)), path=f"/imports/{made.id}", version=made.version)


@blueprint.get("/imports/<id>")
def get_import(id: str) -> Any:
    """How far an import is."""
    found = imports.access_import(records(), actor(), id)
    return jsonify(shown.import_(found)), 200, versioned(found.version)


@blueprint.put("/imports/<id>/mapping")
@blueprint.arguments(MappingBody)
def put_mapping(body: dict[str, Any], id: str) -> Any:
    """Say which column is what; then every row is checked."""
    mapping = dict(body)
    defaults = mapping.pop("defaults")
    changed = imports.map_columns(
        records(),
        actor(),
        id,
        mapping,
        defaults,
        now=now(),
        cause=cause(),
        expected=expected_version(),
    )
    return jsonify(shown.import_(changed)), 200, versioned(changed.version)


@blueprint.get("/imports/<id>/rows")
def get_rows(id: str) -> Any:
    """The rows of a `?kind=`: good, faulty, repeat, refused."""
    kind, after = request.args.get("kind", "faulty"), request.args.get("after") or "0"
    if kind not in KINDS:
        raise Invalid([Fault(field="kind", code="not-a-choice")])
    if not after.isdecimal() or len(after) > 9:
        raise Invalid([Fault(field="after", code="not-a-cursor")])
    limit = page_limit(request.args, default=PAGE)
    items, last = imports.list_rows(records(), actor(), id, kind, beyond=int(after), limit=limit)
    return jsonify(items=items, next=None if last is None else str(last))


@blueprint.post("/imports/<id>/confirmation")
@blueprint.arguments(ConfirmationBody)
def post_confirmation(body: dict[str, Any], id: str) -> Any:
    """Take every good row."""
    confirmed = imports.confirm(records(), actor(), id, **body, now=now(), cause=cause())
    return jsonify(shown.import_(confirmed)), 202, versioned(confirmed.version)


@blueprint.get("/imports/<id>/faulty-rows.csv")
def get_faulty_rows(id: str) -> Response:
    """The rows that are not taken, each with why, as a table to mend and bring in again."""
    lines = imports.faulty_csv(records(), actor(), id)
    headers = {"Content-Disposition": 'attachment; filename="faulty-rows.csv"'}
    return Response(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _criteria(body: dict[str, Any], otherwise: Criteria) -> Criteria:
    """The criteria that the body names, whole or by their preset alone."""
    if body["criteria"]:
        return Criteria(**body["criteria"])
    return Criteria(preset=body["criteria_preset"]) if body["criteria_preset"] else otherwise


def _values(body: dict[str, Any]) -> dict[str, Any]:
    streams = [Stream(**{**each, "id": each["id"] or str(uuid4())}) for each in body["streams"]]
    return {**body, "outcomes": [Outcome(**each) for each in body["outcomes"]], "streams": streams}


def _asked() -> applications.Asked:
    cohort_id = request.args.get("cohort_id", "")
    state, role = request.args.get("state") or None, request.args.get("role") or None
    faults = []
    if not cohort_id:
        faults.append(Fault(field="cohort_id", code="required"))
    if state not in {None, *STATES, "withdrawn"}:
        faults.append(Fault(field="state", code="not-a-choice"))
    if role not in {None, *ROLES}:
        faults.append(Fault(field="role", code="not-a-choice"))
    if faults:
        raise Invalid(faults)
    words = request.args.get("q", "")[:200]
    return applications.Asked(cohort_id=cohort_id, state=state, role=role, words=words)


def _answers(body: dict[str, Any]) -> dict[str, Any]:
    answers = dict(body)
    for name in answers.keys() & {"hopes", "offers"}:
        answers[name] = Sealed(answers[name])
    if "topics" in answers:
        answers["topics"] = [Wish(**each) for each in answers["topics"]]
    if "availability" in answers:
        answers["availability"] = [WeeklyWindow(**each) for each in answers["availability"]]
    return answers


def _whole(application: Application) -> dict[str, Any]:
    association_id = application.association_id
    members = service.members_by_id(records(), association_id, {application.member_id})
    cohort = records().cohorts.get(association_id, application.cohort_id)
    return {
        **shown.application(application, members.get(application.member_id)),
        "cohort": shown.cohort_card(cohort, now=now()),
    }


def _file() -> tuple[imports.Readable, str]:
    if request.mimetype == "multipart/form-data":
        file = request.files.get("file")
        if file is None:
            raise Invalid([Fault(field="file", code="required")])
        return file.stream, (file.filename or "")[:200]
    return request.stream, unquote(request.headers.get("X-File-Name", ""))[:200]
