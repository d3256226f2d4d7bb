"""What scheduling tells: times, meetings, logs."""

from chassis.events import EventType
from contracts import examples
from contracts.shapes import MeetingState

TIMES_PROPOSED = EventType(
    name="times-proposed",
    sender="scheduling",
    aggregate="meeting",
    meaning="One of a pair offers up to three times.",
    schema=MeetingState(),
    example={
        **examples.meeting,
        "state": "proposed",
        "starts_at": None,
        "ends_at": None,
        "hold_until": "2026-05-02T18:00:00.000Z",
    },
    listeners=(
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
MEETING_SCHEDULED = EventType(
    name="meeting-scheduled",
    sender="scheduling",
    aggregate="meeting",
    meaning="The other confirmed one of the times.",
    schema=MeetingState(),
    example=examples.meeting,
    listeners=(
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
MEETING_MOVED = EventType(
    name="meeting-moved",
    sender="scheduling",
    aggregate="meeting",
    meaning="A meeting has another time.",
    schema=MeetingState(),
    example=examples.meeting,
    listeners=(
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
MEETING_CHANGED = EventType(
    name="meeting-changed",
    sender="scheduling",
    aggregate="meeting",
    meaning="Its agenda, place or way changed.",
    schema=MeetingState(),
    example=examples.meeting,
    listeners=(
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
MEETING_CANCELLED = EventType(
    name="meeting-cancelled",
    sender="scheduling",
    aggregate="meeting",
    meaning="A meeting or an offer of times was called off.",
    schema=MeetingState(),
    example={**examples.meeting, "state": "cancelled", "cancelled_by": "mentee"},
    listeners=(
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
TIMES_LAPSED = EventType(
    name="times-lapsed",
    sender="scheduling",
    aggregate="meeting",
    meaning="No time was confirmed before the last of them passed.",
    schema=MeetingState(),
    example={**examples.meeting, "state": "lapsed", "starts_at": None, "ends_at": None},
    listeners=(
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
LOG_DUE = EventType(
    name="log-due",
    sender="scheduling",
    aggregate="meeting",
    meaning="The time of a meeting has passed: did you meet?",
    schema=MeetingState(),
    example=examples.meeting,
    listeners=(
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
MEETING_LOGGED = EventType(
    name="meeting-logged",
    sender="scheduling",
    aggregate="meeting",
    meaning="One of the two said whether they met, or wrote the log.",
    schema=MeetingState(),
    example={
        **examples.meeting,
        "state": "held",
        "met": {"mentee": True},
        "held_minutes": 50,
        "topics": ["strategic-thinking"],
    },
    listeners=(
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
LOG_DISPUTED = EventType(
    name="log-disputed",
    sender="scheduling",
    aggregate="meeting",
    meaning="One said they met, the other that they did not: both are asked once.",
    schema=MeetingState(),
    example={**examples.meeting, "met": {"mentee": True, "mentor": False}},
    listeners=(
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{mentor_id}",
        "member:{mentee_id}",
        "cohort:{cohort_id}",
    ),
)
EVENTS = (
    TIMES_PROPOSED,
    MEETING_SCHEDULED,
    MEETING_MOVED,
    MEETING_CHANGED,
    MEETING_CANCELLED,
    TIMES_LAPSED,
    LOG_DUE,
    MEETING_LOGGED,
    LOG_DISPUTED,
)
