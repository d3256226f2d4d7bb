"""What can be done with check-ins, help and figures, and how the rows follow what is heard.

Each `follow_…` may run at any time and in any order: it reads what copies there are now and writes
the rows that can be written; what is missing comes with its own event later.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from chassis.clock import from_text, to_text
from chassis.errors import NotFound
from chassis.events import Event, fact_id
from chassis.sealing import Sealed
from chassis.store import After, Document
from chassis.tokens import Actor
from services.feedback.config import LEAST_PERSONS
from services.feedback.model import (
    STAGES,
    Answer,
    ApplicationRow,
    CheckIn,
    Figures,
    HelpRequest,
    MeetingRow,
    PairRow,
    kind_of,
    month_of,
    stages_of,
)
from services.feedback.repository import Records

PAGE = 50
FIGURES = (*STAGES, "held", "planned", "quiet", "pairs", "check-ins", "check-ins-answered")


def access_cohort(records: Records, actor: Actor, id: str) -> Document:
    """The cohort, for its coordinators and the association's admins only."""
    cohort = records.cohorts.get(actor.association_id, id)
    if cohort is None or not (
        actor.is_one_of("admin")
        or (actor.is_one_of("coordinator") and actor.id in cohort["coordinator_ids"])
    ):
        raise NotFound
    return cohort


def access_check_in(records: Records, actor: Actor, id: str) -> CheckIn:
    """A check-in, for whoever is asked only."""
    check_in = records.check_ins.get(actor.association_id, id)
    if check_in.member_id != actor.id:
        raise NotFound
    return check_in


def open_check_ins(records: Records, actor: Actor) -> list[CheckIn]:
    """What the actor is asked and has not answered, oldest first."""
    mine = {"member_id": actor.id, "is_answered": False}
    return records.check_ins.find(actor.association_id, mine, sort="asked_at")


def answer_check_in(
    records: Records, actor: Actor, id: str, answer: Answer, *, now: datetime
) -> CheckIn:
    """Keep an answer. A wish for help is written first: better asked twice than lost."""
    check_in = access_check_in(records, actor, id)
    if answer.wants_help:
        ask_for_help(records, check_in, answer.words, now=now)
    check_in = records.check_ins.change(
        actor.association_id, id, lambda found: found.take(answer, now=now), now=now
    )
    mark(records, actor.association_id, check_in.cohort_id, now=now)
    return check_in


def ask_for_help(
    records: Records, check_in: CheckIn, words: Sealed | None, *, now: datetime
) -> None:
    """One request for help a check-in."""
    cohort = records.cohorts.get(check_in.association_id, check_in.cohort_id)
    request = HelpRequest(
        id=fact_id("help", check_in.id),
        association_id=check_in.association_id,
        cohort_id=check_in.cohort_id,
        pair_id=check_in.pair_id,
        member_id=check_in.member_id,
        coordinator_ids=cohort["coordinator_ids"] if cohort else [],
        asked_at=now,
        words=words,
    )
    records.help_requests.add(request, request.ask(), now=now)


def help_requests(records: Records, actor: Actor, cohort_id: str) -> list[HelpRequest]:
    """Who waits for help in a cohort, oldest first."""
    access_cohort(records, actor, cohort_id)
    waiting = {"cohort_id": cohort_id, "state": "open"}
    return records.help_requests.find(actor.association_id, waiting, sort="asked_at", limit=200)


def close_help(records: Records, actor: Actor, id: str, *, now: datetime) -> HelpRequest:
    """A coordinator has seen to it."""
    request = records.help_requests.get(actor.association_id, id)
    access_cohort(records, actor, request.cohort_id)
    closed = records.help_requests.change(
        actor.association_id, id, lambda found: found.close(), now=now
    )
    mark(records, actor.association_id, request.cohort_id, now=now)
    return closed


def person(records: Records, association_id: str, member_id: str) -> dict[str, Any]:
    """How a person is shown; without a name until it has arrived."""
    member = records.members.get(association_id, member_id) or {}
    return {
        "id": member_id,
        "given_name": member.get("given_name", ""),
        "family_name": member.get("family_name", ""),
        "zone": member.get("zone", "UTC"),
        "city": member.get("city", ""),
    }


def name_of(records: Records, association_id: str, member_id: str) -> str:
    """Given and family name; empty until they have arrived."""
    who = person(records, association_id, member_id)
    return f"{who['given_name']} {who['family_name']}".strip()


def rename(records: Records, association_id: str, member_id: str, *, now: datetime) -> None:
    """Write the member's name into every row that shows it."""
    for row in records.application_rows.each(association_id, {"member_id": member_id}):
        follow_application(records, association_id, row.id, now=now)
    for side in ("mentor_id", "mentee_id"):
        for pair in records.pair_rows.each(association_id, {side: member_id}):
            follow_pair(records, association_id, pair.id, now=now)


