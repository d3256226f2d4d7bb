"""Where profiles keeps what it owns, and by which fields it may be asked."""

from cattrs import Converter

from chassis.repository import Repository
from chassis.store import Collection, Index, Store
from services.profiles.model.application import Application
from services.profiles.model.association import Association
from services.profiles.model.bulk import Page
from services.profiles.model.cohort import Cohort
from services.profiles.model.decision import Decision
from services.profiles.model.importing import Import
from services.profiles.model.member import Member
from services.profiles.model.program import Program
from services.profiles.persons import PERSONS, Persons

BY_ID = Index(fields=("_id",))
QUEUE = Index(fields=("cohort_id", "is_open", "confirmed_at"))

ASSOCIATIONS = Collection(name="associations")
MEMBERS = Collection(
    name="members", indexes=(BY_ID, Index(fields=("address", "_id"))), has_keys=True
)
PROGRAMS = Collection(name="programs", indexes=(BY_ID,))
COHORTS = Collection(
    name="cohorts",
    indexes=(BY_ID, Index(fields=("program_id", "_id")), Index(fields=("apply_until",))),
)
APPLICATIONS = Collection(
    name="applications",
    indexes=(
        BY_ID,
        Index(fields=("member_id", "_id")),
        Index(fields=("cohort_id", "applied_at")),
        Index(fields=("cohort_id", "state", "applied_at")),
        Index(fields=("cohort_id", "role", "applied_at")),
        Index(fields=("cohort_id", "role", "state", "applied_at")),
    ),
)
DECISIONS = Collection(
    name="decisions", indexes=(QUEUE, Index(fields=("cohort_id", "confirmed_at")))
)
IMPORTS = Collection(name="imports", indexes=(QUEUE, Index(fields=("cohort_id", "created_at"))))
PAGES = Collection(
    name="pages",
    indexes=(
        Index(fields=("bulk_id", "n")),
        *(
            Index(fields=("bulk_id", f"has_{kind}", "n"))
            for kind in ("good", "faulty", "repeat", "refused")
        ),
    ),
)


class Records:
    """Every repository of profiles."""

    def __init__(self, store: Store, converter: Converter) -> None:
        """Open them on one store."""
        self.associations = Repository(store, ASSOCIATIONS, Association, converter)
        self.members = Repository(store, MEMBERS, Member, converter)
        self.programs = Repository(store, PROGRAMS, Program, converter)
        self.cohorts = Repository(store, COHORTS, Cohort, converter)
        self.applications = Repository(store, APPLICATIONS, Application, converter)
        self.decisions = Repository(store, DECISIONS, Decision, converter)
        self.imports = Repository(store, IMPORTS, Import, converter)
        self.pages = Repository(store, PAGES, Page, converter)
        self.persons = Persons(store)


AGGREGATES = (ASSOCIATIONS, MEMBERS, PROGRAMS, COHORTS, APPLICATIONS, DECISIONS, IMPORTS)
OTHERS = (PAGES, PERSONS)
