"""All events of all senders, and the two pages made from them.

`python -m contracts.catalogue` writes `contracts/asyncapi.yaml` (AsyncAPI 3) and `docs/events.md`.
"""

import json
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from chassis.events import EventType
from contracts import feedback, matching, profiles, scheduling

EVENTS: tuple[EventType, ...] = (
    *profiles.EVENTS,
    *matching.EVENTS,
    *scheduling.EVENTS,
    *feedback.EVENTS,
)
BY_NAME = {kind.name: kind for kind in EVENTS}
ROOT = Path(__file__).resolve().parent.parent


def of(aggregate: str) -> tuple[EventType, ...]:
    """All topics of one aggregate: what a copy of it listens to."""
    return tuple(kind for kind in EVENTS if kind.aggregate == aggregate)


def asyncapi() -> dict[str, Any]:
    """The catalogue as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference)."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Guildway events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in binary mode; the key is the aggregate's id.",
        },
        "defaultContentType": "application/json",
        "channels": {kind.name: _channel(kind) for kind in EVENTS},
        "operations": {f"send-{kind.name}": _operation(kind) for kind in EVENTS},
        "components": {
            "schemas": _schemas(),
            "messages": {kind.name: _message(kind) for kind in EVENTS},
        },
    }


def page() -> str:
    """The catalogue as a Markdown page."""
    lines = [
        "# Events",
        "",
        "Made by `python -m contracts.catalogue`: do not edit. Declared in `contracts/`; what an",
        "event carries is the public state named here, field by field in `contracts/shapes.py`.",
        "",
    ]
    for sender in dict.fromkeys(kind.sender for kind in EVENTS):
        lines += [f"## {sender}", "", "| event | when | state | heard by | told live to |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_row(kind) for kind in EVENTS if kind.sender == sender] + [""]
    return "\n".join(lines)


def files() -> dict[Path, str]:
    """What is generated: path below the root -> text. JSON is YAML, so no YAML writer is needed."""
    return {
        Path("contracts/asyncapi.yaml"): json.dumps(asyncapi(), indent=1, ensure_ascii=False)
        + "\n",
        Path("docs/events.md"): page(),
    }


def _row(kind: EventType) -> str:
    state = type(kind.schema).__name__
    rooms = ", ".join(f"`{room}`" for room in kind.rooms) or "nobody"
    return f"| `{kind.name}` | {kind.meaning} | {state} | {', '.join(kind.listeners)} | {rooms} |"


def _channel(kind: EventType) -> dict[str, Any]:
    return {
        "address": kind.name,
        "description": kind.meaning,
        "messages": {kind.name: {"$ref": f"#/components/messages/{kind.name}"}},
        "x-partitions": kind.partitions,
        "x-compacted": kind.compacted,
        "x-listeners": list(kind.listeners),
        "x-rooms": list(kind.rooms),
    }


def _operation(kind: EventType) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{kind.name}"},
        "x-sender": kind.sender,
    }


def _message(kind: EventType) -> dict[str, Any]:
    return {
        "name": kind.name,
        "payload": {"$ref": f"#/components/schemas/{type(kind.schema).__name__}"},
        "examples": [{"payload": dict(kind.example)}],
    }


def _schemas() -> dict[str, Any]:
    spec = APISpec("events", "1", "3.1.0", plugins=[MarshmallowPlugin(schema_name_resolver=_name)])
    for schema in {type(kind.schema).__name__: kind.schema for kind in EVENTS}.values():
        spec.components.schema(_name(schema), schema=schema)
    found: dict[str, Any] = spec.to_dict()["components"]["schemas"]
    return dict(sorted(found.items()))


def _name(schema: Any) -> str:
    return schema if isinstance(schema, str) else getattr(schema, "__name__", type(schema).__name__)


if __name__ == "__main__":
    for path, text in files().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text)