def follow_cohort(records: Records, association_id: str, cohort_id: str, *, now: datetime) -> None:
    """A new rhythm changes which pairs are quiet."""
    for pair in records.pair_rows.each(association_id, {"cohort_id": cohort_id}):
        look_after_pair(records, association_id, pair.id, now)
    mark(records, association_id, cohort_id, now=now)


def follow_application(records: Records, association_id: str, id: str, *, now: datetime) -> None:
    """Write the row of an application: who, and how far."""
    application = records.applications.get(association_id, id)
    if application is None:
        return
    side = f"{application['role']}_application_id"
    pairs = list(records.pair_rows.each(association_id, {side: id}))
    row = ApplicationRow(
        id=id,
        association_id=association_id,
        cohort_id=application["cohort_id"],
        member_id=application["member_id"],
        role=application["role"],
        stream_id=application["stream_id"],
        name=name_of(records, association_id, application["member_id"]),
        **stages_of(application, pairs),
    )
    write_row(records.application_rows, row, now=now)
    mark(records, association_id, application["cohort_id"], now=now)


def follow_pair(records: Records, association_id: str, id: str, *, now: datetime) -> None:
    """Write the row of a pair, then those of its two applications."""
    pair = records.pairs.get(association_id, id)
    if pair is None:
        return
    fresh = PairRow(
        id=id,
        association_id=association_id,
        cohort_id=pair["cohort_id"],
        mentor_id=pair["mentor_id"],
        mentee_id=pair["mentee_id"],
        mentor_application_id=pair["mentor_application_id"],
        mentee_application_id=pair["mentee_application_id"],
    )
    records.pair_rows.add(fresh, now=now)

    def act(row: PairRow) -> list[Event]:
        row.state, row.ended_by = pair["state"], pair["ended_by"]
        row.was_matched = row.was_matched or pair["matched_at"] is not None
        row.matched_at = from_text(pair["matched_at"]) if pair["matched_at"] else None
        row.agreed = pair["agreed_at"] is not None
        row.mentor_name = name_of(records, association_id, pair["mentor_id"])
        row.mentee_name = name_of(records, association_id, pair["mentee_id"])
        return read_meetings(records, row, now=now)

    records.pair_rows.change(association_id, id, act, now=now)
    for meeting in records.meetings.each(association_id, {"pair_id": id}):
        follow_row(records, association_id, meeting, now=now)
    for side in ("mentor_application_id", "mentee_application_id"):
        follow_application(records, association_id, pair[side], now=now)
    mark(records, association_id, pair["cohort_id"], now=now)


def follow_meeting(records: Records, association_id: str, id: str, *, now: datetime) -> None:
    """Write the row of a meeting, then that of its pair; after the first one held, ask both."""
    meeting = records.meetings.get(association_id, id)
    if meeting is None:
        return
    follow_row(records, association_id, meeting, now=now)
    pair_id = meeting["pair_id"]
    try:
        row = records.pair_rows.change(
            association_id, pair_id, lambda row: read_meetings(records, row, now=now), now=now
        )
    except NotFound:
        # The pair's own event has not arrived; it reads this meeting when it does.
        mark(records, association_id, meeting["cohort_id"], now=now)
        return
    if row.meetings_held and row.is_running:
        make_check_ins(records, row, "first", now=now)
    for application_id in (row.mentor_application_id, row.mentee_application_id):
        follow_application(records, association_id, application_id, now=now)


def follow_row(records: Records, association_id: str, meeting: Document, *, now: datetime) -> None:
    """Write the row of one meeting."""
    cohort = records.cohorts.get(association_id, meeting["cohort_id"]) or {}
    names = [name_of(records, association_id, meeting[side]) for side in ("mentee_id", "mentor_id")]
    starts_at = meeting["starts_at"]
    row = MeetingRow(
        id=meeting["_id"],
        association_id=association_id,
        cohort_id=meeting["cohort_id"],
        pair_id=meeting["pair_id"],
        kind=kind_of(meeting),
        month=month_of(starts_at, cohort.get("zone", "UTC")),
        starts_at=from_text(starts_at) if starts_at else None,
        pair_names=" · ".join(filter(None, names)),
        topics=meeting["topics"],
    )
    write_row(records.meeting_rows, row, now=now)


