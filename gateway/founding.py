"""How the first association of an instance is founded: by whoever has the set-up code."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.errors import Forbidden, Problem
from chassis.events import Heard, fact_id
from chassis.store import EVERYWHERE
from chassis.tokens import Actor
from gateway.config import SETUP_TRIES
from gateway.model import EVERYBODY, Answer, InstanceIsFounded, TooManyTries, hash_address
from gateway.passing import Passage
from gateway.repository import Records
from gateway.service import open_session, take_try

FOUNDING = fact_id("founding")


class SetupIsClosed(Forbidden):
    """There is no set-up code, or it is another one."""


class NotFounded(Problem):
    """Profiles does not found the association; `status` and `body` say why."""

    def __init__(self, status: int, body: Any) -> None:
        """Keep what profiles answers."""
        super().__init__()
        self.status, self.body = status, body


def needs_setup(records: Records) -> bool:
    """Whether nobody has founded an association here yet."""
    if records.associations.find(EVERYWHERE, {}, limit=1):
        return False
    return records.answers.find_one(EVERYBODY, {"_id": FOUNDING}) is None


def found(
    records: Records, passage: Passage, body: Mapping[str, Any], *, peer: str, now: datetime
) -> str:
    """Found the first association of this instance; the token of its founder's session.

    Raises SetupIsClosed, TooManyTries, InstanceIsFounded, NotFounded.
    """
    if not take_try(records, f"setup {peer}", most=SETUP_TRIES, now=now):
        raise TooManyTries
    asked, code = dict(body), records.instance.setup_code
    given = asked.pop("code")
    if not code or not hmac.compare_digest(given.encode(), code.encode()):
        raise SetupIsClosed
    if not needs_setup(records):
        raise InstanceIsFounded
    operator = Actor(id="setup", association_id=EVERYBODY, roles=frozenset({"operator"}))
    status, answer = passage.post(
        operator, "profiles", "/associations", asked, key=fact_id("founding", asked["address"])
    )
    if status != 201:
        raise NotFounded(status, answer)
    records.answers.add(
        Answer(
            id=FOUNDING,
            association_id=EVERYBODY,
            purpose="founding",
            link_id="",
            answered_at=now,
            due_at=None,
        ),
        now=now,
    )
    return _welcome(records, answer, now)


def _welcome(records: Records, answer: Any, now: datetime) -> str:
    """Sign the founder in without waiting for the events: copies of version 0 hold until then."""
    association_id, founder = answer["id"], answer["founder"]
    shared: dict[str, Any] = {"association_id": association_id, "version": 0, "at": now}
    association = {name: answer[name] for name in ("name", "address", "zone", "languages")}
    records.associations.hear(
        Heard(type="founding", id="", subject=association_id, data=association, **shared)
    )
    records.members.hear(
        Heard(type="founding", id="", subject=founder["id"], data=founder, **shared),
        address_hash=hash_address(founder["address"]),
    )
    return open_session(records, association_id=association_id, member_id=founder["id"], now=now)
