"""The links of an instance, as its launcher reads them."""

import json
import os
import subprocess
import sys
from pathlib import Path

from chassis.keys import make_keys
from chassis.settings import Settings

WAITS_ONCE = """
from chassis import cli
from chassis.errors import BrokerUnavailable
from deploy import links
start, tries = cli.start, []
def late(*args, **more):
    tries.append(1)
    if len(tries) == 1:
        raise BrokerUnavailable("not yet")
    return start(*args, **more)
cli.start, cli.START_PAUSE_SECONDS = late, 0
links.main()
"""


def test_a_broker_that_is_awaited_does_not_spoil_the_answer(tmp_path: Path) -> None:
    own = {"GUILDWAY_DATA": str(tmp_path)}
    make_keys(Settings(own))
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WAITS_ONCE],
        env={**os.environ, **own},
        capture_output=True,
        check=True,
    )
    assert json.loads(told.stdout) == {"people": [], "needs_setup": True}
    assert b"waiting to start" in told.stderr
