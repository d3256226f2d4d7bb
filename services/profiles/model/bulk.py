"""What touches many: one small document that is confirmed by one write, its rows in pages beside
it.

The bulks of a cohort are done one at a time, in the order in which they were confirmed.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.aggregate import Aggregate
from chassis.sealing import Sealed


@dataclass(kw_only=True)
class Bulk(Aggregate):
    """`due_at` is set while the worker has something to do; `cursor`: the page it does next.

    `confirmed_at` stays when all is done; `is_open` says that it is in the cohort's queue.
    """

    cohort_id: str
    state: str
    pages: int
    total: int
    cursor: int = 0
    done: int = 0
    refused: int = 0
    confirmed_at: datetime | None = None
    is_open: bool = False
    due_at: datetime | None = None

    def line_up(self, state: str, *, now: datetime) -> None:
        """Join the cohort's queue: from here on every row will be done."""
        self.state, self.cursor, self.done, self.refused = state, 0, 0, 0
        self.confirmed_at, self.is_open, self.due_at = now, True, now

    def page_done(self, n: int, *, rows: int, refused: int, last_state: str) -> bool:
        """Go on behind page `n`, after the last to `last_state`; False if another worker has."""
        if n != self.cursor:
            return False
        self.cursor, self.done, self.refused = n + 1, self.done + rows, self.refused + refused
        if self.cursor >= self.pages:
            self.state, self.is_open, self.due_at = last_state, False, None
        return True


@dataclass(kw_only=True)
class Page(Aggregate):
    """Up to 500 rows of a bulk, as JSON. Sealed: rows of a members' list are people's own words."""

    bulk_id: str
    n: int
    content: Sealed
    has_good: bool = False
    has_faulty: bool = False
    has_repeat: bool = False
    has_refused: bool = False

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows, read anew at each call."""
        found: list[dict[str, Any]] = json.loads(self.content)
        return found

    def hold(self, rows: list[dict[str, Any]]) -> None:
        """Keep these rows, and which kinds there are."""
        self.content = Sealed(json.dumps(rows, ensure_ascii=False))
        kinds = {row.get("kind") for row in rows}
        self.has_good, self.has_faulty = "good" in kinds, "faulty" in kinds
        self.has_repeat, self.has_refused = "repeat" in kinds, "refused" in kinds
