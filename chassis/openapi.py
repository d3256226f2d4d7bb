"""The OpenAPI document of a service as it really answers: failures are RFC 9457 problems, and every
one it may answer with is listed with its status and meaning.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chassis.errors import Problem

PROBLEM = "application/problem+json"
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "RFC 9457; `code` is stable and what a client translates.",
    "required": ["type", "title", "status", "code", "trace"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/mentor-is-full"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "examples": ["mentor-is-full"]},
        "detail": {"type": "string", "description": "For logs."},
        "values": {"type": "object", "description": "What the words of a client are filled with."},
        "faults": {
            "type": "array",
            "description": "Every fault of an input (422).",
            "items": {
                "type": "object",
                "required": ["field", "code"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "values": {},
                },
            },
        },
        "trace": {"type": "string"},
    },
}


def problems_of(package: str) -> list[type[Problem]]:
    """The problems that a service may answer with: its own, and those of the chassis."""
    return [
        problem
        for problem in _subclasses(Problem)
        if problem.__module__.startswith((f"{package}.", "chassis."))
    ]


def described(spec: dict[str, Any], problems: Sequence[tuple[str, int, str]]) -> dict[str, Any]:
    """The document with failures as problems; `problems`: code, status, meaning. A status of 500 is
    none: the service answers such a problem in a way of its own.
    """
    components = spec.setdefault("components", {})
    schemas = {**components.get("schemas", {}), "Problem": _SCHEMA}
    schemas.pop("Error", None)
    answer = {"schema": {"$ref": "#/components/schemas/Problem"}}
    responses = {
        name: {"description": told["description"], "content": {PROBLEM: answer}}
        for name, told in components.get("responses", {}).items()
    }
    listed = {
        code: {
            **({"status": status} if status < 500 or status == 503 else {}),
            "meaning": " ".join(meaning.split()),
        }
        for code, status, meaning in sorted(problems)
    }
    return {
        **spec,
        "info": {**spec["info"], "x-problems": listed},
        "components": {**components, "schemas": schemas, "responses": responses},
    }


def _subclasses(kind: type[Problem]) -> Iterator[type[Problem]]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)
