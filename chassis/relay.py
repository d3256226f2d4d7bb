"""Sends what waits in outboxes: finds documents by their `pending` flag, publishes in order, awaits
every acknowledgement, archives, clears. A crash in between sends again; consumers drop the repeat
by event id.

Only the holder of the store's lease sends, so that no two relays mix up the order of one aggregate;
the same process does what is due.
"""

import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from chassis import metrics
from chassis.clock import from_text, to_text
from chassis.errors import Conflict, Unavailable
from chassis.events import to_message
from chassis.repository import each_document
from chassis.service import ARCHIVE, LEASES, Running
from chassis.store import EVERYWHERE, After, Document, IdTaken, Range, VersionLost

BATCH = 200
ARCHIVE_DAYS = 30
TIDY_EVERY = timedelta(hours=1)
LEASE = "relay"
CHASSIS = "-"
"""The association of documents that belong to none."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class RelayIsBusy(Conflict):
    """Another process holds the relay's lease; stop the worker first."""


class Relay:
    """The relay of one worker process."""

    def __init__(self, running: Running[object]) -> None:
        """Take its own publisher; it belongs to the thread that calls `step`."""
        self._running = running
        self._publisher = running.broker.publisher()
        self._holder = secrets.token_hex(8)
        # A batch must be acknowledged or given up before the lease ends, so it outlasts two
        # deliveries.
        self._lease_seconds = max(10.0, 2 * running.broker.delivery_seconds)
        self._held_until = self._tidy_at = _LONG_AGO
        self._tidied: After | None = None
        self._sent: dict[str, frozenset[str]] = {}
        """Ids of the events of each collection's last batch."""

    def step(self) -> int:
        """Send one batch of every collection; how many events went out (0 also if another relay is
        at work).
        """
        if not self._holds_lease():
            return 0
        sent = 0
        for collection in self._running.service.aggregates:
            waiting = self._running.store.find(
                collection.name, EVERYWHERE, {"pending": True}, limit=BATCH
            )
            sent += self._send(collection.name, waiting)
        self._tidy()
        return sent

    @property
    def leads(self) -> bool:
        """Whether this process holds the lease now."""
        return self._held_until > datetime.now(UTC)

    def pending(self) -> int:
        """How many documents have events that are not sent yet."""
        return sum(
            self._running.store.count(collection.name, EVERYWHERE, {"pending": True})
            for collection in self._running.service.aggregates
        )

    def republish(self, *, days: int) -> int:
        """Send what was archived since then again, every aggregate's newest last; how many events.

        Raises RelayIsBusy while another relay holds the lease.
        """
        since = to_text(self._running.clock.now() - timedelta(days=days))
        page: list[Document] = []
        sent = 0
        for archived in each_document(
            self._running.store,
            ARCHIVE.name,
            EVERYWHERE,
            {"order": Range(at_least=since)},
            sort="order",
        ):
            page.append(archived)
            if len(page) == BATCH:
                sent += self._send_again(page)
                page = []
        return sent + self._send_again(page)

    def close(self) -> None:
        """Let the lease and the connections go."""
        self._publisher.close()
        with suppress(Unavailable, Conflict):
            lease = self._running.store.get(LEASES.name, CHASSIS, LEASE)
            if lease and lease["holder"] == self._holder:
                over = {**lease, "version": lease["version"] + 1, "until": to_text(_LONG_AGO)}
                self._running.store.save(LEASES.name, over, replaces=lease["version"])
        self._held_until = _LONG_AGO

    def _send(self, collection: str, documents: list[Document]) -> int:
        waiting = [envelope for document in documents for envelope in document["outbox"]]
        # Whoever changes while it is sent keeps its outbox; what went out is not sent again for it.
        before = self._sent.pop(collection, frozenset())
        if not documents:
            return 0
        fresh = [envelope for envelope in waiting if envelope["id"] not in before]
        self._publisher.send([to_message(envelope) for envelope in fresh])
        self._running.store.save_many(ARCHIVE.name, [_archived(envelope) for envelope in fresh])
        # One that was changed since stays as it is, until the next turn.
        cleared = [{**document, "outbox": [], "pending": False} for document in documents]
        self._running.store.rewrite_many(collection, cleared)
        self._sent[collection] = frozenset(envelope["id"] for envelope in waiting)
        for envelope in fresh:
            metrics.PUBLISHED.labels(envelope["type"]).inc()
        return len(waiting)

    def _send_again(self, envelopes: list[Document]) -> int:
        if not self._holds_lease():
            raise RelayIsBusy
        self._publisher.send([to_message(envelope) for envelope in envelopes])
        return len(envelopes)

    def _tidy(self) -> None:
        """Forget archived events after their time, but keep the last of each type and subject: one
        page at a time, so that nothing waits for it.
        """
        if datetime.now(UTC) < self._tidy_at:
            return
        store = self._running.store
        limit = to_text(self._running.clock.now() - timedelta(days=ARCHIVE_DAYS))
        page = store.find(
            ARCHIVE.name,
            EVERYWHERE,
            {"order": Range(below=limit)},
            sort="order",
            limit=BATCH,
            after=self._tidied,
        )
        for old in page:
            same = {"type": old["type"], "subject": old["subject"]}
            last = store.find(
                ARCHIVE.name, EVERYWHERE, same, sort="order", descending=True, limit=1
            )
            if last[0]["_id"] != old["_id"]:
                store.delete(ARCHIVE.name, old["association_id"], old["_id"])
        self._tidied = After(value=page[-1]["order"], id=page[-1]["_id"]) if page else None
        if not page:
            self._tidy_at = datetime.now(UTC) + TIDY_EVERY

    def _holds_lease(self) -> bool:
        now = datetime.now(UTC)
        if self._held_until - now > timedelta(seconds=self._lease_seconds / 2):
            return True
        lease = self._running.store.get(LEASES.name, CHASSIS, LEASE)
        if lease and lease["holder"] != self._holder and self._is_held(lease, now):
            return False
        version = lease["version"] if lease else 0
        until = now + timedelta(seconds=self._lease_seconds)
        claim = {
            "_id": LEASE,
            "association_id": CHASSIS,
            "version": version + 1,
            "holder": self._holder,
            "until": to_text(until),
        }
        try:
            self._running.store.save(LEASES.name, claim, replaces=version)
        except (VersionLost, IdTaken):
            return False
        self._held_until = until
        return True

    def _is_held(self, lease: Document, now: datetime) -> bool:
        # One that would last longer than any is of a clock that was set back since.
        left = from_text(lease["until"]) - now
        return timedelta() < left <= timedelta(seconds=self._lease_seconds)


def _archived(envelope: Document) -> Document:
    return {
        **envelope,
        "_id": envelope["id"],
        # Fixed width, so that text sorts as time and, within one instant, as versions do.
        "order": f"{envelope['at']}/{envelope['version']:012d}",
    }
