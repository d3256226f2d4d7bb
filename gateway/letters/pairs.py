"""Mails about pairs: matched, the agreement, quiet, ended."""

from datetime import date

from chassis.clock import from_text
from gateway.letters import moments
from gateway.letters.case import Case
from gateway.letters.letter import Body, Steps


def matched(case: Case) -> Body:
    """Both accepted: what to do first."""
    pair_id = case.about["pair_id"]
    case.drop_if(case.pair()["state"] != "matched", "the pair has ended")
    return Body(
        subject=case.say("pair-matched.subject"),
        lead=(case.say("pair-matched.lead", day=_last_day(case)),),
        steps=Steps(
            title=case.say("pair-matched.steps"),
            items=(
                case.say("pair-matched.agreement"),
                case.say(f"pair-matched.meeting.{case.role}"),
                case.say("pair-matched.calendar"),
            ),
        ),
        actions=(case.go("pair-matched.action", f"/pairs/{pair_id}"),),
        links=(case.go("pair-matched.feed", "/calendar", "bare"),),
    )


def agreement_changed(case: Case) -> Body:
    """Read it again; if the other has signed by now, the mail about that says so."""
    _must_want_my_name(case)
    case.drop_if(bool(case.pair()["signed_by"]), "the other signed it meanwhile")
    return Body(
        subject=case.say("agreement-changed.subject"),
        lead=(case.say("agreement-changed.lead"),),
        actions=(case.go("agreement-changed.action", _agreement(case)),),
    )


def agreement_signed(case: Case) -> Body:
    """The other signed; the reader has not."""
    _must_want_my_name(case)
    return Body(
        subject=case.say("agreement-signed.subject"),
        lead=(case.say("agreement-signed.lead"), case.say("agreement-signed.change")),
        actions=(case.go("agreement-signed.action", _agreement(case)),),
    )


def at_risk(case: Case) -> Body:
    """Quiet for a while: ask gently, and say that ending is no fault."""
    pair_id = case.about["pair_id"]
    case.drop_if(case.pair().get("state", "matched") != "matched", "the pair has ended")
    case.drop_if(any(_is_ahead(case, m) for m in case.meetings_of_pair()), "they meet")
    return Body(
        subject=case.say("pair-at-risk.subject"),
        lead=(
            case.say("pair-at-risk.lead", day=case.day(case.instant("quiet_since"))),
            case.say("pair-at-risk.next"),
        ),
        actions=(case.go("pair-at-risk.action", f"/pairs/{pair_id}/propose"),),
        then=(case.say("pair-at-risk.after"),),
        links=(case.go("pair-at-risk.end", f"/pairs/{pair_id}/end", "bare"),),
    )


def nudged(case: Case) -> Body:
    """A coordinator asks both how it goes."""
    pair_id, last = case.about["pair_id"], case.about["last_held_at"]
    case.drop_if(case.pair().get("state", "matched") != "matched", "the pair has ended")
    met = (
        case.say("pair-nudged.last", day=case.day(from_text(last)))
        if last
        else case.say("pair-nudged.never")
    )
    return Body(
        subject=case.say("pair-nudged.subject"),
        lead=(case.say("pair-nudged.lead"), met),
        actions=(case.go("pair-nudged.action", f"/pairs/{pair_id}/propose"),),
        then=(case.say("pair-at-risk.after"),),
        links=(
            case.go("pair-nudged.help", f"/pairs/{pair_id}", "bare"),
            case.go("pair-at-risk.end", f"/pairs/{pair_id}/end", "bare"),
        ),
    )


def ended(case: Case) -> Body:
    """Told kindly, without a reason: there is none to be given."""
    by = case.about["ended_by"]
    key = {"coordinator": "coordinator", "withdrawal": "left"}.get(by, "news")
    lead = [
        case.say("pair-ended.lead"),
        f"{case.say(f'pair-ended.{key}')} {case.say('pair-ended.meetings')}",
    ]
    if by in ("mentor", "mentee"):
        lead.append(case.say("pair-ended.word"))
    if _cohort_goes_on(case):
        lead.append(case.say("pair-ended.again"))
    return Body(
        subject=case.say("pair-ended.subject"),
        lead=tuple(lead),
        links=(case.go("pair-ended.action", f"/pairs/{case.about['pair_id']}", "bare"),),
    )


def completed(case: Case) -> Body:
    """The term is over: thanks."""
    return Body(
        subject=case.say("pair-completed.subject"),
        lead=(
            case.say("pair-completed.lead", day=_last_day(case)),
            case.say("pair-completed.stays"),
        ),
        links=(case.go("pair-ended.action", f"/pairs/{case.about['pair_id']}", "bare"),),
    )


def _agreement(case: Case) -> str:
    return f"/pairs/{case.about['pair_id']}/agreement"


def _must_want_my_name(case: Case) -> None:
    pair = case.pair()
    case.drop_if(pair["state"] != "matched", "the pair has ended")
    case.drop_if(pair["agreement_version"] != case.about["agreement_version"], "it changed again")
    case.drop_if(case.role in pair["signed_by"], "it is signed")


def _is_ahead(case: Case, meeting: dict[str, object]) -> bool:
    starts_at = meeting["starts_at"]
    return meeting["state"] == "scheduled" and from_text(str(starts_at)) > case.now


def _last_day(case: Case) -> str:
    return case.day(date.fromisoformat(case.about["ends_on"]))


def _cohort_goes_on(case: Case) -> bool:
    if case.cohort is None:
        return False
    return case.date_of("ends_on") > moments.local(case.now, case.cohort["zone"]).date()
