"""Steps of a trace on their way to an OpenTelemetry collector (OTLP over HTTP).

Where to, how many and how long to wait is said by the OTEL_* variables of its specification, which
the SDK reads. A collector that is away costs nobody anything: what cannot be sent is dropped.
"""

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_MEDIUM = TraceContextTextMapPropagator()


class Collector:
    """The way there; steps are known by their `traceparent`."""

    def __init__(self, service: str) -> None:
        """service: the name a collector shows."""
        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("guildway")
        self._open: dict[str, Span] = {}

    def begin(self, parent: str | None, step: str) -> str:
        """Begin a step below another, or a new trace; its own `traceparent`."""
        carrier = {"traceparent": parent} if parent else {}
        span = self._tracer.start_span(step, context=_MEDIUM.extract(carrier, Context()))
        here = span.get_span_context()
        own = f"00-{here.trace_id:032x}-{here.span_id:016x}-{int(here.trace_flags) & 1:02x}"
        self._open[own] = span
        return own

    def note(self, own: str, name: str, value: str | int) -> None:
        """Add something to a step that has not ended."""
        if span := self._open.get(own):
            span.set_attribute(name, value)

    def end(self, own: str) -> None:
        """End a step; it is sent with others, a few seconds later."""
        self._open.pop(own).end()

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()
