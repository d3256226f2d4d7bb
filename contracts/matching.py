"""What matching tells: runs, proposals, pairs, agreements, goals."""

from functools import partial

from chassis.events import EventType
from contracts import examples
from contracts.shapes import GoalState, PairState, RunState

RUN_CHANGED = EventType(
    name="run-changed",
    sender="matching",
    aggregate="run",
    meaning="A matching run has come further.",
    schema=RunState(),
    example=examples.run,
    listeners=("gateway",),
    rooms=("cohort:{cohort_id}",),
    compacted=False,
)
of_a_pair = partial(
    EventType,
    sender="matching",
    aggregate="pair",
    schema=PairState(),
    listeners=("scheduling", "feedback", "gateway"),
    rooms=("member:{mentor_id}", "member:{mentee_id}", "cohort:{cohort_id}"),
)
PROPOSAL_MADE = of_a_pair(
    name="proposal-made",
    meaning="Two are asked whether they want to be a pair.",
    example=examples.pair,
)
PROPOSAL_ACCEPTED = of_a_pair(
    name="proposal-accepted",
    meaning="One of the two accepted, the other has not answered yet.",
    example={**examples.pair, "accepted_by": ["mentee"]},
)
PROPOSAL_REMINDED = of_a_pair(
    name="proposal-reminded",
    meaning="Who has not answered is reminded, once.",
    example=examples.pair,
)
PROPOSAL_DECLINED = of_a_pair(
    name="proposal-declined",
    meaning="One of the two declined.",
    example={**examples.pair, "state": "declined", "declined_by": "mentor"},
)
PROPOSAL_EXPIRED = of_a_pair(
    name="proposal-expired",
    meaning="Nobody or only one answered in time.",
    example={**examples.pair, "state": "expired"},
)
PROPOSAL_WITHDRAWN = of_a_pair(
    name="proposal-withdrawn",
    meaning="The coordinator or a withdrawal took the proposal back.",
    example={**examples.pair, "state": "withdrawn"},
)
PAIR_MATCHED = of_a_pair(
    name="pair-matched",
    meaning="Both accepted: the pair begins.",
    example={
        **examples.pair,
        "matched_at": "2026-02-03T09:00:00.000Z",
        "accepted_by": ["mentee", "mentor"],
        "state": "matched",
    },
)
AGREEMENT_CHANGED = of_a_pair(
    name="agreement-changed",
    meaning="One of the two changed the agreement; both are asked again.",
    example={
        **examples.pair,
        "matched_at": "2026-02-03T09:00:00.000Z",
        "accepted_by": ["mentee", "mentor"],
        "state": "matched",
        "agreement_version": 2,
    },
)
AGREEMENT_SIGNED = of_a_pair(
    name="agreement-signed",
    meaning="One of the two signed the agreement.",
    example={
        **examples.pair,
        "matched_at": "2026-02-03T09:00:00.000Z",
        "accepted_by": ["mentee", "mentor"],
        "state": "matched",
        "agreement_version": 1,
        "signed_by": ["mentee"],
    },
)
PAIR_ENDED = of_a_pair(
    name="pair-ended",
    meaning="The pair ended; no reason needed.",
    example={
        **examples.pair,
        "matched_at": "2026-02-03T09:00:00.000Z",
        "accepted_by": ["mentee", "mentor"],
        "state": "ended",
        "ended_at": "2026-06-01T12:00:00.000Z",
        "ended_by": "mentee",
    },
)
GOAL_CHANGED = EventType(
    name="goal-changed",
    sender="matching",
    aggregate="goal",
    meaning="A goal was written, changed or moved.",
    schema=GoalState(),
    example=examples.goal,
    listeners=("gateway",),
    rooms=(
        "member:{owner_id}",
        "member:{partner_id}",
    ),
)
EVENTS = (
    RUN_CHANGED,
    PROPOSAL_MADE,
    PROPOSAL_ACCEPTED,
    PROPOSAL_REMINDED,
    PROPOSAL_DECLINED,
    PROPOSAL_EXPIRED,
    PROPOSAL_WITHDRAWN,
    PAIR_MATCHED,
    AGREEMENT_CHANGED,
    AGREEMENT_SIGNED,
    PAIR_ENDED,
    GOAL_CHANGED,
)
