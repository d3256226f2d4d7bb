"""How the people of a simulated cohort behave: rates on top, then what follows from them.

Every chance is drawn from a random stream of its own, made from the seed, the person and the
occasion. So a change of the product that makes one person act otherwise changes nothing for the
others, and the same seed gives the same six months.
"""

import math
import random
from dataclasses import dataclass
from datetime import timedelta

UNANSWERED = 0.20
"""First mails to a question that nobody answers; what comes after is answered more often."""
UNANSWERED_AGAIN = 0.35
"""Reminders that stay unanswered, of those who did not answer the first mail."""
DECLINES = 0.10
"""Proposals that somebody who answers declines, of both sides together."""
DROPS_OUT = 0.08
"""People who leave before the end of the term and end their pairs."""
LATE = 0.05
"""People whose name the coordinator gets only after the matching."""
FALLS_SILENT = 0.07
"""People who at some day stop to answer anything, without a word."""
SIGNS = 0.96
"""People who sign an agreement that they are asked to sign."""
WRITES_GOAL = 0.85
"""Mentees who write down a goal at the start."""
MISSES = 0.05
"""Scheduled meetings that do not take place."""
MOVES = 0.06
"""Scheduled meetings that one of the two moves."""
CANCELS = 0.03
"""Scheduled meetings that one of the two cancels."""
WRITES_LOG = 0.55
"""People who after a meeting write more than that they met."""
ASKS_FOR_HELP = 0.02
"""Answered check-ins that ask for the coordinator's help."""
BRINGS_TOPIC = 0.7
"""Meetings for which the mentee writes an agenda."""

HOURS_TO_ANSWER = (1.0, 60.0)
"""A mail is answered after so many hours: most soon, some late."""
DAYS_BETWEEN_MEETINGS = (20, 34)
DAYS_TO_FIRST_MEETING = (3, 12)
DAYS_TO_PROPOSE_AHEAD = 9
"""So long before the day that they have in mind mentees propose times."""
DAYS_UNTIL_TRYING_AGAIN = (3, 8)
"""When nobody confirmed a time."""
OFFERS_BEFORE_GIVING_UP = 3
"""So often times are offered for one meeting; then only a word of the product starts it again."""


@dataclass(frozen=True, slots=True)
class Chance:
    """The chances of one simulation."""

    seed: int

    def stream(self, who: str, *occasion: object) -> random.Random:
        """The random stream of a person on an occasion."""
        words = "|".join(map(str, (self.seed, who, *occasion)))
        return random.Random(words)  # noqa: S311 (nothing is secret here)

    def happens(self, rate: float, who: str, *occasion: object) -> bool:
        """Whether something of this rate happens to this person on this occasion."""
        return self.stream(who, *occasion).random() < rate

    def answer_after(self, who: str, *occasion: object) -> timedelta:
        """How long somebody takes to answer: as many within an hour as after a day."""
        least, most = map(math.log, HOURS_TO_ANSWER)
        hours = math.exp(self.stream(who, *occasion, "hours").uniform(least, most))
        return timedelta(hours=hours)

    def days(self, span: tuple[int, int], who: str, *occasion: object) -> timedelta:
        """A number of days out of a span."""
        return timedelta(days=self.stream(who, *occasion, "days").randint(*span))

    def leaves_after(self, who: str, term: timedelta) -> timedelta | None:
        """When somebody drops out, counted from the start of the term; None: never."""
        if not self.happens(DROPS_OUT, who, "drops out"):
            return None
        return term * self.stream(who, "leaves").uniform(0.1, 0.9)

    def silent_after(self, who: str, term: timedelta) -> timedelta | None:
        """When somebody falls silent, counted from the start of the term; None: never."""
        if not self.happens(FALLS_SILENT, who, "falls silent"):
            return None
        return term * self.stream(who, "silent").uniform(0.0, 0.8)

    def answers(self, who: str, question: str, about: str, times: int) -> bool:
        """Whether a mail is answered that asks this for the so-manieth time."""
        rate = UNANSWERED if times == 1 else UNANSWERED_AGAIN
        return not self.happens(rate, who, question, about, "answers", times)

    def declines(self, who: str, *occasion: object) -> bool:
        """Whether a proposal is declined: two may do so, DECLINES is the share of proposals."""
        return self.happens(1 - math.sqrt(1 - DECLINES), who, *occasion, "declines")

    def useful(self, who: str, *occasion: object) -> int:
        """How useful a pair is to one of the two, 1 to 5."""
        return self.stream(who, *occasion, "useful").choices((1, 2, 3, 4, 5), (2, 5, 18, 42, 33))[0]

    def progress(self, who: str, *occasion: object) -> str:
        """What came of a meeting."""
        ways = ("good", "some", "stuck")
        return self.stream(who, *occasion, "progress").choices(ways, (55, 37, 8))[0]
