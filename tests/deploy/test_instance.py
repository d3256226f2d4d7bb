"""What a local instance settles before it starts: folder, ports, addresses, codes."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import instance as instances
from deploy.instance import SERVICES, CannotStart, Instance
from tests.ports import free_ports


@pytest.fixture
def port() -> Iterator[int]:
    """A port in use whose neighbours are likely free."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def an_instance(folder: Path, **environ: str) -> Instance:
    return Instance({"GUILDWAY_DATA": str(folder), "GUILDWAY_PORT": str(free_ports(5)), **environ})


def test_each_service_has_a_port_and_all_know_its_address(tmp_path: Path) -> None:
    instance = an_instance(tmp_path, GUILDWAY_PORT="8600")
    by_name = {process.name: process for process in instance.processes()}
    assert len(by_name) == 2 * (len(SERVICES) + 1)
    assert by_name["gateway web"].environ["GUILDWAY_PORT"] == "8600"
    for n, name in enumerate(SERVICES, 1):
        assert by_name[f"{name} web"].environ["GUILDWAY_PORT"] == str(8600 + n)
        address = f"GUILDWAY_{name.upper()}_URL"
        assert by_name["gateway web"].environ[address] == f"http://127.0.0.1:{8600 + n}"
    assert {p.environ["GUILDWAY_URL"] for p in by_name.values()} == {"http://127.0.0.1:8600"}


def test_a_relative_data_folder_is_the_same_for_every_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Instance({"GUILDWAY_DATA": "here"}).environ["GUILDWAY_DATA"] == str(tmp_path / "here")


@pytest.mark.parametrize("port", ["eighty", "0", "65535", "-1", "8300.5"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(CannotStart, match="is not a port"):
        an_instance(tmp_path, GUILDWAY_PORT=port)


def test_a_taken_port_is_named(tmp_path: Path, port: int) -> None:
    with pytest.raises(CannotStart, match=rf"port {port} .* is taken .* GUILDWAY_PORT="):
        an_instance(tmp_path, GUILDWAY_PORT=str(min(port, 65_000))).claim()


def test_a_data_folder_serves_one_launcher_at_a_time(tmp_path: Path) -> None:
    first = an_instance(tmp_path)
    first.claim()
    with pytest.raises(CannotStart, match=rf"another Guildway \(process {os.getpid()}\)"):
        an_instance(tmp_path).claim()
    first.release()
    an_instance(tmp_path).claim()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match="cannot be used"):
        an_instance(tmp_path / "file" / "data").claim()


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "NEEDED_BYTES", 1 << 60)
    with pytest.raises(CannotStart, match="MB free"):
        an_instance(tmp_path).claim()


def test_the_set_up_code_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    instance = an_instance(tmp_path)
    code = instance.setup_code()
    assert len(code) == 14
    assert an_instance(tmp_path).setup_code() == code
    assert (tmp_path / "keys" / "setup-code").stat().st_mode & 0o777 == 0o600
    assert an_instance(tmp_path, GUILDWAY_SETUP_CODE="mine").setup_code() == "mine"


def test_the_log_of_the_last_run_is_kept_beside(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "gateway-web.log"
    log.parent.mkdir()
    log.write_text("last run")
    an_instance(tmp_path).processes()
    assert not log.exists()
    assert log.with_suffix(".log.old").read_text() == "last run"
