"""The profiles service as the chassis runs it."""

from chassis.service import Service, Timer
from contracts.profiles import EVENTS
from services.profiles import decisions, intake, programs
from services.profiles.api import blueprint
from services.profiles.events import LISTENS
from services.profiles.repository import (
    AGGREGATES,
    DECISIONS,
    IMPORTS,
    OTHERS,
    PROGRAMS,
    Records,
)

service = Service(
    name="profiles",
    records=Records,
    aggregates=AGGREGATES,
    others=OTHERS,
    blueprints=(blueprint,),
    sends=EVENTS,
    listens=LISTENS,
    timers=(
        Timer(name="tell-cohorts", collection=PROGRAMS.name, act=programs.tell_cohorts),
        Timer(name="move-decision-on", collection=DECISIONS.name, act=decisions.move_on),
        Timer(name="move-import-on", collection=IMPORTS.name, act=intake.move_on),
    ),
)
