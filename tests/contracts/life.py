"""A cohort that lives through everything that is ever told: each event of the catalogue is sent."""

from datetime import timedelta
from typing import Any

from chassis.clock import to_text
from chassis.tokens import Actor
from tests.harness import Town, an_actor
from tests.services.profiles.conftest import ANSWERS, World, a_cohort, a_world

_PEOPLE = [("mentee", n) for n in range(6)] + [("mentor", n) for n in range(4)]
LIST = "First name,Last name,E-mail,Role\n" + "".join(
    f"{role.title()},Number{n},{role}{n}@example.org,{role}\n" for role, n in _PEOPLE
)


def live(town: Town) -> None:
    """From the founding to the end of a pair."""
    world = a_world(town)
    world.patch("/association", {"name": "Librarians"}, actor=world.coordinator)
    changed = a_cohort(world.program["id"], name="Summer")
    done(world.put(f"/cohorts/{world.cohort['id']}", changed, actor=world.coordinator))
    take_in(world)
    screen(world)
    ids = propose(world)
    answer(town, world.coordinator, ids)
    agree(town, ids[0])
    meeting = plan(town, ids[0])
    log(town, ids[0], meeting)
    look_after(town, world, ids[0])
    done(of_pair(town, ids[0], "mentee", "POST", "matching", f"/pairs/{ids[0]}/ending", {}))
    town.pump()


def take_in(world: World) -> None:
    """A members' list, and somebody who applies and thinks better of it."""
    path = f"/cohorts/{world.cohort['id']}/imports"
    made = done(
        world.ask(
            "POST", path, actor=world.coordinator, data=LIST.encode(), content_type="text/csv"
        )
    )
    done(world.put(f"/imports/{made['id']}/mapping", made["guess"], actor=world.coordinator))
    world.town.pump()
    confirmation = f"/imports/{made['id']}/confirmation"
    done(world.post(confirmation, {"invite": True}, actor=world.coordinator))
    world.town.pump()
    who = world.member("second-thoughts@example.org")
    id = world.applied(who, **ANSWERS)["id"]
    done(world.post(f"/applications/{id}/withdrawal", {}, actor=who))


def screen(world: World) -> None:
    """One waits, one is declined, the others are accepted."""
    path = f"/applications?cohort_id={world.cohort['id']}&role=mentee&state=applied"
    mentees = [each["id"] for each in world.get(path, actor=world.coordinator).json["items"]]
    world.decide(mentees[0], decision="waitlisted", mail=True)
    world.decide(mentees[1], decision="declined")
    world.decide(mentees[2], decision="shortlisted")
    accepted = {"cohort_id": world.cohort["id"], "all_of": {"state": "applied"}}
    done(world.post("/decisions", {**accepted, "decision": "accepted"}, actor=world.coordinator))
    last = world.decide(mentees[2], decision="accepted")
    assert last["done"] == 1
    mentee = world.application(mentees[2])
    actor = an_actor(mentee["member_id"], association_id=world.association["id"])
    done(world.patch(f"/applications/{mentees[2]}", {"ways": ["phone"]}, actor=actor))


def propose(world: World) -> list[str]:
    """A run that is published; the ids of its four proposals."""
    town, who = world.town, world.coordinator
    run = done(town.matching.post(f"/cohorts/{world.cohort['id']}/runs", {"shown": 8}, actor=who))
    town.pump()
    done(town.matching.post(f"/runs/{run['id']}/publication", {"all": True}, actor=who))
    town.pump()
    found = town.matching.get(f"/pairs?cohort_id={world.cohort['id']}", actor=who).json["items"]
    assert len(found) == 4
    return [each["id"] for each in found]


def answer(town: Town, coordinator: Actor, ids: list[str]) -> None:
    """Both say yes; one says yes and nobody more; one says no; one is taken back."""
    for role in ("mentee", "mentor"):
        done(of_pair(town, ids[0], role, "POST", "matching", f"/pairs/{ids[0]}/acceptance", {}))
    done(of_pair(town, ids[1], "mentee", "POST", "matching", f"/pairs/{ids[1]}/acceptance", {}))
    no = {"reason": "too far"}
    done(of_pair(town, ids[2], "mentor", "POST", "matching", f"/pairs/{ids[2]}/declination", no))
    done(town.matching.post(f"/pairs/{ids[3]}/withdrawal", {}, actor=coordinator))
    town.go_on(days=9)


