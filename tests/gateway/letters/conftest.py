"""The gateway alone, with or without the people of the examples."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.letters.letterbox import an_office, hear_people
from tests.harness import Town


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Town]:
    """Nobody is known yet."""
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def people_known(office: Town) -> Town:
    """Amara, Ruth, Josée, their cohort and their applications."""
    hear_people(office)
    return office
