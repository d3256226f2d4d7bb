"""What profiles tells: associations, members, cohorts, applications, imports."""

from chassis.events import EventType
from contracts import examples
from contracts.shapes import (
    ApplicationState,
    AssociationState,
    CohortState,
    ImportState,
    MailState,
    MemberState,
)

ASSOCIATION_FOUNDED = EventType(
    name="association-founded",
    sender="profiles",
    aggregate="association",
    meaning="An association begins.",
    schema=AssociationState(),
    example=examples.association,
    listeners=("gateway",),
    rooms=("association:{association_id}",),
)
ASSOCIATION_CHANGED = EventType(
    name="association-changed",
    sender="profiles",
    aggregate="association",
    meaning="Its name, zone or languages changed.",
    schema=AssociationState(),
    example=examples.association,
    listeners=("gateway",),
    rooms=("association:{association_id}",),
)
PROFILE_UPDATED = EventType(
    name="profile-updated",
    sender="profiles",
    aggregate="member",
    meaning="A member is new, or a name, address, language, zone or role changed.",
    schema=MemberState(),
    example=examples.member,
    listeners=(
        "matching",
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=("member:{member_id}",),
)
COHORT_OPENED = EventType(
    name="cohort-opened",
    sender="profiles",
    aggregate="cohort",
    meaning="A cohort is there.",
    schema=CohortState(),
    example=examples.cohort,
    listeners=(
        "matching",
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=("cohort:{cohort_id}",),
)
COHORT_CHANGED = EventType(
    name="cohort-changed",
    sender="profiles",
    aggregate="cohort",
    meaning="Dates, rhythms, template or criteria of a cohort changed.",
    schema=CohortState(),
    example=examples.cohort,
    listeners=(
        "matching",
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=("cohort:{cohort_id}",),
)
APPLICATION_RECEIVED = EventType(
    name="application-received",
    sender="profiles",
    aggregate="application",
    meaning="A member applied.",
    schema=ApplicationState(),
    example={**examples.application, "state": "applied"},
    listeners=(
        "matching",
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{member_id}",
        "cohort:{cohort_id}",
    ),
)
PARTICIPANT_ACCEPTED = EventType(
    name="participant-accepted",
    sender="profiles",
    aggregate="application",
    meaning="An application was accepted.",
    schema=ApplicationState(),
    example=examples.application,
    listeners=(
        "matching",
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{member_id}",
        "cohort:{cohort_id}",
    ),
)
PARTICIPANT_WAITLISTED = EventType(
    name="participant-waitlisted",
    sender="profiles",
    aggregate="application",
    meaning="An application waits.",
    schema=ApplicationState(),
    example={**examples.application, "state": "waitlisted"},
    listeners=(
        "matching",
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{member_id}",
        "cohort:{cohort_id}",
    ),
)
PARTICIPANT_DECLINED = EventType(
    name="participant-declined",
    sender="profiles",
    aggregate="application",
    meaning="An application was declined.",
    schema=ApplicationState(),
    example={**examples.application, "state": "declined"},
    listeners=(
        "matching",
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{member_id}",
        "cohort:{cohort_id}",
    ),
)
PARTICIPANT_WITHDRAWN = EventType(
    name="participant-withdrawn",
    sender="profiles",
    aggregate="application",
    meaning="The member withdrew.",
    schema=ApplicationState(),
    example={**examples.application, "state": "withdrawn"},
    listeners=(
        "matching",
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{member_id}",
        "cohort:{cohort_id}",
    ),
)
PARTICIPANT_CHANGED = EventType(
    name="participant-changed",
    sender="profiles",
    aggregate="application",
    meaning="Any other change of an application, also an undone decision.",
    schema=ApplicationState(),
    example=examples.application,
    listeners=(
        "matching",
        "scheduling",
        "feedback",
        "gateway",
    ),
    rooms=(
        "member:{member_id}",
        "cohort:{cohort_id}",
    ),
)
MAIL_ASKED = EventType(
    name="mail-asked",
    sender="profiles",
    aggregate="mail",
    meaning="A coordinator wants a member to get a mail.",
    schema=MailState(),
    example=examples.mail,
    listeners=("gateway",),
    rooms=(),
    compacted=False,
)
IMPORT_MOVED = EventType(
    name="import-moved",
    sender="profiles",
    aggregate="import",
    meaning="An import has come further.",
    schema=ImportState(),
    example=examples.importing,
    listeners=("gateway",),
    rooms=("cohort:{cohort_id}",),
    compacted=False,
)
EVENTS = (
    ASSOCIATION_FOUNDED,
    ASSOCIATION_CHANGED,
    PROFILE_UPDATED,
    COHORT_OPENED,
    COHORT_CHANGED,
    APPLICATION_RECEIVED,
    PARTICIPANT_ACCEPTED,
    PARTICIPANT_WAITLISTED,
    PARTICIPANT_DECLINED,
    PARTICIPANT_WITHDRAWN,
    PARTICIPANT_CHANGED,
    MAIL_ASKED,
    IMPORT_MOVED,
)
