"""How long lists leave a service: by cursor as JSON, or whole as CSV."""

import base64
import binascii
import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response

from chassis.aggregate import Aggregate
from chassis.clock import to_text
from chassis.errors import Fault, Invalid
from chassis.store import After

MOST = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def page_after(arguments: Mapping[str, str]) -> After | None:
    """Where the page asked for goes on (`?after=`), or None for the first one."""
    text = arguments.get("after")
    if not text:
        return None
    try:
        value, id = json.loads(base64.urlsafe_b64decode(text.encode()))
        is_right = isinstance(id, str) and _is_comparable(value)
        f"{value}{id}".encode()  # half a character is no text
    except (binascii.Error, ValueError, TypeError, RecursionError):
        is_right = False
    if not is_right:
        raise Invalid([Fault(field="after", code="not-a-cursor")])
    return After(value=value, id=id)


def _is_comparable(value: Any) -> bool:
    """Whether a store can compare it: text, nothing, a flag, or a number of 53 bits."""
    if isinstance(value, int | float):
        return abs(value) < 2**53
    return value is None or isinstance(value, str)


def page_limit(arguments: Mapping[str, str], *, default: int = 50) -> int:
    """How many items are asked for (`?limit=`), 1 to 200."""
    text = arguments.get("limit", str(default))
    if not text.isdecimal() or len(text) > 9 or not 1 <= int(text) <= MOST:
        raise Invalid(
            [Fault(field="limit", code="out-of-range", values={"least": 1, "most": MOST})]
        )
    return int(text)


def cursor(value: Any, id: str) -> str:
    """The text that asks for what comes behind this item."""
    return base64.urlsafe_b64encode(json.dumps([value, id]).encode()).decode()


def cursor_of(items: Sequence[Aggregate], sort: str) -> str | None:
    """The cursor behind the last of some aggregates, sorted by one of their fields."""
    if not items:
        return None
    value = items[-1].id if sort == "_id" else getattr(items[-1], sort)
    return cursor(to_text(value) if isinstance(value, datetime) else value, items[-1].id)


def to_csv(
    rows: Sequence[Mapping[str, Any]], *, name: str, columns: Sequence[str] = ()
) -> Response:
    """A table to download: UTF-8 with a mark so that Excel reads it, formula cells defused.

    columns: what the table has, also without rows; left out, it is what the first row has.
    """
    text = io.StringIO()
    flat = [{key: _cell(value) for key, value in row.items()} for row in rows]
    headers = list(columns or (flat[0] if flat else ()))
    writer = csv.DictWriter(text, fieldnames=headers, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(flat)
    return Response(
        "\ufeff" + text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("name", "")
    text = "" if value is None else str(value)
    # A spreadsheet would run it: OWASP, CSV injection.
    return f"'{text}" if text.startswith(_FORMULA) else text
