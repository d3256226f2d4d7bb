"""The gateway as the chassis runs it."""

from chassis.service import Service, Timer
from gateway import service as use_cases
from gateway.api import blueprint
from gateway.door import authenticate, extend
from gateway.events import LISTENS
from gateway.repository import AGGREGATES, ANSWERS, LINKS, MAILS, OTHERS, SESSIONS, TRIES, Records

service = Service(
    name="gateway",
    records=Records,
    equip=Records.equip,
    aggregates=AGGREGATES,
    others=OTHERS,
    blueprints=(blueprint,),
    listens=LISTENS,
    timers=(
        Timer(name="send-mail", collection=MAILS.name, act=use_cases.send_mail),
        *(
            Timer(name=f"forget-{name}", collection=collection.name, act=use_cases.forget(of))
            for name, collection, of in (
                ("session", SESSIONS, lambda records: records.sessions),
                ("link", LINKS, lambda records: records.links),
                ("answer", ANSWERS, lambda records: records.answers),
                ("tries", TRIES, lambda records: records.tries),
            )
        ),
    ),
    authenticate=authenticate,
    extend=extend,
    web_worker="gevent",
)
