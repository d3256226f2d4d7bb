"""The bodies that matching takes."""

from marshmallow import fields

from chassis.schemas import LONG, Body, Day, Flag, Id, Many, Text, Whole
from services.matching.config import MOST_CHOSEN


class EmptyBody(Body):
    """No fields."""


class RunBody(Body):
    """`shown`: how many accepted people the screen showed."""

    shown = Whole(required=True, least=0)


class PublicationBody(Body):
    """All drafts, or these rows."""

    all = Flag(load_default=False)
    row_ids = Many(Id(), load_default=list, most=MOST_CHOSEN)


class DeclinationBody(Body):
    """A reason, if one likes."""

    reason = Text(load_default=None, allow_none=True, least=0, most=LONG)


class EndingBody(Body):
    """A kind word to the partner, if one likes."""

    kind_word = Text(load_default=None, allow_none=True, least=0, most=LONG)


class AgreementBody(Body):
    """The sections that are to read otherwise."""

    sections = fields.Dict(keys=Text(most=60), values=Text(least=0, most=LONG), required=True)


class SignatureBody(Body):
    """The version that was read."""

    agreement_version = Whole(required=True, least=0)


class GoalBody(Body):
    """A new goal."""

    text = Text(required=True, most=500)
    plan = Text(load_default="", least=0, most=LONG)
    due_on = Day(load_default=None, allow_none=True)
    shared = Flag(load_default=False)


class GoalChangeBody(Body):
    """What is to be otherwise."""

    text = Text(most=500)
    plan = Text(least=0, most=LONG)
    due_on = Day(allow_none=True)
    progress = Whole(least=0, most=100)
    shared = Flag()
    note = Text(least=0, most=LONG)
