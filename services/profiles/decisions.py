"""Screening: decide one application or many, and undo it."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from chassis.errors import Conflict, NotFound
from chassis.events import fact_id
from chassis.tokens import Actor
from chassis.web import code_of
from services.profiles.applications import Asked, each_asked
from services.profiles.bulks import each_row, get_page, is_turn_of, keep_page, write_pages
from services.profiles.config import DECISIONS_SHOWN, REFUSED_SHOWN
from services.profiles.model.application import Application
from services.profiles.model.decision import Decision
from services.profiles.programs import access_own_cohort
from services.profiles.repository import Records

Row = dict[str, Any]


def decide(
    records: Records,
    actor: Actor,
    *,
    id: str,
    cohort_id: str,
    application_ids: list[str] | None,
    all_of: Asked | None = None,
    decision: str,
    mail: bool,
    words: str,
    now: datetime,
) -> Decision:
    """Confirm a decision: from this one write on, the worker moves each application.

    Decided are those named, or `all_of` a list for whom it is news.
    """
    access_own_cohort(records, actor, cohort_id)
    ids: Iterable[str] = dict.fromkeys(application_ids or ())
    if all_of is not None:
        ids = (
            each.id
            for each in each_asked(records, actor.association_id, all_of)
            if each.state not in (decision, "withdrawn")
        )
    rows = ({"row": n, "application_id": each} for n, each in enumerate(ids, 1))
    pages, total = write_pages(records, actor.association_id, id, rows, now=now)
    made = Decision(
        id=id,
        association_id=actor.association_id,
        cohort_id=cohort_id,
        state="applying",
        pages=pages,
        total=total,
        decision=decision,
        mail=mail,
        words=words,
    )
    made.line_up("applying", now=now)
    return records.decisions.add(made, now=now)


def list_decisions(records: Records, actor: Actor, cohort_id: str) -> list[Decision]:
    """The last decisions of a cohort, newest first."""
    access_own_cohort(records, actor, cohort_id)
    where = {"cohort_id": cohort_id}
    return records.decisions.find(
        actor.association_id, where, sort="confirmed_at", descending=True, limit=DECISIONS_SHOWN
    )


def access_decision(records: Records, actor: Actor, id: str) -> Decision:
    """A decision, for those who coordinate its cohort."""
    decision = records.decisions.get(actor.association_id, id)
    access_own_cohort(records, actor, decision.cohort_id)
    return decision


def undo(
    records: Records, actor: Actor, id: str, *, now: datetime, cause: str | None = None
) -> Decision:
    """Let every application go back that did not change since."""
    access_decision(records, actor, id)
    return records.decisions.change(
        actor.association_id, id, lambda decision: decision.undo(now=now), now=now, cause=cause
    )


def list_refused(records: Records, decision: Decision) -> list[Row]:
    """The first rows that the rules refused, each with its reason."""
    refused = islice(each_row(records, decision, "refused"), REFUSED_SHOWN)
    return [{"application_id": row["application_id"], "code": row["code"]} for row in refused]


def move_on(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Timer: do the next page of a decision, or of its undoing, if it is its turn."""
    decision = records.decisions.get(association_id, id)
    if not decision.is_open or not is_turn_of(records, decision):
        return
    n = decision.cursor
    page = get_page(records, decision, n)
    rows = [_done(records, decision, row, now) for row in page.rows]
    keep_page(records, page, rows, now=now)
    refused = sum(row["kind"] == "refused" for row in rows)
    last = "done" if decision.state == "applying" else "undone"
    records.decisions.change(
        association_id,
        id,
        lambda there: _go_on(there, n, rows=len(rows), refused=refused, last_state=last),
        now=now,
    )


def _go_on(decision: Decision, n: int, *, rows: int, refused: int, last_state: str) -> None:
    decision.page_done(n, rows=rows, refused=refused, last_state=last_state)


def _done(records: Records, decision: Decision, row: Row, now: datetime) -> Row:
    if decision.state == "undoing" and row["kind"] == "refused":
        return row
    plain = {"row": row["row"], "application_id": row["application_id"]}
    try:
        _do(records, decision, plain, now)
    except (Conflict, NotFound) as refusal:
        return {**plain, "kind": "refused", "code": code_of(type(refusal))}
    return {**plain, "kind": "good"}


def _do(records: Records, decision: Decision, row: Row, now: datetime) -> None:
    def act(application: Application) -> Any:
        if application.cohort_id != decision.cohort_id:
            raise NotFound
        if decision.state == "undoing":
            return application.go_back(by=decision.id)
        return application.decide(
            decision.decision, by=decision.id, mail=decision.mail, words=decision.words
        )

    records.applications.change(
        decision.association_id,
        row["application_id"],
        act,
        now=now,
        cause=fact_id(decision.id, decision.state, row["row"]),
    )
