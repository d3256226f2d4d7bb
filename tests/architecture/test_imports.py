"""Who may import whom: one way, and nobody past the two protocols."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = sorted(p.name for p in (ROOT / "services").iterdir() if (p / "app.py").exists())


def modules(*folders: str) -> list[Path]:
    return sorted(p for folder in folders for p in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def offenders(paths: list[Path], *forbidden: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in imported(path)
        if any(name == f or name.startswith(f + ".") for f in forbidden)
    ]


def test_there_are_services() -> None:
    assert SERVICES


def test_the_chassis_knows_nothing_of_ours() -> None:
    assert not offenders(modules("chassis"), "contracts", "services", "gateway", "deploy")


def test_contracts_know_only_the_chassis() -> None:
    assert not offenders(modules("contracts"), "services", "gateway", "deploy", "flask", "urllib3")


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_imports_another(service: str) -> None:
    others = [f"services.{name}" for name in SERVICES if name != service]
    assert not offenders(modules(f"services/{service}"), *others, "gateway", "deploy")


def test_the_gateway_imports_no_service() -> None:
    assert not offenders(modules("gateway"), "services", "deploy")


def test_no_service_calls_anybody() -> None:
    assert not offenders(
        modules("services"), "urllib3", "requests", "httpx", "http.client", "socket"
    )


@pytest.mark.parametrize(
    ("library", "home"),
    [("kafka", "chassis/broker"), ("pymongo", "chassis/store"), ("sqlite3", "chassis")],
)
def test_a_backend_is_imported_only_where_it_lives(library: str, home: str) -> None:
    others = [
        p
        for p in modules("chassis", "contracts", "services", "gateway")
        if not str(p.relative_to(ROOT)).startswith(home)
    ]
    assert not offenders(others, library)


def test_rules_and_storage_know_no_http() -> None:
    inner = [
        p
        for p in modules("services", "contracts")
        if p.name not in {"api.py", "app.py", "schemas.py"}
    ]
    assert not offenders(inner, "flask", "flask_smorest", "werkzeug")


def test_no_module_is_named_after_nothing() -> None:
    empty_words = {"utils.py", "helpers.py", "common.py", "base.py", "manager.py", "misc.py"}
    named = modules("chassis", "contracts", "services", "gateway", "deploy")
    assert not [str(p) for p in named if p.name in empty_words]
