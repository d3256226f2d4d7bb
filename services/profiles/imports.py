"""Bringing in a members' list: read, map, check, confirm, apply; nobody is a member before the
confirmation.

Every step works on a page of rows at a time, so that memory does not grow with the list.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Protocol

from chassis.errors import Conflict, Fault, Invalid
from chassis.tokens import Actor
from services.profiles import columns, table
from services.profiles.bulks import (
    drop_pages,
    each_row,
    write_pages,
)
from services.profiles.config import LARGEST_FILE, SAMPLE_ROWS
from services.profiles.content import FAULTS
from services.profiles.model.importing import Import
from services.profiles.programs import access_own_cohort
from services.profiles.repository import Records
from services.profiles.service import get_association, get_me

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
        rows = _sampled(listed, sample)
        pages, total = _stored(records, association.id, id, rows, now)
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


def _spool(stream: Readable, file: BinaryIO) -> None:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > LARGEST_FILE:
            raise FileIsTooLarge(megabytes=LARGEST_FILE >> 20)
        file.write(chunk)


def _stored(
    records: Records, association_id: str, id: str, rows: Iterable[Row], now: datetime
) -> tuple[int, int]:
    """Store the rows, or nothing of them if the file turns out to be no table."""
    try:
        pages, total = write_pages(records, association_id, id, rows, now=now)
        if not total:
            raise Invalid([Fault(field="file", code="no-rows")])
    except Invalid:
        drop_pages(records, association_id, id)
        raise
    return pages, total


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


def _shown(row: Row, headers: list[str]) -> Row:
    roles = row["roles"]
    return {
        "row": row["row"],
        "values": dict(zip(headers, row["cells"], strict=False)),
        "faults": row["faults"],
        "member": row["member"],
        "role": roles[0] if len(roles) == 1 else "both",
        "differs": row.get("differs", []),
    }


def _in_words(fault: Row, *, is_french: bool) -> str:
    words = FAULTS.get(fault["code"])
    said = words[is_french] if words else fault["code"]
    return f"{fault['column']}: {said}" if fault["column"] else said
