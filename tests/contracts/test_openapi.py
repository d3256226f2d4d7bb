"""Each service describes itself as it is: every endpoint, and every problem it may answer with."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.openapi import problems_of
from chassis.web import code_of
from tests.architecture.test_services import HOUSES, service_of
from tests.harness import a_town

NAMES = [house.removeprefix("services.") for house in HOUSES]
CATALOGS = Path(__file__).resolve().parents[2] / "web/src/messages"
METHODS = ("get", "put", "post", "patch", "delete")


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    services = [service_of(house) for house in HOUSES]
    with a_town(tmp_path_factory.mktemp("specs"), *services) as town:
        yield {name: getattr(town, name).client.get("/openapi.json").json for name in NAMES}


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


@pytest.mark.parametrize("name", NAMES)
def test_every_endpoint_says_what_it_is_for(name: str, specs: dict[str, Any]) -> None:
    for path, item in specs[name]["paths"].items():
        for method in METHODS:
            if method in item:
                assert item[method].get("summary"), f"{method} {path}"


@pytest.mark.parametrize("name", NAMES)
def test_failures_are_problems_and_every_reference_leads_somewhere(
    name: str, specs: dict[str, Any]
) -> None:
    spec = specs[name]
    for response in spec["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]
    for reference in references(spec):
        node = spec
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


@pytest.mark.parametrize("name", NAMES)
def test_every_problem_is_listed_with_its_meaning(name: str, specs: dict[str, Any]) -> None:
    listed = specs[name]["info"]["x-problems"]
    package = f"services.{name}" if name != "gateway" else name
    assert set(listed) == {code_of(kind) for kind in problems_of(package)}
    for code, told in listed.items():
        assert told["meaning"], code
        assert "status" in told or name == "gateway", code


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", NAMES)
def test_every_problem_has_words(name: str, language: str, specs: dict[str, Any]) -> None:
    words = json.loads((CATALOGS / language / "problems.json").read_text())
    assert not [
        code for code in specs[name]["info"]["x-problems"] if f"problem.{code}" not in words
    ]
