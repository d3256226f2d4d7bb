"""What the page of a one-time link is told, so that it can say in words what its button will do.

Whoever holds a link that is not open (any more) is told no names.
"""

from datetime import datetime
from typing import Any

from chassis.repository import Copies
from chassis.store import Document
from gateway.answering import members_of, page_of
from gateway.links import state_of
from gateway.model import Link
from gateway.repository import Records


def told_of(records: Records, link: Link | None, now: datetime) -> dict[str, Any]:
    """`purpose` and `state`; while the link is open also names, times and language."""
    if link is None:
        return {"purpose": None, "state": "unknown"}
    state = state_of(records, link, now)
    told = {"purpose": link.purpose, "state": state, "next": page_of(link)}
    if state != "open":
        return told
    members = members_of(records, link)
    if not members:
        return {"purpose": link.purpose, "state": "unknown"}
    return told | _person(records, members[0]) | _matter(records, link)


def _person(records: Records, member: Document) -> dict[str, Any]:
    id = member["association_id"]
    association = records.associations.get(id, id)
    return {
        "member": {name: member[name] for name in ("given_name", "family_name", "zone")},
        "language": member["language"],
        "association": {"name": association["name"]} if association else None,
    }


def _matter(records: Records, link: Link) -> dict[str, Any]:
    if link.purpose == "address":
        return {"address": link.address}
    if link.purpose in {"accept", "decline"}:
        return _about(records, link, records.pairs, "answer_by")
    if link.purpose == "confirm":
        times = _about(records, link, records.meetings, "minutes", "way", "proposed")
        return times | {"starts_at": link.params["starts_at"]}
    if link.purpose in {"met", "not-met"}:
        return _about(records, link, records.meetings, "starts_at", "ends_at", "minutes", "way")
    if link.purpose == "check-in":
        about = _about(records, link, records.check_ins, "occasion", "due_at")
        return about | {"useful": link.params.get("useful")}
    return {}


def _about(records: Records, link: Link, copies: Copies, *names: str) -> dict[str, Any]:
    thing = copies.get(link.association_id, link.target)
    if thing is None:
        return {}
    sides = [thing.get(name) for name in ("mentor_id", "mentee_id", "member_id", "partner_id")]
    partner_id = next((id for id in sides if id and id != link.member_id), None)
    partner = records.members.get(link.association_id, partner_id) if partner_id else None
    is_mentor = thing.get("mentor_id") == link.member_id
    names_of = ("given_name", "family_name")
    return {
        **{name: thing[name] for name in names},
        "role": thing.get("role", "mentor" if is_mentor else "mentee"),
        "partner": {name: partner[name] for name in names_of} if partner else None,
    }
