"""Every endpoint of every service: closed unless listed, documented, and never broken by what
anybody sends.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule

from chassis.store import EVERYWHERE
from chassis.tokens import Actor
from chassis.web import OWN_PATHS
from tests.architecture.test_services import HOUSES, service_of
from tests.harness import House, Town, a_town, an_actor

OPEN = {
    "scheduling": {"/calendar/<token>.ics"},  # the token in the path is the key
    "gateway": {
        "/",
        "/<path:path>",
        "/api/demo/mails",
        "/assets/<path:name>",
        "/auth/language",
        "/auth/links",
        "/auth/sign-out",
        "/calendar/<token>.ics",
        "/l/<token>",
        "/links/<token>",
        "/manifest.webmanifest",
        "/robots.txt",
        "/setup",
    },
}
"""What answers without a token, beside what every service has."""
NO_API = {
    "/",
    "/<path:path>",
    "/api/<service>/<path:path>",
    "/assets/<path:name>",
    "/calendar/<token>.ics",
    "/l/<token>",
    "/manifest.webmanifest",
    "/robots.txt",
}
"""Pages and files of the gateway, and what it only passes on: not in its OpenAPI document."""

ID = "9b1d1c0e-4b7e-4c11-9d1f-0d5f5ad4c5a1"
IDS = [ID, "x", "%00", "%F0%9F%92%A1", "%27%20OR%201=1--", "%ff", "a" * 3000, "..%2f..%2fetc"]
QUERIES = [
    "",
    "?limit=0",
    "?limit=-1",
    "?limit=9999999999999999999999",
    "?after=%00",
    "?after=W251bGwsICJ4Il0=",
    "?after=WzFlOTk5LCAieCJd",
    "?after=WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCwgIngiXQ==",
    "?after=WyJcdWQ4MDAiLCAiXHVkODAwIl0=",
    "?after=W3siYSI6IDF9LCAieCJd",
    "?after=W3RydWUsICJ4Il0=",
    "?cohort_id=%00&pair_id=%F0%9F%92%A1&state=x&when=never&minutes=1e9&stream=%ff",
    "?minutes=-45",
    "?cohort_id=x&cohort_id=y",
]
BODIES = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"a":' * 50_000,
    b'{"address": {"$gt": ""}, "id": {"$ne": null}, "state": ["accepted"]}',
    b'{"minutes": NaN, "changes": {"x": Infinity}, "sections": {"a": 1e999}}',
]
HEADERS: list[dict[str, str]] = [
    {"If-Match": '"x"'},
    {"If-Match": '"999999999999999999999999"'},
    {"Idempotency-Key": "é" * 500},
    {"traceparent": "00-" + "0" * 32 + "-" + "0" * 16 + "-01"},
    {"Accept-Language": "x;q=9,*;q=é"},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Authorization": "Bearer a.b.c"},
]
HOSTILE = [
    "",
    "x" * 100_000,
    None,
    -1,
    1e308,
    10**40,
    True,
    [],
    {},
    [None],
    {"a": {}},
    "\u2028\u202e",
]
"""Tried in turn for every field that an endpoint's schema names."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with a_town(tmp_path_factory.mktemp("town"), *map(service_of, HOUSES)) as town:
        yield town


def rules(house: House) -> Iterator[tuple[Rule, str]]:
    for rule in house.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def path_of(rule: Rule, id: str) -> str:
    return re.sub(r"<[^>]+>", id, rule.rule)


def documents(house: House) -> dict[str, Any]:
    spec: dict[str, Any] = house.app.extensions["guildway.api"].spec.to_dict()
    return spec


@pytest.mark.parametrize("house", HOUSES)
def test_every_door_is_closed_without_a_token_unless_it_is_listed(town: Town, house: str) -> None:
    name = house.removeprefix("services.")
    its = town.houses[name]
    is_open = {*OPEN.get(name, ()), *OWN_PATHS}
    for rule, method in rules(its):
        answer = its.ask(method, path_of(rule, ID), actor=None)
        if rule.rule in is_open:
            assert answer.status_code != 401 or rule.rule == "/links/<token>", rule
            continue
        assert answer.status_code == 401, f"{method} {rule.rule} answers {answer.status_code}"
        assert answer.content_type == "application/problem+json"
        assert answer.json["code"]
    assert is_open <= {rule.rule for rule, _ in rules(its)}, "the list is older than the service"


