"""The few words that calendars show, in the language of whoever reads them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`{name}`: a given name, `{cohort}`: the name of a cohort."""

    calendar: str
    meeting: str
    meeting_with: str
    cancelled: str
    cohort_begins: str
    cohort_ends: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        calendar="Mentoring",
        meeting="Mentoring meeting",
        meeting_with="Mentoring: {name}",
        cancelled="Cancelled: ",
        cohort_begins="{cohort}: first day",
        cohort_ends="{cohort}: last day",
    ),
    "fr": Words(
        calendar="Mentorat",
        meeting="Rencontre de mentorat",
        meeting_with="Mentorat : {name}",
        cancelled="Annulé : ",
        cohort_begins="{cohort} : premier jour",
        cohort_ends="{cohort} : dernier jour",
    ),
}


def words_of(language: str | None) -> Words:
    """The words of a language; English before the person's has arrived."""
    return WORDS.get(language or "en", WORDS["en"])
