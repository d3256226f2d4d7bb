"""What senders really send has the shape of the examples, which listeners are tried with."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chassis.events import EventType, Heard
from contracts.catalogue import EVENTS
from services.feedback.app import service as feedback
from services.matching.app import service as matching
from services.profiles.app import service as profiles
from services.scheduling.app import service as scheduling
from tests.contracts.life import live
from tests.harness import a_town


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Heard]]:
    """Everything that is sent in the life of a cohort."""
    folder = tmp_path_factory.mktemp("life")
    with a_town(folder, profiles, matching, scheduling, feedback) as town:
        live(town)
        yield town.news()


def shape(value: Any) -> Any:
    """The kinds of values, however deep; what may be missing is nothing in particular."""
    if isinstance(value, Mapping):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def differences(example: Any, real: Any, at: str = "") -> list[str]:
    """Where a real state is of another shape than the example; null and empty fit everything."""
    if not example or not real:
        return []
    if isinstance(example, Mapping) and isinstance(real, Mapping):
        found = [f"{at} has {sorted(real)}"] if at == "" and set(example) != set(real) else []
        both = set(example) & set(real)
        return found + [
            d for name in both for d in differences(example[name], real[name], f"{at}.{name}")
        ]
    if isinstance(example, list) and isinstance(real, list):
        return differences(example[0], real[0], f"{at}[]")
    return [] if shape(example) == shape(real) else [f"{at} is {shape(real)}"]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.name)
def test_every_event_is_really_sent_in_the_shape_of_its_example(
    kind: EventType, sent: list[Heard]
) -> None:
    real = [heard for heard in sent if heard.type == kind.name]
    assert real, f"nobody sent {kind.name}"
    for heard in real:
        assert differences(kind.example, heard.state) == []


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.name)
def test_what_tells_an_example_apart_holds_of_what_is_sent(
    kind: EventType, sent: list[Heard]
) -> None:
    if "state" in kind.example:
        states = {heard.state["state"] for heard in sent if heard.type == kind.name}
        assert kind.example["state"] in states


def test_versions_of_a_thing_rise_and_no_event_has_the_id_of_another(sent: list[Heard]) -> None:
    assert len({heard.id for heard in sent}) == len(sent)
    latest: dict[tuple[str, str], int] = {}
    for heard in sent:
        before = latest.get((heard.type, heard.subject), 0)
        assert heard.version > before, (heard.type, heard.version, before)
        latest[heard.type, heard.subject] = heard.version


def test_no_event_carries_what_people_wrote(sent: list[Heard]) -> None:
    told = " ".join(str(heard.state) for heard in sent)
    for words in ("too far", "Until winter", "Lead a team", "my team", "find my voice"):
        assert words not in told
