"""The dashboards: counting them, reading them, and who or what is behind a figure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.clock import to_text
from chassis.errors import NotFound
from chassis.events import Event
from chassis.store import After, Range
from chassis.tokens import Actor
from services.feedback.access import access_cohort
from services.feedback.config import ANSWER_FOR, LEAST_PERSONS, MANY_TOPICS, PAGE
from services.feedback.model.figures import Figures
from services.feedback.model.rows import STAGES, PairRow
from services.feedback.persons import full_name, persons
from services.feedback.repository import Records

LISTS: Mapping[str, tuple[str, dict[str, Any], str]] = {
    **{stage: ("application_rows", {stage: True}, "name") for stage in STAGES},
    "held": ("meeting_rows", {"kind": "held"}, "starts_at"),
    "planned": ("meeting_rows", {"kind": "planned"}, "starts_at"),
    "not-logged": ("meeting_rows", {"kind": "not_logged"}, "starts_at"),
    "pairs": ("pair_rows", {"state": "matched"}, "mentee_name"),
    "quiet": ("pair_rows", {"is_quiet": True}, "quiet_since"),
    "check-ins": ("check_ins", {}, "asked_at"),
    "check-ins-answered": ("check_ins", {"is_answered": True}, "asked_at"),
    "check-ins-open": ("check_ins", {"is_answered": False}, "asked_at"),
}
"""Figure -> what it counts and how its list is sorted: one query for both."""

MEETING_KINDS = {"held": "held", "planned": "planned", "not_logged": "not-logged"}
"""What a chart of meetings counts, and the figure behind each."""

_OF_COHORT = ("name", "program_name", "zone", "starts_on", "ends_on", "meeting_rhythm_days")


def recount(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Timer: count a dashboard anew."""
    begun = records.figures.change(association_id, id, lambda found: found.begin(), now=now)
    counted = count(records, association_id, begun.cohort_id)
    are_many = _topics_are_many(records, association_id, begun.cohort_id)
    if begun.counts_topics(are_many=are_many, now=now):
        counted["topics"] = count_topics(records, association_id, begun.cohort_id)

    def act(found: Figures) -> list[Event]:
        return found.counted(counted, now=now)

    records.figures.change(association_id, id, act, now=now)


def count(records: Records, association_id: str, cohort_id: str) -> dict[str, Any]:
    """Every figure of a dashboard but the topics."""

    def figure(name: str) -> int:
        return count_figure(records, association_id, cohort_id, name)

    waiting = {"cohort_id": cohort_id, "state": "open"}
    return {
        "funnel": {stage: figure(stage) for stage in STAGES},
        "meetings": count_months(records, association_id, cohort_id),
        "pairs": figure("pairs"),
        "quiet": figure("quiet"),
        "check_ins_due": figure("check-ins"),
        "check_ins_answered": figure("check-ins-answered"),
        "help_open": records.help_requests.count(association_id, waiting),
    }


def count_figure(
    records: Records, association_id: str, cohort_id: str, name: str, month: str = ""
) -> int:
    """How many."""
    rows, where, _ = _question(records, cohort_id, name, month)
    return int(rows.count(association_id, where))


def count_open(records: Records, association_id: str, cohort_id: str, *, now: datetime) -> int:
    """How many check-ins wait for an answer. No event ends that, so it is counted when shown."""
    rows, where, _ = _question(records, cohort_id, "check-ins-open")
    return int(rows.count(association_id, where | _by_the_clock("check-ins-open", now)))


def count_months(records: Records, association_id: str, cohort_id: str) -> list[dict[str, Any]]:
    """Meetings held, planned and over without a word in each month of the cohort."""
    cohort = records.cohorts.get(association_id, cohort_id)
    if cohort is None:
        return []
    return [
        {
            "month": month,
            **{
                kind: count_figure(records, association_id, cohort_id, name, month)
                for kind, name in MEETING_KINDS.items()
            },
        }
        for month in months_between(cohort["starts_on"][:7], cohort["ends_on"][:7])
    ]


def months_between(first: str, last: str) -> list[str]:
    """`2026-11`, `2026-12`, `2027-01`…"""
    year, month = map(int, first.split("-"))
    found = []
    while (text := f"{year:04d}-{month:02d}") <= last:
        found.append(text)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def count_topics(records: Records, association_id: str, cohort_id: str) -> list[dict[str, Any]]:
    """For each topic how many mentees wanted it and in how many logs it was named.

    Only topics that at least five persons wanted, and logs of at least five pairs: otherwise null.
    """
    wanted: Counter[str] = Counter()
    for application in records.applications.each(association_id, _mentees(cohort_id)):
        wanted.update({topic["id"] for topic in application["topics"]})
    discussed: Counter[str] = Counter()
    pairs: dict[str, set[str]] = {}
    for meeting in records.each_meeting_row(association_id, _held(cohort_id), sort="starts_at"):
        topics = set(meeting["topics"])
        discussed.update(topics)
        for topic in topics:
            pairs.setdefault(topic, set()).add(meeting["pair_id"])
    is_told = {topic for topic, named in pairs.items() if len(named) >= LEAST_PERSONS}
    found = [
        {
            "id": topic,
            "wanted": wanted[topic] if wanted[topic] >= LEAST_PERSONS else None,
            "discussed": discussed[topic] if topic in is_told else None,
        }
        for topic in {*wanted, *is_told}
        if wanted[topic] >= LEAST_PERSONS or topic in is_told
    ]
    return sorted(found, key=lambda each: (-(each["wanted"] or 0), each["id"]))


