"""The feedback service as the chassis runs it."""

from chassis.service import Service, Timer
from contracts import catalogue
from contracts.feedback import EVENTS
from services.feedback import events, figures, following
from services.feedback.api import blueprint
from services.feedback.repository import (
    AGGREGATES,
    FIGURES,
    MEETING_ROWS,
    OTHERS,
    PAIR_ROWS,
    Records,
)

service = Service(
    name="feedback",
    records=Records,
    aggregates=AGGREGATES,
    others=OTHERS,
    blueprints=(blueprint,),
    sends=EVENTS,
    listens={
        **dict.fromkeys(catalogue.of("member"), events.copy_member),
        **dict.fromkeys(catalogue.of("cohort"), events.copy_cohort),
        **dict.fromkeys(catalogue.of("application"), events.copy_application),
        **dict.fromkeys(catalogue.of("pair"), events.copy_pair),
        **dict.fromkeys(catalogue.of("meeting"), events.copy_meeting),
    },
    timers=(
        Timer(name="look-after-pair", collection=PAIR_ROWS.name, act=following.look_after_pair),
        Timer(name="pass-meeting", collection=MEETING_ROWS.name, act=following.pass_meeting),
        Timer(name="recount", collection=FIGURES.name, act=figures.recount),
    ),
)
