"""Makes mails when events are heard, and puts them into words when they are sent."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from chassis.clock import to_text
from chassis.events import Heard
from chassis.store import Document
from gateway.config import MAIL_AGE, NEW_ADDRESS_HOURS, SIGN_IN_MINUTES
from gateway.letters import care, entry, meetings, pairs, proposals
from gateway.letters.asks import wanted
from gateway.letters.case import Case, NotNeeded, NotYet
from gateway.letters.catalog import language_of
from gateway.letters.letter import (
    Body,
    Frame,
    Letter,
    actions_of,
    draw,
    subject_line,
)
from gateway.model import Mail
from gateway.repository import Records

KINDS: Mapping[str, Callable[[Case], Body]] = MappingProxyType(
    {
        "sign-in": entry.sign_in,
        "address": entry.new_address,
        "address-asked": entry.address_asked,
        "invitation": entry.invitation,
        "accepted": entry.accepted,
        "waitlisted": entry.waitlisted,
        "declined": entry.declined,
        "proposal": proposals.proposal,
        "proposal-reminder": proposals.reminder,
        "proposal-declined": proposals.declined,
        "proposal-expired": proposals.expired,
        "proposal-missed": proposals.missed,
        "proposal-withdrawn": proposals.withdrawn,
        "pair-matched": pairs.matched,
        "agreement-changed": pairs.agreement_changed,
        "agreement-signed": pairs.agreement_signed,
        "pair-at-risk": pairs.at_risk,
        "pair-nudged": pairs.nudged,
        "pair-ended": pairs.ended,
        "pair-completed": pairs.completed,
        "times-proposed": meetings.times_proposed,
        "meeting-scheduled": meetings.scheduled,
        "meeting-moved": meetings.moved,
        "meeting-cancelled": meetings.cancelled,
        "times-withdrawn": meetings.withdrawn,
        "times-refused": meetings.refused,
        "times-lapsed": meetings.lapsed,
        "log-due": meetings.log_due,
        "log-disputed": meetings.log_disputed,
        "feedback-due": care.check_in,
        "help-asked": care.help_asked,
    }
)
"""What each kind of mail says."""
TO_ADDRESSES = ("address", "address-asked")
"""Mails that go where they were asked to go, whatever the reader's address is by then."""
TO_MEMBERS = ("sign-in", *TO_ADDRESSES, "invitation")
FOOTS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(TO_MEMBERS, "member"),
        **dict.fromkeys(("accepted", "waitlisted", "declined"), "applicant"),
        "help-asked": "coordinator",
    }
)
"""Why somebody gets a mail, if not as a participant."""


def write(heard: Heard, now: datetime) -> list[Mail]:
    """The mails that an event asks for; `gateway.events` stores them."""
    state = dict(heard.state)
    words = str(state.pop("words", ""))
    return [
        Mail.ask(
            heard.id,
            association_id=heard.association_id,
            member_id=each.member_id,
            kind=each.kind,
            about=state,
            more=words,
            now=now,
            pause=each.pause,
        )
        for each in wanted(heard.type, state)
    ]


def write_sign_in(
    member: Document, link: str, *, cause: str, language: str, is_of_several: bool, now: datetime
) -> Mail:
    """The mail with the sign-in link, in the language of the page that asked for it. One that may
    lead into several associations names none of them.
    """
    mail = Mail.ask(
        cause,
        association_id=member["association_id"],
        member_id=member["_id"],
        kind="sign-in",
        about={
            "until": to_text(now + timedelta(minutes=SIGN_IN_MINUTES)),
            "is_of_several": is_of_several,
        },
        more=link,
        now=now,
    )
    mail.language = language_of(language)
    return mail


def write_new_address(member: Document, address: str, *, cause: str, now: datetime) -> list[Mail]:
    """The mail with the link to a new address, and the one that tells the address known so far."""
    about = {
        "until": to_text(now + timedelta(hours=NEW_ADDRESS_HOURS)),
        "so_far": member["address_hash"],
    }
    return [
        Mail.ask(
            f"{cause} {kind}",
            association_id=member["association_id"],
            member_id=member["_id"],
            kind=kind,
            about=about,
            more=more,
            now=now,
        )
        for kind, more in (("address", address), ("address-asked", member["address"]))
    ]


def compose(records: Records, mail: Mail, now: datetime) -> Letter:
    """Put a mail into words, with what is known by now.

    Raises NotYet while something it needs is on its way, NotNeeded if nobody need be told any more.
    """
    reader = _reader(records, mail, now)
    case = Case(records, mail, reader, now)
    _must_take_part(case)
    body = KINDS[mail.kind](case)
    frame = _frame(case, body)
    return Letter(
        to=str(mail.more) if mail.kind in TO_ADDRESSES else reader["address"],
        to_name=case.reader.full,
        sender=case.sender,
        language=case.language,
        subject=subject_line(body.subject),
        text=draw("letter.txt", case.language, frame, body),
        html=draw("letter.html", case.language, frame, body),
        links=tuple(action.url for action in actions_of(body)),
    )


def _reader(records: Records, mail: Mail, now: datetime) -> Document:
    found = records.members.find(mail.association_id, {"_id": mail.member_id}, limit=1)
    if found and not found[0]["erased"]:
        return found[0]
    if not found and now - mail.made_at < MAIL_AGE:
        raise NotYet
    raise NotNeeded("there is no such member")


def _must_take_part(case: Case) -> None:
    """Who has withdrawn gets no more mails of the cohort."""
    if case.mail.kind in TO_MEMBERS or not case.role:
        return
    application = case.application(case.role, case.mail.member_id)
    case.drop_if(application is not None and application["state"] == "withdrawn", "withdrawn")


def _frame(case: Case, body: Body) -> Frame:
    key = FOOTS.get(case.mail.kind, "participant")
    given = case.reader.given
    links = (
        case.go("foot.help", "/help", "bare"),
        case.go("foot.settings", "/me", "bare"),
    )
    acts = any("/l/" in action.url for action in actions_of(body))
    return Frame(
        association=case.values["association"],
        greeting=case.say("greeting", name=given) if given else case.say("greeting.plain"),
        once=case.say("links.once") if acts and case.mail.kind != "sign-in" else "",
        foot=(case.say(f"foot.{key}"), case.say("foot.answers")),
        foot_links=links,
        foot_lines=tuple(case.say("foot.link", label=n.label, url=n.url) for n in links),
    )
