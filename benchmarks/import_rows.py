"""Import of a members' list by real processes of profiles: rows a second, and peak memory.

From the upload to the last row taken: reading, checking, confirming, members, applications and
their events in the outbox. Peak: the most resident memory of web and worker each (VmHWM).
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from joserfc.jwk import OKPKey

from benchmarks.report import ROOT, Figure
from chassis import tokens
from chassis.keys import make_keys
from chassis.settings import Settings
from chassis.tokens import Actor
from tests.ports import free_ports

SMALL, LARGE = 1_000, 100_000
PATIENCE_SECONDS = 3600
OPERATOR = Actor(
    id="00000000-0000-4000-8000-000000000000", association_id="-", roles=frozenset({"operator"})
)


def measure() -> list[Figure]:
    """A short list and a long one, each on an instance of its own."""
    small, small_peaks = _imported(SMALL)
    large, large_peaks = _imported(LARGE)
    figures = [
        Figure(
            what=f"{LARGE:,} rows, upload to last row taken",
            value=f"{LARGE / large:.0f} rows a second",
            beside=f"{SMALL:,} rows: {SMALL / small:.0f} a second",
        )
    ]
    for name in large_peaks:
        more = large_peaks[name] - small_peaks[name]
        figures.append(
            Figure(
                what=f"peak memory of profiles {name}, {LARGE:,} rows",
                value=f"{large_peaks[name]:.0f} MB",
                beside=f"{more:+.0f} MB beside {SMALL:,} rows; budget +50 MB",
            )
        )
    return figures


class _Profiles:
    """Web and worker of profiles, and somebody who may import."""

    def __init__(self, folder: Path) -> None:
        port = free_ports()
        self.url = f"http://127.0.0.1:{port}"
        environ = {
            "GUILDWAY_DATA": str(folder),
            "GUILDWAY_PORT": str(port),
            "GUILDWAY_LOG": "off",
        }
        settings = Settings(environ)
        make_keys(settings)
        key = settings.path("GUILDWAY_TOKEN_PRIVATE_KEY").read_bytes()
        self._key = OKPKey.import_key(key)
        self.actor = OPERATOR
        self.processes = {
            command: subprocess.Popen(
                [sys.executable, "-m", "services.profiles", command],
                cwd=ROOT,
                env={**os.environ, **environ},
                start_new_session=True,
            )
            for command in ("web", "worker")
        }

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request of the actor; the JSON of the answer."""
        token = tokens.sign(self.actor, audience="profiles", key=self._key, at=datetime.now(UTC))
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.url + path, data=data, method=method)
        asked.add_header("Authorization", f"Bearer {token}")
        asked.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            asked.add_header(name.replace("_", "-"), value)
        with urllib.request.urlopen(asked, timeout=300) as answer:
            return json.load(answer)

    def peak_mb(self, command: str) -> float:
        """The most memory a process has had."""
        status = Path(f"/proc/{self.processes[command].pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024


@contextmanager
def _profiles() -> Iterator[_Profiles]:
    with tempfile.TemporaryDirectory() as folder:
        profiles = _Profiles(Path(folder))
        try:
            _until(lambda: _answers(profiles), seconds=60)
            yield profiles
        finally:
            for process in profiles.processes.values():
                process.terminate()
            for process in profiles.processes.values():
                process.wait(30)


def _imported(rows: int) -> tuple[float, dict[str, float]]:
    with _profiles() as profiles:
        cohort_id = _a_cohort(profiles)
        text = "Given name,Family name,E-mail,Role,Time zone,City\n" + "".join(
            f"Person{n},Roy,p{n}@example.org,{'mentor' if n % 3 else 'mentee'},America/Toronto,\n"
            for n in range(rows)
        )
        began = monotonic()
        made = profiles.ask(
            "POST", f"/cohorts/{cohort_id}/imports", text.encode(), Content_Type="text/csv"
        )
        path = f"/imports/{made['id']}"
        found = _state(profiles, path, "mapping", "checked")
        guess = {name: header for name, header in found["guess"].items() if header}
        profiles.ask("PUT", f"{path}/mapping", {**guess, "defaults": {}})
        _state(profiles, path, "checked")
        profiles.ask("POST", f"{path}/confirmation", {"invite": False})
        done = _state(profiles, path, "done")
        took = monotonic() - began
        if done["done"] != rows:
            raise RuntimeError(f"{done['done']} of {rows} rows were taken")
        return took, {command: profiles.peak_mb(command) for command in profiles.processes}


def _a_cohort(profiles: _Profiles) -> str:
    founding = {
        "name": "Measured",
        "address": "measured",
        "zone": "America/Toronto",
        "language": "en",
        "given_name": "Ada",
        "family_name": "Roy",
        "mail_address": "ada@example.org",
    }
    made = profiles.ask("POST", "/associations", founding)
    founder = made["founder"]
    profiles.actor = Actor(
        id=founder["id"], association_id=made["id"], roles=frozenset(founder["roles"])
    )
    program = profiles.ask("POST", "/programs", {"name": "Measured", "purpose": "To measure."})
    today = datetime.now(UTC).date()
    names = ("apply_from", "apply_until", "match_on", "starts_on", "ends_on")
    days = {name: (today + timedelta(days=7 * n)).isoformat() for n, name in enumerate(names)}
    body = {"program_id": program["id"], "name": "One", "zone": "America/Toronto", **days}
    return str(profiles.ask("POST", "/cohorts", body)["id"])


def _state(profiles: _Profiles, path: str, *states: str) -> Any:
    found: dict[str, Any] = {}

    def look() -> bool:
        found.update(profiles.ask("GET", path))
        if found["state"] == "failed":
            raise RuntimeError(f"the import failed: {found}")
        return found["state"] in states

    _until(look, seconds=PATIENCE_SECONDS)
    return found


def _answers(profiles: _Profiles) -> bool:
    try:
        with urllib.request.urlopen(f"{profiles.url}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _until(check: Any, *, seconds: float) -> None:
    until = monotonic() + seconds
    while not check():
        if monotonic() > until:
            raise TimeoutError("it did not come to an end")
        sleep(0.1)
