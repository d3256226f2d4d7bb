"""Who may see what: each thing is loaded and checked in one place; foreign things are not there."""

from chassis.errors import NotFound
from chassis.store import Document
from chassis.tokens import Actor
from services.feedback.model.check_in import CheckIn
from services.feedback.model.rows import PairRow
from services.feedback.repository import Records


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


def access_own_pair(records: Records, actor: Actor, id: str) -> PairRow:
    """A pair, for the two of it only."""
    row = records.pair_rows.get(actor.association_id, id)
    if actor.id not in (row.mentor_id, row.mentee_id):
        raise NotFound
    return row


def access_looked_after_pair(records: Records, actor: Actor, id: str) -> PairRow:
    """A pair, for the coordinators of its cohort only."""
    row = records.pair_rows.get(actor.association_id, id)
    access_cohort(records, actor, row.cohort_id)
    return row
