r"""The text of calendar feeds and invitations (RFC 5545, 7986; invitations RFC 5546).

Pure: the same values give the same bytes, so polls cost a 304. `icalendar` writes lines, folding
and values; what it gets wrong or leaves to its caller is settled here:
- VTIMEZONEs are ours (`timezones.py`), local times are given with their TZID, never by an aware
  datetime;
- UID, DTSTAMP come from the data, never from chance or the clock;
- REFRESH-INTERVAL, CONFERENCE get the VALUE they must have, NAME and X-WR-CALNAME the type that
  escapes them;
- text loses control characters (strict readers refuse a whole feed for one), a typed `\N` stays two
  characters;
- links are percent-encoded, and only http(s) is a link.
A strict reader drops the whole feed for one bad event, so a bad event is left out and its uid told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from icalendar import Calendar, Event, vCalAddress, vDuration, vText, vUri

from chassis.errors import Fault, Invalid
from chassis.zones import zone
from services.scheduling.timezones import is_plain, is_zone, vtimezone

PRODUCT: Final = "-//Guildway//Guildway//EN"
INTERVAL: Final = timedelta(hours=1)
"""How often calendars are asked to look again."""
PAST: Final = timedelta(days=60)

_STATUS = {"confirmed": "CONFIRMED", "tentative": "TENTATIVE", "cancelled": "CANCELLED"}
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_UID = re.compile(r"[!-~]+")
_ADDRESS = re.compile(r"[^\s@<>,;:\"\\]+@[^\s@<>,;:\"\\]+")
_URL_SAFE = "%/:?#[]@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """A meeting as one person's calendar shows it; times are aware, `zone` is that person's.

    uid: one for the life of the meeting, the same for everybody. sequence: + 1 on every change,
    from 0. changed_at: of the last change. url: the meeting's page in the product.
    """

    uid: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    status: Literal["confirmed", "tentative", "cancelled"]
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    video_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDate:
    """Whole days of a cohort, `first` to `last` inclusive (a deadline: the same day twice)."""

    uid: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    first: date
    last: date
    summary: str
    description: str = ""
    url: str = ""


Entry = FeedEvent | FeedDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The bytes to serve, and the uids of entries that could not be written, to be logged."""

    body: bytes
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Who sends or gets an invitation: a name to show and a mail address."""

    name: str
    address: str


def feed(entries: Sequence[Entry], name: str, zone: str, *, cancelled_prefix: str) -> Feed:
    """Write a subscribed calendar called `name`, for a person in `zone`.

    cancelled_prefix goes before the summary of what is cancelled ("Cancelled: "). Of entries with
    one uid only the one with the highest sequence is written.
    """
    latest = {entry.uid: entry for entry in sorted(entries, key=lambda entry: entry.sequence)}
    components: list[Event] = []
    left_out: list[str] = []
    for entry in sorted(latest.values(), key=_order):
        try:
            components.append(_written(entry, cancelled_prefix))
        except Invalid:
            left_out.append(entry.uid)
    calendar = _frame()
    for word in ("name", "x-wr-calname"):
        _add_text(calendar, word, _line(name))
    if is_zone(zone):
        _add_text(calendar, "x-wr-timezone", zone)
    calendar.add("refresh-interval", vDuration(INTERVAL), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(INTERVAL))
    _fill(calendar, components, otherwise=zone if is_zone(zone) else "UTC")
    return Feed(body=calendar.to_ical(), left_out=tuple(left_out))


def invitation(
    event: FeedEvent,
    method: Literal["REQUEST", "CANCEL"],
    organizer: Correspondent,
    attendees: Sequence[Correspondent],
    *,
    cancelled_prefix: str = "",
) -> bytes:
    """Write the iTIP message that asks for a meeting, moves it, or takes it back (RFC 5546, 3.2).

    The uid is that of the feed; the sequence rises with each message of a change. CANCEL writes the
    event as cancelled whatever its status. Raises Invalid.
    """
    if not attendees:
        raise _invalid("attendees", "empty")
    if method == "REQUEST" and event.status == "cancelled":
        raise _invalid("status", "cancelled")
    component = _meeting(event, cancelled_prefix, is_cancelled=method == "CANCEL")
    component.add("organizer", _address(organizer))
    for attendee in attendees:
        asks = {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"} if method == "REQUEST" else {}
        component.add("attendee", _address(attendee, ROLE="REQ-PARTICIPANT", **asks))
    calendar = _frame()
    calendar.add("method", method)
    _fill(calendar, [component])
    return bytes(calendar.to_ical())


def etag(body: bytes) -> str:
    """A strong entity tag, quotes included (RFC 9110, 8.8.3)."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def window(now: datetime) -> datetime:
    """What ended before this is out of the feed: 60 days back; ahead there is no end."""
    return now.astimezone(UTC) - PAST


def is_shown(entry: Entry, now: datetime) -> bool:
    """Tell whether a feed shows it: within the window; a cancelled one until its day is over."""
    if isinstance(entry, FeedDate):
        return entry.last >= window(now).date()
    if entry.status != "cancelled":
        return entry.ends_at > window(now)
    clock = zone(entry.zone) if is_zone(entry.zone) else UTC
    return entry.ends_at.astimezone(clock).date() >= now.astimezone(clock).date()


