"""Nobody changes anything from another site's page."""

import pytest
from flask import Request

from deploy.town import Visitor
from gateway.origins import is_own_origin, peer_of
from tests.gateway.people import FOUNDING
from tests.harness import Town

HERE = "http://127.0.0.1:8300"


@pytest.fixture
def town(alone: Town) -> Town:
    """The services are not needed here."""
    return alone


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": HERE}, 204),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:8300.evil.example"}, 403),
        ({"Origin": "http://127.0.0.1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({}, 403),
    ],
)
def test_signing_out_needs_a_page_of_ours(
    town: Town, founder: Visitor, headers: dict[str, str], status: int
) -> None:
    client = town.gateway.app.test_client()
    client.set_cookie("guildway", founder.cookie("guildway") or "", domain="127.0.0.1")
    answer = client.post("/auth/sign-out", base_url=HERE, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json["code"] == "foreign-origin"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_reaches_a_service_from_elsewhere(
    town: Town, founder: Visitor, method: str
) -> None:
    answer = founder.ask(
        method, "/api/profiles/members/me", {}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


def test_nobody_is_signed_in_from_another_sites_page(town: Town, stranger: Visitor) -> None:
    stranger.post("/auth/links", {"address": FOUNDING["mail_address"]})
    town.pump()
    link = stranger.get("/api/demo/mails").json["items"][0]["links"][0]
    token = link.rsplit("/", 1)[1]
    answer = stranger.post(f"/links/{token}", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert stranger.press(link).status_code == 200


def test_reading_is_open_to_any_page_but_shown_to_ours_only(founder: Visitor) -> None:
    answer = founder.get("/auth/me", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "host", "url", "own"),
    [
        ("https://mentors.example", "mentors.example", "https://mentors.example", True),
        ("http://mentors.example", "mentors.example", "https://mentors.example", False),
        ("https://mentors.example", "10.0.0.7:8300", "https://mentors.example", True),
        ("http://localhost:8300", "localhost:8300", "http://127.0.0.1:8300", True),
        ("http://evil.example", "localhost:8300", "http://127.0.0.1:8300", False),
        ("ftp://localhost:8300", "localhost:8300", "http://127.0.0.1:8300", False),
        ("http://[", "localhost", "http://127.0.0.1:8300", False),
    ],
)
def test_our_origin_is_the_address_people_see_or_the_host_they_asked(
    origin: str, host: str, url: str, own: bool
) -> None:
    assert is_own_origin(origin, host=host, url=url) is own


@pytest.mark.parametrize(
    ("forwarded", "proxies", "peer"),
    [
        ("", 0, "9.9.9.9"),
        ("1.1.1.1", 0, "9.9.9.9"),
        ("1.1.1.1", 1, "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1", 1, "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("1.1.1.1", 2, "9.9.9.9"),
        ("", 1, "9.9.9.9"),
    ],
)
def test_only_our_own_proxies_are_believed(forwarded: str, proxies: int, peer: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    asked = Request.from_values(headers=headers, environ_base={"REMOTE_ADDR": "9.9.9.9"})
    assert peer_of(asked, proxies=proxies) == peer


def test_figures_are_not_for_beyond_the_machine_room(stranger: Visitor) -> None:
    assert stranger.get("/metrics").status_code == 200
    assert stranger.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"}).status_code == 404
    assert stranger.get("/health/live").status_code == 200
