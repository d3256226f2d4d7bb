"""The association of demo and simulation, and how its cohort begins."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from deploy.behaviour import LATE
from deploy.coordinator import Coordinator, days_of
from deploy.life import Life

WAITING, DECLINED = 3, 2
"""So many are put on the waiting list, and so many are declined."""
FOUNDING = {
    "name": "Cartographers Across Canada",
    "address": "cartographers",
    "zone": "America/Toronto",
    "language": "en",
    "given_name": "Maude",
    "family_name": "Arsenault",
    "mail_address": "maude.arsenault@example.org",
}
PROGRAM: dict[str, Any] = {
    "name": "Finding the way",
    "purpose": (
        "Half of our leading people retire within eight years. Those who follow are good at their "
        "craft and have seldom been asked to lead. For six months they meet somebody who has."
    ),
    "outcomes": [
        {"text": "Two of three mentees reach the goal they set", "measure": "goals, at the end"},
        {"text": "Both sides would do it again", "measure": "last check-in"},
        {"text": "Pairs across provinces", "measure": "share of pairs"},
    ],
    "principles": "The mentee leads. Both learn. What is said stays between the two.",
    "streams": [
        {"name": "Technical path", "for_whom": "who wants to become the one others ask"},
        {"name": "Leading people", "for_whom": "who has or wants a team"},
    ],
}
INVITATION = (
    "You told us that you would like to take part. Please look through your answers; "
    "you can change when you are free at any time."
)


def begin(life: Life, text: str, *, starts: datetime, ends: datetime) -> Coordinator:
    """Live from the founding to the first day of the term; the list is brought in without the late
    ones, who come a week after the launch.
    """
    on_time, late = split_late(life, text)
    days = days_of(starts, ends)
    coordinator = Coordinator(life)
    coordinator.found(FOUNDING)
    coordinator.make_program(PROGRAM)
    coordinator.open_cohort(cohort_name(starts), days)
    life.live_until(starts - timedelta(days=45))
    coordinator.bring_in(on_time, name="members.csv", words=INVITATION)
    life.live_until(starts - timedelta(days=16))
    screen(coordinator)
    life.begin_term(starts, ends)
    life.live_until(starts - timedelta(days=14))
    coordinator.launch()
    if late:
        life.plan(life.now + timedelta(days=7), lambda: bring_in_late(coordinator, late))
    return coordinator


def cohort_name(starts: datetime) -> str:
    """`Spring 2026`."""
    season = ("Winter", "Spring", "Summer", "Autumn")[starts.month % 12 // 3]
    return f"{season} {starts.year}"


def screen(coordinator: Coordinator) -> None:
    """Accept everybody but a few: some wait, some are declined."""
    ids = [application["id"] for application in coordinator.applied()]
    coordinator.decide("accepted", ids[WAITING + DECLINED :])
    coordinator.decide("waitlisted", ids[DECLINED : WAITING + DECLINED])
    coordinator.decide("declined", ids[:DECLINED], words="There will be a next cohort in spring.")


def bring_in_late(coordinator: Coordinator, text: str) -> None:
    """Who came late is brought in and accepted; the product matches them by itself."""
    coordinator.bring_in(text, name="late.csv", words=INVITATION)
    coordinator.decide("accepted", [application["id"] for application in coordinator.applied()])


def split_late(life: Life, text: str) -> tuple[str, str]:
    """The list of those who come in time, and of those who come late (empty if nobody does)."""
    rows = list(csv.reader(io.StringIO(text)))
    header, people = rows[0], rows[1:]
    address = header.index("E-mail")
    late = [life.chance.happens(LATE, row[address], "late") for row in people]
    in_time = [row for row, is_late in zip(people, late, strict=True) if not is_late]
    after = [row for row, is_late in zip(people, late, strict=True) if is_late]
    return _csv([header, *in_time]), _csv([header, *after]) if after else ""


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


Moved = Callable[[datetime], None]
