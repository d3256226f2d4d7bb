"""What reaches the services and what comes back; what neither may carry."""

import io
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.town import Visitor
from gateway.passing import Answered, Asked, ServiceIsAway
from tests.gateway.people import a_member
from tests.harness import Town

PROGRAM = {"name": "Librarians who lead", "purpose": "Leaders from within."}


class Ears:
    """Services that note what they are asked and answer what they are told to."""

    def __init__(self, status: int = 200, body: bytes = b"{}", **headers: str) -> None:
        self.asked: list[Asked] = []
        self.bodies: list[bytes] = []
        self._answer = (status, body, {n.replace("_", "-"): v for n, v in headers.items()})

    def ask(self, asked: Asked) -> Answered:
        self.asked.append(asked)
        body = asked.body
        self.bodies.append(body.read() if hasattr(body, "read") else body or b"")
        status, answer, headers = self._answer
        return Answered(status=status, headers=headers, chunks=iter([answer]))


def listen(town: Town, ears: Any) -> Any:
    town.gateway.app.extensions["gateway.passage"].services = ears
    return ears


def test_a_request_is_made_in_the_name_of_who_is_signed_in(founder: Visitor) -> None:
    made = founder.post("/api/profiles/programs", PROGRAM)
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/profiles/programs/{made.json['id']}"
    assert made.headers["ETag"] == '"1"'
    again = founder.get(made.headers["Location"])
    assert again.json["name"] == PROGRAM["name"]


def test_versions_and_repeats_work_through_the_gateway(founder: Visitor) -> None:
    key = {"Idempotency-Key": "once"}
    first = founder.post("/api/profiles/programs", PROGRAM, headers=key).json
    assert founder.post("/api/profiles/programs", PROGRAM, headers=key).json == first
    place, changed = f"/api/profiles/programs/{first['id']}", {**PROGRAM, "name": "Other"}
    assert founder.put(place, changed, headers={"If-Match": '"1"'}).status_code == 200
    stale = founder.put(place, changed, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json["code"]) == (412, "stale")


def test_nobody_asks_a_service_without_a_session(stranger: Visitor) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answer = stranger.ask(method, "/api/profiles/members/me")
        assert (answer.status_code, answer.json["code"]) == (401, "not-signed-in")
        assert answer.content_type == "application/problem+json"


def test_an_old_token_of_a_session_is_nothing(stranger: Visitor) -> None:
    for token in ("", "x", "A" * 43, "A" * 5000, "\u00e9"):
        headers = {"Cookie": f"guildway={token}"}
        assert stranger.get("/api/profiles/members/me", headers=headers).status_code == 401


def test_a_member_of_another_association_sees_nothing_of_ours(town: Town, founder: Visitor) -> None:
    made = founder.post("/api/profiles/programs", PROGRAM)
    foreigner = Visitor(town)
    foreigner.sign_in(a_member(town, roles=["participant", "coordinator", "admin"]))
    assert foreigner.get(made.headers["Location"]).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "profiles/..%2f..%2fmetrics",
        "profiles/%2e%2e/metrics",
        "profiles/../metrics",
        "profiles/metrics",
        "profiles/health/ready",
        "profiles/openapi.json",
        "profiles//members/me",
        "profiles/members/./me",
        "profiles/members%2f..%2fmetrics",
        "gateway/members/me",
        "profiles.evil.example/members",
        "127.0.0.1:22/x",
        "..%2fprofiles/members/me",
    ],
)
def test_no_path_leads_past_the_doors(town: Town, founder: Visitor, path: str) -> None:
    ears = listen(town, Ears())
    assert founder.get(f"/api/{path}").status_code == 404
    assert not ears.asked


