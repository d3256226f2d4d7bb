"""What the worker does with a members' list: check its rows, and once it is confirmed take them in,
page by page, so that memory does not grow with the list.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.aggregate import A
from chassis.errors import Conflict, Fault, Invalid, NotFound
from chassis.events import Event, fact_id
from chassis.repository import Repository
from chassis.sealing import Sealed
from chassis.web import code_of
from services.profiles import columns
from services.profiles.bulks import get_page, is_turn_of, keep_page
from services.profiles.columns import Read, Reading, read_row
from services.profiles.model.application import Application, WeeklyWindow, Wish
from services.profiles.model.bulk import Page
from services.profiles.model.importing import Import
from services.profiles.model.member import Member
from services.profiles.persons import ROLES, Named
from services.profiles.repository import Records
from services.profiles.service import members_by_address
from services.profiles.words import fold

Row = dict[str, Any]
_NAMES = ("given_name", "family_name")
_OWN = (*_NAMES, "language", "zone", "city")


def move_on(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Timer: check or apply the next page of an import."""
    found = records.imports.get(association_id, id)
    if found.state == "checking":
        _check_page(records, found, now)
    elif found.state == "applying" and is_turn_of(records, found):
        _apply_page(records, found, now)


def _check_page(records: Records, found: Import, now: datetime) -> None:
    n, round = found.cursor, found.round
    page = get_page(records, found, n)
    reading = _reading(records, found)
    rows = [
        (
            {"row": row["row"], "cells": row["cells"]},
            read_row(row["cells"], reading),
        )
        for row in page.rows
    ]
    checked = _checked(records, found, rows)
    keep_page(records, page, checked, now=now)
    kinds = [row["kind"] for row in checked]
    records.imports.change(
        found.association_id,
        found.id,
        lambda there: there.page_checked(
            n,
            round=round,
            good=kinds.count("good"),
            faulty=kinds.count("faulty"),
            repeats=kinds.count("repeat"),
        ),
        now=now,
    )


def _reading(records: Records, found: Import) -> Reading:
    cohort = records.cohorts.get(found.association_id, found.cohort_id)
    return Reading(
        headers=found.headers,
        mapping=found.mapping,
        role=found.role,
        language=found.language,
        zone=found.zone,
        streams={fold(stream.name): stream.id for stream in cohort.streams},
    )


def _checked(records: Records, found: Import, rows: list[tuple[Row, Read]]) -> list[Row]:
    """The rows with what they say, their kind and their faults."""
    sound = [(row, read) for row, read in rows if not read.faults]
    named = [
        Named(address=read.member["address"], role=role, name=_name_id(read), row=row["row"])
        for row, read in sound
        for role in read.roles
    ]
    first = records.persons.name(found.association_id, f"{found.id}/{found.round}", named)
    members = members_by_address(
        records, found.association_id, {read.member["address"] for _, read in sound}
    )
    known = _known_applications(records, found, members)
    checked = []
    for row, read in rows:
        faults = read.faults or _repeated(row["row"], read, first, found)
        kind = "faulty" if faults else "good"
        if not faults and all((read.member["address"], role) in known for role in read.roles):
            kind = "repeat"
        differs = _differing(row["cells"], read, members.get(read.member["address"]), found)
        checked.append({**row, "kind": kind, "differs": differs, **_said(read, faults)})
    return checked


def _said(read: Read, faults: list[Fault]) -> Row:
    return {
        "member": read.member,
        "roles": read.roles,
        "answers": read.answers,
        "topics": read.topics,
        "faults": [
            {"column": f.field, "code": f.code, **({"values": f.values} if f.values else {})}
            for f in faults
        ],
    }


def _name_id(read: Read) -> str:
    return fact_id("name", fold(f"{read.member['given_name']} {read.member['family_name']}"))


def _repeated(
    row: int, read: Read, first: Mapping[tuple[str, str], Named], found: Import
) -> list[Fault]:
    """A person who stands in an earlier row in the same role, or an address that is somebody
    else's there.
    """
    address = read.member["address"]
    column = found.mapping["address"] or ""
    earlier = [
        named
        for role in ROLES
        if (named := first.get((address, role))) is not None and named.row < row
    ]
    for named in earlier:
        if named.role in read.roles:
            return [Fault(field=column, code="named-before", values={"row": named.row})]
        if named.name != _name_id(read):
            return [Fault(field=column, code="address-of-another", values={"row": named.row})]
    return []


def _differing(cells: Sequence[str], read: Read, member: Member | None, found: Import) -> list[str]:
    """The columns that say of a member what the member does not say: the member's own stays."""
    if member is None:
        return []
    columns: dict[str, None] = {}
    for name in _OWN:
        column = found.mapping.get(name) or (found.mapping["name"] if name in _NAMES else None)
        is_said = column is not None and cells[found.headers.index(column)]
        if column and is_said and read.member[name] != getattr(member, name):
            columns[column] = None
    return list(columns)


