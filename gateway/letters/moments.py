"""Days and times in words, on a reader's clock, as CLDR writes them in Canada.

English: `Thursday 14 May`, `12:45 p.m.`; French: `jeudi 14 mai`, `12 h 45`.
"""

from datetime import date, datetime, timedelta

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location

from chassis.zones import zone
from gateway.letters.catalog import Language

_LOCALES = {"en": Locale("en", "CA"), "fr": Locale("fr", "CA")}
_NO_BREAK = "\u00a0"


def day(on: date, language: Language, *, today: date) -> str:
    """`Thursday 14 May`; with the year if that is not today's."""
    pattern = "EEEE d MMMM" if on.year == today.year else "EEEE d MMMM y"
    text = format_date(on, pattern, locale=_LOCALES[language])
    if language == "fr" and on.day == 1:
        text = text.replace(" 1 ", f" 1er{_NO_BREAK}", 1)
    return text


def local(at: datetime, zone_name: str) -> datetime:
    """The instant on the clocks of a zone."""
    return at.astimezone(zone(zone_name))


def time(at: datetime, zone_name: str, language: Language) -> str:
    """`3:00 p.m.`, `15 h`, with no-break spaces."""
    moment = local(at, zone_name)
    if language == "fr":
        minutes = f"{_NO_BREAK}{moment:%M}" if moment.minute else ""
        return f"{moment.hour}{_NO_BREAK}h{minutes}"
    text = format_time(moment, "h:mm a", locale=_LOCALES["en"])
    return text.replace(" ", _NO_BREAK).replace("\u202f", _NO_BREAK)


def is_midnight(moment: datetime) -> bool:
    """Whether the clocks show the end of a day."""
    return not (moment.hour or moment.minute or moment.second)


def span(
    starts_at: datetime, ends_at: datetime, zone_name: str, language: Language
) -> tuple[str, str]:
    """Both ends of a stretch; the half of the day is said once if it is the same."""
    first, last = (time(at, zone_name, language) for at in (starts_at, ends_at))
    if language == "fr":
        return first, last
    return first.removesuffix(f"{_NO_BREAK}{last.rpartition(_NO_BREAK)[2]}"), last


def zone_city(city: str, zone_name: str, at: datetime, language: Language) -> str:
    """The city whose clock is meant: that of the person, else that of the zone, else an offset."""
    if city:
        return city
    if "/" in zone_name and not zone_name.startswith("Etc/"):
        return get_timezone_location(zone(zone_name), locale=_LOCALES[language], return_city=True)
    minutes = offset(at, zone_name) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "\u2212"
    return "UTC" + (f"{sign}{hours}" if minutes else "") + (f":{rest:02}" if rest else "")


def begins_with_vowel(city: str) -> bool:
    """Whether French says `d'Ottawa`, not `de Ottawa`. An h is taken as spoken: `de Halifax`."""
    return city[:1].lower() in set("aeiouàâéèêëîïôöùûü")


def offset(at: datetime, zone_name: str) -> timedelta:
    """How far the clocks of a zone are from UTC at an instant."""
    return local(at, zone_name).utcoffset() or timedelta()
