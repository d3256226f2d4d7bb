"""Each service installs from its own folder, and starts with nothing beside it but chassis and
contracts.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.test_imports import ROOT
from tests.architecture.test_services import HOUSES

START = """
import importlib, os, sys
from chassis.keys import make_keys
from chassis.service import start
from chassis.settings import Settings
from chassis.web import create_app
from chassis.worker import Worker
house = sys.argv[1]
service = importlib.import_module(f"{house}.app").service
settings = Settings(os.environ)
make_keys(settings)
running = start(service, settings)
assert create_app(running).test_client().get("/health/ready").status_code == 200
worker = Worker(running)
worker.turn()
worker.close()
others = {n for n in sys.modules if n.startswith(("services.", "gateway")) and "." in n}
print(sorted(n for n in others if n != house and not n.startswith(house + ".")))
print(importlib.import_module(house).__file__)
"""


def install(folder: Path, into: Path) -> None:
    """Put in place what the folder's pyproject.toml declares, and nothing else: modules of its
    packages, and their data. (pip would fetch a build backend for it.)
    """
    told = tomllib.loads((folder / "pyproject.toml").read_text())["tool"]["setuptools"]
    own = told.get("package-dir", {})
    for package in told["packages"]:
        path = Path(*package.split("."))
        root = next((name for name in own if package == name or package.startswith(f"{name}.")), "")
        start = folder / own.get(root, ".") / path.relative_to(Path(*root.split(".")))
        files = [*start.glob("*.py")]
        files += [
            f for glob in told.get("package-data", {}).get(package, ()) for f in start.glob(glob)
        ]
        for file in files:
            goal = into / path / file.relative_to(start)
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, goal)


@pytest.fixture(scope="module")
def foundation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the project itself installs: chassis and contracts."""
    into = tmp_path_factory.mktemp("foundation")
    install(ROOT, into)
    assert {path.name for path in into.iterdir()} == {"chassis", "contracts"}
    return into


@pytest.mark.parametrize("house", HOUSES)
def test_a_service_installs_and_starts_alone(house: str, foundation: Path, tmp_path: Path) -> None:
    place = tmp_path / "installed"
    shutil.copytree(foundation, place)
    install(ROOT / Path(*house.split(".")), place)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", START, house],
        cwd=tmp_path,
        env={"PYTHONPATH": str(place), "GUILDWAY_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    beside, file = done.stdout.splitlines()[-2:]
    assert beside == "[]"
    assert str(place) in file or file == "None"
