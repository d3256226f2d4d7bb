"""Where feedback keeps things, and the questions its screens may ask."""

from collections.abc import Iterator

from cattrs import Converter

from chassis.repository import Copies, Repository, each_document
from chassis.store import Collection, Document, Index, Store, Where
from services.feedback.model.check_in import CheckIn
from services.feedback.model.figures import Figures
from services.feedback.model.help_request import HelpRequest
from services.feedback.model.rows import STAGES, ApplicationRow, MeetingRow, PairRow

CHECK_INS = Collection(
    name="check_ins",
    indexes=(
        Index(fields=("member_id", "is_answered", "asked_at")),
        Index(fields=("cohort_id", "is_answered", "asked_at")),
        Index(fields=("cohort_id", "asked_at")),
    ),
)
HELP_REQUESTS = Collection(
    name="help_requests", indexes=(Index(fields=("cohort_id", "state", "asked_at")),)
)
PAIR_ROWS = Collection(
    name="pair_rows",
    indexes=(
        Index(fields=("cohort_id", "state", "mentee_name")),
        Index(fields=("cohort_id", "is_quiet", "quiet_since")),
        Index(fields=("mentor_application_id",)),
        Index(fields=("mentee_application_id",)),
        Index(fields=("mentor_id",)),
        Index(fields=("mentee_id",)),
        Index(fields=("cohort_id",)),
    ),
)
FIGURES = Collection(name="figures", indexes=(Index(fields=("cohort_id",)),))
APPLICATION_ROWS = Collection(
    name="application_rows",
    indexes=(
        *(Index(fields=("cohort_id", stage, "name")) for stage in STAGES),
        Index(fields=("member_id",)),
    ),
)
MEETING_ROWS = Collection(
    name="meeting_rows",
    indexes=(
        Index(fields=("cohort_id", "kind", "month", "starts_at")),
        Index(fields=("cohort_id", "kind", "starts_at")),
    ),
)
MEMBERS = Collection(name="members")
COHORTS = Collection(name="cohorts")
APPLICATIONS = Collection(
    name="applications", indexes=(Index(fields=("cohort_id", "role", "state")),)
)
PAIRS = Collection(name="pairs")
MEETINGS = Collection(name="meetings", indexes=(Index(fields=("pair_id",)),))

AGGREGATES = (CHECK_INS, HELP_REQUESTS, PAIR_ROWS, FIGURES)
OTHERS = (APPLICATION_ROWS, MEETING_ROWS, MEMBERS, COHORTS, APPLICATIONS, PAIRS, MEETINGS)


class Records:
    """Everything feedback stores."""

    def __init__(self, store: Store, converter: Converter) -> None:
        """Bind each collection."""
        self._store = store
        self.check_ins = Repository(store, CHECK_INS, CheckIn, converter)
        self.help_requests = Repository(store, HELP_REQUESTS, HelpRequest, converter)
        self.pair_rows = Repository(store, PAIR_ROWS, PairRow, converter)
        self.figures = Repository(store, FIGURES, Figures, converter)
        self.application_rows = Repository(store, APPLICATION_ROWS, ApplicationRow, converter)
        self.meeting_rows = Repository(store, MEETING_ROWS, MeetingRow, converter)
        self.members = Copies(store, MEMBERS)
        self.cohorts = Copies(store, COHORTS)
        self.applications = Copies(store, APPLICATIONS)
        self.pairs = Copies(store, PAIRS)
        self.meetings = Copies(store, MEETINGS)

    def each_meeting_row(
        self, association_id: str, where: Where, *, sort: str
    ) -> Iterator[Document]:
        """Rows as they are stored, for counting thousands."""
        return each_document(self._store, MEETING_ROWS.name, association_id, where, sort=sort)