def agree(town: Town, id: str) -> None:
    """Other words, both names, a goal."""
    words = {"sections": {"term": "Until winter."}}
    done(of_pair(town, id, "mentor", "PUT", "matching", f"/pairs/{id}/agreement", words))
    for role in ("mentee", "mentor"):
        path = f"/pairs/{id}/agreement/signatures"
        done(of_pair(town, id, role, "POST", "matching", path, {"agreement_version": 1}))
    goal = {"text": "Lead a team", "shared": True}
    done(of_pair(town, id, "mentee", "POST", "matching", f"/pairs/{id}/goals", goal))
    town.pump()


def plan(town: Town, id: str) -> str:
    """A meeting that is moved, one that is called off, one whose times lapse."""
    meetings = []
    for days in (3, 4, 5):
        body = {"proposed": [_at(town, days)], "minutes": 45, "way": "video"}
        path = f"/pairs/{id}/meetings"
        meetings.append(done(of_pair(town, id, "mentee", "POST", "scheduling", path, body))["id"])
    for meeting, days in zip(meetings[:2], (3, 4), strict=True):
        body = {"starts_at": _at(town, days)}
        path = f"/meetings/{meeting}/confirmation"
        done(of_pair(town, id, "mentor", "POST", "scheduling", path, body))
    first, second, _ = (f"/meetings/{meeting}" for meeting in meetings)
    done(of_pair(town, id, "mentee", "PATCH", "scheduling", first, {"agenda": ["my team"]}))
    moved = {"starts_at": _at(town, 6)}
    done(of_pair(town, id, "mentee", "POST", "scheduling", f"{first}/moving", moved))
    done(of_pair(town, id, "mentor", "POST", "scheduling", f"{second}/cancellation", {}))
    town.go_on(days=8)
    return meetings[0]


def log(town: Town, id: str, meeting: str) -> None:
    """The two do not remember alike, and then they do."""
    path = f"/meetings/{meeting}/log"
    done(of_pair(town, id, "mentee", "POST", "scheduling", path, {"met": True}))
    done(of_pair(town, id, "mentor", "POST", "scheduling", path, {"met": False}))
    done(of_pair(town, id, "mentor", "POST", "scheduling", path, {"met": True}))
    town.go_on(minutes=1)


def look_after(town: Town, world: World, id: str) -> None:
    """A check-in, a wish for help, a nudge, and then silence."""
    mentee = who(town, id, "mentee")
    (check_in,) = town.feedback.get("/check-ins", actor=mentee).json["items"]
    asked = {"useful": 2, "help": True}
    done(town.feedback.post(f"/check-ins/{check_in['id']}/answer", asked, actor=mentee))
    path = f"/cohorts/{world.cohort['id']}/help-requests"
    (request,) = town.feedback.get(path, actor=world.coordinator).json["items"]
    closing = f"/help-requests/{request['id']}/closing"
    done(town.feedback.post(closing, {}, actor=world.coordinator))
    done(town.feedback.post(f"/pairs/{id}/nudge", {}, actor=world.coordinator))
    town.go_on(days=60)


def who(town: Town, pair_id: str, role: str) -> Actor:
    """One of a pair, as somebody who acts."""
    for pair in town.matching.records.pairs.each(None, {}):
        if pair.id == pair_id:
            return an_actor(getattr(pair, f"{role}_id"), association_id=pair.association_id)
    raise LookupError(pair_id)


def of_pair(town: Town, id: str, role: str, method: str, house: str, path: str, body: Any) -> Any:
    """One of a pair asks a service."""
    return getattr(town, house).ask(method, path, body, actor=who(town, id, role))


def done(answer: Any) -> Any:
    """What was answered, if it went well."""
    assert answer.status_code < 300, (answer.status_code, answer.json)
    return answer.json


def _at(town: Town, days: int) -> str:
    start = town.clock.at + timedelta(days=days)
    return to_text(start.replace(hour=18, minute=0, second=0, microsecond=0))
