"""Made-up people and things that the examples of all events share."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:guildway:example:{name}"))


ASSOCIATION, PROGRAM, COHORT, STREAM = (
    _id(n) for n in ("association", "program", "cohort", "stream")
)
MENTOR, MENTEE, COORDINATOR = (_id(n) for n in ("mentor", "mentee", "coordinator"))
MENTOR_APPLICATION, MENTEE_APPLICATION = _id("mentor application"), _id("mentee application")
PAIR, MEETING, GOAL, CHECK_IN, HELP, RUN, IMPORT, MAIL = (
    _id(n) for n in ("pair", "meeting", "goal", "check-in", "help", "run", "import", "mail")
)

Example = dict[str, Any]

association: Example = {
    "association_id": ASSOCIATION,
    "name": "Librarians Across Canada",
    "address": "librarians",
    "zone": "America/Toronto",
    "languages": ["en", "fr"],
}
member: Example = {
    "association_id": ASSOCIATION,
    "member_id": MENTEE,
    "given_name": "Amara",
    "family_name": "Nwosu",
    "address": "amara.nwosu@example.org",
    "language": "en",
    "zone": "America/Regina",
    "city": "Saskatoon",
    "roles": ["participant"],
}
cohort: Example = {
    "association_id": ASSOCIATION,
    "cohort_id": COHORT,
    "program_id": PROGRAM,
    "program_name": "Librarians who lead",
    "name": "Spring cohort 2026",
    "zone": "America/Toronto",
    "coordinator_ids": [COORDINATOR],
    "streams": [{"id": STREAM, "name": "Leadership"}],
    "apply_from": "2026-01-05",
    "apply_until": "2026-01-30",
    "match_on": "2026-02-02",
    "starts_on": "2026-02-09",
    "ends_on": "2026-07-31",
    "meeting_rhythm_days": 30,
    "check_in_rhythm_days": 30,
    "answer_days": 7,
    "match_again_days": 7,
    "meeting_minutes": 45,
    "agreement_template": {"confidentiality": "What we say stays between us."},
    "agreement_language": "en",
    "agreement_translations": {"fr": {"confidentiality": "Ce que nous disons reste entre nous."}},
    "criteria": {},
}
application: Example = {
    "association_id": ASSOCIATION,
    "application_id": MENTEE_APPLICATION,
    "cohort_id": COHORT,
    "member_id": MENTEE,
    "role": "mentee",
    "state": "accepted",
    "stream_id": STREAM,
    "capacity": 1,
    "topics": [{"id": "strategic-thinking", "strength": 3}, {"id": "team-building", "strength": 2}],
    "languages": ["en", "fr"],
    "ways": ["video", "phone"],
    "region": "SK",
    "employer": "Prairie City Library",
    "field": "public libraries",
    "seniority": 3,
    "wishes": ["outside_my_chapter"],
    "excluded_member_ids": [],
    "zone": "America/Regina",
    "availability": [{"weekday": 1, "start": "12:00", "end": "14:00"}],
    "applied_at": "2026-01-12T15:04:05.000Z",
}
mail: Example = {
    "association_id": ASSOCIATION,
    "member_id": MENTEE,
    "cohort_id": COHORT,
    "kind": "accepted",
    "role": "mentee",
    "words": "We look forward to meeting you.",
}
importing: Example = {
    "association_id": ASSOCIATION,
    "import_id": IMPORT,
    "cohort_id": COHORT,
    "state": "applying",
    "total": 150,
    "done": 75,
}
run: Example = {
    "association_id": ASSOCIATION,
    "run_id": RUN,
    "cohort_id": COHORT,
    "state": "ready",
    "number": 1,
    "proposals": 70,
    "unmatched": 3,
}
pair: Example = {
    "association_id": ASSOCIATION,
    "pair_id": PAIR,
    "cohort_id": COHORT,
    "mentor_id": MENTOR,
    "mentee_id": MENTEE,
    "mentor_application_id": MENTOR_APPLICATION,
    "mentee_application_id": MENTEE_APPLICATION,
    "state": "proposed",
    "score": 8528,
    "proposed_at": "2026-02-02T14:00:00.000Z",
    "answer_by": "2026-02-09T14:00:00.000Z",
    "accepted_by": [],
    "declined_by": None,
    "matched_at": None,
    "agreement_version": 0,
    "signed_by": [],
    "agreed_at": None,
    "ends_on": "2026-07-31",
    "ended_at": None,
    "ended_by": None,
}
goal: Example = {
    "association_id": ASSOCIATION,
    "goal_id": GOAL,
    "pair_id": PAIR,
    "cohort_id": COHORT,
    "owner_id": MENTEE,
    "partner_id": MENTOR,
    "progress": 40,
}
meeting: Example = {
    "association_id": ASSOCIATION,
    "meeting_id": MEETING,
    "pair_id": PAIR,
    "cohort_id": COHORT,
    "mentor_id": MENTOR,
    "mentee_id": MENTEE,
    "state": "scheduled",
    "proposed_by": "mentee",
    "proposed": ["2026-05-14T18:00:00.000Z"],
    "hold_until": None,
    "replaces": None,
    "replaced_by": None,
    "starts_at": "2026-05-14T18:00:00.000Z",
    "ends_at": "2026-05-14T18:45:00.000Z",
    "minutes": 45,
    "way": "video",
    "cancelled_by": None,
    "met": {},
    "held_minutes": None,
    "topics": [],
}
check_in: Example = {
    "association_id": ASSOCIATION,
    "check_in_id": CHECK_IN,
    "pair_id": PAIR,
    "cohort_id": COHORT,
    "member_id": MENTEE,
    "partner_id": MENTOR,
    "role": "mentee",
    "occasion": "first",
    "due_at": "2026-05-15T13:00:00.000Z",
    "answered_at": None,
}
asked_help: Example = {
    "association_id": ASSOCIATION,
    "help_id": HELP,
    "cohort_id": COHORT,
    "pair_id": PAIR,
    "member_id": MENTEE,
    "coordinator_ids": [COORDINATOR],
    "state": "open",
}
risk: Example = {
    "association_id": ASSOCIATION,
    "pair_id": PAIR,
    "cohort_id": COHORT,
    "mentor_id": MENTOR,
    "mentee_id": MENTEE,
    "quiet_since": "2026-04-01T18:45:00.000Z",
}
nudge: Example = {
    "association_id": ASSOCIATION,
    "pair_id": PAIR,
    "cohort_id": COHORT,
    "mentor_id": MENTOR,
    "mentee_id": MENTEE,
    "nudged_at": "2026-05-14T15:00:00.000Z",
    "last_held_at": None,
}
figures: Example = {
    "association_id": ASSOCIATION,
    "cohort_id": COHORT,
    "counted_at": "2026-05-14T19:00:00.000Z",
}
