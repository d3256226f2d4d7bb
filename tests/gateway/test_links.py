"""One-tap answers by links in mails: once, for one purpose, by whoever was asked."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis.clock import to_text
from chassis.store import EVERYWHERE
from contracts import examples
from contracts.feedback import FEEDBACK_DUE
from contracts.profiles import PROFILE_UPDATED
from contracts.scheduling import MEETING_SCHEDULED
from deploy.town import Visitor
from gateway.answering import CALLS, page_of
from gateway.client import Client
from gateway.links import find_link, make_link, token_of
from gateway.model import GROUPS, Link
from tests.gateway.conftest import open_town
from tests.gateway.people import a_member, a_mentor
from tests.gateway.story import AMARA, RUTH, done, links_to, pair_id, propose, signed_in
from tests.gateway.test_passing import Ears, listen
from tests.harness import Town


@pytest.fixture(scope="module")
def proposed(founded: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a town with one proposal, to be copied."""
    folder = tmp_path_factory.mktemp("proposed") / "data"
    shutil.copytree(founded[0], folder)
    with open_town(folder) as town:
        coordinator = Visitor(town)
        coordinator.give_cookie("guildway", founded[1])
        propose(town, coordinator)
    return folder


@pytest.fixture
def asked(proposed: Path, tmp_path: Path, dist: Path) -> Iterator[Town]:
    """A town where Amara and Ruth have been asked whether they want to be a pair."""
    shutil.copytree(proposed, tmp_path / "asked")
    with open_town(tmp_path / "asked") as town:
        town.clock.at += timedelta(minutes=5)
        town.gateway.app.extensions["gateway.client"] = Client(dist, dist / "routes.json")
        yield town


def token_in(url: str) -> str:
    return url.rsplit("/", 1)[1]


def pair_of(town: Town) -> dict[str, Any]:
    return done(signed_in(town, AMARA).get(f"/api/matching/pairs/{pair_id(town)}"))


def test_two_taps_make_a_pair(asked: Town) -> None:
    phone = Visitor(asked)
    first = phone.press(links_to(asked, AMARA)["accept"])
    assert first.json == {"purpose": "accept", "done": True, "next": f"/proposals/{pair_id(asked)}"}
    assert "Set-Cookie" not in first.headers
    second = phone.press(links_to(asked, RUTH)["accept"])
    assert second.json["next"] == f"/pairs/{pair_id(asked)}"
    asked.pump()
    assert pair_of(asked)["state"] == "matched"


def test_the_page_of_a_link_says_who_and_until_when(asked: Town) -> None:
    token = token_in(links_to(asked, AMARA)["accept"])
    told = Visitor(asked).boot(f"/l/{token}")["link"]
    assert (told["purpose"], told["state"], told["role"]) == ("accept", "open", "mentee")
    assert told["member"]["given_name"] == "Amara"
    assert told["partner"] == {"given_name": "Ruth", "family_name": "Abernathy"}
    assert told["association"] == {"name": "Librarians Across Canada"}
    assert told["answer_by"] > to_text(asked.clock.now())
    assert told["next"] == f"/proposals/{pair_id(asked)}"


def test_the_page_of_a_link_speaks_the_language_of_the_member(asked: Town) -> None:
    html = Visitor(asked).get(f"/l/{token_in(links_to(asked, RUTH)['accept'])}").text
    assert '<html lang="fr">' in html


def test_one_question_takes_one_answer(asked: Town) -> None:
    links = links_to(asked, AMARA)
    phone = Visitor(asked)
    assert phone.press(links["decline"], reason="I have moved.").status_code == 200
    for purpose in ("accept", "decline"):
        again = phone.press(links[purpose])
        assert (again.status_code, again.json["code"]) == (410, "link-is-used")
        told = phone.boot(f"/l/{token_in(links[purpose])}")["link"]
        assert told == {
            "purpose": purpose,
            "state": "used",
            "next": f"/proposals/{pair_id(asked)}",
        }
    assert pair_of(asked)["state"] == "declined"


