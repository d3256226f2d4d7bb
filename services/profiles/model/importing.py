"""A members' list on its way in: read, mapped, checked, confirmed, applied."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chassis.errors import Conflict
from chassis.events import Event
from contracts.profiles import IMPORT_MOVED
from services.profiles.model.bulk import Bulk


class ImportIsConfirmed(Conflict):
    """It is confirmed: its columns are no longer changed, and nobody confirms again."""


class ImportIsNotChecked(Conflict):
    """Its rows are not all checked yet."""


class NothingToTake(Conflict):
    """None of the rows can be taken."""


@dataclass(kw_only=True)
class Import(Bulk):
    """States: mapping, checking, checked, applying, done. Before the confirmation nobody is a
    member through it, after it every good row becomes one.
    """

    file_name: str
    encoding: str
    separator: str
    headers: list[str]
    guess: dict[str, str | None]
    sample: list[list[str]]
    mapping: dict[str, str | None] = field(default_factory=dict)
    role: str | None = None
    language: str = "en"
    zone: str = ""
    round: int = 0
    """Counts the mappings, so that each is checked by itself."""
    good: int = 0
    faulty: int = 0
    repeats: int = 0
    invite: bool = False
    words: str = ""
    created_at: datetime

    def map_columns(
        self,
        mapping: dict[str, str | None],
        *,
        role: str | None,
        language: str,
        zone: str,
        now: datetime,
    ) -> list[Event]:
        """Read the rows by these columns; they are checked anew."""
        self._check_open()
        self.mapping, self.role, self.language, self.zone = mapping, role, language, zone
        self.round += 1
        self.good = self.faulty = self.repeats = self.cursor = self.done = 0
        self.state, self.due_at = "checking", now
        return self._moved()

    def page_checked(
        self, n: int, *, round: int, good: int, faulty: int, repeats: int
    ) -> list[Event]:
        """Go on behind page `n`, unless the mapping changed meanwhile or it was counted."""
        if (self.state, self.round, self.cursor) != ("checking", round, n):
            return []
        self.good, self.faulty, self.repeats = (
            self.good + good,
            self.faulty + faulty,
            self.repeats + repeats,
        )
        self.cursor, self.done = n + 1, self.done + good + faulty + repeats
        if self.cursor >= self.pages:
            self.state, self.due_at = "checked", None
        return self._moved()

    def confirm(self, *, invite: bool, words: str, now: datetime) -> list[Event]:
        """Take every good row. Raises ImportIsNotChecked, ImportIsConfirmed, NothingToTake."""
        self._check_open()
        if self.state != "checked":
            raise ImportIsNotChecked
        if not self.good:
            raise NothingToTake
        self.invite, self.words = invite, words
        self.line_up("applying", now=now)
        return self._moved()

    def page_applied(self, n: int, *, rows: int, refused: int) -> list[Event]:
        """Go on behind page `n`."""
        if not self.page_done(n, rows=rows, refused=refused, last_state="done"):
            return []
        return self._moved()

    def public(self) -> dict[str, Any]:
        """How far it is."""
        return {
            "association_id": self.association_id,
            "import_id": self.id,
            "cohort_id": self.cohort_id,
            "state": self.state,
            "total": self.good if self.is_applied else self.total,
            "done": self.done,
        }

    @property
    def is_applied(self) -> bool:
        """Whether it was confirmed: then only good rows count."""
        return self.state in {"applying", "done"}

    def _check_open(self) -> None:
        if self.is_applied:
            raise ImportIsConfirmed

    def _moved(self) -> list[Event]:
        return [IMPORT_MOVED(self.id, self.public())]
