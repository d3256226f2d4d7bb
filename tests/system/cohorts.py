"""What a coordinator does until pairs are there: association, program, cohort, list, run."""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chassis.clock import to_text
from tests.system.people import Person
from tests.system.system import PATIENCE, eventually

HEADERS = (
    "E-mail",
    "First name",
    "Last name",
    "Role",
    "Number of mentees",
    "Languages spoken",
    "Topics",
    "Availability",
)
ALWAYS = "; ".join(f"{day} 07:00-21:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri"))
MEETING = {"minutes": 45, "way": "video", "place": "https://meet.example.org/one"}
PROGRAM = {"name": "First Shelf", "purpose": "Nobody starts alone."}


@dataclass(frozen=True, kw_only=True)
class Couple:
    """A mentor and a mentee who were asked whether they want to be a pair."""

    mentor: Person
    mentee: Person
    pair: str

    def become_a_pair(self) -> None:
        """Both accept, and all services know."""
        for person in (self.mentor, self.mentee):
            person.posts(f"/api/matching/pairs/{self.pair}/acceptance")
        for service in ("scheduling", "feedback"):
            self.mentor.system.says(f"{service} worker", type="pair-matched", subject=self.pair)
        self.mentor.has_mail("pair-matched")


def found_association(founder: Person) -> None:
    """The first visitor founds the association and is signed in."""
    founding = {
        "name": "Librarians of Canada",
        "address": "librarians",
        "zone": "America/Toronto",
        "language": "en",
        "given_name": "Maude",
        "family_name": "Tremblay",
        "mail_address": founder.address,
    }
    founder.is_refused(
        "POST", "/setup", {**founding, "code": "guessed"}, status=403, code="setup-is-closed"
    )
    code = founder.system.instance.setup_code()
    assert founder.posts("/setup", {**founding, "code": code}) == {"next": "/coordinate"}
    # The gateway hears of its first member as of any other.
    eventually(lambda: founder.asks("GET", "/auth/me").status == 200)


def cohort_body(coordinator: Person, program_id: str, name: str, **more: Any) -> dict[str, Any]:
    """A cohort that takes applications now, and begins in eleven days. Its coordinator alone
    starts runs: stories say who is proposed to whom.
    """
    today = coordinator.system.clock.now().date()
    days = {"apply_from": -1, "apply_until": 7, "match_on": 8, "starts_on": 11, "ends_on": 190}
    return {
        "program_id": program_id,
        "name": name,
        "zone": "America/Toronto",
        "match_again_days": 0,
        **{day: (today + timedelta(days=n)).isoformat() for day, n in days.items()},
        **more,
    }


def open_cohort(coordinator: Person, name: str, **more: Any) -> str:
    """A program with a cohort; the cohort's id."""
    program = coordinator.posts("/api/profiles/programs", PROGRAM)
    body = cohort_body(coordinator, program["id"], name, **more)
    return str(coordinator.posts("/api/profiles/cohorts", body)["id"])


def a_row(name: str, role: str, *, topics: str = "Leadership styles", **more: str) -> list[str]:
    """A row of a members' list: `Ruth Abernathy`."""
    given, family = name.split()
    return [
        f"{given.lower()}@example.org",
        given,
        family,
        role,
        more.get("places", ""),
        more.get("languages", "English"),
        topics,
        more.get("times", ALWAYS),
    ]


