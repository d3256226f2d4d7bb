"""Seconds from the command to the links, in a fresh clone (cold) and again (warm)."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path
from time import monotonic, sleep

from benchmarks.report import ROOT, Figure
from tests.ports import free_ports

PATIENCE_SECONDS = 1200


def measure() -> list[Figure]:
    """Clone, run, stop, run again."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder, "clone")
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        cold = _seconds_to_links(clone)
        warm = _seconds_to_links(clone)
    return [
        Figure(what="first look, cold: packages, client, demo", value=f"{cold:.0f} s"),
        Figure(
            what="first look, warm", value=f"{warm:.1f} s", beside=f"1/{cold / warm:.0f} of cold"
        ),
    ]


def _seconds_to_links(clone: Path) -> float:
    # As in a person's shell: without what a machine for tests says to Guildway or to Python.
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GUILDWAY_", "PYTHON"))
    }
    environ["GUILDWAY_PORT"] = str(free_ports(5))
    output = clone / "launcher.log"
    began = monotonic()
    with output.open("wb") as log:
        run = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env=environ,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while "Ctrl-C stops it" not in output.read_text(errors="replace"):
            if run.poll() is not None or monotonic() - began > PATIENCE_SECONDS:
                raise RuntimeError(output.read_text(errors="replace")[-2000:])
            sleep(0.05)
        return monotonic() - began
    finally:
        os.killpg(run.pid, signal.SIGINT)
        run.wait(60)