def read_meetings(records: Records, row: PairRow, *, now: datetime) -> list[Event]:
    """Bring the pair's row up to date with its meetings; who falls quiet is told of."""
    held, last = 0, None
    planned: datetime | None = None
    for meeting in records.meetings.each(row.association_id, {"pair_id": row.id}):
        kind = kind_of(meeting)
        starts_at = from_text(meeting["starts_at"]) if meeting["starts_at"] else now
        if kind == "held":
            held, last = held + 1, max(last or starts_at, starts_at)
        elif kind == "planned":
            planned = max(planned or starts_at, starts_at)
    row.meetings_held, row.last_held_at, row.planned_until = held, last, planned
    cohort = records.cohorts.get(row.association_id, row.cohort_id)
    if cohort is None:
        return []
    if held and row.next_check_in_at is None and row.check_ins == 0:
        row.next_check_in_at = now + timedelta(days=cohort["check_in_rhythm_days"])
    return row.look(rhythm=timedelta(days=cohort["meeting_rhythm_days"]), now=now)


def write_row(rows: Any, row: Any, *, now: datetime) -> None:
    """Store a row as it is now; equal to what is there, nothing is written."""

    def act(found: Any) -> None:
        version = found.version
        found.__dict__.update(row.__dict__)
        found.version = version

    rows.add(row, now=now)
    rows.change(row.association_id, row.id, act, now=now)


def look_after_pair(records: Records, association_id: str, id: str, now: datetime) -> None:
    """The pair's time has come: check-ins by the rhythm, and is it quiet?"""
    row = records.pair_rows.get(association_id, id)
    cohort = records.cohorts.get(association_id, row.cohort_id)
    is_due = row.is_running and row.next_check_in_at is not None and row.next_check_in_at <= now
    if is_due and cohort:
        make_check_ins(records, row, f"rhythm-{row.check_ins + 1}", now=now)

    def act(found: PairRow) -> list[Event]:
        if is_due and cohort and found.next_check_in_at == row.next_check_in_at:
            found.check_ins += 1
            found.next_check_in_at = now + timedelta(days=cohort["check_in_rhythm_days"])
        found.due_at = None
        return read_meetings(records, found, now=now)

    records.pair_rows.change(association_id, id, act, now=now)
    mark(records, association_id, row.cohort_id, now=now)


def make_check_ins(records: Records, row: PairRow, occasion: str, *, now: datetime) -> None:
    """Ask both of a pair, once an occasion."""
    for check_in in row.check_ins_now(occasion, now=now):
        records.check_ins.add(check_in, check_in.ask(), now=now)


def mark(records: Records, association_id: str, cohort_id: str, *, now: datetime) -> None:
    """Something of this cohort changed: its dashboard is to be counted again."""
    id = fact_id("figures", cohort_id)
    figures = Figures(id=id, association_id=association_id, cohort_id=cohort_id)
    records.figures.add(figures, now=now)
    records.figures.change(association_id, id, lambda found: found.mark(now=now), now=now)


