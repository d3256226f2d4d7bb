"""A town of profiles alone, with an association, a program and a cohort, and what tests build."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chassis.tokens import Actor
from services.profiles.app import service
from tests.harness import Town, a_town, an_actor

OPERATOR = an_actor("00000000-0000-4000-8000-000000000000", "operator", association_id="-")
FOUNDING = {
    "name": "Librarians Across Canada",
    "address": "librarians",
    "zone": "America/Toronto",
    "language": "en",
    "given_name": "Carole",
    "family_name": "Roy",
    "mail_address": "Carole.Roy@Example.org",
}
PROGRAM = {
    "name": "Librarians who lead",
    "purpose": "So that those who come next are ready.",
    "outcomes": [{"text": "Ready to lead", "measure": "survey", "due_on": "2026-12-01"}],
    "principles": "Both learn.",
    "streams": [{"name": "Leadership", "for_whom": "future directors"}],
}
DAYS = {
    "apply_from": "2026-05-01",
    "apply_until": "2026-05-31",
    "match_on": "2026-06-02",
    "starts_on": "2026-06-09",
    "ends_on": "2026-12-01",
}
ANSWERS: dict[str, Any] = {
    "topics": [{"id": "ethics", "strength": 3}],
    "languages": ["en", "fr"],
    "ways": ["video"],
    "availability": [{"weekday": 1, "start": "12:00", "end": "14:00"}],
    "hopes": "To find my voice.",
}


@dataclass
class World:
    """An association with a coordinator, and how tests ask its service."""

    town: Town
    association: dict[str, Any]
    coordinator: Actor
    program: dict[str, Any]
    cohort: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        """`world.get` and the others ask profiles."""
        return getattr(self.town.profiles, name)

    def member(self, address: str = "amara@example.org", **more: Any) -> Actor:
        """A member who can act."""
        from chassis.events import fact_id
        from services.profiles.model.member import Member

        values = {
            "given_name": "Amara",
            "family_name": "Nwosu",
            "language": "en",
            "zone": "America/Regina",
            "city": "Saskatoon",
            **more,
        }
        member = Member(
            id=fact_id("test member", address),
            association_id=self.association["id"],
            address=address,
            **values,
        )
        self.town.profiles.records.members.add(member, member.join(), now=self.town.clock.now())
        return an_actor(member.id, *member.roles, association_id=member.association_id)

    def draft(self, who: Actor, role: str = "mentee", **more: Any) -> Any:
        """An application that is begun."""
        body = {"cohort_id": self.cohort["id"], "role": role, **more}
        return self.post("/applications", body, actor=who)

    def applied(self, who: Actor, role: str = "mentee", **answers: Any) -> dict[str, Any]:
        """An application that is sent."""
        id = self.draft(who, role).json["id"]
        saved = self.patch(f"/applications/{id}", {**ANSWERS, **answers}, actor=who)
        assert saved.status_code == 200, saved.json
        sent = self.post(f"/applications/{id}/submission", actor=who)
        assert sent.status_code == 200, sent.json
        found: dict[str, Any] = sent.json
        return found

    def decide(self, *ids: str, decision: str = "accepted", **more: Any) -> dict[str, Any]:
        """A decision that is carried out."""
        body = {
            "cohort_id": self.cohort["id"],
            "application_ids": list(ids),
            "decision": decision,
            **more,
        }
        made = self.post("/decisions", body, actor=self.coordinator)
        assert made.status_code == 202, made.json
        self.town.pump()
        found: dict[str, Any] = self.get(
            f"/decisions/{made.json['id']}", actor=self.coordinator
        ).json
        return found

    def application(self, id: str) -> dict[str, Any]:
        """An application as its coordinator sees it."""
        found: dict[str, Any] = self.get(f"/applications/{id}", actor=self.coordinator).json
        return found


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(tmp_path, service) as town:
        yield town


@pytest.fixture
def world(town: Town) -> World:
    return a_world(town)


def a_world(town: Town) -> World:
    made = town.profiles.post("/associations", FOUNDING, actor=OPERATOR)
    assert made.status_code == 201, made.json
    founder = made.json["founder"]
    coordinator = an_actor(founder["id"], *founder["roles"], association_id=made.json["id"])
    program = town.profiles.post("/programs", PROGRAM, actor=coordinator)
    assert program.status_code == 201, program.json
    cohort = town.profiles.post("/cohorts", a_cohort(program.json["id"]), actor=coordinator)
    assert cohort.status_code == 201, cohort.json
    return World(town, made.json, coordinator, program.json, cohort.json)


def a_cohort(program_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "program_id": program_id,
        "name": "Spring",
        "zone": "America/Toronto",
        **DAYS,
        "criteria_preset": "balanced",
        **changes,
    }
