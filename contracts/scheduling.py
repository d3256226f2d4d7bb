"""What scheduling tells: times, meetings, logs."""

from functools import partial

from chassis.events import EventType
from contracts import examples
from contracts.shapes import MeetingState

of_a_meeting = partial(
    EventType,
    sender="scheduling",
    aggregate="meeting",
    schema=MeetingState(),
    listeners=("feedback", "gateway"),
    rooms=("member:{mentor_id}", "member:{mentee_id}", "cohort:{cohort_id}"),
)
TIMES_PROPOSED = of_a_meeting(
    name="times-proposed",
    meaning="One of a pair offers up to three times.",
    example={
        **examples.meeting,
        "state": "proposed",
        "starts_at": None,
        "ends_at": None,
        "hold_until": "2026-05-02T18:00:00.000Z",
    },
)
MEETING_SCHEDULED = of_a_meeting(
    name="meeting-scheduled",
    meaning="The other confirmed one of the times.",
    example=examples.meeting,
)
MEETING_MOVED = of_a_meeting(
    name="meeting-moved",
    meaning="A meeting has another time.",
    example=examples.meeting,
)
MEETING_CHANGED = of_a_meeting(
    name="meeting-changed",
    meaning="Its agenda, place or way changed.",
    example=examples.meeting,
)
MEETING_CANCELLED = of_a_meeting(
    name="meeting-cancelled",
    meaning="A meeting or an offer of times was called off.",
    example={**examples.meeting, "state": "cancelled", "cancelled_by": "mentee"},
)
TIMES_LAPSED = of_a_meeting(
    name="times-lapsed",
    meaning="No time was confirmed before the last of them passed.",
    example={**examples.meeting, "state": "lapsed", "starts_at": None, "ends_at": None},
)
LOG_DUE = of_a_meeting(
    name="log-due",
    meaning="The time of a meeting has passed: did you meet?",
    example=examples.meeting,
)
MEETING_LOGGED = of_a_meeting(
    name="meeting-logged",
    meaning="One of the two said whether they met, or wrote the log.",
    example={
        **examples.meeting,
        "state": "held",
        "met": {"mentee": True},
        "held_minutes": 50,
        "topics": ["strategic-thinking"],
    },
)
LOG_DISPUTED = of_a_meeting(
    name="log-disputed",
    meaning="One said they met, the other that they did not: both are asked once.",
    example={**examples.meeting, "met": {"mentee": True, "mentor": False}},
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
