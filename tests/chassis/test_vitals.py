"""What a worker answers to whoever watches over it."""

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from chassis.errors import StoreUnavailable
from chassis.vitals import Vitals


@pytest.fixture
def trouble() -> list[Exception]:
    return []


@pytest.fixture
def vitals(trouble: list[Exception]) -> Iterator[Vitals]:
    def ready() -> None:
        if trouble:
            raise trouble[0]

    vitals = Vitals("127.0.0.1", 0, live=lambda: None, ready=ready)
    yield vitals
    vitals.close()


def ask(vitals: Vitals, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{vitals.port}{path}") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_worker_tells_that_it_is_well(vitals: Vitals) -> None:
    assert ask(vitals, "/health/live") == (200, "ok\n")
    assert ask(vitals, "/health/ready") == (200, "ok\n")
    assert ask(vitals, "/nothing")[0] == 404


def test_a_worker_tells_what_it_misses(vitals: Vitals, trouble: list[Exception]) -> None:
    trouble.append(StoreUnavailable("mongodb://user:secret@host"))
    assert ask(vitals, "/health/ready") == (503, "StoreUnavailable\n")
    assert ask(vitals, "/health/live")[0] == 200


def test_a_worker_gives_its_numbers(vitals: Vitals) -> None:
    status, text = ask(vitals, "/metrics")
    assert status == 200
    for name in ("outbox_pending", "consumer_lag", "events_handled_total", "dead_letters_total"):
        assert f"guildway_{name}" in text
