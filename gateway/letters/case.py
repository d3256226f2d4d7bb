"""What one mail is about: the event, the reader, and what is known of the others by now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chassis.clock import from_text
from chassis.repository import Copies
from chassis.store import Document
from gateway.config import NAMES_PATIENCE
from gateway.letters import moments
from gateway.letters.catalog import Language, say
from gateway.letters.letter import Action, Card
from gateway.letters.people import Person, capital, clean
from gateway.links import make_link
from gateway.model import Mail, Purpose
from gateway.repository import Records

ROLES = ("mentor", "mentee")


class NotYet(Exception):
    """Something that the mail needs is still on its way."""


class NotNeeded(Exception):
    """Nobody needs to be told any more; the reason names nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """When and how two meet."""

    starts_at: datetime
    ends_at: datetime
    way: str


class Case:
    """A mail that is about to be written. Every look-up finds what has arrived by now."""

    def __init__(self, records: Records, mail: Mail, reader: Document, now: datetime) -> None:
        """Find who reads it and who it is about. Raises NotYet while names are on their way."""
        self._records, self.mail, self.now = records, mail, now
        self.about: Mapping[str, Any] = mail.about
        self.association_id = mail.association_id
        self.language: Language = "fr" if (mail.language or reader["language"]) == "fr" else "en"
        self.reader = Person.of(reader)
        self.is_only_participant = set(reader["roles"]) <= {"participant"}
        self.role = self._role()
        self.partner_id = self._partner_id()
        partner = self._needed(records.members, self.partner_id)
        self.partner = Person.of(partner) if partner else None
        self.cohort = self._needed(records.cohorts, self.about.get("cohort_id"))
        is_of_one = not self.about.get("is_of_several")
        self.association = self._needed(
            records.associations, self.association_id if is_of_one else None
        )
        self.values = self._names()

    @property
    def sender(self) -> str:
        """Whose name the mail bears."""
        return self.values["association"] if self.association else "Guildway"

    def say(self, key: str, **more: str) -> str:
        """A sentence in the reader's language."""
        return say(self.language, key, {**self.values, **more})

    def page(self, path: str) -> str:
        """The address of a page of the client."""
        return f"{self._records.instance.url}{path}"

    def go(self, key: str, path: str, kind: Any = "filled") -> Action:
        """An action that opens a page."""
        return Action(label=self.say(key), url=self.page(path), kind=kind)

    def link(
        self, purpose: Purpose, target: str, until: datetime, *, address: str = "", **params: Any
    ) -> str:
        """A one-time link of the reader's. address: a new one of theirs that it proves."""
        return make_link(
            self._records,
            association_id=self.association_id,
            member_id=self.mail.member_id,
            purpose=purpose,
            target=target,
            until=until,
            now=self.now,
            params=params,
            address=address,
        )

    def instant(self, field: str) -> datetime:
        """A time of the event."""
        return from_text(self.about[field])

    def pair(self) -> Document:
        """The pair as it is by now; the event's own state if nothing newer is known."""
        return self._known(self._records.pairs, "pair_id")

    def meeting(self) -> Document:
        """The meeting as it is by now."""
        return self._known(self._records.meetings, "meeting_id")

    def check_in(self) -> Document:
        """The check-in as it is by now."""
        return self._known(self._records.check_ins, "check_in_id")

    def meetings_of_pair(self) -> list[Document]:
        """All meetings of the pair that are known (a term has fewer than a page of them)."""
        return self._records.meetings.find(
            self.association_id, {"pair_id": self.about["pair_id"]}, limit=200
        )

    def application(self, role: str, member_id: str) -> Document | None:
        """The application of a member in the mail's cohort, in a role."""
        where = {"cohort_id": self.about["cohort_id"], "member_id": member_id}
        found = self._records.applications.find(self.association_id, where)
        return next((each for each in found if each["role"] == role), None)

    def drop_if(self, over: bool, reason: str) -> None:
        """Raise NotNeeded if the mail has been overtaken."""
        if over:
            raise NotNeeded(reason)

    def is_overtaken(self) -> bool:
        """Whether the reader gets a newer mail of this kind about the same application."""
        newest = self._records.mails.find(
            self.association_id,
            {"member_id": self.mail.member_id},
            sort="made_at",
            descending=True,
            limit=20,
        )
        same = {name: self.about.get(name) for name in ("cohort_id", "role")}
        return any(
            each.kind == self.mail.kind
            and each.made_at > self.mail.made_at
            and same.items() <= each.about.items()
            for each in newest
        )

    def is_patient(self, patience: timedelta = NAMES_PATIENCE) -> bool:
        """Whether the mail may still wait for something."""
        return self.now - self.mail.made_at < patience

    def day(self, at: datetime | date) -> str:
        """A day, on the reader's calendar if it is of an instant."""
        today = moments.local(self.now, self.reader.zone).date()
        on = moments.local(at, self.reader.zone).date() if isinstance(at, datetime) else at
        return moments.day(on, self.language, today=today)

    def date_of(self, field: str) -> date:
        """A day of the cohort."""
        return date.fromisoformat((self.cohort or {})[field])

    def point(self, at: datetime) -> str:
        """`Monday 9 February, 8:00 a.m. (Saskatoon time)`."""
        time = moments.time(at, self.reader.zone, self.language)
        return self.with_zone(self.say("time.point", day=self.day(at), time=time), at)

    def clock(self, at: datetime) -> str:
        """`8:00 a.m.`."""
        return moments.time(at, self.reader.zone, self.language)

    def last_day(self, until: datetime) -> str:
        """The day on which something ends: what ends at midnight ends with the day before."""
        return self.day(until - timedelta(microseconds=self._ends_with_the_day(until)))

    def deadline(self, until: datetime) -> str:
        """`9:00 p.m.`, or in words that it is the end of the day."""
        if self._ends_with_the_day(until):
            return self.say("time.end-of-day")
        return self.clock(until)

    def when(self, met: Meeting) -> str:
        """Day and times with the city: `Thursday 14 May, … (Saskatoon time)`."""
        time = self.times(met)
        return self.with_zone(
            self.say("time.point", day=self.day(met.starts_at), time=time), met.starts_at
        )

    def times(self, met: Meeting) -> str:
        """From when to when, on the reader's clock."""
        first, last = moments.span(met.starts_at, met.ends_at, self.reader.zone, self.language)
        return self.say("time.span", first=first, last=last)

    def with_zone(self, moment: str, at: datetime) -> str:
        """A moment with the city whose clock is meant."""
        zone = self.say("time.zone.inline", **self._city(at))
        return self.say("time.with-zone", moment=moment, zone=zone)

    def zone(self, at: datetime) -> str:
        """`Saskatoon time.`."""
        return self.say("time.zone", **self._city(at))

    def for_partner(self, at: datetime) -> str:
        """`3:00 p.m. for Ruth, in Halifax.`; empty if both clocks show the same."""
        partner = self.partner
        if partner is None or self._shows_the_same(partner.zone, at):
            return ""
        time = moments.time(at, partner.zone, self.language)
        if (on := moments.local(at, partner.zone).date()) != self._today(at):
            time = self.say("time.point", day=self.day(on), time=time)
        city = moments.zone_city(partner.city, partner.zone, at, self.language)
        key = "time.other" if not city.startswith("UTC") else "time.other.plain"
        return capital(self.say(key, time=time, name=partner.given, city=city))

    def time_card(self, title: str, met: Meeting, *actions: Action) -> Card:
        """The lit card of a meeting: day, time, zone, the other's time, how."""
        zones = (self.zone(met.starts_at), self.for_partner(met.starts_at))
        return Card(
            title=self.say(title),
            big=self.say("time.day", day=self.day(met.starts_at)),
            time=self.times(met),
            lines=(" ".join(filter(None, zones)), self.say(f"way.{met.way}")),
            actions=actions,
        )

    def _ends_with_the_day(self, until: datetime) -> bool:
        return moments.is_midnight(moments.local(until, self.reader.zone))

    def _today(self, at: datetime) -> date:
        return moments.local(at, self.reader.zone).date()

    def _shows_the_same(self, zone: str, at: datetime) -> bool:
        return moments.offset(at, zone) == moments.offset(at, self.reader.zone)

    def _city(self, at: datetime) -> dict[str, str]:
        city = moments.zone_city(self.reader.city, self.reader.zone, at, self.language)
        key = "time.of-city.vowel" if moments.begins_with_vowel(city) else "time.of-city"
        return {"city": city, "of_city": self.say(key, city=city)}

    def _role(self) -> str:
        if role := self.about.get("role"):
            return str(role)
        mine = (r for r in ROLES if self.about.get(f"{r}_id") == self.mail.member_id)
        return next(mine, "")

    def _partner_id(self) -> str | None:
        if self.mail.kind == "help-asked":
            return str(self.about["member_id"])
        if "partner_id" in self.about:
            return str(self.about["partner_id"])
        other = {"mentor": "mentee", "mentee": "mentor"}.get(self.role, "")
        return self.about.get(f"{other}_id")

    def _needed(self, copies: Copies, id: str | None) -> Document | None:
        if id is None:
            return None
        found = copies.find(self.association_id, {"_id": id}, limit=1)
        if not found and self.is_patient():
            raise NotYet
        return None if not found or found[0]["erased"] else found[0]

    def _known(self, copies: Copies, id: str) -> Document:
        return copies.get(self.association_id, self.about[id]) or dict(self.about)

    def _names(self) -> dict[str, str]:
        other = {"mentor": "mentee", "mentee": "mentor"}.get(self.role, "member")
        someone = say(self.language, f"someone.{other}", {})
        partner, given, who = (
            (self.partner.full, self.partner.given, self.partner.with_city)
            if self.partner
            else (someone, someone, someone)
        )
        names = {"partner": partner, "given": given, "who": who}
        cohort, association = self.cohort or {}, self.association or {}
        for key, source, field in (
            ("cohort", cohort, "name"),
            ("program", cohort, "program_name"),
            ("association", association, "name"),
        ):
            names[key] = clean(source.get(field, ""), 100) or say(
                self.language, f"someone.{key}", {}
            )
        return names | {"Partner": capital(partner), "Given": capital(given)}


def meeting_of(state: Mapping[str, Any], starts_at: str | None = None) -> Meeting:
    """When and how a meeting is; `starts_at`: one of the times proposed for it."""
    start = from_text(starts_at or state["starts_at"])
    return Meeting(
        starts_at=start, ends_at=start + timedelta(minutes=state["minutes"]), way=state["way"]
    )
