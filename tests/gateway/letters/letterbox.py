"""A gateway alone, the people of the examples, and the mails that it puts into a folder."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from contracts import examples, feedback, matching, profiles, scheduling
from gateway.app import service as gateway
from gateway.links import find_link, state_of
from gateway.model import Link
from gateway.service import ask_address
from tests.harness import Town, a_town, an_actor

NOW = datetime(2026, 5, 11, 14, 0, tzinfo=UTC)
NO_BREAK = "\u00a0"
URL = "https://mentoring.example.org"
AMARA, RUTH, JOSEE = "amara.nwosu@example.org", "ruth@example.org", "josee@example.org"
ANSWER_BY = "2026-05-18T14:00:00.000Z"
OFFER: dict[str, Any] = {
    "state": "proposed",
    "starts_at": None,
    "ends_at": None,
    "proposed": ["2026-05-14T18:00:00.000Z", "2026-05-15T17:30:00.000Z"],
    "hold_until": "2026-05-12T18:00:00.000Z",
}
PAST: dict[str, Any] = {
    "starts_at": "2026-05-11T12:00:00.000Z",
    "ends_at": "2026-05-11T12:45:00.000Z",
}
ENDED: dict[str, Any] = {"state": "ended", "ended_at": "2026-05-11T13:00:00.000Z"}
EVERYTHING: dict[str, tuple[Any, dict[str, Any]]] = {
    "invitation": (profiles.MAIL_ASKED, {"kind": "invitation"}),
    "invitation as a mentor": (profiles.MAIL_ASKED, {"kind": "invitation", "role": "mentor"}),
    "invitation without a role": (profiles.MAIL_ASKED, {"kind": "invitation", "role": None}),
    "proposal": (matching.PROPOSAL_MADE, {"answer_by": ANSWER_BY}),
    "proposal until midnight": (matching.PROPOSAL_MADE, {"answer_by": "2026-05-18T06:00:00.000Z"}),
    "reminder": (matching.PROPOSAL_REMINDED, {"answer_by": ANSWER_BY}),
    "reminder of one": (
        matching.PROPOSAL_REMINDED,
        {"answer_by": ANSWER_BY, "accepted_by": ["mentor"]},
    ),
    "declined by one": (matching.PROPOSAL_DECLINED, {}),
    "expired": (matching.PROPOSAL_EXPIRED, {"accepted_by": ["mentee"]}),
    "withdrawn": (matching.PROPOSAL_WITHDRAWN, {}),
    "matched": (matching.PAIR_MATCHED, {}),
    "agreement changed": (matching.AGREEMENT_CHANGED, {}),
    "agreement signed": (matching.AGREEMENT_SIGNED, {}),
    "times": (scheduling.TIMES_PROPOSED, OFFER),
    "one time": (scheduling.TIMES_PROPOSED, {**OFFER, "proposed": [OFFER["proposed"][0]]}),
    "other times": (
        scheduling.TIMES_PROPOSED,
        {**OFFER, "proposed_by": "mentor", "replaces": examples.PAIR},
    ),
    "meeting": (scheduling.MEETING_SCHEDULED, {}),
    "meeting in person": (scheduling.MEETING_SCHEDULED, {"way": "in_person"}),
    "meeting moved": (scheduling.MEETING_MOVED, {"way": "phone"}),
    "meeting cancelled": (scheduling.MEETING_CANCELLED, {}),
    "times withdrawn": (scheduling.MEETING_CANCELLED, {"starts_at": None, "ends_at": None}),
    "times refused": (
        scheduling.MEETING_CANCELLED,
        {"starts_at": None, "ends_at": None, "cancelled_by": "mentor"},
    ),
    "times lapsed": (scheduling.TIMES_LAPSED, {}),
    "log due": (scheduling.LOG_DUE, PAST),
    "log disputed": (scheduling.LOG_DISPUTED, PAST),
    "first check-in": (feedback.FEEDBACK_DUE, {"due_at": "2026-05-11T13:00:00.000Z"}),
    "later check-in": (
        feedback.FEEDBACK_DUE,
        {"due_at": "2026-05-11T13:00:00.000Z", "occasion": "rhythm-1"},
    ),
    "help": (feedback.HELP_ASKED, {}),
    "quiet": (feedback.PAIR_AT_RISK, {}),
    "nudged": (feedback.PAIR_NUDGED, {"last_held_at": "2026-04-01T18:45:00.000Z"}),
    "nudged before they met": (feedback.PAIR_NUDGED, {"last_held_at": None}),
    "ended by one": (matching.PAIR_ENDED, ENDED),
    "ended by a coordinator": (matching.PAIR_ENDED, {**ENDED, "ended_by": "coordinator"}),
    "ended by a withdrawal": (matching.PAIR_ENDED, {**ENDED, "ended_by": "withdrawal"}),
    "ended with the term": (matching.PAIR_ENDED, {**ENDED, "ended_by": "term"}),
}
"""Every event that asks for mails, in every way that it does."""
DECISIONS = {
    "accepted": profiles.PARTICIPANT_ACCEPTED,
    "waitlisted": profiles.PARTICIPANT_WAITLISTED,
    "declined": profiles.PARTICIPANT_DECLINED,
}


@contextmanager
def an_office(folder: Path, **settings: str) -> Iterator[Town]:
    """A gateway alone; its mails go to `mails` in the folder unless told otherwise."""
    with a_town(folder, gateway, at=NOW, GUILDWAY_URL=URL, **settings) as town:
        yield town


def hear_people(office: Town, *, language: str = "en", **names: str) -> None:
    """The association, its cohort, and Amara, Ruth and Josée; names: other ones for everybody."""
    tell = office.gateway.hear_that
    tell(profiles.ASSOCIATION_FOUNDED, **_of(names, "association", "name"))
    tell(
        profiles.COHORT_OPENED,
        apply_until="2026-05-30",
        match_on="2026-06-02",
        ends_on="2026-12-01",
        **_of(names, "cohort", "name"),
        **_of(names, "program", "program_name"),
    )
    given, family, city = (_of(names, name, name) for name in ("given_name", "family_name", "city"))
    shared = {"language": language, **given, **family, **city}
    ruth = {"given_name": "Ruth", "family_name": "Abernathy", "city": "Halifax"}
    josee = {"given_name": "Josée", "family_name": "Tremblay", "city": "Ottawa"}
    tell(profiles.PROFILE_UPDATED, **shared)
    hear_ruth(office, **{**ruth, **shared})
    tell(
        profiles.PROFILE_UPDATED,
        **{**josee, **shared},
        member_id=examples.COORDINATOR,
        address=JOSEE,
        zone="America/Toronto",
    )
    tell(profiles.PARTICIPANT_ACCEPTED)
    mentor = {"member_id": examples.MENTOR, "role": "mentor"}
    tell(profiles.PARTICIPANT_ACCEPTED, application_id=examples.MENTOR_APPLICATION, **mentor)


def hear_ruth(office: Town, **changes: Any) -> None:
    """The mentor arrives."""
    ruth = {"given_name": "Ruth", "family_name": "Abernathy", "city": "Halifax"}
    office.gateway.hear_that(
        profiles.PROFILE_UPDATED,
        **{
            **ruth,
            "member_id": examples.MENTOR,
            "address": RUTH,
            "zone": "America/Halifax",
            **changes,
        },
    )


def hear_everything(office: Town) -> None:
    """Every event that asks for mails, one after the other, with time for mails that wait."""
    for version, (kind, changes) in enumerate(EVERYTHING.values(), 1):
        office.gateway.hear_that(kind, version=version, **changes)
        office.go_on(minutes=3)
    for version, (decision, event) in enumerate(DECISIONS.items(), 2):
        for role, application_id, member_id in (
            ("mentor", examples.MENTOR_APPLICATION, examples.MENTOR),
            ("mentee", examples.MENTEE_APPLICATION, examples.MENTEE),
        ):
            whose = {"member_id": member_id, "role": role}
            office.gateway.hear_that(
                event, version=version, application_id=application_id, state=decision, **whose
            )
            office.gateway.hear_that(
                profiles.MAIL_ASKED, version=90 + version, kind=decision, **whose
            )
        office.go_on(minutes=1)


def mails(office: Town) -> list[EmailMessage]:
    """Everything that was sent, in the order in which it was asked for."""
    folder = office.settings.path("GUILDWAY_DATA") / "mails"
    files = sorted(folder.glob("*.eml"))
    return [_read(path) for path in files]


def mails_to(office: Town, address: str) -> list[EmailMessage]:
    """What somebody got."""
    return [mail for mail in mails(office) if address in mail["To"]]


def only(office: Town, address: str) -> EmailMessage:
    """The one mail that somebody got."""
    (mail,) = mails_to(office, address)
    return mail


def states(office: Town) -> dict[str, list[str]]:
    """The states of all mails by their kind."""
    found: dict[str, list[str]] = {}
    for mail in office.gateway.records.mails.find(None, {}, limit=200):
        found.setdefault(mail.kind, []).append(mail.state)
    return found


def acting_links(office: Town, mail: EmailMessage) -> list[Link]:
    """The one-time links of a mail, which are open."""
    tokens = re.findall(rf"{URL}/l/(\S+)", text_of(mail))
    links = [find_link(office.gateway.records, token) for token in tokens]
    assert all(state_of(office.gateway.records, link, NOW) == "open" for link in links)
    return links


def ask_for_a_link(office: Town, **more: str) -> None:
    """Amara asks for a link to sign in."""
    answer = office.gateway.client.post(
        "/auth/links", json={"address": AMARA, **more}, headers={"Origin": URL}
    )
    assert answer.status_code == 202
    office.pump()


def ask_for_an_address(office: Town, address: str = "amara.new@example.org") -> None:
    """Amara asks for her mails to go elsewhere."""
    who = an_actor(examples.MENTEE)
    ask_address(office.gateway.records, who, address, now=office.clock.now())
    office.pump()


def text_of(mail: EmailMessage) -> str:
    """The plain form."""
    return _part(mail, "plain")


def plain(mail: EmailMessage) -> str:
    """The plain form with plain blanks."""
    return text_of(mail).replace(NO_BREAK, " ")


def html_of(mail: EmailMessage) -> str:
    """The form with buttons."""
    return _part(mail, "html")


def _part(mail: EmailMessage, form: str) -> str:
    body = mail.get_body((form,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def _read(path: Path) -> EmailMessage:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def _of(names: dict[str, str], name: str, field: str) -> dict[str, str]:
    return {field: names[name]} if name in names else {}
