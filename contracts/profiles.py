"""What profiles tells: associations, members, cohorts, applications, imports."""

from functools import partial

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

of_an_association = partial(
    EventType,
    sender="profiles",
    aggregate="association",
    schema=AssociationState(),
    listeners=("gateway",),
    rooms=("association:{association_id}",),
)
ASSOCIATION_FOUNDED = of_an_association(
    name="association-founded",
    meaning="An association begins.",
    example=examples.association,
)
ASSOCIATION_CHANGED = of_an_association(
    name="association-changed",
    meaning="Its name, zone or languages changed.",
    example=examples.association,
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
of_a_cohort = partial(
    EventType,
    sender="profiles",
    aggregate="cohort",
    schema=CohortState(),
    listeners=("matching", "scheduling", "feedback", "gateway"),
    rooms=("cohort:{cohort_id}",),
)
COHORT_OPENED = of_a_cohort(
    name="cohort-opened",
    meaning="A cohort is there.",
    example=examples.cohort,
)
COHORT_CHANGED = of_a_cohort(
    name="cohort-changed",
    meaning="Dates, rhythms, template or criteria of a cohort changed.",
    example=examples.cohort,
)
of_an_application = partial(
    EventType,
    sender="profiles",
    aggregate="application",
    schema=ApplicationState(),
    listeners=("matching", "scheduling", "feedback", "gateway"),
    rooms=("member:{member_id}", "cohort:{cohort_id}"),
)
APPLICATION_RECEIVED = of_an_application(
    name="application-received",
    meaning="A member applied.",
    example={**examples.application, "state": "applied"},
)
PARTICIPANT_ACCEPTED = of_an_application(
    name="participant-accepted",
    meaning="An application was accepted.",
    example=examples.application,
)
PARTICIPANT_WAITLISTED = of_an_application(
    name="participant-waitlisted",
    meaning="An application waits.",
    example={**examples.application, "state": "waitlisted"},
)
PARTICIPANT_DECLINED = of_an_application(
    name="participant-declined",
    meaning="An application was declined.",
    example={**examples.application, "state": "declined"},
)
PARTICIPANT_WITHDRAWN = of_an_application(
    name="participant-withdrawn",
    meaning="The member withdrew.",
    example={**examples.application, "state": "withdrawn"},
)
PARTICIPANT_CHANGED = of_an_application(
    name="participant-changed",
    meaning="Any other change of an application, also an undone decision.",
    example=examples.application,
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
