"""The members of a cohort: what they do when a mail asks them something."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from deploy import phrases
from deploy.behaviour import ASKS_FOR_HELP, DAYS_TO_PROPOSE_AHEAD, WRITES_LOG
from deploy.life import Act, Person
from deploy.pairs import Pairs
from gateway.model import Link, Mail

Links = Sequence[tuple[str, Link]]


class Members(Pairs):
    """Everybody of a cohort, from the first mail to the last check-in."""

    def _react(self, person: Person, mail: Mail) -> None:
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

    def _consider(self, person: Person, links: Links) -> None:
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

    def _choose_time(self, person: Person, links: Links) -> None:
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

    def _tell_of_meeting(self, person: Person, links: Links) -> None:
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

    def _check_in(self, person: Person, links: Links) -> None:
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
