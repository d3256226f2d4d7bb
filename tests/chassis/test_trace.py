"""What a collector of OpenTelemetry is told."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from chassis import trace
from tests.chassis import toy
from tests.harness import Town, an_actor

SOMEBODY = an_actor(association_id=toy.ASSOCIATION)
CLICK = "4bf92f3577b34da6a3ce929d0e0e4736"


@contextmanager
def a_collector() -> Iterator[tuple[str, list[Any]]]:
    """Its address, and what it is told."""
    told: list[Any] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", told
        finally:
            server.shutdown()
            serving.join()


def light_a_lamp(town: Town) -> None:
    click = {"traceparent": f"00-{CLICK}-00f067aa0ba902b7-01"}
    made = town.lamps.post("/lamps", {"place": "secret hall"}, actor=SOMEBODY)
    path = f"/lamps/{made.json['lamp_id']}/lighting"
    lit = town.lamps.post(path, actor=SOMEBODY, headers=click)
    assert lit.headers["traceparent"].split("-")[1] == CLICK
    town.pump()


def test_a_collector_sees_the_steps_of_one_click_and_nobodys_ids(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_collector() as (address, told):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        monkeypatch.setattr(trace, "_collector", None)
        trace.collect("lamps", os.environ)
        light_a_lamp(town)
        assert trace._collector
        trace._collector.close()
    spans = [
        span
        for asked in told
        for resource in asked.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    of_the_click = {span.name for span in spans if span.trace_id.hex() == CLICK}
    assert of_the_click == {"POST /lamps/<id>/lighting", f"hear {toy.LAMP_LIT.name}"}
    resource = told[0].resource_spans[0].resource
    assert ("service.name", "guildway-lamps") in [
        (pair.key, pair.value.string_value) for pair in resource.attributes
    ]
    sent = b"".join(asked.SerializeToString() for asked in told)
    assert b"secret hall" not in sent
    assert SOMEBODY.id.encode() not in sent


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"},
    ],
    ids=["no collector", "switched off", "another exporter"],
)
def test_without_a_collector_nothing_is_sent_and_the_click_is_traced_all_the_same(
    town: Town, variables: dict[str, str]
) -> None:
    trace.collect("lamps", variables)
    assert trace._collector is None
    light_a_lamp(town)