def test_a_link_acts_for_its_purpose_only(asked: Town) -> None:
    phone = Visitor(asked)
    answer = phone.press(links_to(asked, AMARA)["accept"], reason="no", met=False, useful=1)
    assert answer.status_code == 200
    assert pair_of(asked)["state"] == "proposed"
    assert phone.get("/auth/me").status_code == 401


def test_a_service_that_is_away_costs_nobody_their_answer(asked: Town) -> None:
    phone, link = Visitor(asked), links_to(asked, AMARA)["accept"]
    asked.services.away.add("matching")
    answer = phone.press(link)
    assert (answer.status_code, answer.json["code"]) == (503, "service-is-away")
    assert phone.boot(f"/l/{token_in(link)}")["link"]["state"] == "open"
    asked.services.away.clear()
    assert phone.press(link).status_code == 200


def test_an_answer_given_in_the_client_ends_the_link_kindly(asked: Town) -> None:
    link = links_to(asked, AMARA)["accept"]
    member = signed_in(asked, AMARA)
    done(member.post(f"/api/matching/pairs/{pair_id(asked)}/declination", {"reason": ""}))
    answer = Visitor(asked).press(link)
    assert (answer.status_code, answer.json["code"]) == (409, "proposal-is-over")
    told = Visitor(asked).boot(f"/l/{token_in(link)}")["link"]
    assert (told["state"], told["next"]) == ("used", f"/proposals/{pair_id(asked)}")


def test_the_same_answer_in_the_client_and_by_link_is_one(asked: Town) -> None:
    link = links_to(asked, AMARA)["accept"]
    done(signed_in(asked, AMARA).post(f"/api/matching/pairs/{pair_id(asked)}/acceptance"))
    assert Visitor(asked).press(link).status_code == 200
    assert pair_of(asked)["state"] == "proposed"


def test_a_link_that_is_over_changes_nothing(asked: Town) -> None:
    link = links_to(asked, AMARA)["accept"]
    asked.clock.at += timedelta(days=200)
    answer = Visitor(asked).press(link)
    assert (answer.status_code, answer.json["code"]) == (410, "link-is-expired")
    assert Visitor(asked).get(f"/l/{token_in(link)}").status_code == 410


def test_times_are_confirmed_by_one_of_their_links(asked: Town) -> None:
    phone = Visitor(asked)
    phone.press(links_to(asked, AMARA)["accept"])
    phone.press(links_to(asked, RUTH)["accept"])
    asked.go_on(minutes=5)
    mentee = signed_in(asked, AMARA)
    items = done(mentee.get(f"/api/scheduling/pairs/{pair_id(asked)}/times"))["items"]
    starts = [items[0]["starts_at"], items[-1]["starts_at"]]
    body = {"proposed": starts, "minutes": 45, "way": "video"}
    done(mentee.post(f"/api/scheduling/pairs/{pair_id(asked)}/meetings", body))
    asked.go_on(minutes=5)
    links = {what: url for what, url in links_to(asked, RUTH).items() if "confirm" in what}
    assert sorted(links) == sorted(f"confirm {start}" for start in starts)
    told = phone.boot(f"/l/{token_in(links[f'confirm {starts[1]}'])}")["link"]
    assert (told["starts_at"], told["minutes"], told["way"]) == (starts[1], 45, "video")
    answer = phone.press(links[f"confirm {starts[1]}"])
    assert answer.status_code == 200, answer.json
    assert phone.press(links[f"confirm {starts[0]}"]).status_code == 410
    meetings = done(mentee.get("/api/scheduling/meetings?when=ahead"))["items"]
    assert [each["starts_at"] for each in meetings] == [starts[1]]
    assert answer.json["next"] == f"/meetings/{meetings[0]['id']}"


# What a link asks of a service, tried without one


