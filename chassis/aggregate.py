"""What is stored as one document: an aggregate, and how it becomes a document and comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from cattrs import Converter

from chassis.clock import from_text, to_text
from chassis.sealing import Sealed, Sealer
from chassis.store import Document


@dataclass(kw_only=True)
class Aggregate:
    """The root of what changes together; subclasses are dataclasses whose methods return events."""

    id: str
    association_id: str
    version: int = 0

    def keys(self) -> list[str]:
        """What no other document of the collection may hold in this association, own id apart."""
        return []


A = TypeVar("A", bound=Aggregate)
_OWN = {"_id", "association_id", "version", "pending", "outbox", "inbox", "keys"}
"""Fields of a document that are not the aggregate's."""


def make_converter(sealer: Sealer) -> Converter:
    """A converter that writes times as text and seals what is `Sealed`."""
    converter = Converter(forbid_extra_keys=False)
    converter.register_unstructure_hook(datetime, to_text)
    converter.register_structure_hook(datetime, lambda value, _: from_text(value))
    converter.register_unstructure_hook(date, lambda value: value.isoformat())
    converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    converter.register_unstructure_hook(Sealed, sealer.seal)
    converter.register_structure_hook(Sealed, lambda value, _: sealer.open(value))
    converter.register_unstructure_hook_func(
        _is_perhaps_sealed, lambda value: None if value is None else sealer.seal(value)
    )
    return converter


def to_document(thing: Aggregate, converter: Converter) -> Document:
    """The aggregate's own fields, with `_id` for `id`."""
    document: Document = converter.unstructure(thing)
    document["_id"] = document.pop("id")
    return document


def from_document(document: Mapping[str, Any], kind: type[A], converter: Converter) -> A:
    """The aggregate of a document; what is stored beside it (outbox, inbox, keys) is left out."""
    own = {name: value for name, value in document.items() if name not in _OWN}
    own |= {
        "id": document["_id"],
        "association_id": document["association_id"],
        "version": document["version"],
    }
    return converter.structure(own, kind)


def _is_perhaps_sealed(kind: Any) -> bool:
    # Without this, `Sealed | None` would be written by the class of the value: a plain str, in the
    # clear.
    return get_origin(kind) in (Union, UnionType) and Sealed in get_args(kind)
