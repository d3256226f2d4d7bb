"""The scheduling service as the chassis runs it."""

from chassis.service import Service, Timer
from contracts import catalogue
from contracts.scheduling import EVENTS
from services.scheduling import events
from services.scheduling import service as use_cases
from services.scheduling.api import blueprint
from services.scheduling.repository import AGGREGATES, MEETINGS, OTHERS, Records

service = Service(
    name="scheduling",
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
    },
    timers=(Timer(name="fall-due", collection=MEETINGS.name, act=use_cases.fall_due),),
)
