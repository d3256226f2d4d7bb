"""The matching service as the chassis runs it."""

from chassis.service import Service, Timer
from contracts import catalogue
from contracts.matching import EVENTS
from services.matching import events, lookouts, runs
from services.matching import service as use_cases
from services.matching.api import blueprint
from services.matching.repository import AGGREGATES, LOOKOUTS, OTHERS, PAIRS, RUNS, Records

service = Service(
    name="matching",
    records=Records,
    aggregates=AGGREGATES,
    others=OTHERS,
    blueprints=(blueprint,),
    sends=EVENTS,
    listens={
        **dict.fromkeys(catalogue.of("member"), events.copy_member),
        **dict.fromkeys(catalogue.of("cohort"), events.copy_cohort),
        **dict.fromkeys(catalogue.of("application"), events.copy_application),
    },
    timers=(
        Timer(name="go-on-with-run", collection=RUNS.name, act=runs.go_on),
        Timer(name="look-who-is-free", collection=LOOKOUTS.name, act=lookouts.look),
        Timer(name="fall-due", collection=PAIRS.name, act=use_cases.fall_due),
    ),
)