def recount(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Count a dashboard anew; what is marked meanwhile makes the save fail, and it is counted
    again.
    """

    def act(found: Figures) -> list[Event]:
        return found.counted(count(records, association_id, found.cohort_id), now=now)

    records.figures.change(association_id, id, act, now=now)


def count(records: Records, association_id: str, cohort_id: str) -> dict[str, Any]:
    """Every figure of a dashboard."""
    return {
        "funnel": {stage: figure(records, association_id, cohort_id, stage) for stage in STAGES},
        "meetings": months(records, association_id, cohort_id),
        "pairs": figure(records, association_id, cohort_id, "pairs"),
        "quiet": figure(records, association_id, cohort_id, "quiet"),
        "check_ins_due": figure(records, association_id, cohort_id, "check-ins"),
        "check_ins_answered": figure(records, association_id, cohort_id, "check-ins-answered"),
        "help_open": records.help_requests.count(
            association_id, {"cohort_id": cohort_id, "state": "open"}
        ),
        "topics": topics(records, association_id, cohort_id),
    }


def question(records: Records, cohort_id: str, name: str, month: str = "") -> tuple[Any, Any, str]:
    """The one query behind a figure and its list: (rows, where, sort)."""
    where: dict[str, Any] = {"cohort_id": cohort_id}
    if name in STAGES:
        return records.application_rows, {**where, name: True}, "name"
    if name in ("held", "planned"):
        where |= {"kind": name, **({"month": month} if month else {})}
        return records.meeting_rows, where, "starts_at"
    if name == "quiet":
        return records.pair_rows, {**where, "is_quiet": True}, "quiet_since"
    if name == "pairs":
        return records.pair_rows, {**where, "state": "matched"}, "mentee_name"
    if name == "check-ins-answered":
        return records.check_ins, {**where, "is_answered": True}, "asked_at"
    if name == "check-ins":
        return records.check_ins, where, "asked_at"
    raise NotFound


def figure(
    records: Records, association_id: str, cohort_id: str, name: str, month: str = ""
) -> int:
    """How many."""
    rows, where, _ = question(records, cohort_id, name, month)
    return int(rows.count(association_id, where))


def rows_of(
    records: Records,
    actor: Actor,
    cohort_id: str,
    name: str,
    *,
    month: str = "",
    after: After | None = None,
    limit: int = PAGE,
) -> list[Any]:
    """Who or what is behind a figure."""
    access_cohort(records, actor, cohort_id)
    rows, where, sort = question(records, cohort_id, name, month)
    found: list[Any] = rows.find(actor.association_id, where, sort=sort, limit=limit, after=after)
    return found


def months(records: Records, association_id: str, cohort_id: str) -> list[dict[str, Any]]:
    """Meetings held and planned in each month of the cohort, from its first to its last."""
    cohort = records.cohorts.get(association_id, cohort_id)
    if cohort is None:
        return []
    return [
        {
            "month": month,
            "held": figure(records, association_id, cohort_id, "held", month),
            "planned": figure(records, association_id, cohort_id, "planned", month),
        }
        for month in between(cohort["starts_on"][:7], cohort["ends_on"][:7])
    ]


def between(first: str, last: str) -> list[str]:
    """`2026-11`, `2026-12`, `2027-01`…"""
    year, month = map(int, first.split("-"))
    found = []
    while (text := f"{year:04d}-{month:02d}") <= last:
        found.append(text)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def topics(records: Records, association_id: str, cohort_id: str) -> list[dict[str, Any]]:
    """For each topic how many mentees wanted it and in how many logs it was named.

    Only topics that at least five persons wanted, and logs of at least five pairs: otherwise null.
    """
    wanted: Counter[str] = Counter()
    for application in records.applications.each(association_id, {"cohort_id": cohort_id}):
        if application["role"] == "mentee" and application["state"] == "accepted":
            wanted.update({topic["id"] for topic in application["topics"]})
    discussed: Counter[str] = Counter()
    pairs: dict[str, set[str]] = {}
    held = {"cohort_id": cohort_id, "kind": "held"}
    for meeting in records.meeting_rows.each(association_id, held, sort="starts_at"):
        discussed.update(meeting.topics)
        for topic in meeting.topics:
            pairs.setdefault(topic, set()).add(meeting.pair_id)
    return [
        {
            "id": topic,
            "wanted": many if many >= LEAST_PERSONS else None,
            "discussed": discussed[topic] if len(pairs.get(topic, ())) >= LEAST_PERSONS else None,
        }
        for topic, many in wanted.most_common()
        if many >= LEAST_PERSONS or len(pairs.get(topic, ())) >= LEAST_PERSONS
    ]


def dashboard(records: Records, actor: Actor, cohort_id: str) -> dict[str, Any]:
    """What the overview of a cohort shows."""
    access_cohort(records, actor, cohort_id)
    found = records.figures.find_one(actor.association_id, {"cohort_id": cohort_id})
    figures = found or Figures(id="", association_id="", cohort_id=cohort_id)
    quiet = rows_of(records, actor, cohort_id, "quiet", limit=5)
    return {
        "cohort_id": cohort_id,
        "counted_at": figures.counted_at and to_text(figures.counted_at),
        "funnel": [
            {
                "id": stage,
                "count": figures.funnel.get(stage, 0),
                "of": figures.funnel.get(before, 0),
            }
            for stage, before in zip(STAGES, (STAGES[0], *STAGES), strict=False)
        ],
        "meetings": figures.meetings,
        "pairs": figures.pairs,
        "quiet": [shown_pair(row) for row in quiet],
        "quiet_count": figures.quiet,
        "check_ins": {"due": figures.check_ins_due, "answered": figures.check_ins_answered},
        "help_open": figures.help_open,
        "topics": figures.topics,
    }


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
    }


def shown_rows(records: Records, name: str, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The rows of a figure as a screen and a CSV show them."""
    if name in ("quiet", "pairs"):
        return [shown_pair(row) for row in rows]
    if name in STAGES:
        return [
            {"application_id": r.id, "member_id": r.member_id, "name": r.name, "role": r.role}
            for r in rows
        ]
    if name in ("held", "planned"):
        return [
            {
                "meeting_id": r.id,
                "pair": r.pair_names,
                "starts_at": r.starts_at and to_text(r.starts_at),
            }
            for r in rows
        ]
    return [
        {
            "check_in_id": r.id,
            "name": name_of(records, r.association_id, r.member_id),
            "role": r.role,
            "occasion": r.occasion,
            "asked_at": to_text(r.asked_at),
            "answered_at": r.answered_at and to_text(r.answered_at),
        }
        for r in rows
    ]
