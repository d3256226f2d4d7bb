"""Live updates: who may listen, who is told what, and who is cut."""

from collections.abc import Iterator

import pytest

from chassis.store import EVERYWHERE
from contracts import examples
from contracts.feedback import FIGURES_CHANGED
from contracts.profiles import COHORT_OPENED, PROFILE_UPDATED
from deploy.town import Visitor
from gateway import live, service
from tests.gateway.people import a_member
from tests.gateway.sockets import Line, Place, Refused, listening
from tests.gateway.story import signed_in
from tests.harness import Town, an_event, eventually

PROGRAM = {"name": "Librarians who lead", "purpose": "Leaders from within."}
COHORT = {
    "name": "Spring",
    "zone": "America/Toronto",
    "apply_from": "2026-05-01",
    "apply_until": "2026-06-20",
    "match_on": "2026-06-22",
    "starts_on": "2026-07-01",
    "ends_on": "2026-12-31",
}


@pytest.fixture
def place(town: Town) -> Iterator[Place]:
    with listening(town) as place:
        yield place


def a_cohort(town: Town, founder: Visitor) -> str:
    program = founder.post("/api/profiles/programs", PROGRAM).json["id"]
    made = founder.post("/api/profiles/cohorts", {**COHORT, "program_id": program})
    assert made.status_code == 201, made.json
    town.pump()
    return str(made.json["id"])


def test_a_change_is_told_to_two_windows_of_one_person(
    town: Town, founder: Visitor, place: Place
) -> None:
    windows = [place.open(founder), place.open(founder)]
    trace = "c" * 32
    answer = founder.patch(
        "/api/profiles/members/me",
        {"given_name": "Jo"},
        headers={"traceparent": f"00-{trace}-{'d' * 16}-01"},
    )
    town.pump()
    for window in windows:
        assert window.changed() == {
            "type": "profile-updated",
            "id": answer.json["id"],
            "version": 2,
            "trace": trace,
        }


def test_nobody_listens_without_a_session(town: Town, place: Place) -> None:
    with pytest.raises(Refused, match="not-signed-in"):
        place.open()


