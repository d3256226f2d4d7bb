"""What matching does when it hears something: keep the copy, then see what no longer holds."""

from datetime import datetime

from chassis.events import Heard
from services.matching import lookouts, service
from services.matching.repository import Records


def copy_member(records: Records, heard: Heard, now: datetime) -> None:
    """Names are shown from the copy; nothing else follows from them."""
    del now
    records.members.hear(heard)


def copy_cohort(records: Records, heard: Heard, now: datetime) -> None:
    """Pairs end with their cohort, so they follow its last day; so does looking who is free."""
    records.cohorts.hear(heard)
    lookouts.plan(records, heard.association_id, heard.subject, now=now)
    service.follow_cohort(records, heard.association_id, heard.subject, now=now)


def copy_application(records: Records, heard: Heard, now: datetime) -> None:
    """Who is no longer a participant leaves open proposals and pairs."""
    records.applications.hear(heard)
    service.follow_application(records, heard.association_id, heard.subject, now=now)
