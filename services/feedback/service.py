"""What people do with check-ins, requests for help, and pairs that fall quiet."""

from datetime import datetime

from chassis.clock import to_text
from chassis.events import fact_id
from chassis.sealing import Sealed
from chassis.store import Range
from chassis.tokens import Actor
from services.feedback.access import (
    access_check_in,
    access_cohort,
    access_looked_after_pair,
    access_own_pair,
)
from services.feedback.config import ANSWER_FOR
from services.feedback.following import mark
from services.feedback.model.check_in import Answer, CheckIn
from services.feedback.model.help_request import HelpRequest
from services.feedback.model.rows import PairRow
from services.feedback.repository import Records


def open_check_ins(records: Records, actor: Actor, *, now: datetime) -> list[CheckIn]:
    """What the actor is asked, has not answered and still can, oldest first."""
    in_time = Range(at_least=to_text(now - ANSWER_FOR))
    mine = {"member_id": actor.id, "is_answered": False, "asked_at": in_time}
    return records.check_ins.find(actor.association_id, mine, sort="asked_at")


def answer_check_in(
    records: Records, actor: Actor, id: str, answer: Answer, *, now: datetime
) -> CheckIn:
    """Keep an answer. A wish for help is written first: better asked twice than lost."""
    check_in = access_check_in(records, actor, id)
    if answer.wants_help:
        _ask_for_help(
            records,
            actor,
            fact_id("help", check_in.id),
            (check_in.cohort_id, check_in.pair_id),
            answer.words,
            now=now,
        )
    check_in = records.check_ins.change(
        actor.association_id, id, lambda found: found.take(answer, now=now), now=now
    )
    mark(records, actor.association_id, check_in.cohort_id, now=now)
    return check_in


def ask_for_help(
    records: Records, actor: Actor, pair_id: str, words: Sealed | None, *, id: str, now: datetime
) -> HelpRequest:
    """Ask the coordinators for help with a pair, at any time."""
    pair = access_own_pair(records, actor, pair_id)
    request = _ask_for_help(records, actor, id, (pair.cohort_id, pair_id), words, now=now)
    mark(records, actor.association_id, pair.cohort_id, now=now)
    return request


def help_requests(
    records: Records, actor: Actor, cohort_id: str, state: str = "open"
) -> list[HelpRequest]:
    """Who waits for help in a cohort, or has got it; oldest first."""
    access_cohort(records, actor, cohort_id)
    asked = {"cohort_id": cohort_id, "state": state}
    return records.help_requests.find(actor.association_id, asked, sort="asked_at", limit=200)


def close_help(records: Records, actor: Actor, id: str, *, now: datetime) -> HelpRequest:
    """A coordinator has seen to it."""
    request = records.help_requests.get(actor.association_id, id)
    access_cohort(records, actor, request.cohort_id)
    closed = records.help_requests.change(
        actor.association_id, id, lambda found: found.close(), now=now
    )
    mark(records, actor.association_id, request.cohort_id, now=now)
    return closed


def nudge(
    records: Records, actor: Actor, pair_id: str, *, now: datetime, cause: str | None
) -> PairRow:
    """A coordinator asks the two of a pair how it goes; they get a mail."""
    access_looked_after_pair(records, actor, pair_id)
    return records.pair_rows.change(
        actor.association_id, pair_id, lambda row: row.nudge(now=now), now=now, cause=cause
    )


def _ask_for_help(
    records: Records,
    actor: Actor,
    id: str,
    where: tuple[str, str],
    words: Sealed | None,
    *,
    now: datetime,
) -> HelpRequest:
    """One request of this id; other words are added to it. `where`: ids of cohort and pair."""
    cohort_id, pair_id = where
    cohort = records.cohorts.get(actor.association_id, cohort_id)
    request = HelpRequest(
        id=id,
        association_id=actor.association_id,
        cohort_id=cohort_id,
        pair_id=pair_id,
        member_id=actor.id,
        coordinator_ids=cohort["coordinator_ids"] if cohort else [],
        asked_at=now,
        words=words,
    )
    stored = records.help_requests.add(request, request.ask(), now=now)
    if stored.words == words:
        return stored
    return records.help_requests.change(
        actor.association_id, id, lambda found: found.ask_again(words), now=now
    )
