"""Mails of feedback: check-ins to one, requests for help to the coordinators."""

from datetime import timedelta

from gateway.config import CHECK_IN_DAYS
from gateway.letters.case import Case
from gateway.letters.letter import Action, Body, Card


def check_in(case: Case) -> Body:
    """One question, five answers, one tap."""
    case.drop_if(case.check_in()["answered_at"] is not None, "it is answered")
    id, until = case.about["check_in_id"], case.instant("due_at") + timedelta(days=CHECK_IN_DAYS)
    case.drop_if(case.now >= until, "the time to answer is over")
    first = [case.say("feedback-due.first")] if case.about["occasion"] == "first" else []
    return Body(
        subject=case.say("feedback-due.subject"),
        lead=(" ".join([*first, case.say("feedback-due.lead")]),),
        card=Card(
            actions=tuple(
                Action(
                    label=case.say(f"feedback-due.{useful}"),
                    url=case.link("check-in", id, until, useful=useful),
                    kind="quiet",
                )
                for useful in range(1, 6)
            )
        ),
        then=(case.say("feedback-due.after"),),
        links=(case.go("feedback-due.page", f"/check-ins/{id}", "bare"),),
    )


def help_asked(case: Case) -> Body:
    """To the coordinators: who, never what for."""
    page = f"/coordinate/cohorts/{case.about['cohort_id']}/help"
    return Body(
        subject=case.say("help-asked.subject"),
        lead=(case.say("help-asked.lead"),),
        actions=(case.go("help-asked.action", page),),
    )
