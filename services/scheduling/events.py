"""What scheduling does when it hears something: keep the copy, then see what no longer holds."""

from datetime import datetime

from chassis.clock import to_text
from chassis.events import Heard
from services.scheduling import service
from services.scheduling.repository import Records


def copy_member(records: Records, heard: Heard, now: datetime) -> None:
    """Names, zones and languages are read from the copy; nothing else follows from them."""
    del now
    records.members.hear(heard)


def copy_cohort(records: Records, heard: Heard, now: datetime) -> None:
    """Calendars show its first and last day, and say since when."""
    del now
    records.cohorts.hear(heard, told_at=to_text(heard.at))


def copy_application(records: Records, heard: Heard, now: datetime) -> None:
    """Common times are found by the availability of both."""
    del now
    records.applications.hear(heard)


def copy_pair(records: Records, heard: Heard, now: datetime) -> None:
    """When a pair has ended, its meetings to come are off."""
    records.pairs.hear(heard)
    service.follow_pair(records, heard.association_id, heard.subject, now=now)
