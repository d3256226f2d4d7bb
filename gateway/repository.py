"""Where the gateway keeps things, and the questions it may ask."""

from collections.abc import Iterator
from dataclasses import dataclass

from cattrs import Converter
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis.repository import Copies, Repository
from chassis.settings import Settings
from chassis.store import EVERYWHERE, Collection, Document, Index, Store
from gateway.model import Answer, Link, Mail, Session, Tries, hash_address

SESSIONS = Collection(name="sessions", indexes=(Index(fields=("member_id",)),))
LINKS = Collection(name="links")
ANSWERS = Collection(name="answers")
MAILS = Collection(
    name="mails",
    indexes=(
        Index(fields=("made_at",), everywhere=True),
        Index(fields=("to_hash", "made_at"), everywhere=True),
        Index(fields=("member_id", "made_at")),
    ),
)
TRIES = Collection(name="tries")
MEMBERS = Collection(name="members", indexes=(Index(fields=("address_hash",), everywhere=True),))
ASSOCIATIONS = Collection(name="associations")
COHORTS = Collection(name="cohorts")
APPLICATIONS = Collection(
    name="applications",
    indexes=(Index(fields=("member_id",)), Index(fields=("cohort_id", "member_id"))),
)
PAIRS = Collection(name="pairs", indexes=(Index(fields=("cohort_id",)),))
MEETINGS = Collection(name="meetings", indexes=(Index(fields=("pair_id",)),))
CHECK_INS = Collection(name="check_ins", indexes=(Index(fields=("pair_id",)),))

AGGREGATES = (SESSIONS, LINKS, ANSWERS, MAILS, TRIES)
OTHERS = (MEMBERS, ASSOCIATIONS, COHORTS, APPLICATIONS, PAIRS, MEETINGS, CHECK_INS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What this instance is, out of its settings."""

    url: str
    """The address people see, without a slash at the end."""
    mail: str
    """Where mails go (`GUILDWAY_MAIL`)."""
    is_demo: bool
    setup_code: str
    proxies: int
    """How many proxies before the gateway add to `X-Forwarded-For`."""
    link_key: bytes
    """Signs links; made from the private key of the tokens, so it is in no store."""

    @classmethod
    def of(cls, settings: Settings) -> "Instance":
        """Read the settings once."""
        secret = settings.path("GUILDWAY_TOKEN_PRIVATE_KEY").read_bytes()
        return cls(
            url=settings["GUILDWAY_URL"].rstrip("/"),
            mail=settings["GUILDWAY_MAIL"],
            is_demo=settings["GUILDWAY_DEMO"] == "1",
            setup_code=settings["GUILDWAY_SETUP_CODE"],
            proxies=int(settings["GUILDWAY_PROXIES"]),
            link_key=HKDF(SHA256(), 32, salt=None, info=b"guildway links").derive(secret),
        )


class Records:
    """Everything the gateway stores, and what it is."""

    instance: Instance

    def __init__(self, store: Store, converter: Converter) -> None:
        """Bind each collection."""
        self.sessions = Repository(store, SESSIONS, Session, converter)
        self.links = Repository(store, LINKS, Link, converter)
        self.answers = Repository(store, ANSWERS, Answer, converter)
        self.mails = Repository(store, MAILS, Mail, converter)
        self.tries = Repository(store, TRIES, Tries, converter)
        self.members = Copies(store, MEMBERS)
        self.associations = Copies(store, ASSOCIATIONS)
        self.cohorts = Copies(store, COHORTS)
        self.applications = Copies(store, APPLICATIONS)
        self.pairs = Copies(store, PAIRS)
        self.meetings = Copies(store, MEETINGS)
        self.check_ins = Copies(store, CHECK_INS)

    def equip(self, settings: Settings) -> None:
        """Take what the settings say."""
        self.instance = Instance.of(settings)

    def members_at(self, address: str) -> list[Document]:
        """Everybody with this mail address, whatever the association."""
        found = self.members.find(EVERYWHERE, {"address_hash": hash_address(address)})
        return [member for member in found if not member["erased"]]

    def coordinated_cohorts(self, association_id: str, member_id: str) -> Iterator[Document]:
        """The cohorts that this member coordinates."""
        for cohort in self.cohorts.each(association_id, {}):
            if member_id in cohort.get("coordinator_ids", ()):
                yield cohort
