"""Every problem and every fault has words in both languages."""

import ast
import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chassis.errors import Problem
from chassis.web import code_of
from tests.architecture.test_imports import ROOT, modules
from tests.architecture.test_services import HOUSES, service_of

WORDS = {
    language: json.loads((ROOT / f"web/src/messages/{language}/problems.json").read_text())
    for language in ("en", "fr")
}
TO_PROGRAMS = {
    "not-of-the-data",
    "not-of-this-topic",
    "stays-as-it-is",
    "unknown-header",
    "unknown-key",
}
"""Faults that only a program can make: no field of the client leads to them."""
CRITERIA = {"definition.py", "shapes.py"}
"""Nobody writes criteria by hand yet: people choose a preset."""


def below(kind: type[Problem]) -> Iterator[type[Problem]]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def problems() -> list[type[Problem]]:
    importlib.import_module("chassis.cli")
    for house in HOUSES:
        service_of(house)
    ours = ("chassis.", "contracts.", "services.", "gateway.")
    return sorted(
        {each for each in below(Problem) if each.__module__.startswith(ours)}, key=code_of
    )


def fault_codes() -> set[str]:
    """What is written as `code="…"` or as a message of a schema's field."""
    found: set[str] = set()
    for path in modules("chassis", "services", "gateway"):
        if path.name in CRITERIA:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                found |= set(_codes_of(node))
    return found


def _codes_of(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    words: list[Any] = [k.value for k in call.keywords if k.arg in {"code", "error"}]
    if name == "ValidationError":
        words += call.args[:1]
    for word in words:
        if isinstance(word, ast.Constant) and isinstance(word.value, str):
            yield word.value.split(":")[0]


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("problem", problems(), ids=code_of)
def test_every_problem_says_what_it_means(problem: type[Problem], language: str) -> None:
    assert problem.__doc__
    assert WORDS[language].get(f"problem.{code_of(problem)}")


@pytest.mark.parametrize("language", WORDS)
def test_every_fault_has_words(language: str) -> None:
    codes = {code for code in fault_codes() if re.fullmatch(r"[a-z]+(-[a-z]+)*", code)}
    assert len(codes) > 20
    known = {
        key.rsplit(".", 1)[-1]
        for page in (ROOT / f"web/src/messages/{language}").glob("*.json")
        for key in json.loads(page.read_text())
    }
    assert codes - TO_PROGRAMS - known == set()


def test_both_languages_know_the_same() -> None:
    assert WORDS["en"].keys() == WORDS["fr"].keys()


def test_the_words_of_problems_that_are_gone_are_gone_too() -> None:
    codes = {f"problem.{code_of(problem)}" for problem in problems()}
    said = {key for key in WORDS["en"] if re.fullmatch(r"problem\.[a-z-]+", key)}
    from_http = {"problem.other", "problem.no-answer"}
    raw = "\n".join(path.read_text() for path in modules("chassis", "services", "gateway"))
    literal = {f"problem.{code}" for code in re.findall(r'problem\(\s*\d+,\s*"([a-z-]+)"', raw)}
    assert said - codes - from_http - literal == set()
