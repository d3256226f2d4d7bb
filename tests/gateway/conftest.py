"""A town with the gateway and every service, a client that was built, and people at the door."""

import json
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from chassis.service import Service
from deploy.town import Visitor
from gateway.app import service as gateway
from gateway.client import Client
from services.feedback.app import service as feedback
from services.matching.app import service as matching
from services.profiles.app import service as profiles
from services.scheduling.app import service as scheduling
from tests.gateway.people import CODE, FOUNDING
from tests.harness import Town, a_town

BUILT = {
    "src/main.ts": {"file": "assets/main-1a.js", "imports": ["_core-2b.js"], "css": []},
    "_core-2b.js": {"file": "assets/core-2b.js", "imports": ["_live-3c.js"]},
    "_live-3c.js": {"file": "assets/live-3c.js"},
    "style.css": {"file": "assets/style-4d.css"},
    "src/pages/Home.svelte": {"file": "assets/Home-5e.js", "imports": ["_card-6f.js"]},
    "_card-6f.js": {"file": "assets/card-6f.js", "imports": ["_core-2b.js"]},
    "src/members/Day.svelte": {"file": "assets/day-8b.js", "imports": ["_core-2b.js"]},
    "src/pages/SignIn.svelte": {"file": "assets/SignIn-7a.js"},
    "src/messages/en/core.json": {"file": "assets/core-en.js"},
    "src/messages/fr/core.json": {"file": "assets/core-fr.js"},
    "src/messages/fr/member.json": {"file": "assets/member-fr.js"},
    "src/messages/en/member.json": {"file": "assets/member-en.js"},
}
HOME = {
    "page": "Home",
    "for": "member",
    "words": "member",
    "data": {
        "me": "/api/profiles/members/me",
        "cohorts": "/api/profiles/cohorts",
        "pairs": "/api/matching/pairs",
    },
}
ROUTES = [
    {"path": "/", **HOME},
    {"path": "/home", **HOME},
    {"path": "/steps", **HOME, "begins": "members/Day"},
    {"path": "/sign-in", "page": "SignIn", "for": "anyone", "words": "core", "data": {}},
    {"path": "/coordinate/cohorts/new", "page": "C", "for": "coordinator", "data": {}},
    {
        "path": "/coordinate/cohorts/:id",
        "page": "D",
        "for": "coordinator",
        "data": {"cohort": "/api/profiles/cohorts/:id"},
    },
    {"path": "/l/:token", "page": "Link", "for": "anyone", "words": "texts", "data": {}},
]


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder as Vite leaves it."""
    folder = tmp_path / "dist"
    for name, text in {
        ".vite/manifest.json": json.dumps(BUILT),
        "routes.json": json.dumps(ROUTES),
        "assets/main-1a.js": "console.log('main')",
        "assets/main-1a.js.br": "packed",
        "assets/style-4d.css": ".lit{background:gold}",
        "favicon.svg": "<svg/>",
        ".secret": "nothing to see",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def open_town(folder: Path, *services: Service[Any]) -> AbstractContextManager[Town]:
    """The gateway and every service (or these alone) in this folder."""
    houses = services or (gateway, profiles, matching, scheduling, feedback)
    return a_town(folder, *houses, GUILDWAY_DEMO="1", GUILDWAY_SETUP_CODE=CODE)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a town with an association, to be copied, and its founder's session."""
    folder = tmp_path_factory.mktemp("founded") / "data"
    with open_town(folder) as town:
        founder = Visitor(town)
        assert founder.post("/setup", FOUNDING).status_code == 201
        town.pump()
        return folder, founder.cookie("guildway") or ""


@pytest.fixture
def empty(tmp_path: Path, dist: Path) -> Iterator[Town]:
    """A town that nobody has founded an association in."""
    with open_town(tmp_path / "empty") as town:
        town.gateway.app.extensions["gateway.client"] = Client(dist, dist / "routes.json")
        yield town


@pytest.fixture
def town(founded: tuple[Path, str], tmp_path: Path, dist: Path) -> Iterator[Town]:
    """A town with an association."""
    shutil.copytree(founded[0], tmp_path / "data")
    with open_town(tmp_path / "data") as town:
        town.gateway.app.extensions["gateway.client"] = Client(dist, dist / "routes.json")
        yield town


@pytest.fixture
def alone(founded: tuple[Path, str], tmp_path: Path, dist: Path) -> Iterator[Town]:
    """The gateway of a town with an association; the services are out."""
    shutil.copytree(founded[0], tmp_path / "alone")
    with open_town(tmp_path / "alone", gateway) as town:
        town.gateway.app.extensions["gateway.client"] = Client(dist, dist / "routes.json")
        yield town


@pytest.fixture
def founder(town: Town, founded: tuple[Path, str]) -> Visitor:
    """Who founded the association, signed in."""
    visitor = Visitor(town)
    visitor.give_cookie("guildway", founded[1])
    return visitor


@pytest.fixture
def stranger(town: Town) -> Visitor:
    """Somebody who is not signed in."""
    return Visitor(town)
