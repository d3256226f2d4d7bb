"""The queue of a cohort's bulks: one at a time, in the order in which they were confirmed."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from chassis.clock import to_text
from chassis.events import fact_id
from chassis.sealing import Sealed
from chassis.store import Range
from services.profiles.config import CHARACTERS_A_PAGE, ROWS_A_PAGE
from services.profiles.model.bulk import Bulk, Page
from services.profiles.repository import Records


def is_turn_of(records: Records, bulk: Bulk) -> bool:
    """Whether no bulk of this cohort that was confirmed earlier is still being done."""
    first = min(_first_of_each(records, bulk), default=None)
    return first is None or first[1] == bulk.id


def write_pages(
    records: Records,
    association_id: str,
    bulk_id: str,
    rows: Iterable[dict[str, Any]],
    *,
    now: datetime,
) -> tuple[int, int]:
    """Store rows in pages as they come; how many pages and rows. Nothing counts before the bulk is
    there.
    """
    n = total = 0
    for n, content in enumerate(_contents(rows), 1):
        page = Page(
            id=page_id(bulk_id, n - 1),
            association_id=association_id,
            bulk_id=bulk_id,
            n=n - 1,
            content=Sealed(),
        )
        page.hold(content)
        records.pages.add(page, now=now)
        total += len(content)
    return n, total


def drop_pages(records: Records, association_id: str, bulk_id: str) -> None:
    """Forget the pages of a bulk that came to nothing."""
    for page in records.pages.each(association_id, {"bulk_id": bulk_id}, sort="n"):
        records.pages.delete(association_id, page.id)


def get_page(records: Records, bulk: Bulk, n: int) -> Page:
    """A page of a bulk."""
    return records.pages.get(bulk.association_id, page_id(bulk.id, n))


def keep_page(records: Records, page: Page, rows: list[dict[str, Any]], *, now: datetime) -> None:
    """Store what became of the rows of a page."""
    records.pages.change(page.association_id, page.id, lambda page: page.hold(rows), now=now)


def each_row(
    records: Records, bulk: Bulk, kind: str, *, beyond: int = 0
) -> Iterator[dict[str, Any]]:
    """The rows of a kind whose number is above `beyond`, page by page."""
    where: dict[str, Any] = {"bulk_id": bulk.id, f"has_{kind}": True}
    if beyond:
        where["n"] = Range(at_least=_page_behind(records, bulk, beyond))
    for page in records.pages.each(bulk.association_id, where, sort="n"):
        for row in page.rows:
            if row.get("kind") == kind and row["row"] > beyond:
                yield row


def _page_behind(records: Records, bulk: Bulk, row: int) -> int:
    """The first page that has rows behind this one; a long list is not read from its begin."""
    return bisect_right(
        range(bulk.pages), row, key=lambda n: get_page(records, bulk, n).rows[-1]["row"]
    )


def page_id(bulk_id: str, n: int) -> str:
    """The id of a page."""
    return fact_id("page", bulk_id, n)


def _first_of_each(records: Records, bulk: Bulk) -> Iterator[tuple[str, str]]:
    queue = {"cohort_id": bulk.cohort_id, "is_open": True}
    first: list[Bulk] = [
        *records.decisions.find(bulk.association_id, queue, sort="confirmed_at", limit=1),
        *records.imports.find(bulk.association_id, queue, sort="confirmed_at", limit=1),
    ]
    for found in first:
        assert found.confirmed_at is not None
        yield to_text(found.confirmed_at), found.id


def _contents(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    content: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        content.append(row)
        size += len(json.dumps(row))
        if len(content) == ROWS_A_PAGE or size >= CHARACTERS_A_PAGE:
            yield content
            content, size = [], 0
    if content:
        yield content