def _order(entry: Entry) -> tuple[str, str]:
    at = entry.first if isinstance(entry, FeedDate) else entry.starts_at.astimezone(UTC)
    return at.isoformat(), entry.uid


def _written(entry: Entry, cancelled_prefix: str) -> Event:
    if isinstance(entry, FeedDate):
        return _whole_days(entry)
    return _meeting(entry, cancelled_prefix, is_cancelled=entry.status == "cancelled")


def _frame() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _fill(calendar: Calendar, components: Sequence[Event], otherwise: str | None = None) -> None:
    """Put the VTIMEZONEs in use before the events; a calendar must hold at least one component."""
    used = {component["DTSTART"].params.get("TZID") for component in components} - {None}
    for name in sorted(used) or ([otherwise] if otherwise and not components else []):
        calendar.add_component(vtimezone(name))
    for component in components:
        calendar.add_component(component)


def _meeting(event: FeedEvent, cancelled_prefix: str, *, is_cancelled: bool) -> Event:
    component = _identified(event)
    _add_times(component, _second(event.starts_at), _second(event.ends_at), event.zone)
    if event.status not in _STATUS:
        raise _invalid("status", "unknown")
    component.add("status", "CANCELLED" if is_cancelled else _STATUS[event.status])
    component.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    prefix = cancelled_prefix if is_cancelled else ""
    _add_text(component, "summary", _line(prefix + event.summary))
    _add_text(component, "location", _line(event.location) or _line(event.video_link))
    _add_text(component, "description", _description(event))
    if link := _link(event.video_link):
        parameters = {"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"]}
        component.add("conference", vUri(link, params=parameters))
    return component


def _description(event: FeedEvent) -> str:
    """The description, with the video link if the location is taken: few show CONFERENCE."""
    text, link = _clean(event.description).strip(), _line(event.video_link)
    is_told = not _line(event.location) or link in text
    return text if is_told else f"{text}\n\n{link}".strip()


def _whole_days(entry: FeedDate) -> Event:
    component = _identified(entry)
    if entry.last < entry.first:
        raise _invalid("last", "before-first")
    component.add("dtstart", entry.first)
    component.add("dtend", entry.last + timedelta(days=1))
    component.add("status", "CONFIRMED")
    component.add("transp", "TRANSPARENT")
    _add_text(component, "summary", _line(entry.summary))
    _add_text(component, "description", _clean(entry.description).strip())
    return component


def _identified(entry: Entry) -> Event:
    """Who it is and in which state; DTSTAMP is the last change: its meaning without a METHOD."""
    if not _UID.fullmatch(entry.uid):
        raise _invalid("uid", "not-printable")
    if entry.sequence < 0:
        raise _invalid("sequence", "negative")
    component = Event()
    _add_text(component, "uid", entry.uid)
    component.add("sequence", entry.sequence)
    component.add("created", _second(entry.created_at))
    component.add("dtstamp", _second(entry.changed_at))
    component.add("last-modified", _second(entry.changed_at))
    if link := _link(entry.url):
        component.add("url", vUri(link))
    return component


def _add_times(component: Event, starts_at: datetime, ends_at: datetime, zone_name: str) -> None:
    """Both local with TZID, or both UTC where readers differ: in or across a change of clocks."""
    if ends_at <= starts_at:
        raise _invalid("ends_at", "not-after-start")
    for word, at in (("dtstart", starts_at), ("dtend", ends_at)):
        if _is_local(starts_at, ends_at, zone_name):
            local = at.astimezone(zone(zone_name)).replace(tzinfo=None)
            component.add(word, local, parameters={"TZID": zone_name})
        else:
            component.add(word, at)


def _is_local(starts_at: datetime, ends_at: datetime, zone_name: str) -> bool:
    if not (is_plain(starts_at, zone_name) and is_plain(ends_at, zone_name)):
        return False
    clock = zone(zone_name)
    return starts_at.astimezone(clock).utcoffset() == ends_at.astimezone(clock).utcoffset()


def _second(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise _invalid("time", "without-zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def _address(who: Correspondent, **parameters: str) -> vCalAddress:
    if not _ADDRESS.fullmatch(who.address):
        raise _invalid("address", "not-an-address")
    name = _line(who.name).replace('"', "'")
    shown = {"CN": name} if name else {}
    return vCalAddress(f"mailto:{quote(who.address, safe='@+!$*=~')}", params=shown | parameters)


class _Text(vText):
    r"""TEXT as RFC 5545, 3.3.11 has it; icalendar's own turns a typed `\N` into a line break."""

    def to_ical(self) -> bytes:
        escaped = re.sub(r"([\\;,])", r"\\\1", self).replace("\n", r"\n")
        return escaped.encode()


def _invalid(field: str, code: str) -> Invalid:
    return Invalid([Fault(field=field, code=code)])


def _add_text(component: Calendar | Event, word: str, text: str) -> None:
    if text:
        component.add(word, _Text(text))


def _clean(text: str) -> str:
    """Keep line breaks of every kind as line feeds, no other control, only what UTF-8 can hold."""
    return _CONTROLS.sub("", _BREAKS.sub("\n", text).replace("\t", " "))


def _line(text: str) -> str:
    return " ".join(_clean(text).split())


def _link(text: str) -> str:
    """The http(s) link percent-encoded, or nothing."""
    try:
        parts = urlsplit(_line(text))
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return quote(urlunsplit(parts._replace(netloc=host)), safe=_URL_SAFE)
