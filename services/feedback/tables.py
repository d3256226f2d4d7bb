"""Tables to download: the rows of a figure and the numbers of a chart, with headers and words in
the language of whoever reads them, and times on the clocks of the cohort.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chassis.clock import from_text
from chassis.errors import NotFound
from chassis.store import Document
from chassis.zones import zone
from contracts.topics import topic_name
from services.feedback.figures import LISTS, funnel_of
from services.feedback.model.figures import Figures

Table = tuple[list[str], list[dict[str, Any]]]
"""Headers, and rows by header."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "mentor": ("mentor", "mentor"),
    "mentee": ("mentee", "personne mentorée"),
    "first": ("after the first meeting", "après la première rencontre"),
    "rhythm": ("check-in {n}", "suivi {n}"),
    "proposed": ("proposed", "proposé"),
    "matched": ("matched", "jumelé"),
    "ended": ("ended", "terminé"),
    "declined": ("declined", "décliné"),
    "expired": ("expired", "expiré"),
    "withdrawn": ("withdrawn", "retiré"),
    "applied": ("applied", "candidature reçue"),
    "accepted": ("accepted", "acceptation"),
    "agreed": ("agreed", "entente signée"),
    "met": ("met", "première rencontre tenue"),
    "completing": ("completing", "en bonne voie"),
}
_HEADERS: Mapping[str, tuple[str, str]] = {
    "name": ("Name", "Nom"),
    "partner": ("Partner", "Partenaire"),
    "role": ("Role", "Rôle"),
    "pair": ("Pair", "Dyade"),
    "mentee": ("Mentee", "Personne mentorée"),
    "mentor": ("Mentor", "Mentor"),
    "state": ("State", "État"),
    "meetings_held": ("Meetings held", "Rencontres tenues"),
    "last_held_at": ("Last meeting ({zone})", "Dernière rencontre ({zone})"),
    "planned_until": ("Planned until ({zone})", "Prévu jusqu'au ({zone})"),
    "quiet_since": ("Quiet since ({zone})", "Sans nouvelles depuis ({zone})"),
    "starts_at": ("Begins ({zone})", "Début ({zone})"),
    "occasion": ("Occasion", "Occasion"),
    "asked_at": ("Asked ({zone})", "Demandé ({zone})"),
    "answered_at": ("Answered ({zone})", "Répondu ({zone})"),
    "stage": ("Stage", "Étape"),
    "count": ("People", "Personnes"),
    "of": ("Of", "Sur"),
    "month": ("Month", "Mois"),
    "held": ("Held", "Tenues"),
    "planned": ("Planned", "Prévues"),
    "not_logged": ("Not logged", "Sans nouvelles"),
    "topic": ("Topic", "Sujet"),
    "wanted": ("Mentees who wanted it", "Personnes mentorées qui le souhaitaient"),
    "discussed": ("Meetings that discussed it", "Rencontres où il a été abordé"),
}
_COLUMNS: Mapping[str, Sequence[str]] = {
    "application_rows": ("name", "role"),
    "meeting_rows": ("pair", "starts_at"),
    "pair_rows": (
        *("mentee", "mentor", "state", "meetings_held"),
        *("last_held_at", "planned_until", "quiet_since"),
    ),
    "check_ins": ("name", "role", "partner", "occasion", "asked_at", "answered_at"),
    "funnel": ("stage", "count", "of"),
    "meetings": ("month", "held", "planned", "not_logged"),
    "topics": ("topic", "wanted", "discussed"),
}
CHARTS = ("funnel", "meetings", "topics")


def table_of_rows(
    name: str, rows: Iterable[Mapping[str, Any]], *, cohort: Document, language: str
) -> Table:
    """The rows behind a figure, as `figures.shown_rows` gives them."""
    return _table(_COLUMNS[LISTS[name][0]], rows, cohort, language)


def table_of_chart(name: str, figures: Figures, *, cohort: Document, language: str) -> Table:
    """The numbers of a chart. Raises NotFound for a name that is none."""
    if name not in CHARTS:
        raise NotFound
    rows: Sequence[Mapping[str, Any]] = figures.meetings
    if name == "funnel":
        rows = [{**each, "stage": each["id"]} for each in funnel_of(figures)]
    if name == "topics":
        rows = [{**each, "topic": topic_name(each["id"], language)} for each in figures.topics]
    return _table(_COLUMNS[name], rows, cohort, language)


def _table(
    columns: Sequence[str], rows: Iterable[Mapping[str, Any]], cohort: Document, language: str
) -> Table:
    is_french = language == "fr"
    headers = {c: _HEADERS[c][is_french].format(zone=cohort["zone"]) for c in columns}
    told = [
        {
            headers[c]: _cell(c, row.get(c), zone_name=cohort["zone"], is_french=is_french)
            for c in columns
        }
        for row in rows
    ]
    return list(headers.values()), told


def _cell(column: str, value: Any, *, zone_name: str, is_french: bool) -> Any:
    if value is None:
        return ""
    if column in ("role", "state", "stage"):
        return _WORDS[value][is_french]
    if column == "occasion":
        word, _, n = value.partition("-")
        return _WORDS[word][is_french].format(n=n)
    if column.endswith(("_at", "_since", "_until")):
        return f"{from_text(value).astimezone(zone(zone_name)):%Y-%m-%d %H:%M}"
    return value