def test_nobody_listens_from_another_sites_page(town: Town, founder: Visitor, place: Place) -> None:
    answer = founder.get(
        "/socket.io/?EIO=4&transport=websocket",
        headers={
            "Origin": "https://evil.example",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    )
    assert answer.status_code == 400
    assert place.open(founder, origin="http://127.0.0.1:8300")


def test_only_websockets_are_taken(founder: Visitor, place: Place) -> None:
    answer = founder.get("/socket.io/?EIO=4&transport=polling")
    assert answer.status_code == 400


def test_what_opens_no_socket_is_refused(stranger: Visitor) -> None:
    for headers in ({}, {"Upgrade": "websocket", "Sec-WebSocket-Version": "13"}):
        answer = stranger.get("/socket.io/?EIO=4&transport=websocket", headers=headers)
        assert answer.status_code == 400


def test_who_does_not_say_who_they_are_is_cut(
    founder: Visitor, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_AFTER_SECONDS", 0.05)
    monkeypatch.setattr(live, "HELLO_SECONDS", 0.2)
    silent = Line(place.url)
    mine = place.open(founder)
    assert silent.is_cut()
    assert not mine.is_cut(seconds=0.5)


def test_who_begins_a_word_and_never_ends_it_is_cut_too(
    founder: Visitor, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_AFTER_SECONDS", 0.05)
    monkeypatch.setattr(live, "HELLO_SECONDS", 0.2)
    mumbling = Line(place.url)
    mumbling.say_on("4")
    place.open(founder)
    eventually(lambda: mumbling.is_gone())


def test_a_message_that_grows_and_grows_is_cut_while_it_arrives(place: Place) -> None:
    endless = Line(place.url)
    for _ in range(5):
        endless.say_on("x" * 1000)
    assert endless.is_cut()


def test_a_person_is_not_told_what_concerns_others(
    town: Town, founder: Visitor, place: Place
) -> None:
    other = place.open(signed_in(town, a_member(town)))
    mine = place.open(founder)
    founder.patch("/api/profiles/members/me", {"given_name": "Jo"})
    town.pump()
    assert mine.changed()["type"] == "profile-updated"
    assert other.changes() == []


def test_a_cohort_is_told_to_its_coordinators_and_admins_only(
    town: Town, founder: Visitor, place: Place
) -> None:
    mine = place.open(founder)
    cohort_id = a_cohort(town, founder)
    assert mine.changed()["id"] == cohort_id
    founder.post("/api/profiles/applications", {"cohort_id": cohort_id, "role": "mentor"})
    town.pump()
    assert "figures-changed" in {each["type"] for each in mine.changes()}


def test_who_becomes_coordinator_is_told_from_then_on(town: Town, place: Place) -> None:
    member = signed_in(town, a_member(town, roles=["participant", "coordinator"]))
    window = place.open(member)
    rooms = town.gateway.app.extensions["gateway.live"]
    tell(town, COHORT_OPENED, coordinator_ids=[examples.COORDINATOR])
    assert window.changes() == []
    tell(town, COHORT_OPENED, version=2, coordinator_ids=[examples.MENTEE])
    assert window.changed()["type"] == "cohort-opened"
    tell(town, FIGURES_CHANGED)
    assert window.changed()["type"] == "figures-changed"
    tell(town, COHORT_OPENED, version=3, coordinator_ids=[])
    tell(town, FIGURES_CHANGED)
    assert window.changes() == []
    assert rooms


def test_who_becomes_admin_sees_all_cohorts_and_loses_them_again(town: Town, place: Place) -> None:
    member = signed_in(town, a_member(town))
    town.gateway.hear_that(COHORT_OPENED)
    window = place.open(member)
    tell(town, PROFILE_UPDATED, version=2, roles=["participant", "admin"])
    assert window.changed()["type"] == "profile-updated"
    tell(town, FIGURES_CHANGED)
    assert window.changed()["type"] == "figures-changed"
    tell(town, PROFILE_UPDATED, version=3, roles=["participant"])
    tell(town, FIGURES_CHANGED)
    assert [each["type"] for each in window.changes()] == ["profile-updated"]


def test_who_is_erased_is_cut(town: Town, place: Place) -> None:
    window = place.open(signed_in(town, a_member(town)))
    heard = an_event(PROFILE_UPDATED, version=9)
    publish(town, heard.type, heard.subject, heard.association_id, None, version=9)
    assert window.is_cut()


def test_signing_out_closes_every_window(town: Town, founder: Visitor, place: Place) -> None:
    windows = [place.open(founder), place.open(founder)]
    founder.post("/auth/sign-out")
    assert all(window.is_cut() for window in windows)
    with pytest.raises(Refused):
        place.open(founder)


def test_a_session_that_ends_elsewhere_closes_its_window(
    town: Town, founder: Visitor, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_AFTER_SECONDS", 0.05)
    monkeypatch.setattr(live, "CHECK_SESSIONS_SECONDS", 0.0)
    window = place.open(founder)
    service.close_session(town.gateway.records, founder.cookie("guildway") or "")
    assert window.is_cut()


def test_an_open_window_does_not_keep_a_session_alive(
    town: Town, founder: Visitor, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_AFTER_SECONDS", 0.05)
    monkeypatch.setattr(live, "CHECK_SESSIONS_SECONDS", 0.0)
    window = place.open(founder)
    town.go_on(days=31)
    assert window.is_cut()
    assert not town.gateway.records.sessions.find(EVERYWHERE, {})


def test_a_message_that_is_no_event_silences_nobody(
    town: Town, founder: Visitor, place: Place
) -> None:
    window = place.open(founder)
    me = founder.get("/auth/me").json["me"]
    publish(town, "profile-updated", me["id"], me["association"]["id"], {"nothing": "fits"})
    founder.patch("/api/profiles/members/me", {"given_name": "Jo"})
    for house in town.houses.values():
        house.worker.relay.step()
    assert window.changed()["version"] == 2


def test_after_an_outage_everybody_is_told_to_ask_anew(
    town: Town, founder: Visitor, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chassis.errors import BrokerUnavailable

    monkeypatch.setattr(live, "PAUSE_SECONDS", 0.05)
    window = place.open(founder)
    tail = town.gateway.app.extensions["gateway.live"]._tail
    assert tail is not None

    def fail(*_: object, **__: object) -> None:
        raise BrokerUnavailable

    tail.poll = fail
    assert window.changed() == live.MISSED
    founder.patch("/api/profiles/members/me", {"given_name": "Jo"})
    town.pump()
    assert window.changed()["type"] == "profile-updated"


def test_a_window_that_takes_nothing_is_cut_and_the_others_are_not(
    town: Town, founder: Visitor, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = place.open(founder), place.open(founder)
    updates = town.gateway.app.extensions["gateway.live"]
    first = updates.server.manager.eio_sid_from_sid(next(iter(updates._seats)), "/")
    monkeypatch.setattr(
        updates.server.eio.sockets[first].queue, "qsize", lambda: live.QUEUE_LIMIT + 1
    )
    updates._cut_slow()
    assert slow.is_cut()
    founder.patch("/api/profiles/members/me", {"given_name": "Jo"})
    town.pump()
    assert quick.changed()["type"] == "profile-updated"


def test_open_windows_are_counted(town: Town, founder: Visitor, place: Place) -> None:
    from chassis.metrics import LIVE_CLIENTS

    before = LIVE_CLIENTS._value.get()
    window = place.open(founder)
    eventually(lambda: LIVE_CLIENTS._value.get() == before + 1)
    window.close()
    eventually(lambda: LIVE_CLIENTS._value.get() == before)


def tell(town: Town, kind: object, *, version: int = 1, **changes: object) -> None:
    """Publish an event like its example, and let the worker hear it."""
    heard = an_event(kind, version=version, at=town.clock.at, **changes)  # type: ignore[arg-type]
    publish(
        town, heard.type, heard.subject, heard.association_id, heard.data, version=heard.version
    )
    town.pump()


def publish(
    town: Town,
    type: str,
    subject: str,
    association_id: str,
    data: object,
    *,
    version: int = 1,
) -> None:
    from uuid import uuid4

    from chassis.clock import to_text
    from chassis.events import to_message

    publisher = town.gateway.running.broker.publisher()
    publisher.send(
        [
            to_message(
                {
                    "id": str(uuid4()),
                    "type": type,
                    "source": "profiles",
                    "subject": subject,
                    "association_id": association_id,
                    "version": version,
                    "at": to_text(town.clock.at),
                    "traceparent": "",
                    "data": data,
                }
            )
        ]
    )
    publisher.close()
