"""What one of the two says about a meeting: the parts of its log."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from chassis.sealing import Sealed

Progress = Literal["good", "some", "stuck"]
WORDS = ("why", "note", "next_hint")
"""Single texts, sealed."""


@dataclass(kw_only=True)
class Part:
    """One person's part. `is_shared`: the partner may read it; otherwise only that they met."""

    met: bool
    logged_at: datetime
    why: Sealed | None = None
    minutes: int | None = None
    progress: Progress | None = None
    topics: list[str] = field(default_factory=list)
    note: Sealed | None = None
    is_shared: bool = False
    follow_ups: list[Sealed] = field(default_factory=list)
    next_hint: Sealed | None = None


def part_after(old: Part | None, said: dict[str, Any], *, now: datetime) -> Part:
    """The part with what was said now; what was said before and not again stays."""
    before = {f.name: getattr(old, f.name) for f in fields(Part)} if old else {}
    part = Part(**{"logged_at": now, **before, **_sealed(said)})
    return part if part == old else Part(**{**_values(part), "logged_at": now})


def _values(part: Part) -> dict[str, Any]:
    return {f.name: getattr(part, f.name) for f in fields(Part)}


def _sealed(said: dict[str, Any]) -> dict[str, Any]:
    """What a person writes is sealed; everything else is as it is."""
    words: dict[str, Any] = {
        name: Sealed(said[name]) if said[name] else None for name in WORDS if name in said
    }
    if "follow_ups" in said:
        words["follow_ups"] = [Sealed(text) for text in said["follow_ups"]]
    return {**said, **words}
