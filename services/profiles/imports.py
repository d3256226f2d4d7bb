"""Bringing in a members' list: read, map, check, confirm, apply; nobody is a member before the
confirmation.

Every step works on a page of rows at a time, so that memory does not grow with the list.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Protocol

from chassis.errors import Conflict, Fault, Invalid, NotFound, Problem
from chassis.events import fact_id
from chassis.sealing import Sealed
from chassis.store import In
from chassis.tokens import Actor
from chassis.web import code_of
from services.profiles import columns, table
from services.profiles.bulks import (
    drop_pages,
    each_row,
    get_page,
    is_turn_of,
    keep_page,
    write_pages,
)
from services.profiles.columns import Read, Reading, read_row
from services.profiles.config import LARGEST_FILE, SAMPLE_ROWS
from services.profiles.content import FAULTS
from services.profiles.model.application import Application, WeeklyWindow, Wish
from services.profiles.model.bulk import Page
from services.profiles.model.importing import Import
from services.profiles.model.member import Member
from services.profiles.persons import ROLES, Named
from services.profiles.programs import access_own_cohort
from services.profiles.repository import Records
from services.profiles.service import get_association, get_me, join, members_by_address
from services.profiles.words import fold

Row = dict[str, Any]
_AT_ONCE = 500
_CHUNK = 1 << 16


class FileIsTooLarge(Conflict):
    """The list is larger than what is taken."""


class Readable(Protocol):
    """Something that gives bytes."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, none at the end."""


def upload(
    records: Records,
    actor: Actor,
    cohort_id: str,
    stream: Readable,
    *,
    id: str,
    file_name: str,
    now: datetime,
) -> Import:
    """Take in a file as it comes. Raises FileIsTooLarge, or Invalid if it is no table; then nothing
    of it is kept.
    """
    access_own_cohort(records, actor, cohort_id)
    association = get_association(records, actor)
    with TemporaryFile() as file:
        _spool(stream, file)
        form = table.find_form(file)
        listed = table.read(file, form)
        headers = table.unique_headers(next(listed).cells)
        sample: list[list[str]] = []
        try:
            pages, total = write_pages(
                records, association.id, id, _sampled(listed, sample), now=now
            )
            if not total:
                raise Invalid([Fault(field="file", code="no-rows")])
        except Invalid:
            drop_pages(records, association.id, id)
            raise
    made = Import(
        id=id,
        association_id=association.id,
        cohort_id=cohort_id,
        state="mapping",
        pages=pages,
        total=total,
        file_name=file_name,
        encoding=form.encoding,
        separator=form.separator,
        headers=headers,
        guess=columns.guess(headers),
        sample=sample,
        language=association.languages[0],
        zone=association.zone,
        created_at=now,
    )
    return records.imports.add(made, now=now)


def access_import(records: Records, actor: Actor, id: str) -> Import:
    """An import, for those who coordinate its cohort."""
    found = records.imports.get(actor.association_id, id)
    access_own_cohort(records, actor, found.cohort_id)
    return found


def list_imports(records: Records, actor: Actor, cohort_id: str, *, limit: int) -> list[Import]:
    """The last imports of a cohort, newest first."""
    access_own_cohort(records, actor, cohort_id)
    return records.imports.find(
        actor.association_id,
        {"cohort_id": cohort_id},
        sort="created_at",
        descending=True,
        limit=limit,
    )


def map_columns(
    records: Records,
    actor: Actor,
    id: str,
    mapping: Mapping[str, str | None],
    defaults: Mapping[str, str | None],
    *,
    now: datetime,
    cause: str | None = None,
    expected: int | None = None,
) -> Import:
    """Say which column is what; the worker then checks every row. Raises Invalid."""
    found = access_import(records, actor, id)
    whole = {name: mapping.get(name) for name in columns.FIELDS}
    if faults := _mapping_faults(whole, found.headers, defaults):
        raise Invalid(faults)
    return records.imports.change(
        actor.association_id,
        id,
        lambda there: there.map_columns(
            whole,
            role=defaults.get("role"),
            language=defaults.get("language") or there.language,
            zone=defaults.get("zone") or there.zone,
            now=now,
        ),
        now=now,
        cause=cause,
        expected=expected,
    )


def confirm(
    records: Records,
    actor: Actor,
    id: str,
    *,
    invite: bool,
    words: str,
    now: datetime,
    cause: str | None = None,
) -> Import:
    """Take every good row: from this one write on, the worker does so."""
    access_import(records, actor, id)
    return records.imports.change(
        actor.association_id,
        id,
        lambda there: there.confirm(invite=invite, words=words, now=now),
        now=now,
        cause=cause,
    )


def list_rows(
    records: Records, actor: Actor, id: str, kind: str, *, beyond: int, limit: int
) -> tuple[list[Row], int | None]:
    """Rows of a kind behind row `beyond`, and where to go on."""
    found = access_import(records, actor, id)
    items: list[Row] = []
    for row in each_row(records, found, kind, beyond=beyond):
        if len(items) == limit:
            return items, items[-1]["row"]
        items.append(_shown(row, found.headers))
    return items, None


def faulty_csv(records: Records, actor: Actor, id: str) -> Iterator[str]:
    """The rows that were not taken, as CSV with two more columns; line by line."""
    found = access_import(records, actor, id)
    is_french = get_me(records, actor).language == "fr"
    own = ("Ligne", "Pourquoi") if is_french else ("Row", "Why")

    def lines() -> Iterator[str]:
        yield "\ufeff" + table.write_row([*found.headers, *own])
        for kind in ("faulty", "refused"):
            for row in each_row(records, found, kind):
                width = len(found.headers)
                cells = [*row["cells"], *[""] * width][: max(width, len(row["cells"]))]
                why = "; ".join(_in_words(fault, is_french=is_french) for fault in row["faults"])
                yield table.write_row([*cells, str(row["row"]), why])

    return lines()


