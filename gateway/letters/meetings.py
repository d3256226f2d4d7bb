"""Mails about meetings: times to choose from, what was agreed, whether it took place."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chassis.clock import from_text
from gateway.config import LOG_DAYS
from gateway.letters.case import Case, Meeting, meeting_of
from gateway.letters.letter import Action, Body, Card


def times_proposed(case: Case) -> Body:
    """Up to three times, each with its link, on both clocks."""
    case.drop_if(case.meeting()["state"] != "proposed", "it is answered")
    offered = [meeting_of(case.about, at) for at in case.about["proposed"]]
    open = [each for each in offered if each.starts_at > case.now]
    case.drop_if(not open, "the times have passed")
    one = ".one" if len(open) == 1 else ""
    lead = ".other" if case.about["replaces"] else one
    return Body(
        subject=case.say(f"times-proposed.subject{one}"),
        lead=(case.say(f"times-proposed.lead{lead}", minutes=str(case.about["minutes"])),),
        card=Card(
            lines=(f"{case.zone(open[0].starts_at)} {case.say('way.' + open[0].way)}",),
            actions=tuple(_choice(case, each, is_one=bool(one)) for each in open),
        ),
        then=_hold(case),
        links=(case.go(f"times-proposed.none{one}", _page(case), "bare"),),
    )


def scheduled(case: Case) -> Body:
    """Both keep the date in their mail as well."""
    is_mine = case.about["proposed_by"] == case.role
    lead = case.say(f"meeting-scheduled.lead.{'mine' if is_mine else 'theirs'}")
    return _at_a_time(case, "meeting-scheduled", lead)


def moved(case: Case) -> Body:
    """It takes place, at another time."""
    return _at_a_time(case, "meeting-moved", case.say("meeting-moved.lead"))


def cancelled(case: Case) -> Body:
    """The other cancelled; the pair goes on."""
    met = meeting_of(case.about)
    return Body(
        subject=case.say("meeting-cancelled.subject", day=case.day(met.starts_at)),
        lead=(
            case.say("meeting-cancelled.lead"),
            case.say("meeting-cancelled.news", moment=case.when(met)),
        ),
        actions=(case.go("meeting-cancelled.action", _propose(case)),),
    )


def withdrawn(case: Case) -> Body:
    """Times that nobody need answer any more; not worth a mail if others came, or a date."""
    ahead = [each for each in case.meetings_of_pair() if each["_id"] != case.about["meeting_id"]]
    case.drop_if(any(_is_open(case, each) for each in ahead), "they have others, or a date")
    return _no_time(case, "times-withdrawn")


def refused(case: Case) -> Body:
    """The other can at none of the times."""
    return _no_time(case, "times-refused")


def lapsed(case: Case) -> Body:
    """All times passed; either may propose others."""
    whose = "mine" if case.about["proposed_by"] == case.role else "theirs"
    return Body(
        subject=case.say("times-lapsed.subject"),
        lead=(case.say(f"times-lapsed.lead.{whose}"),),
        actions=(case.go("times-lapsed.action", _propose(case)),),
    )


def log_due(case: Case) -> Body:
    """Did you meet? One tap."""
    now = case.meeting()
    case.drop_if(case.role in now["met"], "it is answered")
    case.drop_if(now["starts_at"] != case.about["starts_at"], "it was moved")
    case.drop_if(now["state"] == "cancelled", "it was called off")
    return Body(
        subject=case.say("log-due.subject"),
        lead=(case.say("log-due.lead", moment=case.when(meeting_of(case.about))),),
        card=Card(actions=_did_you_meet(case, "log-due")),
        then=(case.say("log-due.after"),),
        links=(case.go("log-due.page", f"{_page(case)}/log", "bare"),),
    )


def log_disputed(case: Case) -> Body:
    """The two answers differ: once more, without blame, and never again."""
    met = case.meeting()["met"]
    case.drop_if(len(set(met.values())) < 2, "they agree by now")
    planned = meeting_of(case.about)
    return Body(
        subject=case.say("log-disputed.subject", day=case.day(planned.starts_at)),
        lead=(
            case.say("log-disputed.lead", moment=case.when(planned)),
            case.say("log-disputed.next"),
        ),
        card=Card(actions=_did_you_meet(case, "log-disputed", asked="again")),
        links=(case.go("log-disputed.action", f"{_page(case)}/log", "bare"),),
    )


def _is_open(case: Case, meeting: Mapping[str, Any]) -> bool:
    if meeting["state"] == "proposed":
        return bool(meeting["proposed_by"] == case.about["proposed_by"])
    return meeting["state"] == "scheduled" and from_text(meeting["starts_at"]) > case.now


def _no_time(case: Case, kind: str) -> Body:
    return Body(
        subject=case.say(f"{kind}.subject"),
        lead=(case.say(f"{kind}.lead"), case.say(f"{kind}.news")),
        actions=(case.go(f"{kind}.action", _propose(case)),),
    )


def _choice(case: Case, each: Meeting, *, is_one: bool) -> Action:
    at = each.starts_at
    stamp = next(text for text in case.about["proposed"] if from_text(text) == at)
    label = case.say("times-proposed.confirm", day=case.day(at), times=case.times(each))
    return Action(
        label=label,
        url=case.link("confirm", case.about["meeting_id"], at, starts_at=stamp),
        kind="filled" if is_one else "quiet",
        note=case.for_partner(at),
    )


def _hold(case: Case) -> tuple[str, ...]:
    held = case.about["hold_until"]
    if not held or from_text(held) <= case.now:
        return ()
    return (case.say("times-proposed.hold", until=case.point(from_text(held))),)


def _at_a_time(case: Case, kind: str, lead: str) -> Body:
    now = case.meeting()
    case.drop_if(now["state"] != "scheduled", "it does not take place")
    case.drop_if(now["starts_at"] != case.about["starts_at"], "it was moved again")
    met = meeting_of(case.about)
    case.drop_if(met.ends_at <= case.now, "it has passed")
    return Body(
        subject=case.say(f"{kind}.subject", day=case.day(met.starts_at)),
        lead=(lead,),
        card=case.time_card(
            f"{kind}.title",
            met,
            case.go("meeting.action", _page(case)),
            case.go("meeting.move", f"{_page(case)}/move", "bare"),
        ),
        then=(case.say("meeting.feed"),),
        links=(case.go("meeting.calendar", "/calendar", "bare"),),
    )


def _did_you_meet(case: Case, kind: str, **params: str) -> tuple[Action, ...]:
    meeting_id, until = case.about["meeting_id"], case.instant("ends_at") + timedelta(days=LOG_DAYS)
    return (
        Action(label=case.say(f"{kind}.met"), url=case.link("met", meeting_id, until, **params)),
        Action(
            label=case.say(f"{kind}.not-met"),
            url=case.link("not-met", meeting_id, until, **params),
            kind="quiet",
        ),
    )


def _page(case: Case) -> str:
    return f"/meetings/{case.about['meeting_id']}"


def _propose(case: Case) -> str:
    return f"/pairs/{case.about['pair_id']}/propose"
