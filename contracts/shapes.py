"""The shapes that several events share. Times are text (`2026-05-14T18:00:00.000Z`), days are
`2026-05-14`.
"""

from marshmallow import INCLUDE, Schema, fields

from chassis.schemas import Address, Choice, Day, Id, Instant, Many, Part, Text, Whole, Zone

LANGUAGES = ("en", "fr")
ROLES = ("mentor", "mentee")
WAYS = ("in_person", "video", "phone")
CRITERIA = ("topics", "times", "career_stage", "field", "language", "way", "wishes")
"""The criteria that every preset has and a cohort may weigh otherwise, by id."""


class State(Schema):
    """A public state; a listener takes fields that it does not know yet."""

    class Meta:
        """What marshmallow asks for."""

        unknown = INCLUDE

    association_id = Id(required=True)


class Wish(Schema):
    """A topic with a weight (mentee, 1-3, best first) or a level (mentor, 1-3)."""

    id = Text(required=True, most=60)
    strength = Whole(required=True, least=1, most=3)


class Window(Schema):
    """A stretch of a week on the person's own clock; `end` may be 24:00."""

    weekday = Whole(required=True, least=0, most=6)
    start = Text(required=True, most=5)
    end = Text(required=True, most=5)


class Stream(Schema):
    """One of the tracks a program offers."""

    id = Id(required=True)
    name = Text(required=True)


class AssociationState(State):
    """An association as others know it."""

    name = Text(required=True)
    address = Text(required=True, most=40)
    zone = Zone(required=True)
    languages = Many(Choice(LANGUAGES), required=True)


class MemberState(State):
    """A member: the only event with names and mail addresses."""

    member_id = Id(required=True)
    given_name = Text(required=True)
    family_name = Text(required=True)
    address = Address(required=True)
    language = Choice(LANGUAGES, required=True)
    zone = Zone(required=True)
    city = Text(required=True, least=0)
    roles = Many(Choice(("participant", "coordinator", "admin")), required=True)


