"""A cohort: one run of a program, with its calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from chassis.aggregate import Aggregate
from chassis.errors import Fault
from chassis.events import Event
from chassis.zones import zone
from contracts.profiles import COHORT_CHANGED, COHORT_OPENED
from services.profiles.config import DAYS_OF_A_COHORT
from services.profiles.model.program import Program

DAYS = ("apply_from", "apply_until", "match_on", "starts_on", "ends_on")
"""The days of a cohort's calendar, in the order in which they come."""


@dataclass(kw_only=True)
class Track:
    """A stream of the program, as the cohort tells of it."""

    id: str
    name: str


@dataclass(kw_only=True)
class Criteria:
    """What matching weighs: a preset by name, and the most points of criteria that differ."""

    preset: str = "balanced"
    changes: dict[str, int] = field(default_factory=dict)


@dataclass(kw_only=True)
class Cohort(Aggregate):
    """Its days are local days of its zone."""

    program_id: str
    program_name: str
    name: str
    zone: str
    coordinator_ids: list[str]
    streams: list[Track]
    apply_from: date
    apply_until: date
    match_on: date
    starts_on: date
    ends_on: date
    meeting_rhythm_days: int
    check_in_rhythm_days: int
    answer_days: int
    match_again_days: int = 0
    """Every so many days of the term's first half whoever is free is proposed anew; 0: never."""
    meeting_minutes: int
    agreement_template: dict[str, str]
    agreement_language: str = "en"
    """What the template speaks: the association's first language when the cohort was opened."""
    agreement_translations: dict[str, dict[str, str]] = field(default_factory=dict)
    """Language -> section -> text, of sections that say the same there."""
    criteria: Criteria

    def open(self) -> list[Event]:
        """Be there."""
        return [COHORT_OPENED(self.id, self.public())]

    def amend(self, changes: Mapping[str, Any]) -> list[Event]:
        """Take other dates, rhythms, texts or criteria. Sections that are not named stay."""
        before = self.public()
        for name, value in changes.items():
            setattr(self, name, value)
        return [] if self.public() == before else [COHORT_CHANGED(self.id, self.public())]

    def texts_with(
        self, template: Mapping[str, str], translations: Mapping[str, Mapping[str, str]]
    ) -> dict[str, Any]:
        """The agreement with other texts in it. A section that reads otherwise loses the
        translations it had, unless new ones come with it; an empty translation is none.
        """
        kept = {
            name
            for name, text in self.agreement_template.items()
            if template.get(name, text) == text
        }
        return {
            "agreement_template": {**self.agreement_template, **template},
            "agreement_translations": {
                language: {
                    name: text
                    for name, text in {
                        **{n: t for n, t in self._translated(language).items() if n in kept},
                        **translations.get(language, {}),
                    }.items()
                    if text
                }
                for language in {**self.agreement_translations, **translations}
                if language != self.agreement_language
            },
        }

    def _translated(self, language: str) -> Mapping[str, str]:
        return self.agreement_translations.get(language, {})

    def follow(self, program: Program) -> list[Event]:
        """Carry the program's name and streams as they are now."""
        streams = [Track(id=stream.id, name=stream.name) for stream in program.streams]
        return self.amend({"program_name": program.name, "streams": streams})

    def takes_applications(self, *, now: datetime) -> bool:
        """Whether it is a day of applying, where the cohort is at home."""
        today = now.astimezone(zone(self.zone)).date()
        return self.apply_from <= today <= self.apply_until

    def public(self) -> dict[str, Any]:
        """What others may know."""
        return {
            "association_id": self.association_id,
            "cohort_id": self.id,
            "program_id": self.program_id,
            "program_name": self.program_name,
            "name": self.name,
            "zone": self.zone,
            "coordinator_ids": self.coordinator_ids,
            "streams": [{"id": stream.id, "name": stream.name} for stream in self.streams],
            **{name: getattr(self, name).isoformat() for name in DAYS},
            "meeting_rhythm_days": self.meeting_rhythm_days,
            "check_in_rhythm_days": self.check_in_rhythm_days,
            "answer_days": self.answer_days,
            "match_again_days": self.match_again_days,
            "meeting_minutes": self.meeting_minutes,
            "agreement_template": self.agreement_template,
            "agreement_language": self.agreement_language,
            "agreement_translations": self.agreement_translations,
            "criteria": {"preset": self.criteria.preset, "changes": self.criteria.changes},
        }


def day_faults(days: Mapping[str, date]) -> list[Fault]:
    """Every day that comes before the one it has to follow, and a term that is too long.

    Days that are missing are left out: their absence is another fault.
    """
    known = [(name, days[name]) for name in DAYS if name in days]
    faults = [
        Fault(field=name, code="before-the-day-it-follows", values={"follows": earlier})
        for (earlier, earlier_on), (name, on) in pairwise(known)
        if on < earlier_on or (name == "ends_on" and on == earlier_on)
    ]
    if "starts_on" in days and "ends_on" in days:
        longest = timedelta(days=DAYS_OF_A_COHORT)
        if days["ends_on"] - days["starts_on"] > longest:
            faults.append(
                Fault(field="ends_on", code="too-far-away", values={"days": longest.days})
            )
    return faults
