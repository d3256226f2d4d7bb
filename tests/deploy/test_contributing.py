"""CONTRIBUTING.md is true: a new event and a new service are made by its steps, in a copy."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local import answers
from tests.harness import eventually
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("chassis", "contracts", "services", "gateway", "deploy", "docs", "web/src",
         "tests/architecture", "tests/harness.py", "tests/ports.py", "tests/conftest.py",
         "tests/backends", "pyproject.toml", "CONTRIBUTING.md")  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree without what is built, stored or tested elsewhere."""
    for part in PARTS:
        source, goal = ROOT / part, tmp_path / part
        if source.is_dir():
            shutil.copytree(source, goal, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, goal)
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def python(copy: Path, *arguments: str, **environ: str) -> str:
    """What a command of this Python says in the copy; it must go well."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), **environ},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text, f"{file} has no {before!r}"
    file.write_text(text.replace(before, after, 1))


EVENT = """
PAIR_PAUSED = of_a_pair(
    name="pair-paused",
    meaning="Both need a while without meetings.",
    example=examples.pair,
)
EVENTS = (
    PAIR_PAUSED,
"""
RULE = '''    def pause(self) -> list[Event]:
        """Both need a while."""
        return [PAIR_PAUSED(self.id, self.public())]

    def withdraw(self) -> list[Event]:
'''
HANDLER = '''

def hear_pause(records: Records, heard: Heard, now: datetime) -> None:
    """A pair pauses: its copy follows, and there is more to do."""
    copy_pair(records, heard, now)
    print("heard of a pause")
'''
TELL = """
import pathlib, sys
from contracts.matching import PAIR_PAUSED
from services.feedback.app import service
from tests.harness import a_town
with a_town(pathlib.Path(sys.argv[1]), service) as town:
    heard = town.feedback.hear_that(PAIR_PAUSED)
    town.feedback.hear(heard)
"""


def test_a_new_event_is_one_declaration_and_one_handler(copy: Path, tmp_path: Path) -> None:
    edit(copy / "contracts/matching.py", "\nEVENTS = (\n", EVENT)
    model = copy / "services/matching/model/pair.py"
    edit(
        model,
        "from contracts.matching import (\n",
        "from contracts.matching import (\n    PAIR_PAUSED,\n",
    )
    edit(model, "    def withdraw(self) -> list[Event]:\n", RULE)
    listener = copy / "services/feedback"
    with (listener / "events.py").open("a") as file:
        file.write(HANDLER)
    imported = "from contracts.feedback import EVENTS\n"
    edit(listener / "app.py", imported, f"{imported}from contracts.matching import PAIR_PAUSED\n")
    listed = 'of("pair"), events.copy_pair),\n'
    edit(listener / "app.py", listed, f"{listed}        PAIR_PAUSED: events.hear_pause,\n")

    python(copy, "-m", "contracts.catalogue")
    for made in ("contracts/asyncapi.yaml", "docs/events.md"):
        assert "pair-paused" in (copy / made).read_text()
    # Told twice, heard twice.
    data = tmp_path / "data"
    assert python(copy, "-c", TELL, str(data)).count("heard of a pause") == 2
    _architecture_holds(copy)


SERVICE = {
    "__init__.py": '"""What mentors and mentees may show of a finished pair."""\n',
    "__main__.py": (ROOT / "services/feedback/__main__.py").read_text(),
    "config.py": '"""The numbers this service lives by."""\n',
    "schemas.py": '"""The bodies that certificates takes: none yet."""\n',
    "service.py": '''"""What can be done with certificates."""

from chassis.tokens import Actor
from services.certificates.model import Certificate
from services.certificates.repository import Records


def certificates_of(records: Records, actor: Actor) -> list[Certificate]:
    """The actor's own."""
    return records.certificates.find(actor.association_id, {"member_id": actor.id})
''',
    "model.py": '''"""The rules of certificates."""

from dataclasses import dataclass

from chassis.aggregate import Aggregate


@dataclass(kw_only=True)
class Certificate(Aggregate):
    """One for each member and finished pair."""

    member_id: str
''',
    "repository.py": '''"""Where certificates are kept."""

from cattrs import Converter

from chassis.repository import Repository
from chassis.store import Collection, Index, Store
from services.certificates.model import Certificate

CERTIFICATES = Collection(name="certificates", indexes=(Index(fields=("member_id",)),))


class Records:
    """Everything this service stores."""

    def __init__(self, store: Store, converter: Converter) -> None:
        """Bind each collection."""
        self.certificates = Repository(store, CERTIFICATES, Certificate, converter)
''',
    "events.py": '"""What certificates hears: nothing yet."""\n',
    "api.py": '''"""The HTTP door of certificates."""

from typing import Any, cast

from flask import jsonify
from flask_smorest import Blueprint

from chassis.web import actor, running
from services.certificates import service
from services.certificates.repository import Records

blueprint = Blueprint("certificates", __name__)


@blueprint.get("/certificates")
def get_certificates() -> Any:
    """My certificates."""
    records = cast("Records", running().records)
    found = service.certificates_of(records, actor())
    return jsonify(items=[each.id for each in found], next=None)
''',
    "app.py": '''"""The certificates service as the chassis runs it."""

from chassis.service import Service
from services.certificates.api import blueprint
from services.certificates.repository import CERTIFICATES, Records

service = Service(
    name="certificates",
    records=Records,
    aggregates=(CERTIFICATES,),
    blueprints=(blueprint,),
)
''',
    "README.md": "# certificates\n\nWhat members may show of a finished pair.\n",
    "pyproject.toml": (ROOT / "services/feedback/pyproject.toml")
    .read_text()
    .replace('"services.feedback", "services.feedback.model"', '"services.certificates"')
    .replace("feedback", "certificates"),
}
SETTING = """    Setting(
        name="GUILDWAY_CERTIFICATES_URL",
        default="http://127.0.0.1:8305",
        meaning="Where the gateway reaches the certificates service.",
    ),
    Setting(
        name="GUILDWAY_WEB_PROCESSES",
"""
ASK = """
import pathlib, sys
from tests.harness import a_town, an_actor
from services.certificates.app import service
with a_town(pathlib.Path(sys.argv[1]), service) as town:
    print(town.certificates.get("/certificates", actor=an_actor()).json)
    print(town.certificates.get("/certificates", actor=None).status_code)
"""


def test_a_new_service_is_a_folder_and_its_name(copy: Path, tmp_path: Path) -> None:
    folder = copy / "services/certificates"
    folder.mkdir()
    for name, text in SERVICE.items():
        (folder / name).write_text(text.replace("services.feedback", "services.certificates"))
    for table in ("deploy/instance.py", "gateway/config.py"):
        edit(copy / table, '"feedback")\n', '"feedback", "certificates")\n')
    setting = '    Setting(\n        name="GUILDWAY_WEB_PROCESSES",\n'
    edit(copy / "chassis/settings.py", setting, SETTING)
    (copy / "docs/settings.md").write_text(python(copy, "-m", "chassis.settings"))

    data = tmp_path / "data"
    said = python(copy, "-c", ASK, str(data)).split("\n")
    assert said[:2] == ["{'items': [], 'next': None}", "401"]
    names = "from deploy.instance import *; print([p.name for p in Instance({}).processes()])"
    assert "'certificates worker'" in python(copy, "-c", names)
    python(copy, "-m", "ruff", "check", "services/certificates")
    python(copy, "-m", "mypy", "-p", "services.certificates")
    with _served(copy, "services.certificates", data) as url:
        eventually(lambda: answers(f"{url}/health/ready"), seconds=60)
    _architecture_holds(copy)


@contextmanager
def _served(copy: Path, module: str, data: Path) -> Iterator[str]:
    port = free_ports()
    environ = {**os.environ, "PYTHONPATH": str(copy), "GUILDWAY_DATA": str(data)}
    with subprocess.Popen(
        [sys.executable, "-m", module, "web"],
        cwd=copy,
        env={**environ, "GUILDWAY_PORT": str(port), "GUILDWAY_LOG": "json"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as web:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            web.terminate()
            web.wait(20)


def _architecture_holds(copy: Path) -> None:
    tests = [f"tests/architecture/test_{name}.py" for name in ("imports", "services", "generated")]
    python(copy, "-m", "pytest", *tests, "-q", "-p", "no:cacheprovider")
