"""When somebody can meet, as people write it in a cell: `Tue 12:00-14:00; Thu evening`, `lun.-ven.
18h à 20h`.
"""

import re
from dataclasses import dataclass

from services.profiles.words import fold, split

_DAYS = (
    ("monday", "mon", "lundi", "lun"),
    ("tuesday", "tue", "tues", "mardi", "mar"),
    ("wednesday", "wed", "mercredi", "mer"),
    ("thursday", "thu", "thur", "thurs", "jeudi", "jeu"),
    ("friday", "fri", "vendredi", "ven"),
    ("saturday", "sat", "samedi", "sam"),
    ("sunday", "sun", "dimanche", "dim"),
)
_SEVERAL: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("weekday", "weekdays", "semaine"), (0, 1, 2, 3, 4)),
    **dict.fromkeys(("weekend", "weekends"), (5, 6)),
    **dict.fromkeys(("daily", "everyday", "every day", "tous les jours"), (0, 1, 2, 3, 4, 5, 6)),
}
_PARTS = {
    **dict.fromkeys(("morning", "mornings", "matin", "matins", "am"), ("08:00", "12:00")),
    **dict.fromkeys(("noon", "lunch", "lunchtime", "midi", "midis"), ("12:00", "13:00")),
    **dict.fromkeys(
        ("afternoon", "afternoons", "pm", "apres midi", "apresmidi"), ("13:00", "17:00")
    ),
    **dict.fromkeys(("evening", "evenings", "soir", "soirs", "soiree"), ("17:00", "21:00")),
}
_CLOCK = r"(\d{1,2})(?:\s*[:hH.]\s*(\d{2})?)?\s*([ap]\.?m\.?)?"
_SPAN = re.compile(
    rf"{_CLOCK}\s*(?:-|\u2013|\u2014|to\b|until\b|à|a\b|au\b)\s*{_CLOCK}\s*$", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d]+|[-\u2013\u2014]")
_MAKES_ONE = (("fins de semaine", "weekend"), ("fin de semaine", "weekend"))
_LITTLE = {"de", "le", "la", "les", "du", "en", "and", "et", "on", "every", "from", "au", "to"}
Range = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A window of every week."""

    weekday: int
    start: str
    end: str


def read_week(text: str) -> list[Week]:
    """The windows, in order. Raises ValueError with the part that is not understood."""
    windows = {window: None for part in split(text) for window in _read_part(part)}
    return sorted(windows, key=lambda window: (window.weekday, window.start))


def _read_part(part: str) -> list[Week]:
    span = _SPAN.search(part)
    lead = part[: span.start()] if span else part
    days, named = _read_lead(lead, part)
    if span and not named:
        start, end = _span(span, part)
    elif named and not span:
        start, end = named
    else:
        raise ValueError(part)
    return [Week(weekday=day, start=start, end=end) for day in days]


def _read_lead(lead: str, part: str) -> tuple[list[int], Range | None]:
    """The days, and the part of the day if one is named; no day: Monday to Friday."""
    days: list[int] = []
    named: Range | None = None
    through = False
    for word in _words(lead):
        if word == "-":
            through = bool(days)
        elif (day := _day(word)) is not None:
            days += range(days[-1] + 1, day + 1) if through else [day]
            through = False
        elif word in _SEVERAL:
            days += _SEVERAL[word]
        elif word in _PARTS:
            named = _PARTS[word]
        else:
            raise ValueError(part)
    return days or [0, 1, 2, 3, 4], named


def _words(lead: str) -> list[str]:
    text = lead.lower()
    for several, one in (*_MAKES_ONE, ("après-midi", "apresmidi"), ("every day", "everyday")):
        text = text.replace(several, one)
    words = ["-" if word in "-\u2013\u2014" else fold(word) for word in _WORD.findall(text)]
    words = ["-" if word in {"to", "au"} else word for word in words]
    return [word for word in words if word not in _LITTLE]


def _day(word: str) -> int | None:
    bare = word.removesuffix("s") if len(word) > 4 else word
    for n, names in enumerate(_DAYS):
        if word in names or bare in names:
            return n
    return None


def _span(span: re.Match[str], part: str) -> Range:
    first_hour, first_minute, first_half, hour, minute, half = span.groups()
    end = _clock(hour, minute, half, part)
    start = _clock(first_hour, first_minute, first_half or half, part)
    if not first_half and half and start > end:
        start = _clock(first_hour, first_minute, None, part)
    return start, end


def _clock(hour: str, minute: str | None, half: str | None, part: str) -> str:
    hours, minutes = int(hour), int(minute or 0)
    if half:
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    if hours > 24 or minutes > 59 or (hours == 24 and minutes):
        raise ValueError(part)
    return f"{hours:02d}:{minutes:02d}"
