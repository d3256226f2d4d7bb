"""The launcher as people use it: started empty, stopped, killed, told no; real processes."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from deploy.instance import is_alive
from tests.harness import eventually
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
Launcher = subprocess.Popen[bytes]


@contextmanager
def launched(folder: Path, **environ: str) -> Iterator[tuple[Launcher, Path]]:
    """A launcher and what it says; it is not running afterwards."""
    said = folder / "said"
    own = {name: value for name, value in os.environ.items() if "GUILDWAY" not in name}
    own |= {"GUILDWAY_DATA": str(folder / "data"), "DEMO": "0", **environ}
    with said.open("wb") as output:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "deploy.local"],
            cwd=ROOT,
            env=own,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield launcher, said
    finally:
        launcher.terminate()
        launcher.wait(20)


def told(launcher: Launcher, said: Path, words: str) -> str:
    """All it said once these words are among it."""

    def is_told() -> bool:
        assert launcher.poll() is None, said.read_text()
        return words in said.read_text()

    eventually(is_told, seconds=120)
    return said.read_text()


def ready(launcher: Launcher, said: Path) -> str:
    return told(launcher, said, "Ctrl-C stops it")


def children(folder: Path) -> list[int]:
    return [int(pid) for pid in (folder / "data" / "launcher.lock").read_text().split()[1:]]


def test_an_empty_instance_tells_its_code_survives_a_kill_and_stops_at_once(
    tmp_path: Path,
) -> None:
    port = str(free_ports(5))
    with launched(tmp_path, GUILDWAY_PORT=port) as (launcher, said):
        told = ready(launcher, said)
        assert f"http://127.0.0.1:{port}/setup" in told
        assert re.search(r"with this code: \w{4}-\w{4}-\w{4}", told)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            assert answer.status == 200
        first = children(tmp_path)
        assert len(first) == 10
        os.kill(first[1], signal.SIGKILL)
        eventually(lambda: "it is started again" in said.read_text())
        eventually(lambda: len(children(tmp_path)) == 10 and first[1] not in children(tmp_path))
        second = children(tmp_path)
        launcher.kill()
        launcher.wait()
    # What a killed launcher left goes by itself, and the next one waits for that.
    with launched(tmp_path, GUILDWAY_PORT=port) as (launcher, said):
        ready(launcher, said)
        assert not any(map(is_alive, second))
        third, began = children(tmp_path), monotonic()
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(15) == 0
        assert monotonic() - began < 10
        assert not any(map(is_alive, third))
        assert "What was done is kept" in said.read_text()


def test_keys_and_logs_are_the_owners(tmp_path: Path) -> None:
    with launched(tmp_path, GUILDWAY_PORT=str(free_ports(5))) as (launcher, said):
        ready(launcher, said)
        keys = (tmp_path / "data" / "keys").glob("[!.]*")
        assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0
        logs = {path.name for path in (tmp_path / "data" / "logs").iterdir()}
        assert {"gateway-web.log", "matching-worker.log"} <= logs


def test_a_taken_port_is_one_clear_line_and_nothing_is_left(tmp_path: Path) -> None:
    port = free_ports(5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 2))
        taken.listen()
        with launched(tmp_path, GUILDWAY_PORT=str(port)) as (launcher, said):
            assert launcher.wait(30) == 1
    lines = [line for line in said.read_text().splitlines() if line]
    assert len(lines) == 1
    assert f"port {port + 2} of this machine is taken" in lines[0]


@pytest.mark.parametrize("url", ["mongodb://127.0.0.1:9/?connectTimeoutMS=200"])
def test_a_store_that_is_away_at_start_is_waited_for_with_a_word(tmp_path: Path, url: str) -> None:
    with launched(tmp_path, GUILDWAY_PORT=str(free_ports(5)), GUILDWAY_STORE=url) as (
        launcher,
        said,
    ):
        told(launcher, said, "Waiting for")
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(15) == 0


def test_a_demo_that_is_cut_off_leaves_nothing_running_and_nothing_half_made(
    tmp_path: Path,
) -> None:
    with launched(tmp_path, GUILDWAY_PORT=str(free_ports(5)), DEMO="1") as (launcher, said):
        told(launcher, said, "Living the demo")
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(15) == 0
    assert not (tmp_path / "data" / "store").exists()
    assert not (tmp_path / "data" / "demo.json").exists()
