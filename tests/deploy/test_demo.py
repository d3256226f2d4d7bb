"""The demo: its list is always the same, and it is whole or not there."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.demo import __main__ as demo
from deploy.demo import made
from deploy.demo.make_list import LIST, PEOPLE, make_list
from deploy.scratch import scratch
from services.profiles.columns import HEADERS, Reading, guess, read_row

PERSON = {"kind": "mentor", "name": "Ines Noël", "id": "1", "association_id": "2"}


def test_the_list_is_what_its_script_makes() -> None:
    assert LIST.read_bytes() == make_list().encode()


def test_every_person_of_the_list_can_be_taken_but_four() -> None:
    import csv
    import io

    rows = list(csv.reader(io.StringIO(make_list())))
    mapping = guess(rows[0])
    assert sum(header is not None for header in mapping.values()) == len(rows[0])
    assert set(mapping) == set(HEADERS)
    streams = {"technical path": "1", "leading people": "2"}
    reading = Reading(
        headers=rows[0], mapping=mapping, role=None, language="en", zone="UTC", streams=streams
    )
    read = [read_row(row, reading) for row in rows[1:]]
    assert sum(bool(each.faults) for each in read) == 4
    good = [each for each in read if not each.faults]
    assert len(good) == PEOPLE
    assert {each.member["language"] for each in good} == {"en", "fr"}
    assert len({each.member["zone"] for each in good}) >= 6


@pytest.fixture
def lived(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Lives that leave a store and people behind, but take no time."""
    lives: list[Path] = []

    def live(_: Any, folder: Path) -> None:
        lives.append(folder)
        (folder / "store").mkdir()
        (folder / "store" / "profiles.db").write_text("lived")
        (folder / "events.db").write_text("lived")
        made.write(folder, [PERSON])

    monkeypatch.setattr(demo, "live", live)
    return lives


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GUILDWAY_DATA", str(tmp_path))
    for name in ("GUILDWAY_STORE", "GUILDWAY_BROKER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_it_is_lived_once(data: Path, lived: list[Path]) -> None:
    assert demo.main() == 0
    assert (data / "store" / "profiles.db").read_text() == "lived"
    assert made.read(data) == {"people": [PERSON]}
    assert not (data / demo.HALF).exists()
    assert demo.main() == 0
    assert len(lived) == 1


def test_an_instance_of_ones_own_is_left_alone(data: Path, lived: list[Path]) -> None:
    (data / "store").mkdir()
    assert demo.main() == 0
    assert lived == []


def test_a_half_made_one_is_thrown_away(data: Path, lived: list[Path]) -> None:
    half = data / demo.HALF
    (half / "store").mkdir(parents=True)
    (half / "store" / "profiles.db").write_text("half")
    assert demo.main() == 0
    assert (data / "store" / "profiles.db").read_text() == "lived"


def test_a_whole_one_that_was_not_moved_is_moved(data: Path, lived: list[Path]) -> None:
    half = data / demo.HALF
    (half / "store").mkdir(parents=True)
    (half / "events.db").write_text("whole")
    made.write(half, [PERSON])
    assert demo.main() == 0
    assert lived == []
    assert (data / "events.db").read_text() == "whole"
    assert json.loads((data / made.FILE).read_text())["people"] == [PERSON]


def test_a_demo_elsewhere_that_was_cut_off_is_told_of(
    data: Path, lived: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("GUILDWAY_STORE", f"sqlite:{data / 'elsewhere'}")
    (data / demo.BEGUN).write_text("")
    assert demo.main() == 1
    assert "half made" in capsys.readouterr().err
    (data / demo.BEGUN).unlink()
    assert demo.main() == 0
    assert len(lived) == 1
    assert demo.main() == 0


def test_a_scratch_folder_is_gone_afterwards_and_so_is_what_the_killed_left() -> None:
    with scratch() as folder:
        left = folder.with_name("guildway-999999999-x")
        left.mkdir()
        with scratch() as other:
            assert other != folder
        assert not left.exists()
        assert folder.exists()
    assert not folder.exists()