def a_link(town: Town, purpose: str, target: str = examples.MEETING, **params: Any) -> str:
    if not town.gateway.records.members.find(EVERYWHERE, {"_id": examples.MENTEE}):
        a_member(town)
        a_mentor(town)
    return make_link(
        town.gateway.records,
        association_id=examples.ASSOCIATION,
        member_id=examples.MENTEE,
        purpose=purpose,  # type: ignore[arg-type]
        target=target,
        until=town.clock.now() + timedelta(days=10),
        now=town.clock.now(),
        params=params,
    )


@pytest.mark.parametrize(
    ("purpose", "params", "fields", "service", "target", "body"),
    [
        ("accept", {}, {}, "matching", "/pairs/T/acceptance", {}),
        ("decline", {}, {"reason": "r"}, "matching", "/pairs/T/declination", {"reason": "r"}),
        ("decline", {}, {}, "matching", "/pairs/T/declination", {}),
        (
            "confirm",
            {"starts_at": "2026-05-14T18:00:00.000Z"},
            {},
            "scheduling",
            "/meetings/T/confirmation",
            {"starts_at": "2026-05-14T18:00:00.000Z"},
        ),
        ("met", {}, {"why": "x"}, "scheduling", "/meetings/T/log", {"met": True}),
        ("not-met", {}, {"why": "x"}, "scheduling", "/meetings/T/log", {"met": False, "why": "x"}),
        ("check-in", {"useful": 4}, {}, "feedback", "/check-ins/T/answer", {"useful": 4}),
        (
            "check-in",
            {"useful": 4},
            {"useful": 5, "help": True, "in_the_way": "time"},
            "feedback",
            "/check-ins/T/answer",
            {"useful": 5, "help": True, "in_the_way": "time"},
        ),
    ],
)
def test_a_link_asks_a_service_in_the_name_of_its_member(
    town: Town,
    purpose: str,
    params: dict[str, Any],
    fields: dict[str, Any],
    service: str,
    target: str,
    body: dict[str, Any],
) -> None:
    import json

    link = a_link(town, purpose, "T", **params)
    ears = listen(town, Ears(200, b"{}"))
    assert Visitor(town).press(link, **fields).status_code == 200
    sent = ears.asked[0]
    assert (sent.service, sent.method, sent.target) == (service, "POST", target)
    assert json.loads(ears.bodies[0]) == body
    stored = find_link(town.gateway.records, token_in(link))
    assert sent.headers["Idempotency-Key"] == stored.id
    assert stored.used_at == town.clock.now()


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        (409, "time-is-taken", "open"),
        (409, "lost-race", "open"),
        (422, "invalid", "open"),
        (503, "store-unavailable", "open"),
        (500, "internal-error", "open"),
        (404, "not-found", "used"),
        (409, "meeting-is-over", "used"),
    ],
)
def test_what_a_service_refuses_for_good_uses_the_link_up(
    town: Town, status: int, code: str, state: str
) -> None:
    times = b'"values": {"times": ["2026-05-14T18:00:00.000Z"]}'
    link = a_link(town, "confirm", starts_at="2026-05-14T18:00:00.000Z")
    listen(town, Ears(status, b'{"code": "' + code.encode() + b'", ' + times + b"}"))
    answer = Visitor(town).press(link)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.json["values"] == {"times": ["2026-05-14T18:00:00.000Z"]}
    told = Visitor(town).boot(f"/l/{token_in(link)}")["link"]
    assert told["state"] == state


def test_a_question_asked_anew_takes_another_answer(town: Town) -> None:
    first, again = a_link(town, "met"), a_link(town, "not-met", asked="disputed")
    listen(town, Ears())
    assert Visitor(town).press(first).status_code == 200
    assert Visitor(town).press(a_link(town, "not-met")).status_code == 410
    assert Visitor(town).press(again).status_code == 200


