"""The HTTP door of scheduling."""

from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any, TypeVar, cast

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from chassis.clock import to_text
from chassis.errors import Fault, Invalid
from chassis.lists import cursor_of, page_after, page_limit
from chassis.web import (
    actor,
    cause,
    created,
    expected_version,
    new_id,
    now,
    public,
    running,
    versioned,
)
from services.scheduling import feeds, ical, offers, service
from services.scheduling.model.feed import Subscription
from services.scheduling.model.log import Part
from services.scheduling.model.meeting import Meeting, Role
from services.scheduling.repository import Records
from services.scheduling.schemas import (
    ConfirmationBody,
    EmptyBody,
    LogBody,
    MeetingBody,
    MeetingChangeBody,
    MovingBody,
)

blueprint = Blueprint("scheduling", __name__)

CALENDAR = "text/calendar; charset=utf-8"
FEED_HEADERS = {
    "Cache-Control": "private, max-age=0, must-revalidate",
    "Vary": "Accept-Encoding",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
TOKEN_BYTES = 24
F = TypeVar("F", bound=Callable[..., Any])


def _only_its_methods(view: F) -> F:
    """Let Flask answer OPTIONS with 405 like every other method."""
    view.provide_automatic_options = False  # type: ignore[attr-defined] # read by Flask
    return view


def records() -> Records:
    """The repositories of this service."""
    return cast("Records", running().records)


@blueprint.get("/pairs/<pair_id>/times")
def get_times(pair_id: str) -> Any:
    """When both of a pair can meet (`?minutes=`, else the cohort's usual length)."""
    found, pair, role, minutes = service.common_times(
        records(), actor(), pair_id, _asked_minutes(), now=now()
    )
    partner: Role = "mentee" if role == "mentor" else "mentor"
    return jsonify(
        items=[service.shown_time(stretch) for stretch in found.common],
        minutes=minutes,
        zones={
            "mine": _person(pair[f"{role}_id"])["zone"],
            "theirs": _person(pair[f"{partner}_id"])["zone"],
        },
        has_availability=found.has_availability,
        free={
            whose: [service.shown_time(stretch) for stretch in found.free[side]]
            for whose, side in (("mine", role), ("theirs", partner))
        },
    )


@blueprint.post("/pairs/<pair_id>/meetings")
@blueprint.arguments(MeetingBody)
def post_meeting(body: dict[str, Any], pair_id: str) -> Any:
    """Offer up to three times."""
    meeting = offers.propose(records(), actor(), pair_id, body, id=new_id(), now=now())
    path = f"/meetings/{meeting.id}"
    return created(jsonify(_shown(meeting)), path=path, version=meeting.version)


@blueprint.get("/meetings")
def get_meetings() -> Any:
    """My meetings: those to come, or those that were."""
    when = request.args.get("when", "ahead")
    if when not in ("ahead", "past"):
        raise Invalid([Fault(field="when", code="not-a-choice")])
    limit = page_limit(request.args)
    found = service.meetings_of(
        records(),
        actor(),
        pair_id=request.args.get("pair_id"),
        is_past=when == "past",
        after=page_after(request.args),
        limit=limit,
    )
    following = cursor_of(found, "at") if len(found) == limit else None
    return jsonify(items=[_shown(meeting) for meeting in found], next=following)


@blueprint.get("/meetings/<id>")
def get_meeting(id: str) -> Any:
    """One meeting."""
    meeting, _ = service.access_meeting(records(), actor(), id)
    return _answer(meeting)


@blueprint.patch("/meetings/<id>")
@blueprint.arguments(MeetingChangeBody)
def patch_meeting(body: dict[str, Any], id: str) -> Any:
    """Change agenda, place or way."""
    return _answer(
        service.amend(records(), actor(), id, body, now=now(), expected=expected_version())
    )


@blueprint.post("/meetings/<id>/confirmation")
@blueprint.arguments(ConfirmationBody)
def post_confirmation(body: dict[str, Any], id: str) -> Any:
    """Take one of the offered times."""
    return _answer(
        service.confirm(records(), actor(), id, body["starts_at"], now=now(), cause=cause())
    )


@blueprint.post("/meetings/<id>/moving")
@blueprint.arguments(MovingBody)
def post_moving(body: dict[str, Any], id: str) -> Any:
    """Give it another time."""
    meeting = service.move(
        records(), actor(), id, body["starts_at"], body["minutes"], now=now(), cause=cause()
    )
    return _answer(meeting)


@blueprint.post("/meetings/<id>/cancellation")
@blueprint.arguments(EmptyBody)
def post_cancellation(_body: dict[str, Any], id: str) -> Any:
    """Call it off, or turn an offer down."""
    return _answer(service.cancel(records(), actor(), id, now=now(), cause=cause()))


@blueprint.post("/meetings/<id>/log")
@blueprint.arguments(LogBody)
def post_log(body: dict[str, Any], id: str) -> Any:
    """Write one's own part of the log, or add to it."""
    if "shared" in body:
        body["is_shared"] = body.pop("shared")
    return _answer(service.write_log(records(), actor(), id, body, now=now(), cause=cause()))


@blueprint.get("/meetings/<id>/invite.ics")
def get_invitation(id: str) -> Any:
    """The meeting as a file for a calendar."""
    body = feeds.invitation(records(), actor(), id, running().settings["GUILDWAY_URL"])
    method = "CANCEL" if b"METHOD:CANCEL" in body else "REQUEST"
    return Response(
        body,
        content_type=f"{CALENDAR}; method={method}",
        headers={"Content-Disposition": 'attachment; filename="meeting.ics"'},
    )


@blueprint.get("/feed")
def get_feed() -> Any:
    """Whether I have a calendar to subscribe to; never its address."""
    return jsonify(_shown_feed(feeds.subscription_of(records(), actor())))


@blueprint.post("/feed")
@blueprint.arguments(EmptyBody)
def post_feed(_body: dict[str, Any]) -> Any:
    """Make it, or give it a new address; the address is told this once."""
    token = token_urlsafe(TOKEN_BYTES)
    subscription = feeds.renew(records(), actor(), token, now=now())
    path = f"/calendar/{token}.ics"
    return jsonify(path=path, **_shown_feed(subscription)), 201, {"Location": "/feed"}


@blueprint.delete("/feed")
def delete_feed() -> Any:
    """Its address is dead from now on."""
    feeds.revoke(records(), actor(), now=now())
    return "", 204


@blueprint.route("/calendar/<token>.ics", methods=["GET", "HEAD"])
@_only_its_methods
@public
def get_calendar(token: str) -> Any:
    """The calendar of whoever this token was given to."""
    body = feeds.calendar(records(), token, running().settings["GUILDWAY_URL"], now=now())
    tag = ical.etag(body)
    headers = {**FEED_HEADERS, "ETag": tag}
    if request.if_none_match.contains_weak(tag.strip('"')):
        return Response(status=304, headers=headers)
    return Response(body, content_type=CALENDAR, headers=headers)


def _asked_minutes() -> int | None:
    text = request.args.get("minutes")
    if text is None:
        return None
    minutes = int(text) if text.isdecimal() and len(text) <= 3 else 0
    if not 15 <= minutes <= 480:
        values = {"least": 15, "most": 480}
        raise Invalid([Fault(field="minutes", code="out-of-range", values=values)])
    if minutes % 15:
        raise Invalid([Fault(field="minutes", code="not-quarter-hours")])
    return minutes


def _answer(meeting: Meeting) -> Any:
    return jsonify(_shown(meeting)), 200, versioned(meeting.version)


def _person(member_id: str) -> dict[str, Any]:
    return service.person(records(), actor().association_id, member_id)


def _shown(meeting: Meeting) -> dict[str, Any]:
    role = meeting.role_of(actor().id)
    assert role is not None
    partner: Role = "mentee" if role == "mentor" else "mentor"
    mine, theirs = meeting.log.get(role), meeting.log.get(partner)
    return {
        "id": meeting.id,
        "version": meeting.version,
        **meeting.public(),
        "mentor": _person(meeting.mentor_id),
        "mentee": _person(meeting.mentee_id),
        "my_role": role,
        "number": service.number_of(records(), meeting),
        "place": meeting.place,
        "agenda": meeting.agenda,
        "sequence": meeting.sequence,
        "log": {
            "mine": mine and _shown_part(mine),
            "theirs": theirs and (_shown_part(theirs) if theirs.is_shared else {"met": theirs.met}),
            "needed": meeting.needs_log_of(role, now=now()),
            "disputed": meeting.is_disputed,
        },
    }


def _shown_part(part: Part) -> dict[str, Any]:
    return {
        "met": part.met,
        "why": part.why,
        "minutes": part.minutes,
        "progress": part.progress,
        "topics": part.topics,
        "note": part.note,
        "shared": part.is_shared,
        "follow_ups": part.follow_ups,
        "next_hint": part.next_hint,
        "logged_at": to_text(part.logged_at),
    }


def _shown_feed(subscription: Subscription) -> dict[str, Any]:
    made, used = subscription.created_at, subscription.used_at
    return {
        "exists": subscription.token_hash is not None,
        "created_at": made and to_text(made),
        "used_at": used and to_text(used),
    }
