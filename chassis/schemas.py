"""The fields that bodies and events are made of. Every fault is a code (plus values), never a
sentence: the client says it in the reader's language.

Times are text on the wire (`chassis.clock.to_text`), aware datetimes behind it. marshmallow 4 alone
would take 1.7 for a whole number and a naive time for a time; these do not.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from chassis.clock import from_text, to_text
from chassis.zones import is_zone

LONG = 10_000
"""Most characters of a text that a person writes at length."""


class Body(Schema):
    """A JSON object; unknown fields are a fault."""

    class Meta:
        """What marshmallow asks for."""

        unknown = RAISE
        datetimeformat = "iso"

    error_messages = {"unknown": "unknown", "type": "not-an-object"}


_Words = dict[str, Any]
_WORDS: _Words = {"required": "required", "null": "required", "validator_failed": "invalid"}


_BREAKS = frozenset("\n\r\t")
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They let what follows be read in another order than it is written (Unicode TR 36, 2.5)."""

_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}


def is_readable(text: str) -> bool:
    """Whether a text holds only what is seen as it is written: no control characters but line
    breaks, no halves of characters, nothing that turns the order of reading.
    """
    if text.isprintable():
        return True
    return not any(
        c in _TURNS or (unicodedata.category(c) in {"Cc", "Cs"} and c not in _BREAKS) for c in text
    )


def has_sight(text: str) -> bool:
    """Whether there is anything to see: a name of zero-width characters is none."""
    return any(unicodedata.category(c) not in _UNSEEN for c in text)


class Text(fields.String):
    """Text of `least` to `most` characters, readable as it is written; trimmed. What has to be
    there has to be seen.
    """

    default_error_messages: _Words = {**_WORDS, "invalid": "not-text", "invalid_utf8": "not-text"}

    def __init__(self, *, least: int = 1, most: int = 200, **more: Any) -> None:
        """Lengths in characters."""
        error = "too-short" if least > 1 else "required"
        rules = [
            validate.Length(min=least, error=error),
            validate.Length(max=most, error=f"too-long:{most}"),
        ]
        super().__init__(validate=rules, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if not is_readable(text):
            raise ValidationError("control-characters")
        return text if has_sight(text) else ""


class Choice(fields.String):
    """One of the given words."""

    default_error_messages: _Words = {**_WORDS, "invalid": "not-text"}

    def __init__(self, choices: Sequence[str], **more: Any) -> None:
        """Take the allowed words."""
        super().__init__(validate=validate.OneOf(choices, error="not-a-choice"), **more)


class Whole(fields.Integer):
    """A whole number; 1.7 and true are faults."""

    default_error_messages = {
        **_WORDS,
        "invalid": "not-a-whole-number",
        "too_large": "not-a-whole-number",
    }

    def __init__(self, *, least: int | None = None, most: int | None = None, **more: Any) -> None:
        """Take inclusive bounds."""
        super().__init__(
            strict=True,
            validate=validate.Range(min=least, max=most, error=f"out-of-range:{least}:{most}"),
            **more,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool | str):
            raise ValidationError("not-a-whole-number")
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(fields.Boolean):
    """True or false, nothing that looks like it."""

    default_error_messages: _Words = {**_WORDS, "invalid": "not-a-flag"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("not-a-flag")
        return value


class Instant(fields.Field[datetime]):
    """A moment: `2026-05-14T18:00:00.000Z` (any offset is taken, UTC is given)."""

    default_error_messages: _Words = _WORDS

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return to_text(value) if isinstance(value, datetime) else value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            moment = from_text(value)
        except (TypeError, ValueError):
            raise ValidationError("not-a-moment") from None
        if moment.tzinfo is None or not 1970 < moment.year < 3000:
            raise ValidationError("not-a-moment")
        return from_text(to_text(moment))


class Day(fields.Field[date]):
    """A local day: `2026-05-14`."""

    default_error_messages: _Words = _WORDS

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            day = date.fromisoformat(value) if len(value) == 10 and value[4] == "-" else None
        except (TypeError, ValueError):
            day = None
        if day is None or not 1970 < day.year < 3000:
            raise ValidationError("not-a-day")
        return day


class Zone(fields.String):
    """An IANA time zone."""

    default_error_messages: _Words = {**_WORDS, "invalid": "not-a-zone"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name: str = super()._deserialize(value, attr, data, **kwargs)
        if not is_zone(name):
            raise ValidationError("not-a-zone")
        return name


class Address(fields.Email):
    """A mail address, in lower case: whoever writes it otherwise is the same person."""

    default_error_messages: _Words = {**_WORDS, "invalid": "not-an-address"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str):
            value = value.strip().lower()
        if isinstance(value, str) and (len(value) > 254 or not value.isprintable()):
            raise ValidationError("not-an-address")
        return str(super()._deserialize(value, attr, data, **kwargs))


class Id(fields.UUID):
    """An id, as text."""

    default_error_messages: _Words = {**_WORDS, "invalid_uuid": "not-an-id"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return str(super()._deserialize(value, attr, data, **kwargs))


class Many(fields.List[Any]):
    """A list of at most `most`."""

    default_error_messages: _Words = {**_WORDS, "invalid": "not-a-list"}

    def __init__(self, inner: Any, *, least: int = 0, most: int = 200, **more: Any) -> None:
        """Take inclusive bounds of the length."""
        rules = [
            validate.Length(min=least, error="too-few"),
            validate.Length(max=most, error=f"too-many:{most}"),
        ]
        super().__init__(inner, validate=rules, **more)


class Part(fields.Nested):
    """An object inside an object."""

    default_error_messages: _Words = {**_WORDS, "type": "not-an-object", "invalid": "not-an-object"}
