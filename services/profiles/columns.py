"""The columns of a members' list: which header means what, and how a row is read.

Headers and values are guessed in English and French. A row is read whole: every fault is named with
its column, and what is not said has a default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chassis.errors import Fault
from contracts.shapes import WAYS
from services.profiles.cells import Unread, read_cell, zone_of_place
from services.profiles.words import fold

Row = dict[str, Any]

HEADERS: Mapping[str, tuple[str, ...]] = {
    "address": (
        *("email", "e mail", "mail", "email address", "e mail address", "mail address"),
        *("courriel", "adresse courriel", "adresse electronique", "adresse de courriel"),
    ),
    "given_name": ("given name", "first name", "firstname", "prenom", "forename"),
    "family_name": ("family name", "last name", "lastname", "surname", "nom de famille", "nom"),
    "name": ("name", "full name", "nom complet", "member", "membre", "nom et prenom"),
    "role": ("role", "mentor or mentee", "mentor mentee", "mentor ou mentore", "applies as"),
    "language": ("language", "langue", "preferred language", "langue preferee", "correspondence"),
    "zone": ("time zone", "timezone", "zone", "fuseau", "fuseau horaire", "tz"),
    "city": ("city", "town", "ville", "location", "lieu", "city of residence"),
    "region": ("province", "region", "territory", "province territory", "territoire", "state"),
    "employer": ("employer", "organisation", "organization", "company", "employeur", "workplace"),
    "field": ("field", "specialty", "sector", "domaine", "specialite", "secteur", "kind of work"),
    "seniority": (
        "seniority",
        "level",
        "career stage",
        "niveau",
        "etape de carriere",
        "anciennete",
    ),
    "languages": (
        *("languages", "languages spoken", "spoken languages", "langues", "langues parlees"),
        *("meeting languages", "langues de rencontre"),
    ),
    "ways": (
        *("ways to meet", "ways", "ways of meeting", "how to meet", "means", "meeting mode"),
        *("facons de se rencontrer", "modes de rencontre", "moyens"),
    ),
    "topics": ("topics", "subjects", "interests", "themes", "sujets", "interets"),
    "availability": ("availability", "available", "times", "disponibilites", "disponibilite"),
    "capacity": (
        *("capacity", "places", "mentees", "number of mentees", "max mentees", "capacite"),
        *("nombre de personnes mentorees", "nombre de mentores"),
    ),
    "stream": ("stream", "track", "volet", "parcours"),
    "hopes": ("hopes", "what i hope for", "goals", "attentes", "ce que j espere", "expectations"),
    "offers": ("offers", "offer", "what i offer", "ce que j offre", "offre", "experience"),
}
"""Field -> headers that mean it (folded), English and French."""

FIELDS = tuple(HEADERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the rows of a list are read: columns by field, defaults, and the cohort's streams."""

    headers: Sequence[str]
    mapping: Mapping[str, str | None]
    role: str | None
    language: str
    zone: str
    streams: Mapping[str, str] = field(default_factory=dict)
    """Folded name -> id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a row says; `member` and `answers` as the aggregates have them. Faults name columns."""

    member: Row
    roles: list[str]
    answers: Row
    topics: list[tuple[str, int | None]]
    faults: list[Fault]


def guess(headers: Sequence[str]) -> dict[str, str | None]:
    """The likely header of each field; each header is used once."""
    free = {fold(header): header for header in reversed(headers)}
    found: dict[str, str | None] = {}
    for name, meanings in HEADERS.items():
        exact = next((m for m in (fold(name), *meanings) if m in free), None)
        found[name] = free.pop(exact) if exact is not None else None
    for name, meanings in HEADERS.items():
        if found[name] is None:
            near = next((f for m in meanings for f in free if f.startswith(f"{m} ")), None)
            found[name] = free.pop(near) if near is not None else None
    return found


def read_row(cells: Sequence[str], reading: Reading) -> Read:
    """Read a row, with every fault."""
    faults = _ragged(cells, len(reading.headers))
    texts = {} if faults else _texts(cells, reading)
    values: Row = {}
    for name, text in texts.items():
        try:
            values[name] = _read_cell(name, text, reading)
        except Unread as why:
            column = reading.mapping.get(name) or name
            faults.append(Fault(field=column, code=why.code, values=why.values or None))
    if texts:
        faults += _missing(values, texts, reading)
    return Read(
        member=_member(values, reading),
        roles=values.get("role") or [reading.role or "mentee"],
        answers=_answers(values, reading),
        topics=values.get("topics") or [],
        faults=faults,
    )


def strengths(topics: Sequence[tuple[str, int | None]], role: str) -> list[Row]:
    """Topics with weights as given; else what a mentee names first weighs most."""
    return [
        {"id": id, "strength": given or (max(3 - n, 1) if role == "mentee" else 2)}
        for n, (id, given) in enumerate(topics)
    ]


def _ragged(cells: Sequence[str], expected: int) -> list[Fault]:
    if len(cells) == expected or (len(cells) > expected and not any(cells[expected:])):
        return []
    code = "too-many-cells" if len(cells) > expected else "too-few-cells"
    return [Fault(field="", code=code, values={"cells": len(cells), "columns": expected})]


def _texts(cells: Sequence[str], reading: Reading) -> dict[str, str]:
    place = {header: n for n, header in enumerate(reading.headers)}
    return {
        name: cells[place[header]] if header else ""
        for name in FIELDS
        for header in (reading.mapping.get(name),)
    }


def _missing(values: Row, texts: Mapping[str, str], reading: Reading) -> list[Fault]:
    faults = []
    if not texts["name"] or values.get("name"):
        names = values.get("name") or ("", "")
        for name, default in zip(("given_name", "family_name"), names, strict=True):
            if not texts[name] and not default:
                faults.append(_required(name, reading))
    if not texts["address"]:
        faults.append(_required("address", reading))
    if not texts["role"] and not reading.role:
        faults.append(_required("role", reading))
    return faults


def _required(name: str, reading: Reading) -> Fault:
    column = reading.mapping.get(name) or reading.mapping.get("name") or name
    return Fault(field=column, code="required")


def _member(values: Row, reading: Reading) -> Row:
    given, family = values.get("name") or ("", "")
    city, region = values.get("city", ""), values.get("region", "")
    return {
        "given_name": values.get("given_name") or given,
        "family_name": values.get("family_name") or family,
        "address": values.get("address", ""),
        "language": values.get("language") or reading.language,
        "zone": values.get("zone") or zone_of_place(city, region) or reading.zone,
        "city": city,
    }


def _answers(values: Row, reading: Reading) -> Row:
    language = values.get("language") or reading.language
    return {
        "languages": values.get("languages") or [language],
        "ways": values.get("ways") or list(WAYS),
        "availability": values.get("availability") or [],
        "capacity": values.get("capacity") or 1,
        "stream_id": values.get("stream"),
        **{name: values.get(name, "") for name in ("region", "employer", "field")},
        "seniority": values.get("seniority"),
        **{name: values.get(name, "") for name in ("hopes", "offers")},
    }


def _read_cell(name: str, text: str, reading: Reading) -> Any:
    if name == "stream" and text:
        return _read_stream(text, reading)
    return read_cell(name, text)


def _read_stream(text: str, reading: Reading) -> str:
    if fold(text) not in reading.streams:
        raise Unread("unknown-stream", word=text)
    return reading.streams[fold(text)]