@pytest.mark.parametrize("house", HOUSES)
def test_every_endpoint_is_documented(town: Town, house: str) -> None:
    its = town.houses[house.removeprefix("services.")]
    paths = documents(its)["paths"]
    for rule, method in rules(its):
        if rule.rule in {*OWN_PATHS, *NO_API} and rule.rule not in paths:
            continue
        named = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        told = paths[named][method.lower()]
        assert told.get("summary") or told.get("description"), f"{method} {rule.rule}"


def actors() -> list[Actor]:
    return [
        an_actor(),
        an_actor(ID, "participant", "coordinator", "admin"),
        an_actor(ID, "operator"),
        an_actor(ID, "admin", association_id="x'\u0000"),
    ]


def check(answer: Any, what: str) -> None:
    assert answer.status_code < 500 or answer.status_code == 503, f"{what}: {answer.text[:300]}"
    if answer.status_code >= 400 and "html" not in answer.content_type:
        assert answer.content_type == "application/problem+json", what
        body = answer.json
        assert body["status"] == answer.status_code, what
        assert re.fullmatch(r"[a-z0-9-]+", body["code"]), what
        assert len(body["trace"]) == 32


def hostile(rule: Rule, method: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Paths and what is sent there, by an admin."""
    path = path_of(rule, ID)
    yield from ((path_of(rule, id), {}) for id in IDS)
    yield from ((path + query, {}) for query in QUERIES)
    for headers in HEADERS:
        sent = {name: value.encode("latin-1") for name, value in headers.items()}
        yield path, {"body": {}, "headers": sent}
    if method != "GET":
        kind = {"Content-Type": "application/json"}
        yield from ((path, {"data": body, "headers": kind}) for body in BODIES)


@pytest.mark.parametrize("house", HOUSES)
def test_no_path_query_header_or_body_breaks_an_endpoint(town: Town, house: str) -> None:
    its = town.houses[house.removeprefix("services.")]
    for rule, method in rules(its):
        if rule.rule.startswith("/api/<service>"):
            continue  # nobody is behind it here; passing on has its own tests
        for actor in actors():
            check(its.ask(method, path_of(rule, ID), actor=actor), f"{method} {rule} {actor}")
        for path, sent in hostile(rule, method):
            what = f"{method} {path[:200]} {str(sent)[:200]}"
            check(its.ask(method, path, actor=actors()[1], **sent), what)


def fields_of(spec: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    while "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return list(schema.get("properties", {}))


@pytest.mark.parametrize("house", HOUSES)
def test_no_value_of_any_field_breaks_an_endpoint(town: Town, house: str) -> None:
    its = town.houses[house.removeprefix("services.")]
    spec = documents(its)
    for rule, method in rules(its):
        named = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        told = spec["paths"].get(named, {}).get(method.lower(), {})
        content = told.get("requestBody", {}).get("content", {})
        fields = fields_of(spec, content.get("application/json", {}).get("schema", {}))
        for n, value in enumerate(HOSTILE):
            body = dict.fromkeys(fields, value)
            mixed = {f: HOSTILE[(n + k) % len(HOSTILE)] for k, f in enumerate(fields)}
            for sent in (body, mixed) if fields else ():
                for actor in actors()[1:3]:
                    answer = its.ask(method, path_of(rule, ID), sent, actor=actor)
                    check(answer, f"{method} {rule.rule} {str(sent)[:200]}")


def test_nothing_hostile_was_stored(town: Town) -> None:
    """Of all that, only what is right in form may have been taken, and it can still be read."""
    for house in town.houses.values():
        for collection in house.service.collections:
            for document in house.running.store.find(collection.name, EVERYWHERE, {}, limit=500):
                assert document["_id"]
    town.pump()
