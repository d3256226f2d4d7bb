"""The set-up: what it refuses, what it takes up again, what it says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import setup
from deploy.setup import SetupFailed, check_python, check_space, reason_of, run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout whose every step is done by small stand-ins on the PATH."""
    (tmp_path / "requirements.txt").write_text("one==1\ntwo==2\n")
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "package.json").write_text("{}")
    (web / "package-lock.json").write_text('{"node_modules/vite": {}}')
    (web / "src" / "main.ts").write_text("1")
    bin = tmp_path / ".venv" / "bin"
    bin.mkdir(parents=True)
    write_program(bin / "python", f'echo "python $*" >> {tmp_path}/done')
    write_program(
        bin / "npm",
        f'echo "npm $*" >> {tmp_path}/done; mkdir -p node_modules dist/.vite; '
        "touch dist/.vite/manifest.json",
    )
    return tmp_path


def write_program(place: Path, script: str) -> None:
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)


def done(tree: Path) -> list[str]:
    """The steps done since the last look."""
    place = tree / "done"
    lines = place.read_text().splitlines() if place.exists() else []
    place.unlink(missing_ok=True)
    return [" ".join(line.split()[:4]) for line in lines if "--version" not in line]


INSTALL, TOOLS, BUILD = "python -m pip install", "npm ci --no-audit --no-fund", "npm run build"


def steps(tree: Path) -> list[str]:
    setup.set_up(tree)
    return [next(s for s in (INSTALL, TOOLS, BUILD) if line.startswith(s)) for line in done(tree)]


def test_a_fresh_tree_gets_every_step_and_a_finished_one_none(tree: Path) -> None:
    assert steps(tree) == [INSTALL, TOOLS, BUILD]
    assert steps(tree) == []


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements.txt", [INSTALL]),
        ("web/package-lock.json", [TOOLS, BUILD]),
        ("web/src/main.ts", [BUILD]),
        ("web/src/new.svelte", [BUILD]),
    ],
)
def test_only_what_depends_on_a_change_is_done_again(
    tree: Path, changed: str, again: list[str]
) -> None:
    steps(tree)
    with (tree / changed).open("a") as file:
        file.write(" ")
    assert steps(tree) == again


def test_a_step_that_failed_is_done_again(tree: Path) -> None:
    steps(tree)
    (tree / "requirements.txt").write_text("one==2\n")
    program = tree / ".venv" / "bin" / "python"
    working = program.read_text()
    write_program(
        program, 'case "$*" in *" --version") ;; *) echo No space left on device; exit 1; esac'
    )
    with pytest.raises(SetupFailed, match="the disk is full"):
        setup.set_up(tree)
    program.write_text(working)
    assert steps(tree) == [INSTALL]


def test_a_venv_that_was_half_made_is_made_anew(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    program = tree / ".venv" / "bin" / "python"
    working = program.read_text()
    program.unlink()

    def make(venv: Path) -> None:
        made.append(venv)
        program.write_text(working)
        program.chmod(0o755)

    monkeypatch.setattr(setup, "make_venv", make)
    assert steps(tree) == [INSTALL, TOOLS, BUILD]
    assert made == [tree / ".venv"]


def test_an_old_python_is_told_what_is_needed() -> None:
    with pytest.raises(SetupFailed, match=r"3\.11 or newer is needed, this is 3\.9"):
        check_python((3, 9))
    check_python((3, 11))
    check_python((4, 0))


def test_a_full_disk_is_told_before_anything_is_written(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "NEEDED_BYTES", 1 << 60)
    with pytest.raises(SetupFailed, match="GB free"):
        check_space(tree)
    with pytest.raises(SetupFailed, match="Make room"):
        setup.set_up(tree)
    assert done(tree) == []


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left", "disk"),
        ("npm error code ENOSPC", "disk is full"),
        ("Failed to establish: NewConnectionError(: [Errno 111] Connection refused)", "network"),
        ("npm error code EAI_AGAIN", "network"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM", "locked"),
        ("npm error code EACCES", "who owns"),
        ("one\n\ntwo\nthree\nfour", "two / three / four"),
        ("", "without a word"),
    ],
)
def test_a_failed_step_gives_one_line_of_reason(output: str, told: str) -> None:
    assert told in reason_of(output)
    assert "\n" not in reason_of(output)


def test_a_command_is_watched_while_it_runs(tmp_path: Path) -> None:
    seen: list[str] = []
    run([sys.executable, "-c", "print('one')"], tmp_path, seen.append)
    with pytest.raises(SetupFailed, match="spoke and failed"):
        run([sys.executable, "-c", "raise SystemExit('spoke and failed')"], tmp_path, seen.append)
    assert seen


def test_every_module_of_the_set_up_can_be_read_by_an_older_python() -> None:
    # They must get as far as telling that the Python is too old.
    import ast

    for name in ("__init__", "setup", "progress"):
        source = (ROOT / "deploy" / f"{name}.py").read_text()
        ast.parse(source, feature_version=(3, 7))
        assert name == "__init__" or "from __future__ import annotations" in source


def test_the_set_up_imports_nothing_that_it_installs() -> None:
    bare = [sys.executable, "-I", "-S", "-c"]
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import deploy.setup"
    subprocess.run([*bare, code], check=True, env={"PATH": os.environ["PATH"]})


def test_a_failure_ends_with_one_line_and_a_code(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "ROOT", tree)
    monkeypatch.setattr(setup, "NEEDED_BYTES", 1 << 60)
    assert setup.main() == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith("Guildway is not set up: the disk has")
