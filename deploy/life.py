"""A cohort's life: a clock that jumps from act to act, and people who see what the product tells.

They know what comes to them: a mail, and after a while they press its link or sign in and do
something. Everything they do is a request to a service or a link of a mail. What they do is in
`deploy/pairs.py` and `deploy/members.py`.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from chassis.events import Heard, fact_id
from chassis.store import EVERYWHERE, Range
from chassis.tokens import Actor
from deploy import phrases
from deploy.behaviour import Chance
from deploy.town import House, Town
from gateway.links import find_link
from gateway.model import Link, LinkIsUnknown, Mail

LOOKS_EVERY = timedelta(hours=12)
"""People look into their mail at least so often."""
_MAILS_AT_ONCE = 500
Act = Callable[[], object]
Moved = Callable[[datetime], None]


@dataclass(kw_only=True)
class Person:
    """A member as the simulation knows them."""

    id: str
    name: str
    address: str
    language: str
    actor: Actor
    applications: dict[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    silent_from: datetime | None = None
    has_left: bool = False


class Life:
    """The people of a town, what they mean to do and when."""

    def __init__(self, town: Town, *, seed: int, moved: Moved | None = None) -> None:
        """Nobody is there yet; who is told of by events appears. moved: is told how far time is."""
        self.town, self.chance, self._moved = town, Chance(seed), moved
        self.people: dict[str, Person] = {}
        self.pairs: dict[str, dict[str, Any]] = {}
        self.meetings: dict[str, dict[str, Any]] = {}
        self.counts: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.mails: Counter[str] = Counter()
        self.hears: dict[str, Callable[[Heard], None]] = {}
        """More to do at events, by type: the coordinator looks at some."""
        self._term: tuple[datetime, datetime] | None = None
        self._plans: list[tuple[datetime, int, Act]] = []
        self._number = count()
        self._asked_until, self._known = "", set[str]()
        self._waiting: dict[str, str] = {}

    @property
    def now(self) -> datetime:
        """The simulated instant."""
        return self.town.clock.at

    def plan(self, at: datetime, act: Act) -> None:
        """Do something at a time; people act on whole hours."""
        whole = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        heapq.heappush(self._plans, (max(whole, self.now), next(self._number), act))

    def live_until(self, end: datetime) -> None:
        """Let time pass, everybody acting as planned."""
        self.settle()
        while self.now < end:
            ahead = self._plans[0][0] if self._plans else end
            self.town.wind(min(end, max(ahead, self.now), self.now + LOOKS_EVERY))
            self._look()
            if self._act():
                self.settle()
            if self._moved:
                self._moved(self.now)

    def settle(self) -> None:
        """Let the services come to rest, and people see what is new."""
        self.town.pump()
        self._look()

    def _look(self) -> None:
        for heard in self.town.news():
            self._see(heard)
        self._read_mails()

    def _act(self) -> bool:
        """Do what is planned for now; whether anything was."""
        acted = False
        while self._plans and self._plans[0][0] <= self.now:
            heapq.heappop(self._plans)[2]()
            acted = True
        return acted

    def begin_term(self, starts: datetime, ends: datetime) -> None:
        """From now on it is settled who drops out or falls silent, and when."""
        self._term = (starts, ends)
        for person in list(self.people.values()):
            self._settle_fate(person)

    # What anybody can do

    def ask(
        self, house: str, method: str, path: str, body: Any = None, *, who: Actor, key: object = ""
    ) -> Any:
        """A request by somebody who is signed in; with a key it is the same one when repeated."""
        headers = {"Idempotency-Key": fact_id("life", str(key))} if key else {}
        service: House = getattr(self.town, house)
        answer = service.ask(method, path, body, actor=who, headers=headers)
        if answer.status_code >= 400:
            self.counts[f"refused: {self._code(answer)}"] += 1
        return answer

    def press(self, link: str, body: Mapping[str, Any] | None = None) -> int:
        """Press the button behind a mail's link; the status of the answer."""
        token = link.rsplit("/", 1)[1]
        answer = self.town.gateway.client.post(
            f"/links/{token}",
            json=dict(body or {}),
            headers={"Origin": self.town.settings["GUILDWAY_URL"]},
        )
        if answer.status_code >= 400:
            self.counts[f"refused: {self._code(answer)}"] += 1
        return answer.status_code

    @staticmethod
    def _code(answer: Any) -> str:
        return str((answer.json or {}).get("code", answer.status_code))

    # What people see

    def _see(self, heard: Heard) -> None:
        self.events[heard.type] += 1
        if heard.type in self.hears:
            self.hears[heard.type](heard)
        if heard.data is not None:
            self._remember(heard, heard.data)

    def _remember(self, heard: Heard, state: dict[str, Any]) -> None:
        if heard.type == "profile-updated":
            self._meet(state)
        elif "meeting_id" in state:
            self.meetings[heard.subject] = state
            if heard.type in {"meeting-scheduled", "meeting-moved"}:
                self._look_ahead(state, moved=heard.type == "meeting-moved")
        elif "accepted_by" in state:
            self.pairs[heard.subject] = state
        elif "application_id" in state:
            person = self.people.get(state["member_id"])
            if person:
                person.applications[state["role"]] = heard.subject

    def _meet(self, member: dict[str, Any]) -> None:
        actor = Actor(
            id=member["member_id"],
            association_id=member["association_id"],
            roles=frozenset(member["roles"]),
        )
        known = self.people.get(actor.id)
        if known:
            known.actor = actor
            return
        person = Person(
            id=actor.id,
            name=f"{member['given_name']} {member['family_name']}",
            address=member["address"],
            language=member["language"],
            actor=actor,
        )
        self.people[actor.id] = person
        self._settle_fate(person)

    def _settle_fate(self, person: Person) -> None:
        if self._term is None or "coordinator" in person.actor.roles:
            return
        starts, ends = self._term
        leaves = self.chance.leaves_after(person.address, ends - starts)
        silent = self.chance.silent_after(person.address, ends - starts)
        if leaves is not None:
            self.plan(starts + leaves, lambda: self._leave(person))
        if silent is not None:
            person.silent_from = starts + silent

    def _read_mails(self) -> None:
        """See the mails that have been sent since the last look; one may wait for a while."""
        house = self.town.gateway
        store, full = house.running.store, True
        while full:
            found = store.find(
                "mails",
                EVERYWHERE,
                {"made_at": Range(at_least=self._asked_until)},
                sort="made_at",
                limit=_MAILS_AT_ONCE,
            )
            fresh = [mail for mail in found if mail["_id"] not in self._known]
            self._waiting |= {mail["_id"]: mail["association_id"] for mail in fresh}
            self._known |= {mail["_id"] for mail in fresh}
            full = len(found) == _MAILS_AT_ONCE
            self._asked_until = found[-1]["made_at"] if found else self._asked_until
        for id, association_id in list(self._waiting.items()):
            state = (store.get("mails", association_id, id) or {}).get("state")
            if state != "waiting":
                del self._waiting[id]
            if state == "sent":
                mail = house.records.mails.get(association_id, id)
                self.mails[mail.kind] += 1
                person = self.people.get(mail.member_id)
                if person and "coordinator" not in person.actor.roles:
                    self._react(person, mail)

    def _react(self, person: Person, mail: Mail) -> None:
        """Somebody reads a mail."""

    def _look_ahead(self, meeting: dict[str, Any], *, moved: bool) -> None:
        """A meeting has a time, or another one."""

    def _leave(self, person: Person) -> None:
        """Somebody drops out."""

    def _links(self, mail: Mail) -> list[tuple[str, Link]]:
        found: list[tuple[str, Link]] = []
        for address in mail.links:
            if "/l/" in address:
                token = address.rsplit("/", 1)[1]
                try:
                    found.append((address, find_link(self.town.gateway.records, token)))
                except LinkIsUnknown:
                    self.counts["links that are unknown"] += 1
        return found

    # Who is who

    def _unless_gone(self, person: Person, act: Act) -> None:
        if not person.has_left and not self._is_silent(person):
            act()

    def _is_silent(self, person: Person) -> bool:
        return person.silent_from is not None and self.now >= person.silent_from

    def _later(self, person: Person, after: timedelta, act: Act) -> None:
        self.plan(self.now + after, lambda: self._unless_gone(person, act))

    def _pairs_of(self, person: Person) -> list[dict[str, Any]]:
        return [
            pair
            for pair in self.pairs.values()
            if person.id in (pair["mentor_id"], pair["mentee_id"])
        ]

    def _partner(self, person: Person, thing: Mapping[str, Any]) -> Person:
        other = "mentor_id" if thing["mentee_id"] == person.id else "mentee_id"
        return self.people[thing[other]]

    def _number_of(self, meeting: Mapping[str, Any]) -> int:
        """Which meeting of its pair this is, of those that got a time."""
        before = [
            other
            for other in self.meetings.values()
            if other["pair_id"] == meeting["pair_id"]
            and other["meeting_id"] != meeting["meeting_id"]
            and other["starts_at"]
            and (not meeting["starts_at"] or other["starts_at"] < meeting["starts_at"])
        ]
        return len(before) + 1

    def _words(self, person: Person, of: phrases.Phrases, *occasion: object) -> str:
        return self.chance.stream(person.address, "words", *occasion).choice(of[person.language])
