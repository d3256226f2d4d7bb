"""What every test may ask for, and where tests keep their files."""

import os
import shutil
from pathlib import Path

pytest_plugins = ["tests.backends.kafka", "tests.backends.mongodb"]

_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30
# Every write is on the disk before it is acknowledged, which makes tests slow and no truer.
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
