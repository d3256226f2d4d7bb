"""The same cases on every store: SQLite, and a server that speaks MongoDB's protocol."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chassis.store import Collection, Document, Index, Store, open_store

LAMPS = Collection(
    name="lamps",
    indexes=(
        Index(fields=("room", "watts")),
        Index(fields=("maker.name", "place")),
        Index(fields=("watts",), everywhere=True),
        Index(fields=("is_lit", "_id")),
    ),
)
MEETINGS = Collection(name="meetings", has_keys=True)
HERE, THERE = "association-a", "association-b"


@dataclass
class Shelf:
    """A store that no other test uses, and how another process would open it."""

    url: str
    name: str
    stores: list[Store] = field(default_factory=list)

    def open(self) -> Store:
        store = open_store(self.url, name=self.name)
        store.prepare([LAMPS, MEETINGS])
        self.stores.append(store)
        return store

    def close(self) -> None:
        for store in self.stores:
            store.close()


@pytest.fixture(params=["sqlite", "mongodb"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    mark = uuid.uuid4().hex[:8]
    url = f"sqlite:{tmp_path}/store"
    if request.param == "mongodb":
        url = f"{request.getfixturevalue('mongodb_url')}/test{mark}"
    shelf = Shelf(url, "lamps")
    yield shelf
    shelf.close()


@pytest.fixture
def store(shelf: Shelf) -> Store:
    return shelf.open()


def a_lamp(id: str, *, association_id: str = HERE, version: int = 1, **more: Any) -> Document:
    return {"_id": id, "association_id": association_id, "version": version, **more}


def a_meeting(
    id: str, *keys: str, association_id: str = HERE, version: int = 1, **more: Any
) -> Document:
    return a_lamp(id, association_id=association_id, version=version, keys=[id, *keys], **more)


def ids(documents: list[Document]) -> list[str]:
    return [document["_id"] for document in documents]
