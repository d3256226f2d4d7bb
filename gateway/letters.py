"""What is written to members when something has happened."""

from datetime import datetime

from chassis.events import Heard
from chassis.store import Document
from gateway.model import Mail
from gateway.repository import Records


def write(records: Records, heard: Heard, now: datetime) -> list[Mail]:
    """The mails that an event asks for; `gateway.events` stores them."""
    return []


def write_sign_in(
    records: Records, member: Document, link: str, *, cause: str, language: str, now: datetime
) -> Mail:
    """The mail with the sign-in link, in the language of the page that asked for it."""
    return Mail.to_member(
        cause, member, kind="sign-in", subject=link, text=link, html=link, links=[link], now=now
    )
