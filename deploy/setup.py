"""Set Guildway up: the Python packages, Node, the client. `python3 -m deploy.setup`.

Runs on the system's own Python before there is anything else, so it needs the standard library
only, and every module it imports can be read by a Python that is too old, which is told so. What is
done is stamped with a hash of what it was made from; a set-up that was cut off is taken up again,
and a finished one costs a few milliseconds.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from deploy.progress import Step

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
NEEDED_BYTES = 1_600_000_000
"""What a fresh set-up writes: packages, Node, the client's tools."""
_LOOK_SECONDS = 0.2
_STAMP = ".guildway-stamp"


class SetupFailed(Exception):
    """Why the set-up ended, and what to do about it: one line."""


def main() -> int:
    """Set up what is missing; 0 if all is there."""
    try:
        check_python(sys.version_info[:2])
        set_up(ROOT)
    except SetupFailed as why:
        print(f"Guildway is not set up: {why}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def set_up(root: Path) -> None:
    """Do every step that is not done. One set-up at a time works on a folder."""
    folder = os.open(root, os.O_RDONLY)
    try:
        # What we start holds the lock too: a step that outlives us is waited for.
        os.set_inheritable(folder, True)
        fcntl.flock(folder, fcntl.LOCK_EX)
        install_packages(root)
        install_client_tools(root)
        build_client(root)
    except OSError as error:
        raise SetupFailed(reason_of(str(error))) from error
    finally:
        os.close(folder)


def check_python(version: tuple[int, int]) -> None:
    """Refuse a Python that is too old."""
    if version < OLDEST:
        raise SetupFailed(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is "
            f"{version[0]}.{version[1]}. Install one and name it: make run PYTHON=python3.12"
        )


def check_space(root: Path) -> None:
    """Refuse to begin what the disk cannot hold."""
    free = shutil.disk_usage(root).free
    if free < NEEDED_BYTES:
        raise SetupFailed(
            f"the disk has {free / 1e9:.1f} GB free and {NEEDED_BYTES / 1e9:.1f} GB are needed. "
            "Make room and run it again."
        )


def install_packages(root: Path) -> None:
    """Make .venv from requirements.txt, every package checked against its hash."""
    wanted = hash_of(root, [root / "requirements.txt"])
    venv = root / ".venv"
    python = venv / "bin" / "python"
    if python.exists() and stamped(venv / _STAMP) == wanted:
        return
    check_space(root)
    if not works([str(python), "-m", "pip", "--version"]):
        make_venv(venv)
    (venv / _STAMP).unlink(missing_ok=True)
    many = (root / "requirements.txt").read_text().count("==")
    # fmt: off
    pip = [str(python), "-m", "pip", "install", "--require-hashes", "--no-input", "--no-compile",
           "--disable-pip-version-check", "--progress-bar", "off", "--retries", "2",
           "--timeout", "20", "-r", "requirements.txt"]
    # fmt: on
    with Step(f"Installing {many} Python packages") as step:

        def look(output: str) -> None:
            fetched = len(re.findall(r"^(?:Collecting|Requirement already)", output, re.MULTILINE))
            there = len(list(venv.glob("lib/python*/site-packages/*.dist-info")))
            step.at((min(fetched, many) + min(there, many)) / (2 * many))

        run(pip, root, look)
    stamp(venv / _STAMP, wanted)


def make_venv(venv: Path) -> None:
    """A fresh .venv; one that is broken or half made goes first."""
    if venv.exists():
        shutil.rmtree(venv)
    with Step("Making .venv") as step:
        try:
            run([sys.executable, "-m", "venv", str(venv)], venv.parent, lambda _: step.at(0.5))
        except SetupFailed as why:
            shutil.rmtree(venv, ignore_errors=True)
            if "ensurepip" in str(why):
                raise SetupFailed(
                    "this Python has no venv module. Debian and Ubuntu: apt install python3-venv"
                ) from why
            raise


def install_client_tools(root: Path) -> None:
    """What builds the client, from its lock file, by the Node that came with the packages."""
    web = root / "web"
    tools = web / "node_modules"
    wanted = hash_of(root, [web / "package.json", web / "package-lock.json"])
    if stamped(tools / _STAMP) == wanted:
        return
    many = (web / "package-lock.json").read_text().count('"node_modules/')
    npm = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"]
    with Step(f"Installing {many} packages that build the client") as step:

        def look(_: str) -> None:
            there = len([*tools.glob("[!.@]*"), *tools.glob("@*/*")])
            step.at(there / (many + 1))

        run(npm, web, look, path=root / ".venv" / "bin")
    stamp(tools / _STAMP, wanted)


def build_client(root: Path) -> None:
    """Build web/dist, if anything it is made from has changed."""
    web = root / "web"
    made = web / "node_modules" / ".guildway-build"
    wanted = hash_of(root, sources(web))
    if (web / "dist" / ".vite" / "manifest.json").exists() and stamped(made) == wanted:
        return
    made.unlink(missing_ok=True)
    with Step("Building the client") as step:
        run(
            ["npm", "run", "build", "--silent"],
            web,
            lambda output: step.at(min(0.9, output.count("\n") / 60)),
            path=root / ".venv" / "bin",
        )
    # The build may write files of its own beside its sources.
    stamp(made, hash_of(root, sources(web)))


def sources(web: Path) -> Iterator[Path]:
    """Every file the client is built from."""
    for folder, folders, files in os.walk(web):
        if Path(folder) == web:
            folders[:] = [name for name in folders if name not in {"node_modules", "dist"}]
        folders.sort()
        yield from (
            Path(folder) / name for name in sorted(files) if not name.endswith(".tsbuildinfo")
        )


def hash_of(root: Path, files: Any) -> str:
    """One hash of the names and contents of files."""
    total = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        total.update(f"{file.relative_to(root)}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def stamped(stamp: Path) -> str:
    """What a step was last finished for; empty if it never was."""
    try:
        return stamp.read_text().strip()
    except OSError:
        return ""


def stamp(place: Path, wanted: str) -> None:
    """Write down that a step is finished."""
    place.write_text(f"{wanted}\n")


def works(command: list[str]) -> bool:
    """Whether a command can be run and ends well."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(
    command: list[str],
    folder: Path,
    look: Callable[[str], None],
    *,
    path: Path | None = None,
) -> None:
    """Run a command, looking at its output so far; SetupFailed with a reason if it fails."""
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    if path:
        environ["PATH"] = f"{path}{os.pathsep}{environ.get('PATH', '')}"
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        close_fds=False,
        text=True,
        errors="replace",
    ) as child:
        output = _watched(child, look)
    if child.returncode:
        raise SetupFailed(reason_of(output))


def _watched(child: subprocess.Popen[str], look: Callable[[str], None]) -> str:
    lines: list[str] = []
    assert child.stdout is not None
    reader = threading.Thread(target=lines.extend, args=(child.stdout,), daemon=True)
    reader.start()
    try:
        while child.poll() is None:
            look("".join(lines))
            reader.join(_LOOK_SECONDS)
    except BaseException:
        child.terminate()
        raise
    reader.join()
    return "".join(lines)


_REASONS = {
    "no space left|ENOSPC|disk quota exceeded": (
        "the disk is full. Make room and run it again; it goes on from here."
    ),
    "DO NOT MATCH THE HASHES|EINTEGRITY": (
        "a package is not the one that was locked. Run it again; if it stays so, tell us."
    ),
    (
        "NewConnectionError|Temporary failure in name resolution|Name or service not known"
        "|Network is unreachable|Connection refused|Could not fetch URL|ConnectTimeout"
        "|Read timed out|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ProxyError"
    ): (
        "the package registries cannot be reached. Check the network and run it again; "
        "it goes on from here."
    ),
    "permission denied|EACCES": "a file cannot be written. Check who owns this folder.",
}


def reason_of(output: str) -> str:
    """One line on why a step failed, from what it wrote."""
    for pattern, reason in _REASONS.items():
        if re.search(pattern, output, re.IGNORECASE):
            return reason
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return " / ".join(lines[-3:]) or "a step failed without a word. Run it again."


if __name__ == "__main__":
    sys.exit(main())
