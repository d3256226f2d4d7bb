"""Who may do what: every endpoint of profiles, matching and feedback is in this table, and whoever
is not named there is refused. (Those of scheduling are all of the two of a pair.)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from chassis.tokens import Actor
from services.feedback.app import service as feedback
from services.matching.app import service as matching
from services.profiles.app import service as profiles
from services.scheduling.app import service as scheduling
from tests.contracts.life import agree, answer, done, log, plan, propose, screen, take_in, who
from tests.harness import Town, a_coordinator, a_town, an_actor
from tests.services.profiles.conftest import PROGRAM, World, a_cohort, a_world

OTHER_ASSOCIATION = "b7a2c7f0-58a5-4a0e-9a59-3f4e1d6a0f11"
NOBODY = "00000000-0000-4000-8000-00000000000f"
COORDINATOR = {"coordinator"}
TWO = {"mentee", "mentor"}
MENTEE = {"mentee"}
EVERYBODY = {"coordinator", "mentee", "mentor", "member"}

Rule = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who is let in; all others get `status`. `body`: one that would be taken."""

    to: set[str]
    status: int = 404
    body: Any = None
    query: str = ""


TABLE: Mapping[Rule, Access] = {
    # Members and associations
    ("profiles", "POST", "/associations"): Access(
        to=set(),
        status=403,
        body={
            **dict.fromkeys(("name", "given_name", "family_name"), "x"),
            "address": "x",
            "zone": "UTC",
            "language": "en",
            "mail_address": "x@example.org",
        },
    ),
    ("profiles", "GET", "/association"): Access(to=EVERYBODY | {"elsewhere"}),
    ("profiles", "PATCH", "/association"): Access(to=COORDINATOR, status=403, body={"name": "X"}),
    ("profiles", "GET", "/members/me"): Access(to=EVERYBODY),
    ("profiles", "PATCH", "/members/me"): Access(to=EVERYBODY, body={"city": "X"}),
    # Only whoever comes by the link that was mailed to the address
    ("profiles", "POST", "/members/me/address"): Access(
        to=set(), status=403, body={"address": "x@example.org"}
    ),
    ("profiles", "GET", "/content"): Access(to=EVERYBODY | {"elsewhere", "foreign", "double"}),
    # Programs and cohorts: every coordinator sees programs, and cohorts only their own ones
    ("profiles", "GET", "/programs"): Access(to=COORDINATOR | {"elsewhere", "foreign"}, status=403),
    ("profiles", "POST", "/programs"): Access(
        to=COORDINATOR | {"elsewhere", "foreign"}, status=403, body=PROGRAM
    ),
    ("profiles", "GET", "/programs/<id>"): Access(to=COORDINATOR | {"elsewhere"}),
    ("profiles", "GET", "/cohorts"): Access(to=EVERYBODY | {"elsewhere", "foreign", "double"}),
    ("profiles", "GET", "/cohorts/<id>"): Access(to=COORDINATOR | TWO),
    ("profiles", "PUT", "/cohorts/<id>"): Access(to=COORDINATOR, body=a_cohort(NOBODY)),
    # Applications
    ("profiles", "GET", "/applications"): Access(to=COORDINATOR, query="cohort_id={cohort}"),
    ("profiles", "GET", "/applications/<id>"): Access(to=COORDINATOR | MENTEE),
    ("profiles", "PATCH", "/applications/<id>"): Access(to=MENTEE, body={"ways": ["phone"]}),
    ("profiles", "POST", "/applications/<id>/submission"): Access(to=MENTEE, body={}),
    ("profiles", "POST", "/applications/<id>/withdrawal"): Access(to=MENTEE, body={}),
    # Screening
    ("profiles", "POST", "/decisions"): Access(
        to=COORDINATOR, body={"cohort_id": "{cohort}", "all_of": {}, "decision": "declined"}
    ),
    ("profiles", "GET", "/decisions"): Access(to=COORDINATOR, query="cohort_id={cohort}"),
    ("profiles", "GET", "/decisions/<id>"): Access(to=COORDINATOR),
    ("profiles", "POST", "/decisions/<id>/undoing"): Access(to=COORDINATOR, body={}),
    # Members' lists
    ("profiles", "GET", "/cohorts/<id>/imports"): Access(to=COORDINATOR),
    ("profiles", "POST", "/cohorts/<id>/imports"): Access(to=COORDINATOR, body={}),
    ("profiles", "GET", "/imports/<id>"): Access(to=COORDINATOR),
    ("profiles", "PUT", "/imports/<id>/mapping"): Access(to=COORDINATOR, body={}),
    ("profiles", "GET", "/imports/<id>/rows"): Access(to=COORDINATOR),
    ("profiles", "POST", "/imports/<id>/confirmation"): Access(to=COORDINATOR, body={}),
    ("profiles", "GET", "/imports/<id>/faulty-rows.csv"): Access(to=COORDINATOR),
    # Runs
    ("matching", "GET", "/cohorts/<id>/standing"): Access(to=COORDINATOR),
    ("matching", "GET", "/cohorts/<id>/waiting"): Access(to=COORDINATOR),
    ("matching", "GET", "/cohorts/<id>/runs"): Access(to=COORDINATOR),
    ("matching", "POST", "/cohorts/<id>/runs"): Access(to=COORDINATOR, body={"shown": 0}),
    ("matching", "GET", "/runs/<id>"): Access(to=COORDINATOR),
    ("matching", "GET", "/runs/<id>/proposals"): Access(to=COORDINATOR),
    ("matching", "GET", "/runs/<id>/unmatched"): Access(to=COORDINATOR),
    ("matching", "POST", "/runs/<id>/publication"): Access(to=COORDINATOR, body={"all": True}),
    # Pairs: a coordinator may end one, and neither answer, sign nor read for the two
    ("matching", "GET", "/pairs"): Access(to=COORDINATOR, query="cohort_id={cohort}"),
    ("matching", "GET", "/pairs/<id>"): Access(to=COORDINATOR | TWO),
    ("matching", "POST", "/pairs/<id>/acceptance"): Access(to=TWO, body={}),
    ("matching", "POST", "/pairs/<id>/declination"): Access(to=TWO, body={}),
    ("matching", "POST", "/pairs/<id>/withdrawal"): Access(to=COORDINATOR, body={}),
    ("matching", "POST", "/pairs/<id>/ending"): Access(to=COORDINATOR | TWO, body={}),
    ("matching", "PUT", "/pairs/<id>/agreement"): Access(to=TWO, body={"sections": {}}),
    ("matching", "POST", "/pairs/<id>/agreement/signatures"): Access(
        to=TWO, body={"agreement_version": 1}
    ),
    ("matching", "GET", "/pairs/<id>/goals"): Access(to=TWO),
    ("matching", "POST", "/pairs/<id>/goals"): Access(to=TWO, body={"text": "x"}),
    # A goal that is not shared is its owner's alone
    ("matching", "GET", "/goals/<id>"): Access(to=MENTEE),
    ("matching", "PATCH", "/goals/<id>"): Access(to=MENTEE, body={"progress": 1}),
    # Check-ins are those of whoever is asked; lists are for coordinators
    ("feedback", "GET", "/check-ins/<id>"): Access(to=MENTEE),
    ("feedback", "POST", "/check-ins/<id>/answer"): Access(to=MENTEE, body={"useful": 1}),
    ("feedback", "POST", "/help-requests"): Access(to=TWO, body={"pair_id": "{pair}"}),
    ("feedback", "GET", "/cohorts/<id>/help-requests"): Access(to=COORDINATOR),
    ("feedback", "POST", "/help-requests/<id>/closing"): Access(to=COORDINATOR, body={}),
    ("feedback", "GET", "/cohorts/<id>/dashboard"): Access(to=COORDINATOR),
    ("feedback", "GET", "/cohorts/<id>/figures/<figure>/rows"): Access(to=COORDINATOR),
    ("feedback", "GET", "/cohorts/<id>/figures/<figure>/rows.csv"): Access(to=COORDINATOR),
    ("feedback", "GET", "/cohorts/<id>/charts/<chart>.csv"): Access(to=COORDINATOR),
    ("feedback", "POST", "/pairs/<id>/nudge"): Access(to=COORDINATOR, body={}),
}
ANSWERED_OTHERWISE: Mapping[Rule, str] = {
    ("profiles", "PUT", "/programs/<id>"): "a coordinator who does not look after it gets 403",
    ("profiles", "POST", "/cohorts"): "whoever coordinates may open one; the program is checked",
    ("profiles", "POST", "/applications"): "every member applies, and for nobody else",
    ("feedback", "GET", "/check-ins"): "everybody's own",
}
RULES = [*TABLE]


