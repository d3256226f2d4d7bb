"""Matching that goes on by itself: every few days of the first half of a term, whoever is free
again (a no, a lapse, a pair that ended, a late arrival) is proposed anew.

The first run is the coordinator's: before anybody was published nothing goes by itself.
"""

from datetime import date, datetime, timedelta

from chassis.clock import to_text
from chassis.events import fact_id
from chassis.store import Document, KeysTaken
from services.matching import people
from services.matching.model.lookout import Lookout, Rhythm
from services.matching.model.run import Run
from services.matching.repository import Records

_TOLD = ("heard", "previous_partner_ids", "asked_before_ids")
"""What tells of somebody free whether they could be proposed to others than at the last look."""


def rhythm_of(cohort: Document) -> Rhythm:
    """How often a cohort is looked after, and until when."""
    return Rhythm(
        days=cohort.get("match_again_days", 0),
        match_on=date.fromisoformat(cohort["match_on"]),
        starts_on=date.fromisoformat(cohort["starts_on"]),
        ends_on=date.fromisoformat(cohort["ends_on"]),
        zone=cohort["zone"],
    )


def plan(records: Records, association_id: str, cohort_id: str, *, now: datetime) -> None:
    """A cohort was opened or changed: the next look follows its days and its setting."""
    cohort = records.cohorts.get(association_id, cohort_id)
    if cohort is None:
        return
    rhythm = rhythm_of(cohort)
    id = fact_id("lookout", cohort_id)
    records.lookouts.add(
        Lookout(id=id, association_id=association_id, cohort_id=cohort_id), now=now
    )
    records.lookouts.change(association_id, id, lambda found: found.plan(rhythm, now=now), now=now)


def look(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Timer: start a run that publishes itself, if somebody is free who was not at the last look.

    The run's id is that of the look, so that a look that is cut off and repeated starts it once.
    """
    lookout = records.lookouts.get(association_id, id)
    cohort = records.cohorts.get(association_id, lookout.cohort_id)
    rhythm = rhythm_of(cohort) if cohort else None
    if cohort is None or rhythm is None or not rhythm.days or lookout.due_at is None:
        records.lookouts.change(association_id, id, _rest, now=now)
        return
    seen = lookout.seen
    if not _is_in_hand(records, cohort, rhythm, now=now):
        free = _who_is_free(records, association_id, cohort)
        if free and free != seen and _start(records, lookout, now=now):
            seen = free
    records.lookouts.change(
        association_id, id, lambda found: found.look(rhythm, seen, now=now), now=now
    )


def next_look(records: Records, association_id: str, cohort_id: str) -> datetime | None:
    """When a cohort is looked after next; None: no more, or not by itself."""
    found = records.lookouts.many(association_id, [fact_id("lookout", cohort_id)])
    return next((lookout.due_at for lookout in found.values()), None)


def _rest(lookout: Lookout) -> None:
    lookout.due_at = None


def _is_in_hand(records: Records, cohort: Document, rhythm: Rhythm, *, now: datetime) -> bool:
    """Whether the coordinator is at it: nothing was published yet, a run is under way, or a draft
    waits that is younger than the time from look to look.
    """
    runs = records.runs.find(
        cohort["association_id"],
        {"cohort_id": cohort["_id"]},
        sort="number",
        descending=True,
        limit=200,
    )
    if not any(run.published for run in runs):
        return True
    newest = runs[0]
    is_fresh = now - newest.asked_at < timedelta(days=rhythm.days)
    is_draft = newest.state == "ready" and newest.proposals > 0 and is_fresh
    return newest.state in ("computing", "publishing") or is_draft


def _who_is_free(records: Records, association_id: str, cohort: Document) -> str:
    """Who could be proposed to whom, in short; empty if one of the sides is.

    Whom they were asked about in vain belongs to it: the same people may now suit others.
    """
    field = people.field(records, association_id, cohort)
    if not field.mentees or not field.mentors:
        return ""
    free = [
        " ".join((each.id, *(str(each.attributes[name]) for name in _TOLD)))
        for each in (*field.mentees, *field.mentors)
    ]
    return fact_id("free", str(cohort["criteria"]), str(field.places), *sorted(free))


def _start(records: Records, lookout: Lookout, *, now: datetime) -> bool:
    """Start the run of this look; False if a coordinator starts one at this very moment."""
    assert lookout.due_at is not None
    cohort_id = lookout.cohort_id
    run = Run(
        id=fact_id("run by itself", cohort_id, to_text(lookout.due_at)),
        association_id=lookout.association_id,
        cohort_id=cohort_id,
        number=records.runs.count(lookout.association_id, {"cohort_id": cohort_id}) + 1,
        asked_by="",
        asked_at=now,
    )
    try:
        records.runs.add(run, run.begin(), now=now)
    except KeysTaken:
        return False
    return True
