"""A cohort's life: people who get mails and act on them, by the behaviour of `deploy/behaviour.py`.

They know what the product tells them: a mail comes, and after a while they press its link or sign
in and do something. Everything they do is a request to a service or a link of a mail. The town's
clock jumps from act to act, stopping at whatever falls due in between.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from chassis.clock import from_text, to_text
from chassis.events import Heard, fact_id
from chassis.store import EVERYWHERE, Range
from chassis.tokens import Actor
from deploy import phrases
from deploy.behaviour import (
    ASKS_FOR_HELP,
    BRINGS_TOPIC,
    CANCELS,
    DAYS_BETWEEN_MEETINGS,
    DAYS_TO_FIRST_MEETING,
    DAYS_TO_PROPOSE_AHEAD,
    DAYS_UNTIL_TRYING_AGAIN,
    MISSES,
    MOVES,
    OFFERS_BEFORE_GIVING_UP,
    SIGNS,
    WRITES_GOAL,
    WRITES_LOG,
    Chance,
)
from deploy.town import House, Town
from gateway.links import find_link
from gateway.model import Link, LinkIsUnknown, Mail

LOOKS_EVERY = timedelta(hours=12)
"""People look into their mail at least so often."""
_MAILS_AT_ONCE = 500
Act = Callable[[], object]
Moved = Callable[[datetime], None]
ROLES = ("mentor", "mentee")


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

    # What people do

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
                self._react(mail)

    def _react(self, mail: Mail) -> None:
        person = self.people.get(mail.member_id)
        if person is None or "coordinator" in person.actor.roles:
            return
        links = self._links(mail)
        purposes = {link.purpose for _, link in links}
        if "accept" in purposes:
            self._consider(person, links)
        elif "confirm" in purposes:
            self._choose_time(person, links)
        elif "met" in purposes:
            self._tell_of_meeting(person, links)
        elif "check-in" in purposes:
            self._check_in(person, links)
        elif mail.kind in {"pair-matched", "pair-at-risk"}:
            act = self._begin if mail.kind == "pair-matched" else self._begin_again
            for pair in self._pairs_of(person):
                act(person, pair)

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

    # Being asked

    def _when_answered(self, person: Person, question: str, about: str, act: Act) -> None:
        """Plan an answer to a question in a mail, unless the mail stays unanswered."""
        occasion = (question, about)
        person.asked[f"{question} {about}"] += 1
        times = person.asked[f"{question} {about}"]
        self.counts[f"asked: {question}"] += times == 1
        if not self.chance.answers(person.address, *occasion, times):
            self.counts["first mails unanswered"] += times == 1
            return
        after = self.chance.answer_after(person.address, *occasion, times)
        self.plan(self.now + after, lambda: self._unless_gone(person, act))

    def _unless_gone(self, person: Person, act: Act) -> None:
        if not person.has_left and not self._is_silent(person):
            act()

    def _is_silent(self, person: Person) -> bool:
        return person.silent_from is not None and self.now >= person.silent_from

    def _consider(self, person: Person, links: Sequence[tuple[str, Link]]) -> None:
        pair = self.pairs.get(links[0][1].target)
        if pair is None:
            return
        about = self._partner(person, pair).address
        declines = self.chance.declines(person.address, "proposal", about)
        purpose = "decline" if declines else "accept"
        address = next(address for address, link in links if link.purpose == purpose)
        body = {"reason": self._words(person, phrases.DECLINED, about)} if declines else {}
        self._when_answered(
            person, "proposal", about, lambda: self._count(self.press(address, body))
        )

    def _choose_time(self, person: Person, links: Sequence[tuple[str, Link]]) -> None:
        meeting = self.meetings.get(links[0][1].target)
        if meeting is None:
            return
        about = f"{self._partner(person, meeting).address} {self._number_of(meeting)}"
        times = [address for address, link in links if link.purpose == "confirm"]
        first = self.chance.stream(person.address, "time", about).randrange(len(times))

        def act() -> None:
            for address in times[first:] + times[:first]:
                if self._count(self.press(address)) != 409:
                    return

        self._when_answered(person, "times", about, act)

    def _tell_of_meeting(self, person: Person, links: Sequence[tuple[str, Link]]) -> None:
        id = links[0][1].target
        meeting = self.meetings.get(id)
        if meeting is None:
            return
        about = f"{self._partner(person, meeting).address} {self._number_of(meeting)}"
        met = not self._misses(meeting)
        purpose = "met" if met else "not-met"
        address = next((address for address, link in links if link.purpose == purpose), None)
        if address is None:
            return

        def act() -> None:
            self._count(self.press(address))
            if met and self.chance.happens(WRITES_LOG, person.address, "log", about):
                self._write_log(person, id, about)

        self._when_answered(person, "met", about, act)

    def _check_in(self, person: Person, links: Sequence[tuple[str, Link]]) -> None:
        asked = links[0][1].target
        nth = sum(n for words, n in person.asked.items() if words.startswith("check-in")) + 1
        useful = self.chance.useful(person.address, nth)
        address = next(
            (a for a, link in links if int(link.params.get("useful", 0)) == useful), links[0][0]
        )

        def act() -> None:
            self._count(self.press(address))
            if self.chance.happens(ASKS_FOR_HELP, person.address, "help", nth):
                body = {"help": True, "in_the_way": self._words(person, phrases.HELP, nth)}
                self.ask("feedback", "POST", f"/check-ins/{asked}/answer", body, who=person.actor)

        self._when_answered(person, "check-in", asked, act)

    def _count(self, status: int) -> int:
        self.counts["links pressed"] += 1
        return status

    # A pair begins, meets, ends

    def _begin(self, person: Person, pair: dict[str, Any]) -> None:
        id = pair["pair_id"]
        if person.asked[f"begin {id}"] or pair["state"] != "matched":
            return
        person.asked[f"begin {id}"] += 1
        about = self._partner(person, pair).address
        if self.chance.happens(SIGNS, person.address, "signs", about):
            after = self.chance.answer_after(person.address, "signs", about)
            self._later(person, after, lambda: self._sign(person, id))
        if person.id != pair["mentee_id"]:
            return
        if self.chance.happens(WRITES_GOAL, person.address, "goal", about):
            after = self.chance.answer_after(person.address, "goal", about)
            self._later(person, after, lambda: self._write_goal(person, id, about))
        wanted = self.now + self.chance.days(DAYS_TO_FIRST_MEETING, person.address, "first", about)
        after = self.chance.answer_after(person.address, "proposes", about)
        self._later(person, after, lambda: self._propose(person, id, wanted, 1))

    def _later(self, person: Person, after: timedelta, act: Act) -> None:
        self.plan(self.now + after, lambda: self._unless_gone(person, act))

    def _sign(self, person: Person, pair_id: str) -> None:
        body = {"agreement_version": self.pairs[pair_id]["agreement_version"]}
        path = f"/pairs/{pair_id}/agreement/signatures"
        self.ask("matching", "POST", path, body, who=person.actor)

    def _write_goal(self, person: Person, pair_id: str, about: str) -> None:
        body = {
            "text": self._words(person, phrases.GOALS, about),
            "plan": self._words(person, phrases.PLANS, about),
            "shared": True,
        }
        path = f"/pairs/{pair_id}/goals"
        self.ask("matching", "POST", path, body, who=person.actor, key=(pair_id, "goal"))

    def _propose(
        self, mentee: Person, pair_id: str, wanted: datetime, nth: int, tries: int = 1
    ) -> None:
        """Offer three times near the wanted day; try again if nobody confirms, but not for ever."""
        if self.pairs[pair_id]["state"] != "matched":
            return
        about = self._partner(mentee, self.pairs[pair_id]).address
        if tries > OFFERS_BEFORE_GIVING_UP:
            self.counts["gave up to find a time"] += 1
            return
        after = self.chance.days(DAYS_UNTIL_TRYING_AGAIN, mentee.address, "again", about, nth)
        offered = self._offer(mentee, pair_id, wanted, nth)

        def again() -> None:
            if offered is None or self._is_unanswered(mentee, offered):
                self._propose(mentee, pair_id, max(wanted, self.now), nth, tries + 1)

        self._later(mentee, after, again)

    def _offer(self, mentee: Person, pair_id: str, wanted: datetime, nth: int) -> str | None:
        """The meeting that was offered; None if there was no time to offer."""
        common = self.ask("scheduling", "GET", f"/pairs/{pair_id}/times", who=mentee.actor)
        times = _three(common.json.get("items", []), wanted) if common.status_code == 200 else []
        if not times:
            self.counts["no common time"] += 1
            return None
        about = self._partner(mentee, self.pairs[pair_id]).address
        body: dict[str, Any] = {"proposed": times, "way": "video"}
        if self.chance.happens(BRINGS_TOPIC, mentee.address, "agenda", about, nth):
            body["agenda"] = [self._words(mentee, phrases.AGENDAS, about, nth)]
        key = (pair_id, "times", nth, to_text(self.now))
        path = f"/pairs/{pair_id}/meetings"
        made = self.ask("scheduling", "POST", path, body, who=mentee.actor, key=key)
        return str(made.json["id"]) if made.status_code == 201 else None

    def _is_unanswered(self, mentee: Person, meeting_id: str) -> bool:
        """Whether an offer came to nothing; one that is still open is taken back."""
        state = self.meetings[meeting_id]["state"]
        if state == "proposed":
            path = f"/meetings/{meeting_id}/cancellation"
            self.ask("scheduling", "POST", path, {}, who=mentee.actor)
        return state in {"proposed", "lapsed"}

    def _begin_again(self, person: Person, pair: dict[str, Any]) -> None:
        """The product says that the pair is quiet: a mentee who reads it offers times once more."""
        id, about = pair["pair_id"], self._partner(person, pair).address
        states = [m["state"] for m in self.meetings.values() if m["pair_id"] == id]
        if person.id != pair["mentee_id"] or {"proposed", "scheduled"} & set(states):
            return
        held = states.count("held")
        wanted = self.now + timedelta(days=DAYS_TO_PROPOSE_AHEAD)
        self._when_answered(
            person, "quiet", about, lambda: self._propose(person, id, wanted, held + 1)
        )

    def _look_ahead(self, meeting: dict[str, Any], *, moved: bool) -> None:
        """A meeting has a time: whoever moves or cancels it does, and the mentee plans the next."""
        mentee = self.people[meeting["mentee_id"]]
        starts = from_text(meeting["starts_at"])
        nth, id = self._number_of(meeting), meeting["meeting_id"]
        about = self.people[meeting["mentor_id"]].address
        if not moved and self.chance.happens(MOVES, mentee.address, "moves", about, nth):
            at = max(self.now, starts - timedelta(days=2))
            self.plan(at, lambda: self._unless_gone(mentee, lambda: self._move(mentee, id)))
        elif self.chance.happens(CANCELS, mentee.address, "cancels", about, nth):
            at = max(self.now, starts - timedelta(days=1))
            self.plan(at, lambda: self._unless_gone(mentee, lambda: self._cancel(mentee, id, nth)))
        gap = self.chance.days(DAYS_BETWEEN_MEETINGS, mentee.address, "next", about, nth)
        ahead = timedelta(days=DAYS_TO_PROPOSE_AHEAD)

        def propose_next() -> None:
            if self.meetings[id]["starts_at"] == meeting["starts_at"]:
                self._propose(mentee, meeting["pair_id"], starts + gap, nth + 1)

        self.plan(starts + gap - ahead, lambda: self._unless_gone(mentee, propose_next))

    def _move(self, mentee: Person, id: str) -> None:
        meeting = self.meetings[id]
        if meeting["state"] != "scheduled":
            return
        path = f"/pairs/{meeting['pair_id']}/times"
        common = self.ask("scheduling", "GET", path, who=mentee.actor)
        times = _three(common.json.get("items", []), from_text(meeting["starts_at"]))
        if times:
            body = {"starts_at": times[-1]}
            self.ask("scheduling", "POST", f"/meetings/{id}/moving", body, who=mentee.actor)

    def _cancel(self, mentee: Person, id: str, nth: int) -> None:
        meeting = self.meetings[id]
        if meeting["state"] != "scheduled":
            return
        self.ask("scheduling", "POST", f"/meetings/{id}/cancellation", {}, who=mentee.actor)
        pair_id = meeting["pair_id"]
        wanted = self.now + timedelta(days=7)
        after = timedelta(days=1)
        self._later(mentee, after, lambda: self._propose(mentee, pair_id, wanted, nth))

    def _misses(self, meeting: dict[str, Any]) -> bool:
        mentee = self.people[meeting["mentee_id"]].address
        mentor = self.people[meeting["mentor_id"]].address
        return self.chance.happens(MISSES, mentee, "misses", mentor, self._number_of(meeting))

    def _write_log(self, person: Person, id: str, about: str) -> None:
        stream = self.chance.stream(person.address, "topics", about)
        wishes = self._topics(person)
        body = {
            "met": True,
            "progress": self.chance.progress(person.address, about),
            "topics": stream.sample(wishes, min(2, len(wishes))),
            "note": self._words(person, phrases.NOTES, about),
            "shared": True,
            "follow_ups": [self._words(person, phrases.FOLLOW_UPS, about)],
        }
        self.ask("scheduling", "POST", f"/meetings/{id}/log", body, who=person.actor)
        if person.id == self.meetings[id]["mentee_id"]:
            self._move_goal_on(person, self.meetings[id]["pair_id"], about)

    def _move_goal_on(self, mentee: Person, pair_id: str, about: str) -> None:
        found = self.ask("matching", "GET", f"/pairs/{pair_id}/goals", who=mentee.actor)
        for goal in (found.json or {}).get("items", []):
            more = self.chance.stream(mentee.address, "moves on", about).choice((5, 10, 15, 20))
            body = {
                "progress": min(100, goal["progress"] + more),
                "note": self._words(mentee, phrases.FOLLOW_UPS, about, "goal"),
            }
            self.ask("matching", "PATCH", f"/goals/{goal['id']}", body, who=mentee.actor)

    def _topics(self, person: Person) -> list[str]:
        records = self.town.matching.records.applications
        found = [
            records.get(person.actor.association_id, id) for id in person.applications.values()
        ]
        return [
            topic["id"] for application in found if application for topic in application["topics"]
        ]

    def _leave(self, person: Person) -> None:
        """Drop out: end what runs, with a kind word, and take the applications back."""
        person.has_left = True
        self.counts["people who left"] += 1
        for pair in self._pairs_of(person):
            if pair["state"] == "matched":
                about = self._partner(person, pair).address
                body = {"kind_word": self._words(person, phrases.FAREWELLS, about)}
                self.ask(
                    "matching", "POST", f"/pairs/{pair['pair_id']}/ending", body, who=person.actor
                )
        for id in person.applications.values():
            self.ask("profiles", "POST", f"/applications/{id}/withdrawal", {}, who=person.actor)

    # Who is who

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


def _three(items: Sequence[Mapping[str, str]], wanted: datetime) -> list[str]:
    """Three of the common times, on different days from the wanted one on if there are so many."""
    days: dict[str, str] = {}
    for item in items:
        days.setdefault(item["starts_at"][:10], item["starts_at"])
    times = sorted(days.values())
    later = [time for time in times if time >= to_text(wanted - timedelta(days=1))]
    return (later or times)[:3]
