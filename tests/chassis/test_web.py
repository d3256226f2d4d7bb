"""How any service answers HTTP."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from chassis import tokens
from tests.chassis import toy
from tests.harness import Town, an_actor

SOMEBODY = an_actor(association_id=toy.ASSOCIATION)


def a_lamp(town: Town, place: str = "hall", **more: Any) -> Any:
    answer = town.lamps.post("/lamps", {"place": place}, actor=SOMEBODY, **more)
    assert answer.status_code == 201, answer.json
    return answer


def test_what_is_made_is_told_with_its_place_and_version(town: Town) -> None:
    answer = a_lamp(town)
    assert answer.headers["Location"] == f"/lamps/{answer.json['lamp_id']}"
    assert answer.headers["ETag"] == '"1"'


def test_without_a_token_every_door_is_closed_but_the_open_ones(town: Town) -> None:
    assert town.lamps.get("/lamps/x", actor=None).status_code == 401
    assert town.lamps.post("/lamps", {"place": "x"}, actor=None).status_code == 401
    for path in ("/open", "/health/live", "/health/ready", "/metrics", "/openapi.json"):
        assert town.lamps.get(path, actor=None).status_code == 200, path


def forged(town: Town, **changes: Any) -> str:
    key = changes.pop("key", None) or OKPKey.import_key(
        town.settings.path("GUILDWAY_TOKEN_PRIVATE_KEY").read_bytes()
    )
    audience = changes.pop("audience", "lamps")
    at = changes.pop("at", datetime.now(UTC))
    return tokens.sign(SOMEBODY, audience=audience, key=key, at=at)


@pytest.mark.parametrize(
    "how",
    [
        {"key": OKPKey.generate_key("Ed25519")},
        {"audience": "board"},
        {"at": datetime.now(UTC) - timedelta(minutes=5)},
        {"at": datetime.now(UTC) + timedelta(minutes=5)},
    ],
    ids=["another key", "another service", "expired", "from the future"],
)
def test_a_token_that_is_not_right_is_refused(town: Town, how: dict[str, Any]) -> None:
    token = forged(town, **how)
    answer = town.lamps.client.get("/lamps/x", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json["code"]) == (401, "token-refused")


def test_an_unsigned_token_is_refused(town: Town) -> None:
    head, body, _ = forged(town).split(".")
    for token in (f"{head}.{body}.", "eyJhbGciOiJub25lIn0." + body + ".", "x", "", "é"):
        answer = town.lamps.client.get(
            "/lamps/x", headers={"Authorization": f"Bearer {token}".encode("latin-1")}
        )
        assert answer.status_code == 401, token


def test_a_thing_of_another_association_is_not_there(town: Town) -> None:
    lamp = a_lamp(town).json["lamp_id"]
    stranger = an_actor(association_id="9b1d1c0e-4b7e-4c11-9d1f-0d5f5ad4c5a1")
    assert town.lamps.get(f"/lamps/{lamp}", actor=SOMEBODY).status_code == 200
    assert town.lamps.get(f"/lamps/{lamp}", actor=stranger).status_code == 404
    assert town.lamps.post(f"/lamps/{lamp}/lighting", actor=stranger).status_code == 404


def test_every_fault_of_a_body_is_named_at_once(town: Town) -> None:
    body = {"place": "", "watts": 1.7, "words": ["a", 5, "c", "d"], "colour": "red"}
    answer = town.lamps.post("/lamps", body, actor=SOMEBODY)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    found = {(fault["field"], fault["code"]) for fault in answer.json["faults"]}
    assert found >= {
        ("place", "required"),
        ("watts", "not-a-whole-number"),
        ("words.1", "not-text"),
        ("colour", "unknown"),
    }


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"[" * 100_000, "application/json", 400),
        (b'{"place": ', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"place=hall", "application/x-www-form-urlencoded", 415),
        (b'{"place": "hall"}', "text/plain", 415),
        (b'{"place": "' + b"x" * (2 << 20) + b'"}', "application/json", 413),
        (json.dumps({"place": "a\u0000b"}).encode(), "application/json", 422),
        (b'{"place": "\\ud800"}', "application/json", 422),
        (b'{"watts": ' + b"9" * 5000 + b"}", "application/json", 400),
        (json.dumps({"place": "hall\u202egnp"}).encode(), "application/json", 422),
        (json.dumps({"place": "hall\x7f"}).encode(), "application/json", 422),
        (json.dumps({"place": " \u200b\ufeff"}).encode(), "application/json", 422),
    ],
    ids=[
        *("depth", "cut", "bytes", "list", "text", "form", "plain", "size", "control", "surrogate"),
        *("digits", "turned", "deleted", "unseen"),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_in_one_shape(
    town: Town, body: bytes, kind: str, status: int
) -> None:
    answer = town.lamps.ask(
        "POST", "/lamps", actor=SOMEBODY, data=body, headers={"Content-Type": kind}
    )
    assert answer.status_code == status, answer.data
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status


def test_unknown_paths_and_methods_answer_in_the_same_shape(town: Town) -> None:
    for method, path, status in (("GET", "/nowhere", 404), ("DELETE", "/lamps", 405)):
        answer = town.lamps.ask(method, path, actor=SOMEBODY)
        assert answer.status_code == status
        assert answer.content_type == "application/problem+json"
    assert "POST" in answer.headers["Allow"]


def test_what_breaks_says_nothing_of_how(town: Town) -> None:
    answer = town.lamps.get("/broken", actor=SOMEBODY)
    assert (answer.status_code, answer.json["code"]) == (500, "internal-error")
    assert "ZeroDivision" not in answer.text


def test_a_store_out_of_reach_asks_to_try_again(town: Town) -> None:
    answer = town.lamps.get("/away", actor=SOMEBODY)
    assert (answer.status_code, answer.json["code"]) == (503, "store-unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_the_same_idempotency_key_makes_one_thing(town: Town) -> None:
    first = a_lamp(town, headers={"Idempotency-Key": "k1"})
    again = a_lamp(town, headers={"Idempotency-Key": "k1"})
    other = a_lamp(town, "attic", headers={"Idempotency-Key": "k2"})
    assert first.json["lamp_id"] == again.json["lamp_id"] != other.json["lamp_id"]


def test_a_place_that_is_taken_is_a_conflict(town: Town) -> None:
    a_lamp(town)
    answer = town.lamps.post("/lamps", {"place": "hall"}, actor=SOMEBODY)
    assert (answer.status_code, answer.json["code"]) == (409, "keys-taken")


def test_a_rule_answers_by_its_name(town: Town) -> None:
    lamp = a_lamp(town).json["lamp_id"]
    town.lamps.post(f"/lamps/{lamp}/lighting", actor=SOMEBODY)
    answer = town.lamps.post(f"/lamps/{lamp}/lighting", actor=SOMEBODY)
    assert (answer.status_code, answer.json["code"]) == (409, "lamp-is-lit")
    assert answer.json["values"] == {"place": "hall"}


def test_a_repeated_change_gives_the_first_answer(town: Town) -> None:
    lamp = a_lamp(town).json["lamp_id"]
    for _ in range(2):
        answer = town.lamps.post(
            f"/lamps/{lamp}/lighting", actor=SOMEBODY, headers={"Idempotency-Key": "once"}
        )
        assert (answer.status_code, answer.json["is_lit"]) == (200, True)


def test_who_saw_an_older_version_is_told(town: Town) -> None:
    lamp = a_lamp(town).json["lamp_id"]
    path = f"/lamps/{lamp}/lighting"
    stale = town.lamps.post(path, actor=SOMEBODY, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    odd = town.lamps.post(path, actor=SOMEBODY, headers={"If-Match": "x"})
    assert odd.status_code == 422
    right = town.lamps.post(path, actor=SOMEBODY, headers={"If-Match": '"1"'})
    assert (right.status_code, right.headers["ETag"]) == (200, '"2"')


def test_the_trace_of_a_click_goes_on_to_the_event(town: Town) -> None:
    lamp = a_lamp(town).json["lamp_id"]
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    answer = town.lamps.post(f"/lamps/{lamp}/lighting", actor=SOMEBODY, headers=headers)
    assert trace in answer.headers["traceparent"]
    stored = town.lamps.running.store.get("lamps", toy.ASSOCIATION, lamp)
    assert stored is not None
    assert trace in stored["outbox"][0]["traceparent"]


def test_what_is_sealed_is_not_readable_in_the_store(town: Town) -> None:
    answer = town.lamps.post("/lamps", {"place": "x", "secret": "no one"}, actor=SOMEBODY)
    stored = town.lamps.running.store.get("lamps", toy.ASSOCIATION, answer.json["lamp_id"])
    assert "no one" not in json.dumps(stored)
    lamp = town.lamps.records.lamps.get(toy.ASSOCIATION, answer.json["lamp_id"])
    assert lamp.secret == "no one"


def test_metrics_name_no_path_of_a_person(town: Town) -> None:
    lamp = a_lamp(town).json["lamp_id"]
    town.lamps.get(f"/lamps/{lamp}", actor=SOMEBODY)
    text = town.lamps.get("/metrics", actor=None).text
    assert "guildway_request_seconds" in text
    assert lamp not in text
