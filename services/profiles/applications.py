"""Applying, and looking at applications."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.clock import to_text
from chassis.errors import Conflict, NotFound
from chassis.store import After, Range
from chassis.tokens import Actor
from services.profiles.config import LOOKED_THROUGH
from services.profiles.model.application import STATES, Application
from services.profiles.model.member import Member
from services.profiles.programs import access_own_cohort
from services.profiles.repository import Records
from services.profiles.service import get_me, members_by_id

_AT_ONCE = 500


class CohortTakesNoApplications(Conflict):
    """Today is not a day of applying."""


class AppliedAlready(Conflict):
    """The member has an application in this role, and it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which applications of a cohort somebody wants to see; `words`: what name or city contain."""

    cohort_id: str
    state: str | None = None
    role: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A part of a list: applications with their members, and where to go on."""

    items: list[tuple[Application, Member]]
    after: After | None


def access_application(records: Records, actor: Actor, id: str) -> Application:
    """An application, for its member and for those who coordinate its cohort (no drafts)."""
    application = records.applications.get(actor.association_id, id)
    if application.member_id == actor.id:
        return application
    if application.applied_at is None:
        raise NotFound
    access_own_cohort(records, actor, application.cohort_id)
    return application


def access_my_application(records: Records, actor: Actor, id: str) -> Application:
    """An application, for its member: nobody else writes in it."""
    application = access_application(records, actor, id)
    if application.member_id != actor.id:
        raise NotFound
    return application


def list_mine(records: Records, actor: Actor) -> list[Application]:
    """The actor's own applications."""
    return list(records.applications.each(actor.association_id, {"member_id": actor.id}))


def begin(
    records: Records, actor: Actor, cohort_id: str, role: str, *, now: datetime
) -> Application:
    """Begin an application, or go on with its draft. Raises AppliedAlready,
    CohortTakesNoApplications.
    """
    cohort = records.cohorts.get(actor.association_id, cohort_id)
    me = get_me(records, actor)
    fresh = Application(
        id=Application.id_of(cohort_id, me.id, role),
        association_id=actor.association_id,
        cohort_id=cohort_id,
        member_id=me.id,
        role=role,
        zone=me.zone,
        languages=[me.language],
    )
    if not cohort.takes_applications(now=now):
        raise CohortTakesNoApplications
    application = records.applications.add(fresh, now=now)
    if application.state == "withdrawn":
        return records.applications.change(
            actor.association_id, fresh.id, lambda again: again.start_again(), now=now
        )
    if application.state != "draft":
        raise AppliedAlready(application_id=application.id)
    return application


def amend(
    records: Records,
    actor: Actor,
    id: str,
    changes: Mapping[str, Any],
    *,
    now: datetime,
    cause: str | None = None,
    expected: int | None = None,
) -> Application:
    """Save answers."""
    access_my_application(records, actor, id)
    return records.applications.change(
        actor.association_id,
        id,
        lambda application: application.amend(changes),
        now=now,
        cause=cause,
        expected=expected,
    )


def submit(
    records: Records, actor: Actor, id: str, *, now: datetime, cause: str | None = None
) -> Application:
    """Send the application; every fault at once."""
    application = access_my_application(records, actor, id)
    cohort = records.cohorts.get(actor.association_id, application.cohort_id)
    if application.state == "draft" and not cohort.takes_applications(now=now):
        raise CohortTakesNoApplications
    stream_ids = [stream.id for stream in cohort.streams]
    return records.applications.change(
        actor.association_id,
        id,
        lambda application: application.submit(stream_ids=stream_ids, now=now),
        now=now,
        cause=cause,
    )


def withdraw(
    records: Records, actor: Actor, id: str, *, now: datetime, cause: str | None = None
) -> Application:
    """Withdraw, at any time and without a reason."""
    access_my_application(records, actor, id)
    return records.applications.change(
        actor.association_id, id, lambda mine: mine.withdraw(), now=now, cause=cause
    )


def search(
    records: Records, actor: Actor, asked: Asked, *, limit: int, after: After | None
) -> Found:
    """Applications of a cohort in the order in which they came; drafts are nobody's business.

    With words it looks through LOOKED_THROUGH applications at most; the cursor goes on from there.
    """
    access_own_cohort(records, actor, asked.cohort_id)
    items: list[tuple[Application, Member]] = []
    every = _each_after(records, actor.association_id, asked, after, limit)
    for seen, (application, member) in enumerate(every, 1):
        after = _place(application)
        if member and _has_words(member, asked.words):
            items.append((application, member))
        if len(items) == limit or seen == LOOKED_THROUGH:
            return Found(items=items, after=after)
    return Found(items=items, after=None)


def each_asked(records: Records, association_id: str, asked: Asked) -> Iterator[Application]:
    """All applications that the list shows, however many."""
    for application, member in _each_after(records, association_id, asked, None, _AT_ONCE):
        if member and _has_words(member, asked.words):
            yield application


def count_by_state(records: Records, actor: Actor, asked: Asked) -> dict[str, int]:
    """How many applications of the cohort (in that role) are in each state."""
    where: dict[str, Any] = {"cohort_id": asked.cohort_id, "applied_at": Range(above="")}
    where |= {"role": asked.role} if asked.role else {}
    return {
        state: records.applications.count(actor.association_id, {**where, "state": state})
        for state in (*STATES, "withdrawn")
    }


def _each_after(
    records: Records, association_id: str, asked: Asked, after: After | None, limit: int
) -> Iterator[tuple[Application, Member | None]]:
    where: dict[str, Any] = {"cohort_id": asked.cohort_id, "applied_at": Range(above="")}
    where |= {"state": asked.state} if asked.state else {}
    where |= {"role": asked.role} if asked.role else {}
    at_once = _AT_ONCE if asked.words else min(limit + 1, _AT_ONCE)
    while page := records.applications.find(
        association_id, where, sort="applied_at", limit=at_once, after=after
    ):
        members = members_by_id(records, association_id, {each.member_id for each in page})
        for application in page:
            yield application, members.get(application.member_id)
        after = _place(page[-1])
        if len(page) < at_once:
            return


def _place(application: Application) -> After:
    assert application.applied_at is not None
    return After(value=to_text(application.applied_at), id=application.id)


def _has_words(member: Member, words: str) -> bool:
    text = _folded(f"{member.given_name} {member.family_name} {member.city}")
    return all(word in text for word in _folded(words).split())


def _folded(text: str) -> str:
    """Lower case without accents: who looks for Helene finds Hélène."""
    return "".join(
        c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)
    )
