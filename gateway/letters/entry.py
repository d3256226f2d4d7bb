"""Mails before there is a pair: signing in, invitations, decisions about applications."""

from datetime import timedelta

from chassis.clock import from_text
from gateway.config import INVITATION_DAYS
from gateway.letters import moments
from gateway.letters.case import Case, NotYet
from gateway.letters.letter import Action, Body, Quote
from gateway.letters.people import paragraphs

PROFILE = "/me"
APPLICATION = "/apply"
"""The page of all applications of a member; that of one is below it."""


def sign_in(case: Case) -> Body:
    """The link that signs in, told to nobody else."""
    until = from_text(case.about["until"])
    case.drop_if(case.now >= until, "the link is over")
    time = moments.time(until, case.reader.zone, case.language)
    return Body(
        subject=case.say("sign-in.subject"),
        lead=(case.say("sign-in.lead", until=case.with_zone(time, until)),),
        actions=(Action(label=case.say("sign-in.action"), url=str(case.mail.more)),),
        then=(case.say("sign-in.after"),),
    )


def new_address(case: Case) -> Body:
    """To an address that somebody says is theirs: whoever reads it presses the button."""
    until = from_text(case.about["until"])
    case.drop_if(case.now >= until, "the link is over")
    so_far = case.about["so_far"]
    link = case.link("address", PROFILE, until, address=case.mail.more, so_far=so_far)
    return Body(
        subject=case.say("address.subject"),
        lead=(case.say("address.lead", until=case.point(until)),),
        actions=(Action(label=case.say("address.action"), url=link),),
        then=(case.say("address.after"),),
    )


def address_asked(case: Case) -> Body:
    """To the address known so far, where a stranger's wish would be noticed."""
    return Body(
        subject=case.say("address-asked.subject"),
        lead=(case.say("address-asked.lead"), case.say("address-asked.after")),
        links=(case.go("foot.settings", PROFILE, "bare"),),
    )


def invitation(case: Case) -> Body:
    """Somebody is on the members' list: look at what is known, complete it. The link signs in."""
    return Body(
        subject=case.say("invitation.subject"),
        lead=(
            case.say("invitation.lead"),
            " ".join([case.say(f"invitation.role.{case.role or 'none'}"), *_term(case)]),
            _deadline(case),
        ),
        quote=quote(case),
        actions=(_way_in(case),),
        then=(case.say("invitation.after"),),
    )


def accepted(case: Case) -> Body:
    """In, and what comes next."""
    _still_holds(case)
    return Body(
        subject=case.say("accepted.subject"),
        lead=(
            case.say(f"accepted.lead.{case.role}"),
            f"{_matching(case)} {case.say('accepted.rest')}",
        ),
        quote=quote(case),
        links=(case.go("accepted.action", _application(case), "bare"),),
    )


def waitlisted(case: Case) -> Body:
    """Not yet, and nothing is lost."""
    _still_holds(case)
    return Body(
        subject=case.say("waitlisted.subject"),
        lead=(
            case.say(f"waitlisted.lead.{case.role}"),
            case.say("waitlisted.news"),
            case.say("waitlisted.next"),
        ),
        quote=quote(case),
        links=(case.go("waitlisted.action", _application(case), "bare"),),
    )


def declined(case: Case) -> Body:
    """Not this time; what still holds comes first."""
    _still_holds(case)
    return Body(
        subject=case.say("declined.subject"),
        lead=(case.say("declined.lead"), case.say(f"declined.news.{case.role}")),
        quote=quote(case),
    )


def quote(case: Case) -> Quote | None:
    """What a coordinator wrote with it."""
    written = paragraphs(case.mail.more)
    return Quote(title=case.say("quote.from"), paragraphs=written) if written else None


def _way_in(case: Case) -> Action:
    """Signs in for a week; who may do more than take part signs in by a short-lived link only."""
    page = _application(case)
    if not case.is_only_participant:
        return case.go("invitation.action", page)
    until = case.now + timedelta(days=INVITATION_DAYS)
    link = case.link("sign-in", page, until)
    return Action(label=case.say("invitation.action"), url=link)


def _application(case: Case) -> str:
    """The page of the application that the mail is about; of all, where it is not known which."""
    found = case.application(case.role, case.mail.member_id) if case.role else None
    if found is None and case.role and case.is_patient():
        raise NotYet
    return f"{APPLICATION}/{found['_id']}" if found else APPLICATION


def _still_holds(case: Case) -> None:
    """Drop a mail whose decision has been undone, or followed by another."""
    case.drop_if(case.is_overtaken(), "another decision followed")
    found = case.application(case.role, case.mail.member_id)
    if found is not None and found["state"] == case.mail.kind:
        return
    if case.is_patient():
        raise NotYet
    case.drop_if(found is not None, "the decision does not stand")


def _term(case: Case) -> list[str]:
    if case.cohort is None:
        return []
    starts, ends = (case.day(case.date_of(field)) for field in ("starts_on", "ends_on"))
    return [case.say("invitation.term", starts=starts, ends=ends)]


def _deadline(case: Case) -> str:
    if case.cohort is not None:
        today = moments.local(case.now, case.cohort["zone"]).date()
        if (until := case.date_of("apply_until")) >= today:
            return case.say("invitation.until", day=case.day(until))
    return case.say("invitation.soon")


def _matching(case: Case) -> str:
    cohort = case.cohort
    if cohort is None:
        return ""
    days = str(cohort["answer_days"])
    today = moments.local(case.now, cohort["zone"]).date()
    if (on := case.date_of("match_on")) > today:
        return case.say("accepted.next", day=case.day(on), days=days)
    return case.say("accepted.soon", days=days)
