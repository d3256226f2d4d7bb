"""What feedback tells: check-ins, help, risks, figures."""

from chassis.events import EventType
from contracts import examples
from contracts.shapes import CheckInState, FiguresState, HelpState, NudgeState, RiskState

FEEDBACK_DUE = EventType(
    name="feedback-due",
    sender="feedback",
    aggregate="check-in",
    meaning="A check-in falls due.",
    schema=CheckInState(),
    example=examples.check_in,
    listeners=("gateway",),
    rooms=("member:{member_id}",),
)
FEEDBACK_GIVEN = EventType(
    name="feedback-given",
    sender="feedback",
    aggregate="check-in",
    meaning="A check-in was answered.",
    schema=CheckInState(),
    example={**examples.check_in, "answered_at": "2026-05-16T09:00:00.000Z"},
    listeners=("gateway",),
    rooms=(
        "member:{member_id}",
        "cohort:{cohort_id}",
    ),
)
HELP_ASKED = EventType(
    name="help-asked",
    sender="feedback",
    aggregate="help",
    meaning="Somebody asks the coordinators for help.",
    schema=HelpState(),
    example=examples.asked_help,
    listeners=("gateway",),
    rooms=(
        "cohort:{cohort_id}",
        "member:{member_id}",
    ),
)
HELP_CLOSED = EventType(
    name="help-closed",
    sender="feedback",
    aggregate="help",
    meaning="A coordinator has seen to it.",
    schema=HelpState(),
    example={**examples.asked_help, "state": "closed"},
    listeners=("gateway",),
    rooms=(
        "cohort:{cohort_id}",
        "member:{member_id}",
    ),
)
PAIR_AT_RISK = EventType(
    name="pair-at-risk",
    sender="feedback",
    aggregate="risk",
    meaning="A pair has been quiet for one and a half times its rhythm; both are asked.",
    schema=RiskState(),
    example=examples.risk,
    listeners=("gateway",),
    rooms=("cohort:{cohort_id}",),
    compacted=False,
)
PAIR_NUDGED = EventType(
    name="pair-nudged",
    sender="feedback",
    aggregate="nudge",
    meaning="A coordinator asks the two of a pair how it goes; each gets a mail.",
    schema=NudgeState(),
    example=examples.nudge,
    listeners=("gateway",),
    rooms=("cohort:{cohort_id}",),
    compacted=False,
)
FIGURES_CHANGED = EventType(
    name="figures-changed",
    sender="feedback",
    aggregate="figures",
    meaning="The dashboard of a cohort has new figures.",
    schema=FiguresState(),
    example=examples.figures,
    listeners=("gateway",),
    rooms=("cohort:{cohort_id}",),
    compacted=False,
)
EVENTS = (
    FEEDBACK_DUE,
    FEEDBACK_GIVEN,
    HELP_ASKED,
    HELP_CLOSED,
    PAIR_AT_RISK,
    PAIR_NUDGED,
    FIGURES_CHANGED,
)
