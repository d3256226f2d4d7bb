"""What the gateway does when it hears something: keep the copy, then write the mails it asks for.

Live updates are none of this: each web process reads every topic from the end (`live.py`).
"""

from collections.abc import Callable
from datetime import datetime

from chassis.events import EventType, Heard
from chassis.repository import Copies
from chassis.service import Handler
from contracts import catalogue
from gateway import letters, service
from gateway.config import MAIL_AGE
from gateway.model import hash_address
from gateway.repository import Records


def copy_member(records: Records, heard: Heard, now: datetime) -> None:
    """Keep a member; the address is found by its hash."""
    if heard.data is None:
        records.members.hear(heard)
        service.erase_member(records, heard.association_id, heard.subject)
    else:
        records.members.hear(heard, address_hash=hash_address(heard.data["address"]))
    write(records, heard, now)


def copy(copies: Callable[[Records], Copies]) -> Handler[Records]:
    """A handler that keeps what it hears in these copies."""

    def hear(records: Records, heard: Heard, now: datetime) -> None:
        copies(records).hear(heard)
        write(records, heard, now)

    return hear


def write(records: Records, heard: Heard, now: datetime) -> None:
    """Make the mails of an event. They are made from the event, not from its novelty: one that
    comes twice makes the same mails, which are there already.
    """
    if heard.data is None or now - heard.at > MAIL_AGE:
        return
    for mail in letters.write(heard, now):
        records.mails.add(mail, now=now)


LISTENS: dict[EventType, Handler[Records]] = {
    **dict.fromkeys(catalogue.of("member"), copy_member),
    **dict.fromkeys(catalogue.of("association"), copy(lambda records: records.associations)),
    **dict.fromkeys(catalogue.of("cohort"), copy(lambda records: records.cohorts)),
    **dict.fromkeys(catalogue.of("application"), copy(lambda records: records.applications)),
    **dict.fromkeys(catalogue.of("pair"), copy(lambda records: records.pairs)),
    **dict.fromkeys(catalogue.of("meeting"), copy(lambda records: records.meetings)),
    **dict.fromkeys(catalogue.of("check-in"), copy(lambda records: records.check_ins)),
    **dict.fromkeys(catalogue.of("mail"), write),
    **dict.fromkeys(catalogue.of("help"), write),
    **dict.fromkeys(catalogue.of("risk"), write),
    **dict.fromkeys(catalogue.of("nudge"), write),
}
