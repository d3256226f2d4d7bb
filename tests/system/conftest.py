"""Whole systems of real processes, one on each pair of backends, shared by the tests here."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.backends.kafka import Kafka
from tests.system.cohorts import Couple, couples_in, found_association, open_cohort
from tests.system.people import Person
from tests.system.system import System, a_system

PAIRS = ("sqlite", "mongodb and kafka")


@pytest.fixture(scope="package", params=PAIRS)
def system(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """On SQLite and its event log, or on a server that speaks MongoDB's protocol and Kafka."""
    folder = tmp_path_factory.mktemp("system")
    kafka: Kafka | None = None
    settings: dict[str, str] = {}
    if request.param != "sqlite":
        settings["GUILDWAY_STORE"] = f"{request.getfixturevalue('mongodb_url')}/system"
        (folder / "kafka").mkdir()
        kafka = Kafka(folder / "kafka")
        kafka.start()
        settings["GUILDWAY_BROKER"] = kafka.url
    try:
        with a_system(folder, kafka=kafka, **settings) as running:
            yield running
    finally:
        if kafka:
            kafka.close()


@pytest.fixture(scope="package")
def maude(system: System) -> Iterator[Any]:
    """The coordinator who founded the association with the code that the launcher prints."""
    person = Person(system, "maude@example.org")
    found_association(person)
    yield person
    person.leaves()


@pytest.fixture(scope="package")
def couples(maude: Person) -> list[Couple]:
    """Four mentors and four mentees who were asked; each test takes two of them."""
    names = {"Mona": "Tim", "Mark": "Tara", "Mila": "Theo", "Milo": "Thea"}
    full = {f"{mentor} Day": f"{mentee} Knight" for mentor, mentee in names.items()}
    return couples_in(maude, open_cohort(maude, "Bad days"), full)