def _known_applications(
    records: Records, found: Import, members: Mapping[str, Member]
) -> set[tuple[str, str]]:
    """The (address, role) of those who have an application in this cohort already."""
    ids = {
        Application.id_of(found.cohort_id, member.id, role): (member.address, role)
        for member in members.values()
        for role in ROLES
    }
    return {ids[id] for id in records.applications.many(found.association_id, ids)}


def _apply_page(records: Records, found: Import, now: datetime) -> None:
    n = found.cursor
    page = get_page(records, found, n)
    rows = page.rows
    good = [row for row in rows if row["kind"] == "good"]
    members, outside = _joined(records, found, good, now)
    refused: dict[int, str] = {}
    wanted: list[Wanted] = []
    for row in good:
        address = row["member"]["address"]
        if address in outside:
            refused[row["row"]] = outside[address]
            continue
        try:
            wanted += _wanted(found, row, members[address], now)
        except (Conflict, Invalid, NotFound) as refusal:
            refused[row["row"]] = code_of(type(refusal))
    mails = {each.application.id: each.mail for each in wanted}
    untold = _added(
        records.applications,
        [each.application for each in wanted],
        lambda application: application.take_in(mail=mails[application.id]),
        now,
    )
    refused |= {each.row: code_of(Invalid) for each in wanted if each.application.id in untold}
    made = _made(records, found, wanted)
    for number in {each.row for each in wanted} - made:
        refused.setdefault(number, "applied-already")
    if refused:
        _keep_refused(records, page, rows, refused, now)
    records.imports.change(
        found.association_id,
        found.id,
        lambda there: there.page_applied(n, rows=len(good), refused=len(refused)),
        now=now,
    )


def _joined(
    records: Records, found: Import, good: list[Row], now: datetime
) -> tuple[dict[str, Member], dict[str, str]]:
    """The persons of these rows, members from now on, by address; and why others are not. Who has
    an address already is the member, also in a race.
    """
    addresses = {row["member"]["address"] for row in good}
    members = members_by_address(records, found.association_id, addresses)
    fresh: dict[str, Member] = {}
    for row in good:
        if row["member"]["address"] not in members:
            member = Member(
                id=fact_id("imported", found.id, row["row"]),
                association_id=found.association_id,
                **row["member"],
            )
            fresh.setdefault(member.address, member)
    untold = _added(records.members, list(fresh.values()), Member.join, now)
    members |= members_by_address(records, found.association_id, set(fresh))
    outside = {
        # One whose address was given up in between is nobody's.
        address: code_of(Invalid if member.id in untold else NotFound)
        for address, member in fresh.items()
        if address not in members
    }
    return members, outside


def _added(
    repository: Repository[A],
    things: list[A],
    events: Callable[[A], Iterable[Event]],
    now: datetime,
) -> set[str]:
    """Store what is not there yet, many in one write; the ids of those that cannot be told of."""
    try:
        repository.add_many(things, now=now, events=events)
    except Invalid:
        if len(things) == 1:
            return {things[0].id}
        return set().union(*(_added(repository, [thing], events, now) for thing in things))
    return set()


def _keep_refused(
    records: Records, page: Page, rows: list[Row], refused: Mapping[int, str], now: datetime
) -> None:
    for row in rows:
        if code := refused.get(row["row"]):
            row |= {"kind": "refused", "faults": [{"column": "", "code": code}]}
    keep_page(records, page, rows, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An application that a row asks for, with the mail that goes with it."""

    row: int
    application: Application
    mail: Event | None


def _wanted(found: Import, row: Row, member: Member, now: datetime) -> list[Wanted]:
    """The applications of a row. Raises why not."""
    wanted = []
    for n, role in enumerate(row["roles"]):
        application = _application(found, row, member, role, now)
        words, mail = found.words, None
        if found.invite and not n:
            mail = application.mail("invitation", fact_id("mail", found.id, row["row"]), words)
        wanted.append(Wanted(row=row["row"], application=application, mail=mail))
    return wanted


def _made(records: Records, found: Import, wanted: list[Wanted]) -> set[int]:
    """The rows that have an application of this import by now, also by an earlier try of it."""
    rows = {each.application.id: each.row for each in wanted}
    there = records.applications.many(found.association_id, rows)
    return {rows[id] for id, stored in there.items() if stored.import_id == found.id}


def _application(found: Import, row: Row, member: Member, role: str, now: datetime) -> Application:
    answers = dict(row["answers"])
    windows = [WeeklyWindow(**window) for window in answers.pop("availability")]
    if role == "mentee":
        answers["capacity"] = 1
    return Application(
        id=Application.id_of(found.cohort_id, member.id, role),
        association_id=found.association_id,
        cohort_id=found.cohort_id,
        member_id=member.id,
        role=role,
        state="applied",
        zone=row["member"]["zone"],
        topics=[Wish(**wish) for wish in columns.strengths(row["topics"], role)],
        availability=windows,
        applied_at=now,
        import_id=found.id,
        hopes=Sealed(answers.pop("hopes")),
        offers=Sealed(answers.pop("offers")),
        **answers,
    )
