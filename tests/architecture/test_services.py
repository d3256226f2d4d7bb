"""Every service is the same shape; what is declared is sent, heard and open or closed as listed."""

import importlib
from pathlib import Path
from typing import Any

import pytest

from chassis.service import Service
from contracts.catalogue import EVENTS
from tests.architecture.test_imports import ROOT, SERVICES

FILES = {
    "__init__.py",
    "__main__.py",
    "app.py",
    "config.py",
    "api.py",
    "schemas.py",
    "service.py",
    "model.py",
    "repository.py",
    "events.py",
    "README.md",
    "pyproject.toml",
}
HOUSES = [
    *(f"services.{name}" for name in SERVICES),
    *(["gateway"] if (ROOT / "gateway/app.py").exists() else []),
]


def service_of(house: str) -> Service[Any]:
    found: Service[Any] = importlib.import_module(f"{house}.app").service
    return found


@pytest.mark.parametrize("house", HOUSES)
def test_a_newcomer_finds_the_same_files_everywhere(house: str) -> None:
    folder = ROOT / Path(*house.split("."))
    there = {p.name for p in folder.iterdir()}
    # A model that outgrew its file is a folder, split by aggregate.
    assert FILES - there <= ({"model.py"} if (folder / "model").is_dir() else set())


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_every_event_has_a_sender_and_listeners_that_hear_it(event: Any) -> None:
    assert event in service_of(f"services.{event.sender}").sends
    assert event.listeners
    for listener in event.listeners:
        house = "gateway" if listener == "gateway" else f"services.{listener}"
        if listener == "gateway" and event.rooms:
            continue  # told live: the gateway's web processes read every topic from the end
        assert event in service_of(house).listens, f"{listener} does not listen to {event.name}"


@pytest.mark.parametrize("house", HOUSES)
def test_nobody_listens_unannounced(house: str) -> None:
    name = house.removeprefix("services.")
    assert not [e.name for e in service_of(house).listens if name not in e.listeners]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_every_example_is_an_event(event: Any) -> None:
    event.check(event.example)
    for room in event.rooms:
        room.format(**event.example)
