"""Lines of a log: one form for all, and nothing of people in them."""

import json
import logging
import subprocess
import sys
from pathlib import Path

from tests.chassis.processes import ROOT

SPEAK = """
import logging
from chassis import log
log.configure("json", service="lamps")
log.logger().info("asked", status=200)
logging.getLogger("urllib3.connectionpool").warning("pool of %s is full", "host")
try:
    raise KeyError("x")
except KeyError:
    log.logger().exception("broken")
    logging.getLogger("some.library").exception("failed")
"""


def test_libraries_speak_in_the_form_of_the_service(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SPEAK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == [
        "asked",
        "pool of host is full",
        "broken",
        "failed",
    ]
    for line in lines:
        assert line["service"] == "lamps"
        assert len(line["trace"]) == 32
        assert line["level"]
        assert line["timestamp"]
    assert all("KeyError" in line["exception"] for line in lines[2:])
    assert logging.getLogger().level == logging.WARNING
