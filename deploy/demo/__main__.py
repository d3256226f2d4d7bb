"""Make the demo, once: three months of a cohort that end today. `python -m deploy.demo`.

It is lived in a folder in memory and moved into place when it is whole; one that was cut off is
thrown away and lived anew. With a store or broker elsewhere it is lived there, and must find it
empty.
"""

import os
import shutil
import signal
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from chassis.clock import open_clock
from chassis.settings import Settings
from deploy import cohort
from deploy.demo import made
from deploy.demo.make_list import LIST
from deploy.demo.people import choose
from deploy.members import Members
from deploy.progress import Step
from deploy.scratch import scratch
from deploy.simulate import SERVICES
from deploy.town import a_town

SEED = 12
TERM_BEGAN = timedelta(days=92)
TERM_LASTS = timedelta(days=184)
FOUNDED_BEFORE = timedelta(days=56)
PARTS = ("store", "events.db", "events.db-wal", "events.db-shm", "mails", made.FILE)
KEYS = ("GUILDWAY_TOKEN_PRIVATE_KEY", "GUILDWAY_TOKEN_PUBLIC_KEY", "GUILDWAY_FIELD_KEYS")
LEFT_OPEN = timedelta(days=12)
"""Requests for help of the last days are there to be looked at."""
HALF = "demo.part"
BEGUN = "demo.begun"
"""Tells of a demo in a store or broker that is not below the data folder."""


def main() -> int:
    """Make it unless there is something already."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    environ = dict(os.environ)
    data = Settings(environ).path("GUILDWAY_DATA")
    half, begun = data / HALF, data / BEGUN
    if made.read(half):
        move(half, data)
    if made.read(data) or (data / "store").exists():
        return 0
    if begun.exists():
        print(
            f"The demo was half made in {environ.get('GUILDWAY_STORE')} and cannot be made anew "
            f"there. Give it an empty store and broker, and remove {begun}.",
            file=sys.stderr,
        )
        return 1
    if half.exists():
        shutil.rmtree(half)
    if environ.get("GUILDWAY_STORE") or environ.get("GUILDWAY_BROKER"):
        begun.touch()
    try:
        with scratch() as folder:
            live(in_folder(environ, folder), folder)
            shutil.copytree(folder, half, ignore=shutil.ignore_patterns(made.FILE))
            shutil.copy(folder / made.FILE, half)
        move(half, data)
    except OSError as error:
        print(f"The demo cannot be made: {error}. It is made anew next time.", file=sys.stderr)
        return 1
    begun.unlink(missing_ok=True)
    return 0


def in_folder(environ: Mapping[str, str], folder: Path) -> Settings:
    """The same settings and keys, with everything that is not said to be elsewhere in this
    folder.
    """
    instance = Settings(environ)
    keys = {name: instance[name] for name in KEYS}
    there = {
        "GUILDWAY_DATA": str(folder),
        "GUILDWAY_DEMO": "1",
        "GUILDWAY_URL": instance["GUILDWAY_URL"],
    }
    return Settings({**environ, **keys, **there})


def live(settings: Settings, folder: Path) -> None:
    """Live until now and write down whom to look at it as."""
    now = open_clock(settings["GUILDWAY_CLOCK"]).now()
    today = now.replace(minute=0, second=0, microsecond=0)
    starts = today - TERM_BEGAN
    with (
        Step("Living the demo's first three months") as step,
        a_town(settings, *SERVICES, at=starts - FOUNDED_BEFORE) as town,
    ):
        begins = town.clock.at

        def moved(now: datetime) -> None:
            step.at((now - begins) / (today - begins), f"{now:%d %B}")

        life = Members(town, seed=SEED, moved=moved)
        text = LIST.read_text(encoding="utf-8")
        coordinator = cohort.begin(life, text, starts=starts, ends=starts + TERM_LASTS)
        life.live_until(today - LEFT_OPEN)
        coordinator.answers_help = False
        life.live_until(today)
        made.write(folder, choose(life, coordinator))


def move(half: Path, data: Path) -> None:
    """Put what was made into place, what says that it is whole last."""
    for part in PARTS:
        if (half / part).exists():
            (half / part).replace(data / part)
    shutil.rmtree(half)


if __name__ == "__main__":
    sys.exit(main())