def _mentees(cohort_id: str) -> dict[str, Any]:
    return {"cohort_id": cohort_id, "role": "mentee", "state": "accepted"}


def _held(cohort_id: str) -> dict[str, Any]:
    return {"cohort_id": cohort_id, "kind": "held"}


def _topics_are_many(records: Records, association_id: str, cohort_id: str) -> bool:
    mentees = records.applications.count(association_id, _mentees(cohort_id))
    return mentees + records.meeting_rows.count(association_id, _held(cohort_id)) >= MANY_TOPICS


def access_figures(records: Records, actor: Actor, cohort_id: str) -> Figures:
    """The figures of a cohort, for its coordinators; zeroes before they were counted."""
    access_cohort(records, actor, cohort_id)
    found = records.figures.find_one(actor.association_id, {"cohort_id": cohort_id})
    return found or Figures(id="", association_id="", cohort_id=cohort_id)


def dashboard(records: Records, actor: Actor, cohort_id: str, *, now: datetime) -> dict[str, Any]:
    """What the overview of a cohort shows."""
    cohort = access_cohort(records, actor, cohort_id)
    figures = access_figures(records, actor, cohort_id)
    quiet = list_rows(records, actor, cohort_id, "quiet", limit=5, now=now)
    return {
        "cohort_id": cohort_id,
        "cohort": {"id": cohort_id, **{name: cohort[name] for name in _OF_COHORT}},
        "counted_at": figures.counted_at and to_text(figures.counted_at),
        "funnel": funnel_of(figures),
        "meetings": figures.meetings,
        "pairs": figures.pairs,
        "quiet": [shown_pair(row) for row in quiet],
        "quiet_count": figures.quiet,
        "check_ins": {
            "due": figures.check_ins_due,
            "answered": figures.check_ins_answered,
            "open": count_open(records, actor.association_id, cohort_id, now=now),
        },
        "help_open": figures.help_open,
        "topics": figures.topics,
    }


def funnel_of(figures: Figures) -> list[dict[str, Any]]:
    """The stages in their order, each with how many and of how many of the stage before."""
    return [
        {"id": stage, "count": figures.funnel.get(stage, 0), "of": figures.funnel.get(before, 0)}
        for stage, before in zip(STAGES, (STAGES[0], *STAGES), strict=False)
    ]


def sort_of(name: str) -> str:
    """By what the list behind a figure is sorted."""
    return _known(name)[2]


def list_rows(
    records: Records,
    actor: Actor,
    cohort_id: str,
    name: str,
    *,
    month: str = "",
    after: After | None = None,
    limit: int = PAGE,
    now: datetime,
) -> list[Any]:
    """Who or what is behind a figure."""
    access_cohort(records, actor, cohort_id)
    rows, where, sort = _question(records, cohort_id, name, month)
    where |= _by_the_clock(name, now)
    found: list[Any] = rows.find(actor.association_id, where, sort=sort, limit=limit, after=after)
    return found


def shown_rows(records: Records, name: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of a figure as a screen and a table show them."""
    kind = _known(name)[0]
    if kind == "pair_rows":
        return [shown_pair(row) for row in rows]
    if kind == "application_rows":
        return [
            {"application_id": r.id, "member_id": r.member_id, "name": r.name, "role": r.role}
            for r in rows
        ]
    if kind == "meeting_rows":
        return [
            {
                "meeting_id": r.id,
                "pair_id": r.pair_id,
                "pair": r.pair_names,
                "starts_at": r.starts_at and to_text(r.starts_at),
            }
            for r in rows
        ]
    return _shown_check_ins(records, rows)


def shown_pair(row: PairRow) -> dict[str, Any]:
    """A pair in a list: never what anybody answered."""
    return {
        "pair_id": row.id,
        "mentee": {"id": row.mentee_id, "name": row.mentee_name},
        "mentor": {"id": row.mentor_id, "name": row.mentor_name},
        "state": row.state,
        "meetings_held": row.meetings_held,
        "last_held_at": row.last_held_at and to_text(row.last_held_at),
        "planned_until": row.planned_until and to_text(row.planned_until),
        "quiet_since": row.quiet_since and to_text(row.quiet_since),
        "nudged_at": row.nudged_at and to_text(row.nudged_at),
    }


def _shown_check_ins(records: Records, rows: Sequence[Any]) -> list[dict[str, Any]]:
    ids = {id for row in rows for id in (row.member_id, row.partner_id)}
    known = persons(records, rows[0].association_id, ids) if rows else {}
    return [
        {
            "check_in_id": r.id,
            "pair_id": r.pair_id,
            "name": full_name(known[r.member_id]),
            "partner": full_name(known[r.partner_id]),
            "role": r.role,
            "occasion": r.occasion,
            "asked_at": to_text(r.asked_at),
            "answered_at": r.answered_at and to_text(r.answered_at),
        }
        for r in rows
    ]


def _known(name: str) -> tuple[str, dict[str, Any], str]:
    if name not in LISTS:
        raise NotFound
    return LISTS[name]


def _by_the_clock(name: str, now: datetime) -> dict[str, Any]:
    """What time alone takes out of a figure."""
    in_time = Range(at_least=to_text(now - ANSWER_FOR))
    return {"asked_at": in_time} if name == "check-ins-open" else {}


def _question(
    records: Records, cohort_id: str, name: str, month: str = ""
) -> tuple[Any, dict[str, Any], str]:
    """The one query behind a figure and its list: (rows, where, sort)."""
    kind, asked, sort = _known(name)
    where = {"cohort_id": cohort_id, **asked}
    if kind == "meeting_rows" and month:
        where["month"] = month
    return getattr(records, kind), where, sort
