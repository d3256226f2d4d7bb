"""Mails about proposals: asked, reminded, and told kindly when nothing came of it."""

from gateway.letters.case import Case
from gateway.letters.entry import APPLICATION
from gateway.letters.letter import Action, Body, Card


def proposal(case: Case) -> Body:
    """Who, where why is shown, until when; accept and decline by one tap."""
    _must_be_open(case)
    return Body(
        subject=case.say(f"proposal.subject.{case.role}"),
        lead=(case.say(f"proposal.lead.{case.role}"), case.say("proposal.why")),
        card=_question(case),
        then=(case.say("proposal.then"), case.say("proposal.declining")),
    )


def reminder(case: Case) -> Body:
    """Only who has not answered; that the other has accepted is told here, not in a mail more."""
    _must_be_open(case)
    lead = [case.say(f"proposal-reminder.lead.{case.role}")]
    if case.pair()["accepted_by"]:
        lead.append(case.say("proposal-reminder.accepted"))
    return Body(
        subject=case.say("proposal-reminder.subject"),
        lead=(" ".join(lead), case.say("proposal-reminder.last")),
        card=_question(case),
        then=(case.say("proposal.declining"),),
    )


def declined(case: Case) -> Body:
    """The other declined; never why."""
    return _nothing_came_of_it(case, "proposal-declined")


def expired(case: Case) -> Body:
    """The reader accepted, the other was silent."""
    return _nothing_came_of_it(case, "proposal-expired")


def withdrawn(case: Case) -> Body:
    """Somebody took the proposal back."""
    return _nothing_came_of_it(case, "proposal-withdrawn")


def missed(case: Case) -> Body:
    """The reader was silent."""
    return Body(
        subject=case.say("proposal-missed.subject"),
        lead=(
            case.say("proposal-missed.lead"),
            case.say("proposal-missed.news"),
            case.say("proposal.again"),
        ),
        then=(case.say("proposal-missed.rather"),),
        links=(case.go("proposal-missed.action", APPLICATION, "bare"),),
    )


def _question(case: Case) -> Card:
    pair_id = case.about["pair_id"]
    until = case.instant("answer_by")
    return Card(
        title=case.say("proposal.until"),
        big=case.say("time.day", day=case.last_day(until)),
        time=case.deadline(until),
        lines=(case.zone(until),),
        actions=(
            Action(label=case.say("proposal.accept"), url=case.link("accept", pair_id, until)),
            Action(
                label=case.say("proposal.decline"),
                url=case.link("decline", pair_id, until),
                kind="quiet",
            ),
            case.go("proposal.page", f"/proposals/{pair_id}", "bare"),
        ),
    )


def _must_be_open(case: Case) -> None:
    pair = case.pair()
    case.drop_if(pair["state"] != "proposed", "the proposal is over")
    case.drop_if(case.role in pair["accepted_by"], "it is answered")
    case.drop_if(case.now >= case.instant("answer_by"), "the time to answer is over")


def _nothing_came_of_it(case: Case, kind: str) -> Body:
    return Body(
        subject=case.say(f"{kind}.subject"),
        lead=(case.say(f"{kind}.lead"), case.say(f"{kind}.news"), case.say("proposal.again")),
    )