@dataclass
class Place:
    """A cohort with a pair, everybody who may knock, and the ids of what is there."""

    town: Town
    world: World
    actors: dict[str, Actor]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("place")
    with a_town(folder, profiles, matching, scheduling, feedback) as town:
        world = a_world(town)
        take_in(world)
        screen(world)
        pairs = propose(world)
        answer(town, world.coordinator, pairs)
        agree(town, pairs[0])
        log(town, pairs[0], plan(town, pairs[0]))
        # The days of applying are over: nobody sees a cohort by chance.
        town.go_on(days=5)
        yield a_place(town, world, pairs[0])


def a_place(town: Town, world: World, pair: str) -> Place:
    mentee, mentor = who(town, pair, "mentee"), who(town, pair, "mentor")
    member = world.member("stranger@example.org")
    coordinator, cohort = world.coordinator, world.cohort["id"]
    help = done(town.feedback.post("/help-requests", {"pair_id": pair}, actor=mentee))
    goal = done(town.matching.post(f"/pairs/{pair}/goals", {"text": "mine"}, actor=mentee))
    mine = world.get("/applications?mine=1", actor=mentee).json["items"]

    def first(house: Any, path: str) -> str:
        return str(house.get(path, actor=coordinator).json["items"][0]["id"])

    actors = {
        "coordinator": coordinator,
        "mentee": mentee,
        "mentor": mentor,
        "member": member,
        "elsewhere": an_actor(
            NOBODY, "participant", "coordinator", association_id=coordinator.association_id
        ),
        "foreign": a_coordinator(OTHER_ASSOCIATION),
        # A member's id in a token of another association opens nothing there or here.
        "double": an_actor(mentee.id, association_id=OTHER_ASSOCIATION),
    }
    ids = {
        "cohort": cohort,
        "cohorts": cohort,
        "programs": world.program["id"],
        "applications": mine[0]["id"],
        "decisions": first(world, f"/decisions?cohort_id={cohort}"),
        "imports": first(world, f"/cohorts/{cohort}/imports"),
        "runs": first(town.matching, f"/cohorts/{cohort}/runs"),
        "pair": pair,
        "pairs": pair,
        "goals": goal["id"],
        "check-ins": town.feedback.get("/check-ins", actor=mentee).json["items"][0]["id"],
        "help-requests": help["id"],
    }
    return Place(town, world, actors, ids)


