"""What the fixtures that start real servers share: ports, jars, processes, and when to skip."""

import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import NoReturn

import pytest

_SET_PARENT_DEATH_SIGNAL = 1
_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>guildway.tests</groupId><artifactId>{name}</artifactId><version>1</version>
  <dependencies>{dependencies}</dependencies>
</project>
"""
_DEPENDENCY = (
    "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"
)
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def require(what: str, reason: str) -> NoReturn:
    """Skip the tests that need `what`; fail where `GUILDWAY_REQUIRE` (comma list) names it."""
    if what in os.environ.get("GUILDWAY_REQUIRE", "").split(","):
        pytest.fail(f"{what} is required here, but {reason}", pytrace=False)
    pytest.skip(f"no {what}: {reason}")


def jars(pom_name: str, dependencies: Sequence[str]) -> Path:
    """A folder with the jars of `group:artifact:version` and all that they need.

    Fetched once by Maven into a cache outside the tree, by one process at a time; its name holds
    the versions. Without Java, Maven or an answer of its repository: `require(pom_name, …)`.
    """
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            require(pom_name, f"there is no {program} on the path")
    versions = hashlib.sha256("\n".join(sorted(dependencies)).encode()).hexdigest()[:12]
    folder = _cache() / f"{pom_name}-{versions}"
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(pom_name, dependencies, folder)
    return folder


@contextmanager
def running(
    argv: Sequence[str | Path],
    *,
    ready: Callable[[], bool],
    seconds: float,
    cwd: Path,
    log: Path,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process, wait until `ready()` (called 20 times a second), stop it at the end.

    Its output goes to `log`. It runs in a session of its own, so that Ctrl-C reaches the tests
    only; its standard input stays open until then. RuntimeError with the last lines of the log if
    it ends or the `seconds` pass before it is ready.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
    try:
        _await(process, ready, seconds, log)
        yield process
    finally:
        _stop(process)


def end_with_parent() -> None:
    """Called in a child before it starts: it is killed if the tests are (Linux only)."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl:
        prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(root).expanduser() / "guildway"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _fetch(pom_name: str, dependencies: Sequence[str], folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        wanted = "".join(_DEPENDENCY.format(*one.split(":")) for one in dependencies)
        pom = Path(scratch, "pom.xml")
        pom.write_text(_POM.format(name=pom_name, dependencies=wanted))
        argv = ["mvn", "-B", "-q", "-f", str(pom), _COPY, f"-DoutputDirectory={scratch}/jars"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=240, check=False)
        if done.returncode:
            require(pom_name, f"Maven could not fetch it: {done.stdout.strip()[:300]}")
        # Only a whole folder ever has the name, also after a kill in the middle.
        Path(scratch, "jars").rename(folder)


def _await(
    process: subprocess.Popen[bytes], ready: Callable[[], bool], seconds: float, log: Path
) -> None:
    until = monotonic() + seconds
    while not ready():
        if process.poll() is not None or monotonic() > until:
            state = "runs" if process.poll() is None else f"ended with {process.returncode}"
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise RuntimeError(f"{process.args!r} is not ready, it {state}:\n{tail}")
        sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
