"""What one cell of a members' list says, in English or French."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from babel import Locale
from marshmallow import ValidationError

from chassis.schemas import LONG, Address, is_readable
from chassis.zones import zone_names
from contracts.availability import Window, window_faults
from contracts.shapes import LANGUAGES, ROLES
from services.profiles.config import MOST_WINDOWS
from services.profiles.content import TOPICS
from services.profiles.places import CITIES, CLOCKS, REGIONS
from services.profiles.weeks import read_week
from services.profiles.words import fold, split

Row = dict[str, Any]

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


def read_cell(name: str, text: str) -> Any:
    """The value of a cell; None for an empty one, but text stays text. Raises Unread."""
    longest = LONG if name in _LONG else SHORT
    if len(text) > longest:
        raise Unread("too-long", most=longest)
    if not is_readable(text):
        raise Unread("control-characters")
    if not text:
        return "" if name in _TEXTS else None
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
    found = exact or _clocks().get(word) or zone_of_place(text, "")
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


def zone_of_place(city: str, region: str) -> str | None:
    """The clock of a place, if it is known by its city, or else by its region."""
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
    if len(windows) > MOST_WINDOWS:
        raise Unread("too-many", most=MOST_WINDOWS)
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


_LONG = frozenset({"hopes", "offers", "topics", "availability"})
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