def asked(place: Place, rule: Rule, actor: Actor | None) -> Any:
    house, method, pattern = rule
    access = TABLE[rule]
    kind = pattern.split("/")[1]
    path = pattern.replace("<id>", place.ids.get(kind, NOBODY))
    path = path.replace("<figure>", "applied").replace("<chart>", "funnel")
    body = access.body
    if isinstance(body, dict):
        body = {
            name: value.format(**place.ids) if isinstance(value, str) else value
            for name, value in body.items()
        }
    query = access.query.format(**place.ids)
    return getattr(place.town, house).ask(method, f"{path}?{query}", body, actor=actor)


@pytest.mark.parametrize("rule", RULES, ids=" ".join)
def test_whoever_is_not_named_is_refused(place: Place, rule: Rule) -> None:
    access = TABLE[rule]
    for name in place.actors.keys() - access.to:
        given = asked(place, rule, place.actors[name])
        expected = {access.status, 404} if access.status == 403 else {access.status}
        assert given.status_code in expected, (name, given.status_code, given.json)
    assert asked(place, rule, None).status_code == 401


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule[1] == "GET"], ids=" ".join)
def test_whoever_is_named_may_read(place: Place, rule: Rule) -> None:
    for name in TABLE[rule].to:
        given = asked(place, rule, place.actors[name])
        assert given.status_code == 200, (name, given.status_code, given.json)


def test_what_is_everybodys_own_shows_nothing_of_others(place: Place) -> None:
    for name in ("member", "elsewhere", "foreign", "double"):
        actor = place.actors[name]
        for house, path in (
            (place.town.profiles, "/applications?mine=1"),
            (place.town.profiles, "/cohorts"),
            (place.town.profiles, "/cohorts?open=1"),
            (place.town.matching, "/pairs"),
            (place.town.feedback, "/check-ins"),
        ):
            assert house.get(path, actor=actor).json["items"] == [], (name, path)
    for name in ("foreign",):
        assert place.world.get("/programs", actor=place.actors[name]).json["items"] == []


def test_a_coordinator_who_does_not_look_after_a_program_does_not_change_it(place: Place) -> None:
    path = f"/programs/{place.world.program['id']}"
    for name, status in (("elsewhere", 403), ("foreign", 404), ("mentee", 404)):
        given = place.world.put(path, PROGRAM, actor=place.actors[name])
        assert given.status_code == status


def test_nobody_opens_a_cohort_of_a_program_of_others(place: Place) -> None:
    body = a_cohort(place.world.program["id"])
    for name, status in (("foreign", 422), ("mentee", 403), ("member", 403)):
        given = place.world.post("/cohorts", body, actor=place.actors[name])
        assert given.status_code == status


@pytest.mark.parametrize("name", ["profiles", "matching", "feedback"])
def test_every_endpoint_is_in_the_table(place: Place, name: str) -> None:
    rules = {
        (name, method, rule.rule)
        for rule in getattr(place.town, name).app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(("/health", "/metrics", "/openapi"))
    }
    assert rules == {rule for rule in {*TABLE, *ANSWERED_OTHERWISE} if rule[0] == name}
