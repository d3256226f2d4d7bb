"""Nobody is ever in two meetings at once, whoever asks for what at the same time."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts import examples
from services.scheduling.app import service
from services.scheduling.model.meeting import Meeting
from tests.harness import Town, a_town
from tests.services.scheduling.conftest import (
    AMARA,
    RUTH,
    act,
    another_pair,
    at,
    end_pair,
    hear_all,
    offered,
    propose,
    scheduled,
    told,
)

THREADS = 16


@pytest.fixture(params=["sqlite", "mongodb"])
def crowd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """The town on either store."""
    settings = {}
    if request.param == "mongodb":
        url = request.getfixturevalue("mongodb_url")
        settings["GUILDWAY_STORE"] = f"{url}/races_{tmp_path.name}"[:90]
    with a_town(tmp_path, service, **settings) as town:
        hear_all(town)
        yield town


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same time; the answers."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n: int) -> None:
        start.wait()
        answers[n] = acts[n]()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def asks(town: Town, path: str, body: Any, actor: Any) -> Callable[[], Any]:
    """A request by a client of its own."""
    client, house = town.scheduling.app.test_client(), town.scheduling
    headers = {"Authorization": f"Bearer {house.token(actor)}"}
    return lambda: client.post(path, json=body, headers=headers)


def taken(town: Town) -> Counter[str]:
    """How many meetings take each quarter hour of each member."""
    meetings = town.scheduling.records.meetings.each(examples.ASSOCIATION, {})
    return Counter(key for meeting in meetings for key in Meeting.keys(meeting))


def codes(answers: list[Any]) -> Counter[str]:
    return Counter(a.json.get("code", str(a.status_code)) for a in answers)


def test_of_racing_confirmations_of_one_time_one_wins(crowd: Town) -> None:
    offers = []
    for n in range(THREADS):
        # Each overlaps each, and each one's hold is over before the next is offered.
        pair_id, mentee = another_pair(crowd, f"mentee {n}")
        start = at(24 * 28 + n % 4 / 4)
        offers.append((offered(crowd, start, actor=mentee, pair_id=pair_id, minutes=105), start))
        crowd.go_on(hours=24)
    answers = at_once(
        *(
            asks(crowd, f"/meetings/{m['id']}/confirmation", {"starts_at": start}, RUTH)
            for m, start in offers
        )
    )
    assert codes(answers) == {"200": 1, "time-is-taken": THREADS - 1}
    assert all(a.json["values"] == {"times": []} for a in answers if a.status_code == 409)
    assert max(taken(crowd).values()) == 1
    assert len(told(crowd, "meeting-scheduled")) == 1


def test_of_racing_offers_of_one_time_one_holds_it(crowd: Town) -> None:
    pairs = [another_pair(crowd, f"mentee {n}") for n in range(THREADS)]
    body = {"proposed": [at(), at(24)], "way": "video"}
    answers = at_once(*(asks(crowd, f"/pairs/{id}/meetings", body, who) for id, who in pairs))
    assert codes(answers) == {"201": 1, "time-is-taken": THREADS - 1}
    assert max(taken(crowd).values()) == 1


def test_of_racing_moves_onto_one_time_one_wins(crowd: Town) -> None:
    meetings = []
    for n in range(THREADS):
        pair_id, mentee = another_pair(crowd, f"mentee {n}")
        offer = offered(crowd, at(n), actor=mentee, pair_id=pair_id)
        act(crowd, offer, "confirmation", {"starts_at": at(n)})
        meetings.append(offer)
    body = {"starts_at": at(48)}
    answers = at_once(*(asks(crowd, f"/meetings/{m['id']}/moving", body, RUTH) for m in meetings))
    assert codes(answers) == {"200": 1, "time-is-taken": THREADS - 1}
    assert max(taken(crowd).values()) == 1
    assert len(taken(crowd)) == THREADS * 6


def test_one_offer_confirmed_by_many_taps_is_one_meeting(crowd: Town) -> None:
    offer = offered(crowd, at(), at(24))
    path = f"/meetings/{offer['id']}/confirmation"
    starts = [at(), at(24)] * (THREADS // 2)
    answers = at_once(*(asks(crowd, path, {"starts_at": start}, RUTH) for start in starts))
    found = codes(answers)
    # A tap may lose the race for the document too often; then nothing of it is done.
    assert set(found) <= {"200", "already-scheduled", "lost-race"}
    assert found["200"] >= 1
    assert len({a.json["starts_at"] for a in answers if a.status_code == 200}) == 1
    assert len(told(crowd, "meeting-scheduled")) == 1


def test_moves_and_calls_off_at_once_leave_one_truth(crowd: Town) -> None:
    meeting = scheduled(crowd)
    path = f"/meetings/{meeting['id']}"
    answers = at_once(
        *(asks(crowd, f"{path}/moving", {"starts_at": at(n)}, AMARA) for n in range(1, 8)),
        asks(crowd, f"{path}/cancellation", {}, RUTH),
    )
    assert {a.status_code for a in answers} <= {200, 409}
    final = crowd.scheduling.get(path, actor=AMARA).json
    assert len(taken(crowd)) == (0 if final["state"] == "cancelled" else 6)


def test_whatever_races_the_end_of_a_pair_is_off_afterwards(crowd: Town) -> None:
    offers = [offered(crowd, at(24 * n)) for n in range(2)]
    acts = [
        asks(crowd, f"/meetings/{m['id']}/confirmation", {"starts_at": at(24 * n)}, RUTH)
        for n, m in enumerate(offers)
    ]
    more = {"proposed": [at(96)], "way": "video"}
    acts.append(asks(crowd, f"/pairs/{examples.PAIR}/meetings", more, AMARA))
    at_once(*acts, lambda: end_pair(crowd))
    found = crowd.scheduling.records.meetings.each(examples.ASSOCIATION, {})
    assert {meeting.state for meeting in found} == {"cancelled"}
    assert not taken(crowd)
    assert propose(crowd).status_code == 409


def test_counter_offers_at_once_leave_one_open_offer_of_each_or_less(crowd: Town) -> None:
    offer = offered(crowd, at())
    path = f"/pairs/{examples.PAIR}/meetings"
    bodies = [
        ({"proposed": [at(24 + n)], "way": "phone", "replaces": offer["id"]}, who)
        for n, who in enumerate((AMARA, RUTH) * 4)
    ]
    answers = at_once(*(asks(crowd, path, body, who) for body, who in bodies))
    assert codes(answers)["201"] == 1
    assert set(codes(answers)) <= {"201", "offer-is-over", "lost-race"}
    meetings = crowd.scheduling.records.meetings.each(examples.ASSOCIATION, {})
    assert [m.state for m in meetings].count("proposed") == 1
    assert max(taken(crowd).values()) == 1


def test_offered_times_of_one_meeting_may_overlap(crowd: Town) -> None:
    offer = offered(crowd, at(), at(0.5), at(0.75))
    assert max(taken(crowd).values()) == 1
    assert act(crowd, offer, "confirmation", {"starts_at": at(0.5)}).status_code == 200
    assert len(taken(crowd)) == 6
