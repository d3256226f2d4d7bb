"""How the rows follow what is heard.

Each `follow_…` may run at any time and in any order: it reads what copies there are now and writes
the rows that can be written; what is missing comes with its own event later.
"""

from datetime import datetime, timedelta
from typing import Any

from chassis.clock import from_text
from chassis.errors import NotFound
from chassis.events import Event, fact_id
from chassis.store import Document
from services.feedback.model.figures import Figures
from services.feedback.model.rows import (
    ApplicationRow,
    MeetingRow,
    PairRow,
    kind_of,
    month_of,
    stages_of,
)
from services.feedback.persons import name_of
from services.feedback.repository import Records


def rename(records: Records, association_id: str, member_id: str, *, now: datetime) -> None:
    """Write the member's name into every row that shows it."""
    for row in records.application_rows.each(association_id, {"member_id": member_id}):
        follow_application(records, association_id, row.id, now=now)
    for side in ("mentor_id", "mentee_id"):
        for pair in records.pair_rows.each(association_id, {side: member_id}):
            follow_pair(records, association_id, pair.id, now=now)


def follow_cohort(records: Records, association_id: str, cohort_id: str, *, now: datetime) -> None:
    """A new rhythm changes which pairs are quiet, another zone the month of a meeting."""
    for pair in records.pair_rows.each(association_id, {"cohort_id": cohort_id}):
        _look(records, association_id, pair.id, is_time=False, now=now)
        for meeting in records.meetings.each(association_id, {"pair_id": pair.id}):
            follow_row(records, association_id, meeting, now=now)
    mark(records, association_id, cohort_id, topics=True, now=now)


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
    _write_row(records.application_rows, row, now=now)
    # What mentees want is counted of those who were accepted, at one time or another.
    topics = application["role"] == "mentee" and application["state"] != "applied"
    mark(records, association_id, application["cohort_id"], topics=topics, now=now)


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
        return _read_meetings(records, row, now=now)

    row = records.pair_rows.change(association_id, id, act, now=now)
    for meeting in records.meetings.each(association_id, {"pair_id": id}):
        follow_row(records, association_id, meeting, now=now)
    if row.meetings_held and row.is_running:
        make_check_ins(records, row, "first", now=now)
    for side in ("mentor_application_id", "mentee_application_id"):
        follow_application(records, association_id, pair[side], now=now)
    mark(records, association_id, pair["cohort_id"], now=now)


def follow_meeting(records: Records, association_id: str, id: str, *, now: datetime) -> None:
    """Write the row of a meeting, then that of its pair; after the first one held, ask both."""
    meeting = records.meetings.get(association_id, id)
    if meeting is None:
        return
    follow_row(records, association_id, meeting, now=now)
    mark(
        records,
        association_id,
        meeting["cohort_id"],
        topics=meeting["state"] == "held",
        now=now,
    )
    try:
        row = records.pair_rows.change(
            association_id,
            meeting["pair_id"],
            lambda row: _read_meetings(records, row, now=now),
            now=now,
        )
    except NotFound:
        # The pair's own event has not arrived; it reads this meeting when it does.
        return
    if row.meetings_held and row.is_running:
        make_check_ins(records, row, "first", now=now)
    for application_id in (row.mentor_application_id, row.mentee_application_id):
        follow_application(records, association_id, application_id, now=now)


def follow_row(records: Records, association_id: str, meeting: Document, *, now: datetime) -> None:
    """Write the row of one meeting."""
    cohort = records.cohorts.get(association_id, meeting["cohort_id"]) or {}
    names = [name_of(records, association_id, meeting[side]) for side in ("mentee_id", "mentor_id")]
    starts_at, kind = meeting["starts_at"], kind_of(meeting, now=now)
    row = MeetingRow(
        id=meeting["_id"],
        association_id=association_id,
        cohort_id=meeting["cohort_id"],
        pair_id=meeting["pair_id"],
        kind=kind,
        month=month_of(starts_at, cohort.get("zone", "UTC")),
        starts_at=from_text(starts_at) if starts_at else None,
        due_at=from_text(meeting["ends_at"]) if kind == "planned" else None,
        pair_names=" · ".join(filter(None, names)),
        topics=meeting["topics"],
    )
    _write_row(records.meeting_rows, row, now=now)


def pass_meeting(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Timer: a planned meeting is over; unless somebody tells of it, it counts as not logged."""
    meeting = records.meetings.get(association_id, id)
    if meeting is None:
        records.meeting_rows.delete(association_id, id)
        return
    follow_row(records, association_id, meeting, now=now)
    mark(records, association_id, meeting["cohort_id"], now=now)


def look_after_pair(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Timer: the pair's time has come. Check-ins by the rhythm, and is it quiet?"""
    _look(records, association_id, id, is_time=True, now=now)


def _look(records: Records, association_id: str, id: str, *, is_time: bool, now: datetime) -> None:
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
        return _read_meetings(records, found, is_time=is_time, now=now)

    after = records.pair_rows.change(association_id, id, act, now=now)
    if after.is_quiet != row.is_quiet:
        for application_id in (row.mentor_application_id, row.mentee_application_id):
            follow_application(records, association_id, application_id, now=now)
    mark(records, association_id, row.cohort_id, now=now)


def make_check_ins(records: Records, row: PairRow, occasion: str, *, now: datetime) -> None:
    """Ask both of a pair, once an occasion."""
    for check_in in row.check_ins_now(occasion, now=now):
        records.check_ins.add(check_in, check_in.ask(), now=now)


def mark(
    records: Records, association_id: str, cohort_id: str, *, topics: bool = False, now: datetime
) -> None:
    """Something of this cohort changed, and its row is written: its dashboard is to be counted
    again; `topics`: also what was wanted and discussed.
    """
    id = fact_id("figures", cohort_id)

    def act(found: Figures) -> None:
        found.mark(topics=topics, now=now)

    try:
        records.figures.change(association_id, id, act, now=now)
    except NotFound:
        fresh = Figures(id=id, association_id=association_id, cohort_id=cohort_id)
        records.figures.add(fresh, now=now)
        records.figures.change(association_id, id, act, now=now)


def _read_meetings(
    records: Records, row: PairRow, *, is_time: bool = False, now: datetime
) -> list[Event]:
    """Bring the pair's row up to date with its meetings; who falls quiet is told of."""
    held, last = 0, None
    planned: datetime | None = None
    for meeting in records.meetings.each(row.association_id, {"pair_id": row.id}):
        starts_at = from_text(meeting["starts_at"]) if meeting["starts_at"] else now
        if meeting["state"] == "held":
            held, last = held + 1, max(last or starts_at, starts_at)
        elif meeting["state"] == "scheduled":
            planned = max(planned or starts_at, starts_at)
    row.meetings_held, row.last_held_at, row.planned_until = held, last, planned
    cohort = records.cohorts.get(row.association_id, row.cohort_id)
    if cohort is None:
        return []
    if held and row.next_check_in_at is None and row.check_ins == 0:
        row.next_check_in_at = now + timedelta(days=cohort["check_in_rhythm_days"])
    rhythm = timedelta(days=cohort["meeting_rhythm_days"])
    return row.look(rhythm=rhythm, is_time=is_time, now=now)


def _write_row(rows: Any, row: Any, *, now: datetime) -> None:
    """Store a row as it is now; equal to what is there, nothing is written."""

    def act(found: Any) -> None:
        for name, value in vars(row).items():
            if name != "version":
                setattr(found, name, value)

    try:
        rows.change(row.association_id, row.id, act, now=now)
    except NotFound:
        rows.add(row, now=now)
        rows.change(row.association_id, row.id, act, now=now)