def move_on(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Timer: check or apply the next page of an import."""
    found = records.imports.get(association_id, id)
    if found.state == "checking":
        _check_page(records, found, now)
    elif found.state == "applying" and is_turn_of(records, found):
        _apply_page(records, found, now)


def _spool(stream: Readable, file: BinaryIO) -> None:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > LARGEST_FILE:
            raise FileIsTooLarge(megabytes=LARGEST_FILE >> 20)
        file.write(chunk)


def _sampled(listed: Iterable[table.Record], sample: list[list[str]]) -> Iterator[Row]:
    for record in listed:
        if len(sample) < SAMPLE_ROWS:
            sample.append([cell[:200] for cell in record.cells])
        yield {"row": record.number, "cells": record.cells}


def _mapping_faults(
    mapping: Mapping[str, str | None], headers: list[str], defaults: Mapping[str, str | None]
) -> list[Fault]:
    faults = [
        Fault(field=name, code="unknown-header", values={"header": header})
        for name, header in mapping.items()
        if header is not None and header not in headers
    ]
    needed = ["address"]
    if not mapping["name"]:
        needed += ["given_name", "family_name"]
    if not defaults.get("role"):
        needed += ["role"]
    return faults + [Fault(field=name, code="required") for name in needed if not mapping[name]]


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
    known = _known_applications(records, found, [read for _, read in sound])
    checked = []
    for row, read in rows:
        faults = read.faults or _repeated(row["row"], read, first, found)
        kind = "faulty" if faults else "good"
        if not faults and all((read.member["address"], role) in known for role in read.roles):
            kind = "repeat"
        checked.append({**row, "kind": kind, **_said(read, faults)})
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


def _known_applications(records: Records, found: Import, reads: list[Read]) -> set[tuple[str, str]]:
    """The (address, role) of those who have an application in this cohort already."""
    members = members_by_address(
        records, found.association_id, {read.member["address"] for read in reads}
    )
    ids = {
        Application.id_of(found.cohort_id, member.id, role): (member.address, role)
        for member in members.values()
        for role in ROLES
    }
    asked = list(ids)
    known = set()
    for n in range(0, len(asked), _AT_ONCE):
        there = {"_id": In(values=asked[n : n + _AT_ONCE])}
        for application in records.applications.find(found.association_id, there, limit=_AT_ONCE):
            known.add(ids[application.id])
    return known


def _apply_page(records: Records, found: Import, now: datetime) -> None:
    n = found.cursor
    page = get_page(records, found, n)
    rows = page.rows
    good = [row for row in rows if row["kind"] == "good"]
    members = members_by_address(
        records, found.association_id, {row["member"]["address"] for row in good}
    )
    outcomes = {row["row"]: _applied(records, found, row, members, now) for row in good}
    refused = {row: code for row, code in outcomes.items() if code}
    if refused:
        _keep_refused(records, page, rows, refused, now)
    records.imports.change(
        found.association_id,
        found.id,
        lambda there: there.page_applied(n, rows=len(good), refused=len(refused)),
        now=now,
    )


def _keep_refused(
    records: Records, page: Page, rows: list[Row], refused: Mapping[int, str], now: datetime
) -> None:
    for row in rows:
        if code := refused.get(row["row"]):
            row |= {"kind": "refused", "faults": [{"column": "", "code": code}]}
    keep_page(records, page, rows, now=now)


def _applied(
    records: Records, found: Import, row: Row, members: dict[str, Member], now: datetime
) -> str:
    """Take a row; the code of the rule that refuses it, or nothing."""
    try:
        return _take(records, found, row, members, now)
    except (Conflict, Invalid, NotFound) as refusal:
        return _code(refusal)


def _take(
    records: Records, found: Import, row: Row, members: dict[str, Member], now: datetime
) -> str:
    address = row["member"]["address"]
    if address not in members:
        fresh = Member(
            id=fact_id("imported", found.id, row["row"]),
            association_id=found.association_id,
            **row["member"],
        )
        members[address] = join(records, fresh, now=now)
    made = 0
    for n, role in enumerate(row["roles"]):
        application = _application(found, row, members[address], role, now)
        words, mail = found.words, None
        if found.invite and not n:
            mail = application.mail("invitation", fact_id("mail", found.id, row["row"]), words)
        stored = records.applications.add(application, application.take_in(mail=mail), now=now)
        made += stored.import_id == found.id
    return "" if made else "applied-already"


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


def _shown(row: Row, headers: list[str]) -> Row:
    roles = row["roles"]
    return {
        "row": row["row"],
        "values": dict(zip(headers, row["cells"], strict=False)),
        "faults": row["faults"],
        "member": row["member"],
        "role": roles[0] if len(roles) == 1 else "both",
    }


def _in_words(fault: Row, *, is_french: bool) -> str:
    words = FAULTS.get(fault["code"])
    said = words[is_french] if words else fault["code"]
    return f"{fault['column']}: {said}" if fault["column"] else said


def _code(refusal: Problem) -> str:
    return code_of(type(refusal))


__all__ = [
    "FileIsTooLarge",
    "access_import",
    "confirm",
    "faulty_csv",
    "list_imports",
    "list_rows",
    "map_columns",
    "move_on",
    "upload",
]
