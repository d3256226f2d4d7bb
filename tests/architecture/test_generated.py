"""What is generated is fresh, and the catalogue only ever grows compatibly."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chassis.settings import SETTINGS, table
from contracts.catalogue import asyncapi, files

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", files(), ids=str)
def test_the_pages_of_the_catalogue_are_fresh(path: Path) -> None:
    assert (ROOT / path).read_text() == files()[path], "run python -m contracts.catalogue"


def test_the_table_of_settings_is_fresh() -> None:
    page = (ROOT / "docs/settings.md").read_text()
    assert page == table(), "run python -m chassis.settings > docs/settings.md"


def test_no_setting_is_read_without_being_declared() -> None:
    declared = {setting.name for setting in SETTINGS}
    found = subprocess.run(
        [
            "git",
            "grep",
            "-ohE",
            r"\[\"GUILDWAY_[A-Z_]+\"\]",
            "--",
            "chassis",
            "services",
            "gateway",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    names = {line.strip('[]"') for line in found.split()}
    assert names
    assert names <= declared


def incompatibilities(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What a listener that knows `old` would stumble over in `new`."""
    found = [f"topic {name} is gone" for name in old["channels"] if name not in new["channels"]]
    schemas = new["components"]["schemas"]
    for name, schema in old["components"]["schemas"].items():
        if name not in schemas:
            continue
        fields = schemas[name].get("properties", {})
        found += [f"{name}.{f} is gone" for f in schema.get("properties", {}) if f not in fields]
        found += [
            f"{name}.{f} is no longer required"
            for f in schema.get("required", [])
            if f not in schemas[name].get("required", [])
        ]
    return found


def test_the_catalogue_stays_compatible_with_the_last_release() -> None:
    released = ROOT / "contracts/asyncapi.released.json"
    if not released.exists():
        # Nothing has been released yet; the comparison itself is tried below.
        return
    assert not incompatibilities(json.loads(released.read_text()), asyncapi())


def test_a_field_or_topic_that_goes_is_noticed() -> None:
    old, new = asyncapi(), json.loads(json.dumps(asyncapi()))
    del new["channels"]["pair-matched"]
    del new["components"]["schemas"]["PairState"]["properties"]["score"]
    assert incompatibilities(old, new) == ["topic pair-matched is gone", "PairState.score is gone"]
