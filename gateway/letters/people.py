"""People as mails name them: by names that somebody typed, so they are cleaned first."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 60
_JOINERS = "\u200c\u200d"
"""Format characters that some scripts cannot be written without."""
_FIRST_STRONG, _POP = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is named in a mail."""

    given: str
    full: str
    city: str
    zone: str

    @classmethod
    def of(cls, member: Mapping[str, Any]) -> "Person":
        """The person of a member's copy."""
        given = clean(member["given_name"])
        full = clean(f"{member['given_name']} {member['family_name']}")
        return cls(given=given, full=full, city=clean(member["city"]), zone=member["zone"])

    @property
    def with_city(self) -> str:
        """`Ruth Abernathy (Halifax)`."""
        return f"{self.full} ({self.city})" if self.city else self.full


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """One line without control and direction characters, cut with an ellipsis.

    What is written from right to left is isolated (Unicode UAX 9), so that it does not turn the
    words around it.
    """
    line = " ".join(_plain(text).split())
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in line):
        line = f"{_FIRST_STRONG}{line}{_POP}"
    return line


def paragraphs(text: str) -> tuple[str, ...]:
    """What a coordinator wrote, by paragraphs, without control and direction characters."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = ("\n".join(" ".join(_plain(line).split()) for line in b.split("\n")) for b in blocks)
    return tuple(block.strip() for block in lines if block.strip())


def capital(text: str) -> str:
    """The text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def _plain(text: str) -> str:
    return "".join(c if _is_plain(c) else " " for c in text if not _is_format(c))


def _is_format(c: str) -> bool:
    return unicodedata.category(c) == "Cf" and c not in _JOINERS


def _is_plain(c: str) -> bool:
    return unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp")
