"""What the gateway does: people sign in and out, links act, mails leave, what is over goes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chassis.log import logger
from chassis.repository import Repository
from gateway import sending
from gateway.model import Mail
from gateway.repository import Records

Act = Callable[[Records, str, str, datetime], None]


def send_mail(records: Records, association_id: str, id: str, now: datetime) -> None:
    """Hand a mail that waits to whoever carries it; if it is not taken, later again."""
    mail = records.mails.get(association_id, id)
    if mail.state != "waiting":
        return
    try:
        sending.send(records.instance.mail, mail, now=now)
    except sending.NotTaken as error:
        refused = error
        logger().warning("mail not taken", mail=id, tries=mail.tries, reason=str(error))

        def again(each: Mail) -> None:
            each.mark_failed(now, for_good=refused.for_good)

        records.mails.change(association_id, id, again, now=now)
        return
    keep = records.instance.is_demo
    records.mails.change(association_id, id, lambda each: each.mark_sent(now, keep=keep), now=now)


def forget(of: Callable[[Records], Repository[Any]]) -> Act:
    """A timer's act: what is due is deleted, unless it has been lengthened meanwhile."""

    def act(records: Records, association_id: str, id: str, now: datetime) -> None:
        things = of(records)
        thing = things.find_one(association_id, {"_id": id})
        if thing is not None and thing.due_at <= now:
            things.delete(association_id, id)

    return act