class CohortState(State):
    """A cohort with everything others need to run it; days are local days of `zone`."""

    cohort_id = Id(required=True)
    program_id = Id(required=True)
    program_name = Text(required=True)
    name = Text(required=True)
    zone = Zone(required=True)
    coordinator_ids = Many(Id(), required=True)
    streams = Many(Part(Stream), required=True)
    apply_from = Day(required=True)
    apply_until = Day(required=True)
    match_on = Day(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    meeting_rhythm_days = Whole(required=True, least=7, most=92)
    check_in_rhythm_days = Whole(required=True, least=7, most=184)
    answer_days = Whole(required=True, least=1, most=60)
    match_again_days = Whole(least=0, most=92)
    meeting_minutes = Whole(required=True, least=15, most=480)
    agreement_template = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    agreement_language = Choice(LANGUAGES)
    agreement_translations = fields.Dict(
        keys=Choice(LANGUAGES), values=fields.Dict(keys=fields.String(), values=fields.String())
    )
    criteria = fields.Dict(required=True)


class ApplicationState(State):
    """An application with the fields that criteria and insights use; no free text."""

    application_id = Id(required=True)
    cohort_id = Id(required=True)
    member_id = Id(required=True)
    role = Choice(ROLES, required=True)
    state = Choice(
        (
            "applied",
            "shortlisted",
            "interviewed",
            "accepted",
            "waitlisted",
            "declined",
            "withdrawn",
        ),
        required=True,
    )
    stream_id = Id(required=True, allow_none=True)
    capacity = Whole(required=True, least=1, most=20)
    topics = Many(Part(Wish), required=True)
    languages = Many(Text(most=20), required=True)
    ways = Many(Choice(WAYS), required=True)
    region = Text(required=True, least=0)
    employer = Text(required=True, least=0)
    field = Text(required=True, least=0)
    seniority = Whole(required=True, allow_none=True, least=0, most=10)
    wishes = Many(Text(most=60), required=True)
    excluded_member_ids = Many(Id(), required=True)
    zone = Zone(required=True)
    availability = Many(Part(Window), required=True)
    applied_at = Instant(required=True)


class MailState(State):
    """A mail that somebody asked for; goes to one member, made once."""

    member_id = Id(required=True)
    cohort_id = Id(required=True, allow_none=True)
    kind = Choice(("invitation", "accepted", "waitlisted", "declined"), required=True)
    role = Choice(ROLES, required=True, allow_none=True)
    words = Text(required=True, least=0, most=4000)


class ImportState(State):
    """How far an import is."""

    import_id = Id(required=True)
    cohort_id = Id(required=True)
    state = Choice(
        ("reading", "mapping", "checking", "checked", "applying", "done", "failed"), required=True
    )
    total = Whole(required=True, least=0)
    done = Whole(required=True, least=0)


class RunState(State):
    """How far a matching run is."""

    run_id = Id(required=True)
    cohort_id = Id(required=True)
    state = Choice(("computing", "ready", "publishing", "published", "failed"), required=True)
    number = Whole(required=True, least=1)
    proposals = Whole(required=True, least=0)
    unmatched = Whole(required=True, least=0)


class PairState(State):
    """A pair from its proposal to its end. `accepted_by`, `signed_by`: roles."""

    pair_id = Id(required=True)
    cohort_id = Id(required=True)
    mentor_id = Id(required=True)
    mentee_id = Id(required=True)
    mentor_application_id = Id(required=True)
    mentee_application_id = Id(required=True)
    state = Choice(
        ("proposed", "declined", "expired", "withdrawn", "matched", "ended"), required=True
    )
    score = Whole(required=True, least=0, allow_none=True)
    proposed_at = Instant(required=True)
    answer_by = Instant(required=True)
    accepted_by = Many(Choice(ROLES), required=True)
    declined_by = Choice(ROLES, required=True, allow_none=True)
    matched_at = Instant(required=True, allow_none=True)
    agreement_version = Whole(required=True, least=0)
    signed_by = Many(Choice(ROLES), required=True)
    agreed_at = Instant(required=True, allow_none=True)
    ends_on = Day(required=True)
    ended_at = Instant(required=True, allow_none=True)
    ended_by = Choice((*ROLES, "term", "coordinator", "withdrawal"), required=True, allow_none=True)


class GoalState(State):
    """That a goal changed; its words stay in matching. `seen_by`: member ids who may see it."""

    goal_id = Id(required=True)
    pair_id = Id(required=True)
    cohort_id = Id(required=True)
    owner_id = Id(required=True)
    partner_id = Id(required=True)
    progress = Whole(required=True, least=0, most=100)


class MeetingState(State):
    """A meeting of a pair. `proposed`: starts offered, held free until `hold_until`; `replaces`,
    `replaced_by`: the offer that this one answers, or is answered by, with other times; `met`: what
    each role said; `held_minutes`: how long it was; topics: ids of both logs.
    """

    meeting_id = Id(required=True)
    pair_id = Id(required=True)
    cohort_id = Id(required=True)
    mentor_id = Id(required=True)
    mentee_id = Id(required=True)
    state = Choice(
        ("proposed", "scheduled", "held", "missed", "cancelled", "lapsed"), required=True
    )
    proposed_by = Choice(ROLES, required=True)
    proposed = Many(Instant(), required=True, most=3)
    hold_until = Instant(required=True, allow_none=True)
    replaces = Id(required=True, allow_none=True)
    replaced_by = Id(required=True, allow_none=True)
    starts_at = Instant(required=True, allow_none=True)
    ends_at = Instant(required=True, allow_none=True)
    minutes = Whole(required=True, least=15, most=480)
    way = Choice(WAYS, required=True)
    cancelled_by = Choice((*ROLES, "end"), required=True, allow_none=True)
    met = fields.Dict(keys=Choice(ROLES), values=fields.Boolean(), required=True)
    held_minutes = Whole(required=True, allow_none=True, least=1, most=720)
    topics = Many(Text(most=60), required=True)


class CheckInState(State):
    """A check-in; its answers stay in feedback."""

    check_in_id = Id(required=True)
    pair_id = Id(required=True)
    cohort_id = Id(required=True)
    member_id = Id(required=True)
    partner_id = Id(required=True)
    role = Choice(ROLES, required=True)
    occasion = Text(required=True, most=40)
    due_at = Instant(required=True)
    answered_at = Instant(required=True, allow_none=True)


class HelpState(State):
    """That somebody asks for help; what for stays in feedback."""

    help_id = Id(required=True)
    cohort_id = Id(required=True)
    pair_id = Id(required=True)
    member_id = Id(required=True)
    coordinator_ids = Many(Id(), required=True)
    state = Choice(("open", "closed"), required=True)


class RiskState(State):
    """That a pair is quiet: no meeting held or planned for one and a half times the rhythm."""

    pair_id = Id(required=True)
    cohort_id = Id(required=True)
    mentor_id = Id(required=True)
    mentee_id = Id(required=True)
    quiet_since = Instant(required=True)


class NudgeState(State):
    """That a coordinator asks the two of a pair how it goes."""

    pair_id = Id(required=True)
    cohort_id = Id(required=True)
    mentor_id = Id(required=True)
    mentee_id = Id(required=True)
    nudged_at = Instant(required=True)
    last_held_at = Instant(required=True, allow_none=True)


class FiguresState(State):
    """That the dashboard of a cohort has new figures."""

    cohort_id = Id(required=True)
    counted_at = Instant(required=True)