def test_a_path_is_encoded_anew(town: Town, founder: Visitor) -> None:
    ears = listen(town, Ears())
    founder.get("/api/profiles/a%20b%00:%20y/%C3%A9%3F%23?q=a%20b&after=x%2By")
    assert ears.asked[0].target == "/a%20b%00%3A%20y/%C3%A9%3F%23?q=a%20b&after=x%2By"
    assert founder.get("/api/profiles/a%0d%0aX-Actor:%20me").status_code == 404
    assert len(ears.asked) == 1


def test_only_known_headers_reach_a_service(town: Town, founder: Visitor) -> None:
    ears = listen(town, Ears())
    founder.post(
        "/api/profiles/programs",
        PROGRAM,
        headers={
            "Authorization": "Bearer forged",
            "Idempotency-Key": "k",
            "X-Forwarded-For": "1.2.3.4",
            "X-Original-URL": "/metrics",
            "Transfer-Encoding": "identity",
            "Connection": "X-Actor",
            "Host": "127.0.0.1:8300",
            "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
        },
    )
    sent = ears.asked[0].headers
    assert sorted(sent) == [
        "Authorization",
        "Content-Length",
        "Content-Type",
        "Idempotency-Key",
        "traceparent",
    ]
    assert sent["Authorization"].startswith("Bearer ey")
    assert sent["traceparent"].split("-")[1] == "a" * 32


def test_only_known_headers_come_back(town: Town, founder: Visitor) -> None:
    listen(
        town,
        Ears(
            201,
            ETag='"3"',
            Location="/members/1",
            Content_Type="application/json",
            Set_Cookie="guildway=stolen",
            Server="secret",
            Connection="close",
            Transfer_Encoding="chunked",
            Access_Control_Allow_Origin="*",
        ),
    )
    answer = founder.post("/api/profiles/members")
    assert answer.headers["ETag"] == '"3"'
    assert answer.headers["Location"] == "/api/profiles/members/1"
    for name in ("Set-Cookie", "Server", "Access-Control-Allow-Origin", "Transfer-Encoding"):
        assert name not in answer.headers


def test_a_service_that_is_away_says_try_again(town: Town, founder: Visitor) -> None:
    town.services.away.add("profiles")
    answer = founder.get("/api/profiles/members/me")
    assert (answer.status_code, answer.json["code"]) == (503, "service-is-away")
    assert answer.headers["Retry-After"] == "2"
    assert answer.json["values"] == {"service": "profiles"}
    assert founder.get("/auth/me").status_code == 200


def test_a_token_that_a_service_refuses_is_no_fault_of_the_person(
    town: Town, founder: Visitor
) -> None:
    listen(town, Ears(401))
    assert founder.get("/api/profiles/members/me").status_code == 502


