"""What a one-time link does once its button is pressed: it signs in, or it answers a question at a
service in the member's name.

The link's id is the Idempotency-Key, and the link is marked as used only after the service has
answered: a service that is away costs nobody their answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.errors import NotFound
from chassis.store import EVERYWHERE, Document
from gateway.links import find_link, state_of
from gateway.model import Answer, Link, LinkIsExpired, LinkIsUnknown, LinkIsUsed
from gateway.passing import Passage
from gateway.repository import Records
from gateway.service import actor_of, local_path, open_session

NOT_FINAL = (
    "time-is-taken",
    "time-has-passed",
    "meeting-is-ahead",
    "mentor-is-full",
    "mentee-is-taken",
    "lost-race",
    "version-lost",
)
"""Conflicts that another try, or another of the links, can get over."""
FINAL_STATUS = (403, 404, 409, 410)

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The request that a link stands for."""

    service: str
    target: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it. token: of the session that was opened; problem: what the service said."""

    body: dict[str, Any]
    status: int = 200
    token: str = ""
    problem: bool = False


def act(
    records: Records, passage: Passage, token: str, fields: Fields, *, now: datetime
) -> Outcome:
    """Do what the link of this token stands for. Raises LinkIsUnknown, LinkIsUsed, LinkIsExpired,
    ServiceIsAway.
    """
    link = find_link(records, token)
    state = state_of(records, link, now)
    if state == "used":
        raise LinkIsUsed
    if state == "expired":
        raise LinkIsExpired
    if link.purpose == "sign-in":
        return _sign_in(records, link, fields, now)
    return _answer(records, passage, link, fields, now)


def page_of(link: Link) -> str:
    """The page of the client where the matter of a link is shown."""
    if link.purpose in {"accept", "decline"}:
        return f"/proposals/{link.target}"
    if link.purpose in {"met", "not-met"}:
        return f"/meetings/{link.target}/log"
    if link.purpose == "confirm":
        return f"/meetings/{link.target}"
    if link.purpose == "check-in":
        return f"/check-ins/{link.target}"
    return local_path(link.target)


def members_of(records: Records, link: Link) -> list[Document]:
    """Who may sign in by this link: the member it was made for, or all who have the address that
    asked for it (one person, in several associations).
    """
    if hashed := link.params.get("address_hash"):
        found = records.members.find(EVERYWHERE, {"address_hash": hashed})
        return [member for member in found if not member["erased"]]
    member = records.members.get(link.association_id, link.member_id)
    return [member] if member else []


def _sign_in(records: Records, link: Link, fields: Fields, now: datetime) -> Outcome:
    known = members_of(records, link)
    wanted = fields.get("association_id")
    fitting = [each for each in known if wanted in (None, each["association_id"])]
    if not fitting:
        raise LinkIsUnknown
    if len(fitting) > 1:
        return Outcome(body={"purpose": link.purpose, "choose": _choices(records, fitting)})
    member = fitting[0]
    records.links.change(link.association_id, link.id, lambda each: each.use(now), now=now)
    token = open_session(
        records, association_id=member["association_id"], member_id=member["_id"], now=now
    )
    done = {"purpose": link.purpose, "done": True, "next": page_of(link)}
    return Outcome(body=done, token=token)


def _choices(records: Records, members: list[Document]) -> list[dict[str, str]]:
    found = []
    for member in members:
        id = member["association_id"]
        association = records.associations.get(id, id)
        found.append({"association_id": id, "name": association["name"] if association else ""})
    return sorted(found, key=lambda each: each["name"])


def _answer(
    records: Records, passage: Passage, link: Link, fields: Fields, now: datetime
) -> Outcome:
    who = actor_of(records, link.association_id, link.member_id, link=link.id)
    if who is None:
        raise LinkIsUnknown
    call = CALLS[link.purpose](link, fields)
    status, answer = passage.post(who, call.service, call.target, call.body, key=link.id)
    code = answer.get("code", "") if isinstance(answer, dict) else ""
    if status < 300 or (status in FINAL_STATUS and code not in NOT_FINAL):
        _mark_used(records, link, now)
    if status >= 300:
        return Outcome(body=answer or {}, status=status, problem=True)
    next = page_of(link)
    if answer.get("state") == "matched":
        next = f"/pairs/{link.target}"
    return Outcome(body={"purpose": link.purpose, "done": True, "next": next})


def _mark_used(records: Records, link: Link, now: datetime) -> None:
    answer = Answer(
        id=link.answer_id,
        association_id=link.association_id,
        purpose=link.purpose,
        link_id=link.id,
        answered_at=now,
        due_at=link.forget_at(),
    )
    records.answers.add(answer, now=now)
    try:
        records.links.change(link.association_id, link.id, lambda each: each.use(now), now=now)
    except (LinkIsUsed, NotFound):
        return


def _address(link: Link, _: Fields) -> Call:
    body = {"address": str(link.address)}
    return Call(service="profiles", target="/members/me/address", body=body)


def _accept(link: Link, _: Fields) -> Call:
    return Call(service="matching", target=f"/pairs/{link.target}/acceptance", body={})


def _decline(link: Link, fields: Fields) -> Call:
    return Call(
        service="matching",
        target=f"/pairs/{link.target}/declination",
        body=_chosen(fields, "reason"),
    )


def _confirm(link: Link, _: Fields) -> Call:
    return Call(
        service="scheduling",
        target=f"/meetings/{link.target}/confirmation",
        body={"starts_at": link.params["starts_at"]},
    )


def _met(link: Link, fields: Fields) -> Call:
    met = link.purpose == "met"
    body = {"met": met, **({} if met else _chosen(fields, "why"))}
    return Call(service="scheduling", target=f"/meetings/{link.target}/log", body=body)


def _check_in(link: Link, fields: Fields) -> Call:
    told = _chosen(fields, "useful", "met", "get_on", "in_the_way", "help")
    return Call(
        service="feedback",
        target=f"/check-ins/{link.target}/answer",
        body={"useful": link.params.get("useful"), **told},
    )


def _chosen(fields: Fields, *names: str) -> dict[str, Any]:
    return {name: fields[name] for name in names if fields.get(name) is not None}


CALLS: Mapping[str, Callable[[Link, Fields], Call]] = {
    "address": _address,
    "accept": _accept,
    "decline": _decline,
    "confirm": _confirm,
    "met": _met,
    "not-met": _met,
    "check-in": _check_in,
}