def a_list(rows: list[list[str]]) -> bytes:
    """A members' list with headers that are guessed right."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADERS, *rows])
    return text.getvalue().encode()


def upload(coordinator: Person, cohort_id: str, data: bytes) -> dict[str, Any]:
    """Send a file, as a browser does; the import."""
    answer = coordinator.asks(
        "POST",
        f"/api/profiles/cohorts/{cohort_id}/imports",
        data=data,
        Content_Type="text/csv",
        X_File_Name="members.csv",
    )
    assert answer.status == 201, answer.text
    made: dict[str, Any] = answer.body
    return made


def check(coordinator: Person, made: dict[str, Any], **otherwise: str) -> dict[str, Any]:
    """Map the columns as guessed but for these, and wait until every row is checked."""
    place = f"/api/profiles/imports/{made['id']}"
    defaults = {"role": "mentee", "language": "en", "zone": "America/Toronto"}
    coordinator.puts(f"{place}/mapping", {**made["guess"], **otherwise, "defaults": defaults})
    return wait_for_state(coordinator, place, "checked")


def wait_for_state(
    coordinator: Person, place: str, *states: str, seconds: float = PATIENCE
) -> dict[str, Any]:
    """Ask until something is in one of these states."""

    def look() -> Any:
        found = coordinator.gets_in_the_end(place)
        return found if found["state"] in states else None

    found: dict[str, Any] = eventually(look, seconds=seconds)
    return found


def bring_in(coordinator: Person, cohort_id: str, rows: list[list[str]]) -> dict[str, Any]:
    """A list, checked and confirmed with invitations; the import that is done."""
    checked = check(coordinator, upload(coordinator, cohort_id, a_list(rows)))
    place = f"/api/profiles/imports/{checked['id']}"
    coordinator.posts(f"{place}/confirmation", {"invite": True, "words": "Welcome."})
    return wait_for_state(coordinator, place, "done")


def accept_all(coordinator: Person, cohort_id: str) -> int:
    """Accept whoever has applied; how many."""
    decision = coordinator.posts(
        "/api/profiles/decisions",
        {"cohort_id": cohort_id, "all_of": {"state": "applied"}, "decision": "accepted"},
    )
    place = f"/api/profiles/decisions/{decision['id']}"
    return int(wait_for_state(coordinator, place, "done")["total"])


def match(coordinator: Person, cohort_id: str, shown: int) -> dict[str, Any]:
    """A run over so many people, computed; asked for anew while they are on their way."""
    path = f"/api/matching/cohorts/{cohort_id}/runs"

    def start() -> Any:
        answer = coordinator.asks("POST", path, {"shown": shown})
        return answer.body if answer.status == 201 else None

    run = eventually(start)
    return wait_for_state(coordinator, f"/api/matching/runs/{run['id']}", "ready")


def publish(coordinator: Person, run: dict[str, Any]) -> None:
    """All proposals of a run."""
    place = f"/api/matching/runs/{run['id']}"
    coordinator.posts(f"{place}/publication", {"all": True})
    wait_for_state(coordinator, place, "published")


def signed_in(coordinator: Person, *names: str) -> list[Person]:
    """Those whom an invitation reached, signed in by its link."""
    people = [Person(coordinator.system, f"{name}@example.org") for name in names]
    for person in people:
        person.signs_in_by(person.has_mail("invitation"))
    return people


def couples_in(coordinator: Person, cohort_id: str, mentees: dict[str, str]) -> list[Couple]:
    """Mentors and mentees (`{"Mona Day": "Tim Day"}`), brought in, accepted, matched and asked."""
    rows = [a_row(name, "Mentor") for name in mentees]
    rows += [a_row(name, "Mentee") for name in mentees.values()]
    bring_in(coordinator, cohort_id, rows)
    given = [name.split()[0] for name in (*mentees, *mentees.values())]
    people = dict(zip(given, signed_in(coordinator, *map(str.lower, given)), strict=True))
    publish(coordinator, match(coordinator, cohort_id, accept_all(coordinator, cohort_id)))
    found = coordinator.gets(f"/api/matching/pairs?cohort_id={cohort_id}")["items"]
    assert len(found) == len(mentees)
    return [
        Couple(
            mentor=people[pair["mentor"]["given_name"]],
            mentee=people[pair["mentee"]["given_name"]],
            pair=pair["id"],
        )
        for pair in found
    ]


def common_times(person: Person, pair: str, *, days: int) -> list[str]:
    """When both can, from so many days ahead on."""

    def look() -> Any:
        answer = person.asks("GET", f"/api/scheduling/pairs/{pair}/times?minutes=45")
        earliest = to_text(person.system.clock.now() + timedelta(days=days))
        items = answer.body["items"] if answer.status == 200 else []
        return [item["starts_at"] for item in items if item["starts_at"] > earliest]

    found: list[str] = eventually(look)
    return found


def propose(person: Person, pair: str, times: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = person.posts(
        f"/api/scheduling/pairs/{pair}/meetings", {**MEETING, "proposed": times}
    )
    return made