def test_a_list_of_fifty_megabytes_passes_as_a_stream(town: Town, founder: Visitor) -> None:
    ears = listen(town, Counting())
    size = 50 << 20
    answer = founder.ask(
        "POST",
        "/api/profiles/cohorts/1/imports",
        input_stream=Endless(size),
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code == 201
    assert ears.size == size
    assert ears.largest <= 1 << 17


def test_a_larger_list_is_refused_before_it_is_passed_on(town: Town, founder: Visitor) -> None:
    ears = listen(town, Counting())
    size = 60 << 20
    answer = founder.ask(
        "POST",
        "/api/profiles/cohorts/1/imports",
        input_stream=Endless(size),
        headers={"Content-Type": "text/csv"},
    )
    assert (answer.status_code, answer.json["code"]) == (413, "file-is-too-large")
    assert answer.json["values"] == {"megabytes": 50}
    assert ears.size == 0


def test_any_other_body_is_small(town: Town, founder: Visitor) -> None:
    ears = listen(town, Ears())
    answer = founder.post(
        "/api/profiles/programs", data=b"x" * (1 << 21), content_type="application/json"
    )
    assert answer.status_code == 413
    assert not ears.asked


def test_text_is_packed_for_who_takes_it(town: Town, founder: Visitor) -> None:
    body = b'{"a": "' + b"b" * 5000 + b'"}'
    headers = {"Content_Type": "application/json", "Content_Length": str(len(body))}
    listen(town, Ears(body=body, **headers))
    plain = founder.get("/api/profiles/content")
    assert (plain.data, plain.headers.get("Content-Encoding")) == (body, None)
    packed = founder.get("/api/profiles/content", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Length" not in packed.headers
    assert zlib.decompress(packed.data, 31) == body
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_feed_passes_with_its_tags(town: Town, stranger: Visitor) -> None:
    feed = b"BEGIN:VCALENDAR\r\n" + b"X" * 3000
    headers = {"ETag": '"abc"', "Content_Type": "text/calendar", "Last_Modified": "yesterday"}
    ears = listen(town, Ears(body=feed, **headers))
    asked = {"Accept-Encoding": "gzip", "If-None-Match": '"abc"', "Cookie": "guildway=x"}
    answer = stranger.get("/calendar/secret-token.ics", headers=asked)
    assert (answer.data, answer.headers["ETag"]) == (feed, '"abc"')
    assert "Content-Encoding" not in answer.headers
    sent = ears.asked[0]
    assert (sent.service, sent.target) == ("scheduling", "/calendar/secret-token.ics")
    assert sent.headers["If-None-Match"] == '"abc"'
    assert "Authorization" not in sent.headers
    assert "Cookie" not in sent.headers


def test_a_feed_that_has_not_changed_says_so(town: Town, stranger: Visitor) -> None:
    listen(town, Ears(304, b"", ETag='"abc"'))
    answer = stranger.get("/calendar/t.ics", headers={"If-None-Match": '"abc"'})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", '"abc"')


def test_a_feed_is_asked_for_its_head(town: Town, stranger: Visitor) -> None:
    headers = {"ETag": '"abc"', "Content_Length": "3017", "Content_Type": "text/calendar"}
    ears = listen(town, Ears(200, b"", **headers))
    answer = stranger.ask("HEAD", "/calendar/t.ics")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == "3017"
    assert ears.asked[0].method == "HEAD"


def test_a_real_feed_can_be_had_through_the_gateway(founder: Visitor) -> None:
    place = founder.post("/api/scheduling/feed").json["path"]
    first = founder.get(place)
    assert first.status_code == 200
    assert first.mimetype == "text/calendar"
    again = founder.get(place, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert founder.get("/calendar/none.ics").status_code == 404


def test_what_is_not_read_to_its_end_is_let_go(town: Town, founder: Visitor) -> None:
    ears = listen(town, Dripping())
    answer = founder.get("/api/profiles/content", buffered=False)
    assert next(answer.response)
    answer.close()
    assert ears.is_closed


class Counting(Ears):
    """Counts what it is sent."""

    def __init__(self) -> None:
        super().__init__(201)
        self.size = self.largest = 0

    def ask(self, asked: Asked) -> Answered:
        while chunk := asked.body.read(1 << 16):
            self.size += len(chunk)
            self.largest = max(self.largest, len(chunk))
        return Answered(status=201, headers={}, chunks=iter([b""]))


class Dripping:
    """Never ends."""

    is_closed = False

    def ask(self, asked: Asked) -> Answered:
        def drip() -> Iterator[bytes]:
            while True:
                yield b"x"

        def close() -> None:
            self.is_closed = True

        return Answered(status=200, headers={}, chunks=drip(), close=close)


class Away:
    """Nobody is there."""

    def ask(self, asked: Asked) -> Answered:
        raise ServiceIsAway


class Endless(io.RawIOBase):
    """So many bytes, made while they are read."""

    def __init__(self, size: int) -> None:
        self.size, self.at = size, 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (self.size if whence == 2 else 0)
        return self.at

    def read(self, size: int = -1) -> bytes:
        left = self.size - self.at
        size = left if size < 0 else min(size, left)
        self.at += size
        return b"x" * size

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
