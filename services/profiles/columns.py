"""The columns of a members' list: which header means what, and how a row is read.

Headers and values are guessed in English and French. A row is read whole: every fault is named with
its column, and what is not said has a default.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from babel import Locale
from marshmallow import ValidationError

from chassis.errors import Fault
from chassis.schemas import LONG, Address
from chassis.zones import zone_names
from contracts.availability import Window, window_faults
from contracts.shapes import LANGUAGES, ROLES, WAYS
from services.profiles.content import TOPICS
from services.profiles.places import CITIES, CLOCKS, REGIONS
from services.profiles.weeks import read_week
from services.profiles.words import fold, split

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
SHORT = 200
_ADDRESS = Address()
_SENIORITIES: Mapping[str, int] = {
    **dict.fromkeys(("student", "etudiant", "etudiante"), 0),
    **dict.fromkeys(("entry", "new", "junior", "debutant", "debutante", "debut de carriere"), 2),
    **dict.fromkeys(("mid", "mid career", "intermediate", "intermediaire", "mi carriere"), 4),
    **dict.fromkeys(("senior", "experienced", "experimente", "experimentee", "principal"), 6),
    **dict.fromkeys(("manager", "gestionnaire", "cadre"), 7),
    **dict.fromkeys(("director", "directeur", "directrice"), 8),
    **dict.fromkeys(("executive", "dirigeant", "dirigeante"), 9),
}
_WAYS: Mapping[str, str] = {
    **dict.fromkeys(("in person", "face to face", "en personne", "en presence"), "in_person"),
    **dict.fromkeys(("video", "online", "visio", "zoom", "teams", "virtual", "en ligne"), "video"),
    **dict.fromkeys(("videoconference", "video call", "virtuel"), "video"),
    **dict.fromkeys(("phone", "telephone", "call", "by phone", "par telephone"), "phone"),
}
_BOTH = {"both", "les deux", "mentor and mentee", "mentor mentee", "mentor et mentore"}
_MENTOR = {"mentor", "mentors", "mentrice", "marraine", "parrain"}
_MENTEE = {
    *("mentee", "mentees", "mentore", "mentoree", "mentore e", "protege", "protegee"),
    *("personne mentoree", "protege e"),
}


class Unread(Exception):
    """A cell that is not understood."""

    def __init__(self, code: str, **values: Any) -> None:
        """Why, and the values that tell it."""
        super().__init__(code)
        self.code, self.values = code, values


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
        "zone": values.get("zone") or _zone_of_place(city, region) or reading.zone,
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
    """The value of a cell; None for an empty one. Raises Unread."""
    longest = LONG if name in {"hopes", "offers"} else SHORT
    if name in {"topics", "availability"}:
        longest = LONG
    if len(text) > longest:
        raise Unread("too-long", most=longest)
    if any(ord(c) < 32 and c not in "\n\r\t" for c in text):
        raise Unread("control-characters")
    if not text:
        return None if name not in _TEXTS else ""
    if name == "stream":
        return _read_stream(text, reading)
    return _READERS[name](text)


def _read_address(text: str) -> str:
    try:
        return str(_ADDRESS.deserialize(text.removeprefix("mailto:")))
    except ValidationError:
        raise Unread("not-an-address") from None


def _read_name(text: str) -> tuple[str, str]:
    """Given and family name: `Nwosu, Amara`, or the last word is the family name."""
    if "," in text:
        family, _, given = text.partition(",")
    else:
        given, _, family = text.rpartition(" ")
    return given.strip(), family.strip()


def _read_role(text: str) -> list[str]:
    word = fold(text)
    if word in _BOTH:
        return list(ROLES)
    # `mentoré` and `mentore` fold alike: in French it is the mentee.
    for role, words in (("mentee", _MENTEE), ("mentor", _MENTOR)):
        if word in words:
            return [role]
    raise Unread("unknown-role", word=text)


def _read_language(text: str) -> str:
    code = _language_code(text)
    if code not in LANGUAGES:
        raise Unread("unknown-language", word=text)
    return code


def _read_languages(text: str) -> list[str]:
    words = [w for part in split(text) for w in part.replace(" and ", " et ").split(" et ")]
    codes = {code: None for word in words if (code := _known_language(word))}
    return list(codes)


def _known_language(word: str) -> str:
    code = _language_code(word)
    if code is None:
        raise Unread("unknown-language", word=word)
    return code


def _language_code(word: str) -> str | None:
    folded = fold(word)
    return _language_names().get(folded) or _language_names().get(folded.partition(" ")[0])


@cache
def _language_names() -> Mapping[str, str]:
    """Codes and names of languages in English and French (CLDR)."""
    names: dict[str, str] = {}
    for language in reversed(LANGUAGES):
        for code, name in Locale(language).languages.items():
            if len(code) <= 3:
                names |= {fold(name): code, code: code}
    return names


def _read_zone(text: str) -> str:
    exact = _zones_by_folded_name().get(fold(text))
    word = fold(text).replace("time", "").replace("heure", "").replace("standard", "").strip()
    found = exact or _clocks().get(word) or _zone_of_place(text, "")
    if not found:
        raise Unread("unknown-zone", word=text)
    return found


@cache
def _zones_by_folded_name() -> Mapping[str, str]:
    return {fold(name): name for name in zone_names() if "/" in name or name == "UTC"}


@cache
def _clocks() -> Mapping[str, str]:
    return {word: zone for zone, words in CLOCKS.items() for word in words}


@cache
def _cities() -> Mapping[str, str]:
    return {city: zone for zone, cities in CITIES.items() for city in cities}


@cache
def _regions() -> Mapping[str, str]:
    names = {word: code for code, (_, words) in REGIONS.items() for word in words}
    return names | {code.lower(): code for code in REGIONS}


def _zone_of_place(city: str, region: str) -> str | None:
    place, *rest = city.split(",")
    found = _cities().get(fold(place))
    code = _regions().get(fold(region)) or (_regions().get(fold(rest[0])) if rest else None)
    return found or (REGIONS[code][0] if code else None)


def _read_region(text: str) -> str:
    return _regions().get(fold(text), text)


def _read_ways(text: str) -> list[str]:
    found: dict[str, None] = {}
    for word in split(text):
        way = _WAYS.get(fold(word))
        if way is None:
            raise Unread("unknown-way", word=word)
        found[way] = None
    return list(found)


def _read_topics(text: str) -> list[tuple[str, int | None]]:
    whole = _topic_names().get(fold(text))
    if whole:
        return [(whole, None)]
    found: dict[str, int | None] = {}
    for part in split(text):
        name, strength = _with_strength(part)
        id = _topic_names().get(fold(name))
        if id is None:
            raise Unread("unknown-topic", word=part)
        found.setdefault(id, strength)
    return list(found.items())


def _with_strength(part: str) -> tuple[str, int | None]:
    """`Ethics (3)` and `Ethics: 3`."""
    bare = part.rstrip(") ")
    if bare[-1:] in {"1", "2", "3"} and bare[-2:-1] in {"(", ":", "=", " "}:
        return bare[:-1].rstrip("(:= "), int(bare[-1])
    return part, None


@cache
def _topic_names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for id, (_, english, french) in TOPICS.items():
        names |= {fold(id): id, fold(english): id, fold(french): id}
    return names


def _read_availability(text: str) -> list[Row]:
    try:
        weeks = read_week(text)
    except ValueError as part:
        raise Unread("unknown-times", word=str(part)) from None
    windows = [Window(weekday=w.weekday, start=w.start, end=w.end) for w in weeks]
    if window_faults(windows):
        raise Unread("unknown-times", word=text)
    return [{"weekday": w.weekday, "start": w.start, "end": w.end} for w in windows]


def _read_seniority(text: str) -> int:
    word = fold(text)
    if word in _SENIORITIES:
        return _SENIORITIES[word]
    return _read_whole(0, 10, text)


def _read_whole(least: int, most: int, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
        raise Unread("not-a-number-between", least=least, most=most)
    return int(text)


def _read_stream(text: str, reading: Reading) -> str:
    if fold(text) not in reading.streams:
        raise Unread("unknown-stream", word=text)
    return reading.streams[fold(text)]


_TEXTS = frozenset(
    {"given_name", "family_name", "city", "employer", "field", "hopes", "offers", "region"}
)
_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(_TEXTS, str),
    "name": _read_name,
    "address": _read_address,
    "role": _read_role,
    "language": _read_language,
    "zone": _read_zone,
    "region": _read_region,
    "languages": _read_languages,
    "ways": _read_ways,
    "topics": _read_topics,
    "availability": _read_availability,
    "seniority": _read_seniority,
    "capacity": partial(_read_whole, 1, 20),
}
