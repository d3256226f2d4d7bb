"""What every test may ask for, and where tests keep their files."""

import os
import shutil
from pathlib import Path

import pytest

pytest_plugins = ["tests.backends.kafka", "tests.backends.mongodb"]

_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30
# Every write is on the disk before it is acknowledged, which makes tests slow and no truer.
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

RUNGS = (
    "services",
    "contracts",
    "gateway",
    "deploy",
    "architecture",
    "chassis",
    "system",
    "browser",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rules first, whole systems last: threads that real clients leave behind draw random numbers,
    and hypothesis refuses data that was drawn beside somebody else.
    """
    here = Path(__file__).parent

    def rung(item: pytest.Item) -> int:
        first = item.path.relative_to(here).parts[0]
        return RUNGS.index(first) if first in RUNGS else 0

    items.sort(key=rung)
