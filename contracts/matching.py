"""What matching tells: runs, proposals, pairs, agreements, goals."""

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
PROPOSAL_MADE = EventType(
    name="proposal-made",
    sender="matching",
    aggregate="pair",
    meaning="Two are asked whether they want to be a pair.",
    schema=PairState(),
    example=examples.pair,
    listeners=(
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
PROPOSAL_ACCEPTED = EventType(
    name="proposal-accepted",
    sender="matching",
    aggregate="pair",
    meaning="One of the two accepted, the other has not answered yet.",
    schema=PairState(),
    example={**examples.pair, "accepted_by": ["mentee"]},
    listeners=(
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
PROPOSAL_REMINDED = EventType(
    name="proposal-reminded",
    sender="matching",
    aggregate="pair",
    meaning="Who has not answered is reminded, once.",
    schema=PairState(),
    example=examples.pair,
    listeners=(
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
PROPOSAL_DECLINED = EventType(
    name="proposal-declined",
    sender="matching",
    aggregate="pair",
    meaning="One of the two declined.",
    schema=PairState(),
    example={**examples.pair, "state": "declined", "declined_by": "mentor"},
    listeners=(
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
PROPOSAL_EXPIRED = EventType(
    name="proposal-expired",
    sender="matching",
    aggregate="pair",
    meaning="Nobody or only one answered in time.",
    schema=PairState(),
    example={**examples.pair, "state": "expired"},
    listeners=(
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
PROPOSAL_WITHDRAWN = EventType(
    name="proposal-withdrawn",
    sender="matching",
    aggregate="pair",
    meaning="The coordinator or a withdrawal took the proposal back.",
    schema=PairState(),
    example={**examples.pair, "state": "withdrawn"},
    listeners=(
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
PAIR_MATCHED = EventType(
    name="pair-matched",
    sender="matching",
    aggregate="pair",
    meaning="Both accepted: the pair begins.",
    schema=PairState(),
    example={
        **examples.pair,
        "matched_at": "2026-02-03T09:00:00.000Z",
        "accepted_by": ["mentee", "mentor"],
        "state": "matched",
    },
    listeners=(
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
AGREEMENT_CHANGED = EventType(
    name="agreement-changed",
    sender="matching",
    aggregate="pair",
    meaning="One of the two changed the agreement; both are asked again.",
    schema=PairState(),
    example={
        **examples.pair,
        "matched_at": "2026-02-03T09:00:00.000Z",
        "accepted_by": ["mentee", "mentor"],
        "state": "matched",
        "agreement_version": 2,
    },
    listeners=(
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
AGREEMENT_SIGNED = EventType(
    name="agreement-signed",
    sender="matching",
    aggregate="pair",
    meaning="One of the two signed the agreement.",
    schema=PairState(),
    example={
        **examples.pair,
        "matched_at": "2026-02-03T09:00:00.000Z",
        "accepted_by": ["mentee", "mentor"],
        "state": "matched",
        "agreement_version": 1,
        "signed_by": ["mentee"],
    },
    listeners=(
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
PAIR_ENDED = EventType(
    name="pair-ended",
    sender="matching",
    aggregate="pair",
    meaning="The pair ended; no reason needed.",
    schema=PairState(),
    example={
        **examples.pair,
        "matched_at": "2026-02-03T09:00:00.000Z",
        "accepted_by": ["mentee", "mentor"],
        "state": "ended",
        "ended_at": "2026-06-01T12:00:00.000Z",
        "ended_by": "mentee",
    },
    listeners=(
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
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
