"""The right to read one member's calendar: a secret in a path, of which only the hash is kept."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from chassis.aggregate import Aggregate
from services.scheduling.config import SEEN_EVERY


@dataclass(kw_only=True)
class Subscription(Aggregate):
    """One a member. `token_hash` None: there is no feed, its old address is dead."""

    member_id: str
    token_hash: str | None = None
    created_at: datetime | None = None
    used_at: datetime | None = None

    def renew(self, token: str, *, now: datetime) -> None:
        """A new address; the old one is dead at once."""
        self.token_hash, self.created_at, self.used_at = hash_of(token), now, None

    def revoke(self) -> None:
        """No address any more."""
        self.token_hash, self.created_at, self.used_at = None, None, None

    def use(self, *, now: datetime) -> None:
        """A calendar program fetched it; known to the day."""
        if self.used_at is None or now - self.used_at >= SEEN_EVERY:
            self.used_at = now


def hash_of(token: str) -> str:
    """What is kept of a token. It has 192 random bits, so a plain hash cannot be turned round."""
    return sha256(token.encode()).hexdigest()
