"""The bodies that profiles takes; every fault is named at once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.schemas import (
    LONG,
    Address,
    Body,
    Choice,
    Day,
    Flag,
    Id,
    Many,
    Part,
    Text,
    Whole,
    Zone,
)
from contracts.shapes import CRITERIA, LANGUAGES, ROLES, WAYS
from services.profiles.columns import FIELDS
from services.profiles.config import LARGEST_BULK, MOST_POINTS, MOST_WINDOWS
from services.profiles.content import MOTIVES, PRESETS, SECTIONS, TOPICS
from services.profiles.model.application import STATES
from services.profiles.model.cohort import DAYS, day_faults


class EmptyBody(Body):
    """Nothing to say."""


class FoundingBody(Body):
    """An association and its first member."""

    name = Text(required=True)
    address = fields.String(
        required=True,
        validate=validate.Regexp(
            r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z", error="not-a-short-address"
        ),
    )
    zone = Zone(required=True)
    language = Choice(LANGUAGES, required=True)
    given_name = Text(required=True)
    family_name = Text(required=True)
    mail_address = Address(required=True)


class AssociationBody(Body):
    """What an admin changes."""

    name = Text()
    zone = Zone()
    languages = Many(Choice(LANGUAGES), least=1)


class MemberBody(Body):
    """What a member changes of the own profile."""

    given_name = Text()
    family_name = Text()
    language = Choice(LANGUAGES)
    zone = Zone()
    city = Text(least=0)


class AddressBody(Body):
    """The mail address that a member has proved to be theirs."""

    address = Address(required=True)


class OutcomeBody(Body):
    """A wanted outcome."""

    text = Text(required=True, most=500)
    measure = Text(load_default="", least=0, most=500)
    due_on = Day(load_default=None, allow_none=True)


class StreamBody(Body):
    """A stream; without an id it is new."""

    id = Id(load_default=None)
    name = Text(required=True)
    for_whom = Text(load_default="", least=0, most=500)


class ProgramBody(Body):
    """A program, whole."""

    name = Text(required=True)
    purpose = Text(required=True, most=LONG)
    outcomes = Many(Part(OutcomeBody), load_default=list, most=50)
    principles = Text(load_default="", least=0, most=LONG)
    streams = Many(Part(StreamBody), load_default=list, most=20)


class CriteriaBody(Body):
    """A preset by name, and the most points of criteria that differ from it."""

    preset = Choice(PRESETS, load_default="balanced")
    changes = fields.Dict(
        keys=Choice((*CRITERIA, "minimum")),
        values=Whole(least=0, most=10_000),
        load_default=dict,
    )

    @validates_schema(skip_on_field_errors=True)
    def check_sum(self, data: Mapping[str, Any], **_: Any) -> None:
        """All criteria together have to fit what matching counts in."""
        points = sum(most for name, most in data["changes"].items() if name != "minimum")
        if points > MOST_POINTS:
            raise ValidationError({"changes": [f"too-many-points:{MOST_POINTS}"]})


class CohortBody(Body):
    """A cohort, whole; coordinators, criteria and sections of the agreement may be left out."""

    program_id = Id(required=True)
    name = Text(required=True)
    zone = Zone(required=True)
    coordinator_ids = Many(Id(), load_default=None, allow_none=True, most=20)
    apply_from = Day(required=True)
    apply_until = Day(required=True)
    match_on = Day(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    meeting_rhythm_days = Whole(load_default=30, least=7, most=92)
    check_in_rhythm_days = Whole(load_default=30, least=7, most=184)
    answer_days = Whole(load_default=7, least=1, most=60)
    match_again_days = Whole(load_default=7, least=0, most=92)
    meeting_minutes = Whole(load_default=45, least=15, most=480)
    agreement_template = fields.Dict(
        keys=Choice(SECTIONS), values=Text(most=4000), load_default=dict
    )
    agreement_translations = fields.Dict(
        keys=Choice(LANGUAGES),
        values=fields.Dict(keys=Choice(SECTIONS), values=Text(least=0, most=4000)),
        load_default=dict,
    )
    criteria_preset = Choice(PRESETS, load_default=None, allow_none=True)
    criteria = Part(CriteriaBody, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=False)
    def check_days(self, data: Mapping[str, Any], **_: Any) -> None:
        """Name days that are out of order beside all other faults."""
        days = {name: data[name] for name in DAYS if isinstance(data.get(name), date)}
        faults = day_faults(days)
        if faults:
            raise ValidationError({fault.field: [fault.code] for fault in faults})


class ApplyBody(Body):
    """In which cohort, and as what."""

    cohort_id = Id(required=True)
    role = Choice(ROLES, required=True)


class WishBody(Body):
    """A topic with a weight or level."""

    id = Choice(tuple(TOPICS), required=True)
    strength = Whole(required=True, least=1, most=3)


class WindowBody(Body):
    """A stretch of a week."""

    weekday = Whole(required=True, least=0, most=6)
    start = Text(required=True, most=5)
    end = Text(required=True, most=5)


class AnswersBody(Body):
    """Any of the answers of an application."""

    stream_id = Id(allow_none=True)
    motives = Many(Choice(MOTIVES), most=5)
    hopes = Text(least=0, most=LONG)
    offers = Text(least=0, most=LONG)
    topics = Many(Part(WishBody), most=20)
    languages = Many(Text(most=20), most=20)
    ways = Many(Choice(WAYS), most=3)
    region = Text(least=0)
    employer = Text(least=0)
    field = Text(least=0)
    seniority = Whole(allow_none=True, least=0, most=10)
    wishes = Many(Text(most=60), most=20)
    excluded_member_ids = Many(Id(), most=50)
    capacity = Whole(least=1, most=20)
    zone = Zone()
    availability = Many(Part(WindowBody), most=MOST_WINDOWS)
    step = Text(least=0, most=60)


class ListBody(Body):
    """The applications that a list shows which is filtered like this."""

    state = Choice(STATES, load_default=None, allow_none=True)
    role = Choice(ROLES, load_default=None, allow_none=True)
    q = Text(load_default="", least=0)


class DecisionBody(Body):
    """What is decided on whom: applications one by one, or all of a list."""

    cohort_id = Id(required=True)
    application_ids = Many(Id(), load_default=None, least=1, most=LARGEST_BULK)
    all_of = Part(ListBody, load_default=None)
    decision = Choice(STATES, required=True)
    mail = Flag(load_default=False)
    words = Text(load_default="", least=0, most=4000)

    @validates_schema(skip_on_field_errors=True)
    def check_whom(self, data: Mapping[str, Any], **_: Any) -> None:
        """Somebody has to be named, in one way."""
        named = [data.get(way) is not None for way in ("application_ids", "all_of")]
        if all(named):
            raise ValidationError({"all_of": ["all-or-some"]})
        if not any(named):
            raise ValidationError({"application_ids": ["required"]})


class DefaultsBody(Body):
    """What holds for rows that do not say it."""

    role = Choice(ROLES, load_default=None, allow_none=True)
    language = Choice(LANGUAGES, load_default=None, allow_none=True)
    zone = Zone(load_default=None, allow_none=True)


def _mapping_body() -> type[Body]:
    columns = {name: Text(load_default=None, allow_none=True) for name in FIELDS}
    return type("MappingBody", (Body,), {"__doc__": "Field -> header.", **columns})


class MappingBody(_mapping_body()):  # type: ignore[misc] # made from the list of fields
    """Field -> header of the file, and defaults."""

    defaults = Part(DefaultsBody, load_default=dict)


class ConfirmationBody(Body):
    """Whether those who come in get an invitation, and its words."""

    invite = Flag(load_default=False)
    words = Text(load_default="", least=0, most=4000)
