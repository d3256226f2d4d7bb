"""The columns of a members' list: which header means what, and how a row is read.

Headers and values are guessed in English and French. A row is read whole: every fault is named with
its column, and what is not said has a default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chassis.errors import Fault
from chassis.schemas import has_sight
from contracts.shapes import WAYS
from services.profiles.cells import Unread, read_cell, zone_of_place
from services.profiles.words import fold

Row = dict[str, Any]

HEADERS: Mapping[str, tuple[str, ...]] = {
    "address": (
        *("email", "e mail", "mail", "email address", "e mail address", "mail address"),
        *("work email", "contact email", "courriel", "adresse courriel", "adresse electronique"),
        *("adresse de courriel", "adresse e mail", "adresse de messagerie"),
        *("courrier electronique",),
    ),
    "given_name": (
        *("given name", "first name", "firstname", "given names", "preferred first name"),
        *("forename", "prenom"),
    ),
    "family_name": ("family name", "last name", "lastname", "surname", "nom de famille", "nom"),
    "name": (
        *("name", "full name", "member", "member name", "participant name"),
        *("nom complet", "nom et prenom", "prenom et nom", "nom prenom", "prenom nom", "membre"),
    ),
    "role": (
        *("role", "mentor or mentee", "mentor mentee", "mentor ou mentore", "applies as"),
        *("applying as", "i am applying as", "participating as", "je participe comme"),
    ),
    "language": (
        *("language", "preferred language", "correspondence", "correspondence language"),
        *("langue", "langue preferee", "langue de correspondance"),
    ),
    "zone": ("time zone", "timezone", "zone", "fuseau", "fuseau horaire", "tz"),
    "city": (
        *("city", "town", "location", "city of residence", "municipality"),
        *("ville", "lieu", "municipalite"),
    ),
    "region": (
        *("province", "region", "territory", "province territory", "state", "prov"),
        *("territoire",),
    ),
    "employer": (
        *("employer", "organisation", "organization", "company", "workplace", "institution"),
        *("current employer", "place of work", "employeur", "entreprise", "organisme"),
        *("etablissement", "lieu de travail"),
    ),
    "field": (
        *("field", "specialty", "specialization", "sector", "industry", "discipline"),
        *("area of practice", "area of expertise", "kind of work"),
        *("domaine", "specialite", "secteur", "champ de pratique"),
    ),
    "seniority": (
        *("seniority", "level", "career stage", "career level", "experience level"),
        *("niveau", "etape de carriere", "stade de carriere", "anciennete"),
    ),
    "languages": (
        *("languages", "languages spoken", "spoken languages", "meeting languages", "speaks"),
        *("language s", "language s spoken", "can meet in"),
        *("langues", "langues parlees", "langues de rencontre", "langue s"),
        *("langue s parlee s", "parle"),
    ),
    "ways": (
        *("ways to meet", "ways", "ways of meeting", "how to meet", "means", "meeting mode"),
        *("meeting format", "preferred meeting format", "meeting preference"),
        *("how would you like to meet", "facons de se rencontrer", "mode de rencontre"),
        *("modes de rencontre", "format des rencontres", "moyens"),
    ),
    "topics": (
        *("topics", "subjects", "interests", "discussion topics", "areas of interest"),
        *("themes", "sujets", "interets", "centres d interet", "champs d interet"),
    ),
    "availability": (
        *("availability", "available", "times", "weekly availability", "free times"),
        *("when are you free", "disponibilites", "disponibilite", "vos disponibilites"),
        *("heures libres", "plages horaires"),
    ),
    "capacity": (
        *("capacity", "places", "mentees", "number of mentees", "max mentees"),
        *("maximum number of mentees", "how many mentees", "capacite", "nombre de places"),
        *("nombre de personnes mentorees", "nombre de mentores", "nombre maximal de mentores"),
    ),
    "stream": ("stream", "track", "program stream", "pathway", "volet", "parcours", "filiere"),
    "hopes": (
        *("hopes", "what i hope for", "what do you hope", "goals", "objectives", "expectations"),
        *("attentes", "objectifs", "ce que j espere", "ce que vous esperez"),
    ),
    "offers": (
        *("offers", "offer", "what i offer", "what i can offer", "what do you offer"),
        *("what can you offer", "experience", "offre", "ce que j offre", "ce que vous offrez"),
        *("ce que je peux offrir",),
    ),
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
    texts = {
        name: cells[place[header]] if header else ""
        for name in FIELDS
        for header in (reading.mapping.get(name),)
    }
    return {name: text if has_sight(text) else "" for name, text in texts.items()}


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
