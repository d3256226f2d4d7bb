"""Where scheduling keeps things, and the questions its screens may ask."""

from cattrs import Converter

from chassis.repository import Copies, Repository
from chassis.store import Collection, Index, Store
from services.scheduling.model.feed import Subscription
from services.scheduling.model.meeting import Meeting

MEETINGS = Collection(
    name="meetings",
    indexes=(
        Index(fields=("mentor_id", "shelves.mentor", "at")),
        Index(fields=("mentee_id", "shelves.mentee", "at")),
        Index(fields=("pair_id", "shelves.mentor", "at")),
        Index(fields=("pair_id", "shelves.mentee", "at")),
        Index(fields=("pair_id", "state", "at")),
        Index(fields=("mentor_id", "at")),
        Index(fields=("mentee_id", "at")),
    ),
    has_keys=True,
)
SUBSCRIPTIONS = Collection(
    name="subscriptions", indexes=(Index(fields=("token_hash",), everywhere=True),)
)
MEMBERS = Collection(name="members")
COHORTS = Collection(name="cohorts")
PAIRS = Collection(name="pairs")
APPLICATIONS = Collection(name="applications", indexes=(Index(fields=("member_id", "state")),))

AGGREGATES = (MEETINGS,)
OTHERS = (SUBSCRIPTIONS, MEMBERS, COHORTS, PAIRS, APPLICATIONS)


class Records:
    """Everything scheduling stores."""

    def __init__(self, store: Store, converter: Converter) -> None:
        """Bind each collection."""
        self.meetings = Repository(store, MEETINGS, Meeting, converter)
        self.subscriptions = Repository(store, SUBSCRIPTIONS, Subscription, converter)
        self.members = Copies(store, MEMBERS)
        self.cohorts = Copies(store, COHORTS)
        self.pairs = Copies(store, PAIRS)
        self.applications = Copies(store, APPLICATIONS)
