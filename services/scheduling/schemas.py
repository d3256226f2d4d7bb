"""The bodies that scheduling takes."""

import re
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from chassis.schemas import LONG, Body, Choice, Flag, Id, Instant, Many, Text, Whole
from contracts.shapes import WAYS

_TOPIC = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Quarter(Instant):
    """A moment at a whole quarter hour."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if moment.minute % 15 or moment.second or moment.microsecond:
            raise ValidationError("not-a-quarter-hour")
        return moment


class Minutes(Whole):
    """A length of whole quarter hours, up to eight hours."""

    def __init__(self, **more: Any) -> None:
        """Whole quarter hours."""
        super().__init__(least=15, most=480, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        minutes = super()._deserialize(value, attr, data, **kwargs)
        if minutes % 15:
            raise ValidationError("not-quarter-hours")
        return minutes


class Topic(Text):
    """The id of a topic: it travels in events, so it can be no sentence."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        topic = super()._deserialize(value, attr, data, **kwargs)
        if not _TOPIC.fullmatch(topic):
            raise ValidationError("not-a-topic")
        return topic


class EmptyBody(Body):
    """No fields."""


class MeetingBody(Body):
    """Up to three times to meet."""

    proposed = Many(Quarter(), required=True, least=1, most=3)
    minutes = Minutes(load_default=None, allow_none=True)
    way = Choice(WAYS, required=True)
    place = Text(load_default=None, allow_none=True, least=0, most=500)
    agenda = Many(Text(most=500), load_default=list, most=30)
    replaces = Id(load_default=None, allow_none=True)


class MeetingChangeBody(Body):
    """What is to be otherwise."""

    way = Choice(WAYS)
    place = Text(least=0, most=500, allow_none=True)
    agenda = Many(Text(most=500), most=30)


class ConfirmationBody(Body):
    """The time that suits."""

    starts_at = Quarter(required=True)


class MovingBody(Body):
    """The other time."""

    starts_at = Quarter(required=True)
    minutes = Minutes(load_default=None, allow_none=True)


class LogBody(Body):
    """One's own part of the log; what is left out stays as it was."""

    met = Flag(required=True)
    why = Text(least=0, most=500, allow_none=True)
    minutes = Whole(least=1, most=720, allow_none=True)
    progress = Choice(("good", "some", "stuck"), allow_none=True)
    topics = Many(Topic(most=60), most=20)
    note = Text(least=0, most=LONG, allow_none=True)
    shared = Flag()
    follow_ups = Many(Text(most=500), most=20)
    next_hint = Text(least=0, most=500, allow_none=True)
