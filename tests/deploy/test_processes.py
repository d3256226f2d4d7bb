"""Processes: watched, started again, stopped; nothing is left running."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import processes
from deploy.instance import is_alive
from deploy.processes import KeepsEnding, Process, ended, start_again, stop
from tests.harness import eventually

ROOT = Path(__file__).resolve().parents[2]
SLEEPS = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('up', flush=True); time.sleep(60)"
)


def a_process(folder: Path, code: str) -> Process:
    return Process(
        name="a worker",
        command=[sys.executable, "-c", code],
        environ=dict(os.environ),
        log=folder / "logs" / "a-worker.log",
    )


def started(folder: Path, code: str = SLEEPS) -> Process:
    process = a_process(folder, code)
    process.start()
    eventually(lambda: process.last_lines())
    return process


def test_what_a_process_writes_is_kept(tmp_path: Path) -> None:
    process = started(tmp_path, "print('\\n'.join(map(str, range(100))))")
    eventually(lambda: not process.is_running)
    assert process.last_lines(3) == ["97", "98", "99"]
    stop([process])


def test_all_are_stopped_together(tmp_path: Path) -> None:
    both = [started(tmp_path / "one"), started(tmp_path / "two")]
    stop(both)
    assert not any(process.is_running for process in both)
    assert [ended(p.child.returncode) for p in both if p.child] == ["was ended by SIGTERM"] * 2


def test_who_does_not_listen_is_killed(tmp_path: Path) -> None:
    process = started(tmp_path, STUBBORN)
    stop([process], seconds=0.3)
    assert not process.is_running
    assert process.child
    assert process.child.returncode == -signal.SIGKILL


def test_a_process_that_died_is_named_and_started_again(tmp_path: Path) -> None:
    process, told = started(tmp_path), list[str]()
    before = process.pid
    os.kill(before, signal.SIGKILL)
    eventually(lambda: not process.is_running)
    start_again([process], told.append)
    assert process.is_running
    assert process.pid != before
    assert "a worker was ended by SIGKILL; it is started again" in told[0]
    stop([process])


def test_a_process_that_keeps_dying_ends_it_all_with_its_last_words(tmp_path: Path) -> None:
    process = a_process(tmp_path, "raise SystemExit('no luck today')")
    process.start()

    def again() -> None:
        for _ in range(processes.MOST_RESTARTS + 1):
            eventually(lambda: not process.is_running)
            start_again([process], lambda _: None)

    with pytest.raises(KeepsEnding, match="no luck today"):
        again()
    stop([process])


def test_children_end_when_their_launcher_was_killed(tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text(SLEEPS)
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    launcher = tmp_path / "launcher.py"
    launcher.write_text(
        "import os, pathlib, time\n"
        "from deploy.processes import Process, python\n"
        "for name in ('sleeper', 'stubborn'):\n"
        "    p = Process(name=name, command=python(name), environ=dict(os.environ),\n"
        "                log=pathlib.Path(f'{name}.log'))\n"
        "    p.start()\n"
        "    print(p.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    with subprocess.Popen(
        [sys.executable, str(launcher)], stdout=subprocess.PIPE, env=environ, cwd=tmp_path
    ) as child:
        assert child.stdout
        pids = [int(child.stdout.readline()) for _ in range(2)]
        for name in ("sleeper", "stubborn"):
            eventually(lambda name=name: (tmp_path / f"{name}.log").read_text().strip() == "up")
        child.kill()
    eventually(lambda: not any(map(is_alive, pids)), seconds=14)
