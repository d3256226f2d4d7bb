"""A town of the two toy services."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chassis import toy
from tests.harness import Town, a_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(tmp_path, toy.lamps, toy.board) as town:
        yield town
