"""One-time links in mails: made, signed, found again.

A link acts without sign-in, for one purpose, until its time is over, once. Its token is its id and
a signature, so a forged one is told without a look into the store; what it may do is stored.
Opening one changes nothing (mail programs open links by themselves): a button does.

| purpose | target | params | shares its answer with |
|---|---|---|---|
| `sign-in` | "" or a path of the client (`next`) | | |
| `address` | the page of the profile (the new address is sealed beside) | `so_far` | |
| `accept`, `decline` | pair | | each other |
| `confirm` | meeting | `starts_at` | all times of the meeting |
| `met`, `not-met` | meeting | | each other |
| `check-in` | check-in | `useful` 1 to 5 | all five |

A question that is asked anew of the same member about the same target (a disputed log) takes a
word in `params["asked"]`, so that its links are not used already. A new address replaces the one
that it was asked for (its hash is `params["so_far"]`), and no later one.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from chassis.clock import to_text
from chassis.errors import NotFound
from chassis.events import fact_id
from chassis.sealing import Sealed
from chassis.store import EVERYWHERE
from gateway.model import Link, LinkIsUnknown, LinkState, Purpose
from gateway.repository import Records

_SIGNATURE_BYTES = 16


def make_link(
    records: Records,
    *,
    association_id: str,
    member_id: str,
    purpose: Purpose,
    target: str,
    until: datetime,
    now: datetime,
    params: Mapping[str, Any] | None = None,
    address: str = "",
) -> str:
    """Store a link and give its address. The same link asked for twice is one link, but each
    sign-in is its own.
    """
    given = dict(params or {})
    unique = str(uuid4()) if purpose == "sign-in" else json.dumps(given, sort_keys=True) + address
    id = fact_id("link", member_id, purpose, target, to_text(until), unique)
    link = Link(
        id=id,
        association_id=association_id,
        member_id=member_id,
        purpose=purpose,
        target=target,
        params=given,
        made_at=now,
        until=until,
        address=Sealed(address),
    )
    link.due_at = link.forget_at()
    records.links.add(link, now=now)
    return f"{records.instance.url}/l/{token_of(id, records.instance.link_key)}"


def find_link(records: Records, token: str) -> Link:
    """The link of a token. Raises LinkIsUnknown if it is forged or forgotten."""
    id = _id_of(token, records.instance.link_key)
    found = records.links.find_one(EVERYWHERE, {"_id": id}) if id else None
    if found is None:
        raise LinkIsUnknown
    return found


def state_of(records: Records, link: Link, now: datetime) -> LinkState:
    """What has become of a link."""
    if link.used_at is not None or _is_answered(records, link):
        return "used"
    return "expired" if link.is_over(now) or _is_overtaken(records, link) else "open"


def token_of(id: str, key: bytes) -> str:
    """The text by which a link is called: its id and a signature."""
    raw = UUID(id).bytes
    # Without padding: some mail programs leave a last "=" out of the address they make a link of.
    return base64.urlsafe_b64encode(raw + _signature(raw, key)).decode().rstrip("=")


def _id_of(token: str, key: bytes) -> str | None:
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"==")
    except ValueError:
        return None
    id, signature = raw[:16], raw[16:]
    if len(id) < 16 or not hmac.compare_digest(_signature(id, key), signature):
        return None
    return str(UUID(bytes=id))


def _signature(raw: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"link" + raw, "sha256")[:_SIGNATURE_BYTES]


def _is_overtaken(records: Records, link: Link) -> bool:
    so_far = link.params.get("so_far")
    if so_far is None:
        return False
    member = records.members.get(link.association_id, link.member_id)
    return member is None or member.get("address_hash") != so_far


def _is_answered(records: Records, link: Link) -> bool:
    try:
        records.answers.get(link.association_id, link.answer_id)
    except NotFound:
        return False
    return True