def test_a_link_asked_for_twice_is_one_but_each_sign_in_its_own(town: Town) -> None:
    assert a_link(town, "met") == a_link(town, "met")
    assert a_link(town, "met") != a_link(town, "not-met")
    assert a_link(town, "sign-in", "") != a_link(town, "sign-in", "")


def test_a_link_of_whoever_is_erased_is_none(town: Town) -> None:
    from tests.gateway.test_signing_in import erase

    link = a_link(town, "met")
    erase(town)
    listen(town, Ears())
    assert Visitor(town).press(link).status_code == 404
    assert Visitor(town).boot(f"/l/{token_in(link)}")["link"]["state"] == "unknown"


def test_a_link_acts_with_the_roles_of_the_moment(town: Town) -> None:
    link = a_link(town, "met")
    town.gateway.hear_that(PROFILE_UPDATED, version=2, roles=["participant", "admin"])
    ears = listen(town, Ears())
    Visitor(town).press(link)
    import base64
    import json

    claims = ears.asked[0].headers["Authorization"].split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert told["sub"] == examples.MENTEE
    assert told["roles"] == ["admin", "participant"]
    assert told["link"] == find_link(town.gateway.records, token_in(link)).id
    assert told["aud"] == "scheduling"


def test_the_signature_of_another_instance_is_none_here(town: Town) -> None:
    link = a_link(town, "met")
    stored = find_link(town.gateway.records, token_in(link))
    forged = token_of(stored.id, b"another key of thirty-two bytes!")
    assert Visitor(town).post(f"/links/{forged}").status_code == 404


def test_the_address_of_a_link_is_in_no_log(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    import structlog

    from chassis import log

    structlog.reset_defaults()
    log.configure("json", service="gateway")
    try:
        link = a_link(town, "met")
        listen(town, Ears())
        Visitor(town).get(f"/l/{token_in(link)}")
        Visitor(town).press(link)
        Visitor(town).get("/calendar/secret.ics")
        lines = capfd.readouterr().err
    finally:
        log.configure("off", service="town")
    assert "/l/<token>" in lines
    assert "/links/<token>" in lines
    assert "/calendar/<token>.ics" in lines
    assert token_in(link) not in lines
    assert "secret" not in lines


def test_a_check_in_and_a_meeting_are_told_on_the_page(town: Town) -> None:
    met = a_link(town, "met")
    town.gateway.hear_that(MEETING_SCHEDULED)
    told = Visitor(town).boot(f"/l/{token_in(met)}")["link"]
    assert (told["starts_at"], told["partner"]["given_name"]) == (
        "2026-05-14T18:00:00.000Z",
        "Ruth",
    )
    tap = a_link(town, "check-in", examples.CHECK_IN, useful=3)
    town.gateway.hear_that(FEEDBACK_DUE)
    told = Visitor(town).boot(f"/l/{token_in(tap)}")["link"]
    assert (told["useful"], told["occasion"], told["role"]) == (3, "first", "mentee")
    assert told["partner"]["given_name"] == "Ruth"


def test_old_links_are_forgotten_in_the_end(town: Town) -> None:
    link = a_link(town, "met")
    town.go_on(days=101)
    assert Visitor(town).get(f"/l/{token_in(link)}").status_code == 404
    assert not town.gateway.records.links.find(EVERYWHERE, {})


def test_every_purpose_has_a_page_and_what_answers_has_a_call() -> None:
    assert GROUPS.keys() | {"address"} == CALLS.keys()
    for purpose in (*GROUPS, "sign-in", "address"):
        link = Link(
            id="l",
            association_id="a",
            member_id="m",
            purpose=purpose,  # type: ignore[arg-type]
            target="/x" if purpose in {"sign-in", "address"} else "t",
            params={},
            made_at=None,  # type: ignore[arg-type]
            until=None,  # type: ignore[arg-type]
        )
        assert page_of(link).startswith("/")
        assert page_of(link) != "/"
