"""What two people of a pair do: agree, meet, write down what came of it, part."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chassis.clock import from_text, to_text
from deploy import phrases
from deploy.behaviour import (
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
)
from deploy.life import Life, Person


class Pairs(Life):
    """A life whose pairs do what pairs do; the mentee leads."""

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


def _three(items: Sequence[Mapping[str, str]], wanted: datetime) -> list[str]:
    """Three of the common times, on different days from the wanted one on if there are so many."""
    days: dict[str, str] = {}
    for item in items:
        days.setdefault(item["starts_at"][:10], item["starts_at"])
    times = sorted(days.values())
    later = [time for time in times if time >= to_text(wanted - timedelta(days=1))]
    return (later or times)[:3]
