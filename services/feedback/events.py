"""What feedback does when it hears something: keep the copy, then bring the rows up to date."""

from datetime import datetime

from chassis.events import Heard
from services.feedback import following
from services.feedback.repository import Records


def copy_member(records: Records, heard: Heard, now: datetime) -> None:
    """A name may have changed: rows that show it follow."""
    records.members.hear(heard)
    following.rename(records, heard.association_id, heard.subject, now=now)


def copy_cohort(records: Records, heard: Heard, now: datetime) -> None:
    """Rhythm or zone may have changed."""
    records.cohorts.hear(heard)
    following.follow_cohort(records, heard.association_id, heard.subject, now=now)


def copy_application(records: Records, heard: Heard, now: datetime) -> None:
    """An application has come further."""
    records.applications.hear(heard)
    following.follow_application(records, heard.association_id, heard.subject, now=now)


def copy_pair(records: Records, heard: Heard, now: datetime) -> None:
    """A pair has come further."""
    records.pairs.hear(heard)
    following.follow_pair(records, heard.association_id, heard.subject, now=now)


def copy_meeting(records: Records, heard: Heard, now: datetime) -> None:
    """A meeting has come further; after the first one held both are asked how it is."""
    records.meetings.hear(heard)
    following.follow_meeting(records, heard.association_id, heard.subject, now=now)
