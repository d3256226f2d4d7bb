"""Two tiny services that know nothing of mentoring: lamps, and a board that counts the lit ones."""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import jsonify
from flask_smorest import Blueprint
from marshmallow import INCLUDE, Schema

from chassis.aggregate import Aggregate
from chassis.errors import Conflict, StoreUnavailable
from chassis.events import Event, EventType, Heard, fact_id
from chassis.repository import Copies, Repository
from chassis.schemas import Body, Flag, Id, Many, Text, Whole
from chassis.sealing import Sealed
from chassis.service import Service, Timer
from chassis.store import Collection, Index
from chassis.web import (
    actor,
    cause,
    created,
    expected_version,
    new_id,
    now,
    public,
    running,
    versioned,
)

MARK = os.environ.get("TOY_MARK", "")
"""Keeps processes that share one Kafka cluster apart: part of the names of topic and group."""
ASSOCIATION = str(uuid5(NAMESPACE_URL, "lamps"))
LAMP = str(uuid5(NAMESPACE_URL, "one lamp"))


class LampState(Schema):
    class Meta:
        unknown = INCLUDE

    association_id = Id(required=True)
    lamp_id = Id(required=True)
    is_lit = Flag(required=True)


LAMP_LIT = EventType(
    name=f"lamp-lit{MARK}",
    sender="lamps",
    aggregate="lamp",
    meaning="A lamp was lit.",
    schema=LampState(),
    example={"association_id": ASSOCIATION, "lamp_id": LAMP, "is_lit": True},
    listeners=("board",),
    rooms=("association:{association_id}",),
)


class LampIsLit(Conflict):
    """It cannot be lit twice."""


@dataclass(kw_only=True)
class Lamp(Aggregate):
    place: str
    is_lit: bool = False
    secret: Sealed | None = None
    secrets: list[Sealed] = field(default_factory=list)
    due_at: datetime | None = None
    glowed: int = 0

    def keys(self) -> list[str]:
        return [f"place:{self.place}"]

    def light(self, *, now: datetime) -> list[Event]:
        if self.is_lit:
            raise LampIsLit(place=self.place)
        self.is_lit, self.due_at = True, now + timedelta(hours=1)
        return [LAMP_LIT(self.id, self.public())]

    def public(self) -> dict[str, Any]:
        return {"association_id": self.association_id, "lamp_id": self.id, "is_lit": self.is_lit}


LAMPS = Collection(name="lamps", indexes=(Index(fields=("is_lit", "place")),), has_keys=True)
SEEN = Collection(name="seen", indexes=(Index(fields=("is_lit", "_id")),))
COUNTS = Collection(name="counts")


class Lamps:
    def __init__(self, store: Any, converter: Any) -> None:
        self.lamps = Repository(store, LAMPS, Lamp, converter)


class LampBody(Body):
    place = Text(required=True, most=20)
    secret = Text(load_default=None, most=100)
    watts = Whole(load_default=5, least=1, most=100)
    words = Many(Text(), load_default=list, most=3)


blueprint = Blueprint("lamps", __name__)


@blueprint.post("/lamps")
@blueprint.arguments(LampBody)
def post_lamp(body: dict[str, Any]) -> Any:
    secret = body["secret"]
    lamp = Lamp(
        id=new_id(),
        association_id=actor().association_id,
        place=body["place"],
        secret=Sealed(secret) if secret else None,
    )
    lamp = running().records.lamps.add(lamp, now=now())
    return created(jsonify(lamp.public()), path=f"/lamps/{lamp.id}", version=lamp.version)


@blueprint.get("/lamps/<id>")
def get_lamp(id: str) -> Any:
    lamp = running().records.lamps.get(actor().association_id, id)
    return jsonify(lamp.public()), 200, versioned(lamp.version)


@blueprint.post("/lamps/<id>/lighting")
def post_lighting(id: str) -> Any:
    lamp = running().records.lamps.change(
        actor().association_id,
        id,
        lambda lamp: lamp.light(now=now()),
        now=now(),
        cause=cause(),
        expected=expected_version(),
    )
    return jsonify(lamp.public()), 200, versioned(lamp.version)


@blueprint.get("/broken")
def get_broken() -> Any:
    raise ZeroDivisionError


@blueprint.get("/away")
def get_away() -> Any:
    raise StoreUnavailable


@blueprint.get("/open")
@public
def get_open() -> Any:
    return jsonify({})


def glow(records: Lamps, association_id: str, id: str, now: datetime) -> None:
    def act(lamp: Lamp) -> list[Event]:
        lamp.glowed, lamp.due_at = lamp.glowed + 1, None
        if lamp.place == "cursed":
            raise ZeroDivisionError
        return []

    records.lamps.change(association_id, id, act, now=now)


lamps = Service(
    name="lamps",
    records=Lamps,
    aggregates=(LAMPS,),
    blueprints=(blueprint,),
    sends=(LAMP_LIT,),
    timers=(Timer(name="glow", collection="lamps", act=glow),),
)


@dataclass(kw_only=True)
class Count(Aggregate):
    lit: int = 0


class Board:
    def __init__(self, store: Any, converter: Any) -> None:
        self.seen = Copies(store, SEEN)
        self.counts = Repository(store, COUNTS, Count, converter)
        self.trouble: list[Exception] = []
        self.tried = 0


def count(records: Board, heard: Heard, now: datetime) -> None:
    records.tried += 1
    if records.trouble:
        raise records.trouble.pop()
    records.seen.hear(heard)
    id = fact_id("count", heard.association_id)
    records.counts.add(Count(id=id, association_id=heard.association_id), now=now)

    def act(count: Count) -> None:
        count.lit += 1

    records.counts.change(heard.association_id, id, act, now=now, cause=heard.id)


board = Service(
    name=f"board{MARK}",
    records=Board,
    aggregates=(COUNTS,),
    others=(SEEN,),
    listens={LAMP_LIT: count},
)
