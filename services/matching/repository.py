"""Where matching keeps things, and the questions its screens may ask."""

from collections.abc import Iterator

from cattrs import Converter

from chassis.repository import Copies, Repository, each_document
from chassis.store import Collection, Document, Index, Store, Where
from services.matching.model.goal import Goal
from services.matching.model.lookout import Lookout
from services.matching.model.pair import Pair
from services.matching.model.run import Row, Run

RUNS = Collection(name="runs", indexes=(Index(fields=("cohort_id", "number")),), has_keys=True)
PAIRS = Collection(
    name="pairs",
    indexes=(
        Index(fields=("mentor_id", "proposed_at")),
        Index(fields=("mentee_id", "proposed_at")),
        Index(fields=("mentor_application_id", "state")),
        Index(fields=("mentee_application_id", "state")),
        Index(fields=("cohort_id", "state", "proposed_at")),
        Index(fields=("cohort_id", "proposed_at")),
    ),
    has_keys=True,
)
GOALS = Collection(name="goals", indexes=(Index(fields=("pair_id", "written_at")),))
ROWS = Collection(
    name="rows",
    indexes=(
        Index(fields=("run_id", "batch", "kind", "place")),
        Index(fields=("run_id", "batch", "kind", "state", "place")),
    ),
)
LOOKOUTS = Collection(name="lookouts")
MEMBERS = Collection(name="members")
COHORTS = Collection(name="cohorts")
APPLICATIONS = Collection(
    name="applications", indexes=(Index(fields=("cohort_id", "state", "applied_at")),)
)

AGGREGATES = (RUNS, PAIRS, GOALS)
OTHERS = (ROWS, LOOKOUTS, MEMBERS, COHORTS, APPLICATIONS)


class Records:
    """Everything matching stores."""

    def __init__(self, store: Store, converter: Converter) -> None:
        """Bind each collection."""
        self._store = store
        self.runs = Repository(store, RUNS, Run, converter)
        self.pairs = Repository(store, PAIRS, Pair, converter)
        self.goals = Repository(store, GOALS, Goal, converter)
        self.rows = Repository(store, ROWS, Row, converter)
        self.lookouts = Repository(store, LOOKOUTS, Lookout, converter)
        self.members = Copies(store, MEMBERS)
        self.cohorts = Copies(store, COHORTS)
        self.applications = Copies(store, APPLICATIONS)

    def each_pair(self, association_id: str, where: Where, *, sort: str) -> Iterator[Document]:
        """Pairs as they are stored, for counting thousands: no agreement is unsealed."""
        return each_document(self._store, PAIRS.name, association_id, where, sort=sort)
