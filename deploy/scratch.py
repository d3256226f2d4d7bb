"""A folder in memory for a life that is thrown away or moved once it is whole.

Every write of the store waits for the disk, as it must where people's work is at stake; a
simulation that is begun anew if it is cut off need not.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.instance import is_alive

MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it)
NEEDED_BYTES = 500_000_000
PREFIX = "guildway-"


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards; what earlier ones left who were killed goes as well."""
    place = MEMORY if _is_fit(MEMORY) else Path(tempfile.gettempdir())
    for left in place.glob(f"{PREFIX}*-*"):
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not is_alive(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_fit(place: Path) -> bool:
    return (
        place.is_dir()
        and os.access(place, os.W_OK)
        and shutil.disk_usage(place).free > NEEDED_BYTES
    )
