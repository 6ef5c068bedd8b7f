"""Traces for an operator's own collector, by OpenTelemetry: off unless TRACES_URL says where they go (decision 59).

Where it is off nothing of OpenTelemetry is imported, and what stands in the way of a request is one look at a setting.
What leaves the house is an allow-list: which kind of work, how long, how it ended. No address that somebody opened, no
statement's values, no message of a fault: each may hold a person, a course or a secret.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from lti_tool.db import db
from lti_tool.settings import BadSetting, Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

_PARENT = "traceparent"
_PLACE = "tracing"
# Names of OpenTelemetry's older and newer conventions, and ours.
TOLD = frozenset(
    {
        "http.method", "http.request.method", "http.route", "http.status_code", "http.response.status_code",
        "http.flavor", "http.scheme", "db.system", "db.system.name", "error.type", "job.kind", "job.attempt",
    }
)  # fmt: skip


def init_tracing(app: Flask, settings: Settings) -> None:
    """Have requests, statements, requests to others and jobs told to the collector at TRACES_URL."""
    if not settings.traces_url:
        return
    try:
        provider = _provider(settings.traces_url)
        _instrument(app, provider)
    except ImportError as missing:
        why = f"TRACES_URL is set, and {missing.name} is not installed: pip install 'lti-tool[tracing]'"
        raise BadSetting(why) from None
    app.extensions[_PLACE] = provider


def flush_traces(app: Flask) -> None:
    """Tell what is not told yet; at the end of a process, and of a test."""
    if provider := app.extensions.get(_PLACE):
        provider.force_flush()


@contextmanager
def step(name: str, **told: str | int) -> Iterator[None]:
    """A part of some work that is worth a span of its own. `name` is a word of the code, never of a person."""
    provider = current_app.extensions.get(_PLACE)
    if provider is None:
        yield
        return
    with provider.get_tracer("lti_tool").start_as_current_span(name, attributes=told):
        yield


def carried(arguments: dict[str, Any]) -> dict[str, Any]:
    """A job's arguments, with where its trace comes from: what was decided in a request goes on in a worker."""
    if current_app.extensions.get(_PLACE) is None:
        return arguments
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return {**arguments, _PARENT: carrier[_PARENT]} if _PARENT in carrier else arguments


@contextmanager
def job_step(kind: str, attempt: int, arguments: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A worker's span around a job, in the trace of what asked for it. Gives the arguments that are the handler's."""
    plain = {name: value for name, value in arguments.items() if name != _PARENT}
    provider = current_app.extensions.get(_PLACE)
    if provider is None:
        yield plain
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    parent = TraceContextTextMapPropagator().extract({_PARENT: str(arguments.get(_PARENT, ""))})
    told = {"job.kind": kind, "job.attempt": attempt}
    with provider.get_tracer("lti_tool").start_as_current_span(f"job {kind}", context=parent, attributes=told):
        yield plain


def _provider(url: str) -> "TracerProvider":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class OnlyWhatIsTold(SpanExporter):
        """Stands before the one that sends: whatever an instrumentation notes, now or in a later version."""

        def __init__(self) -> None:
            self._sending = OTLPSpanExporter(endpoint=url, timeout=5)

        def export(self, spans: "Sequence[ReadableSpan]") -> SpanExportResult:
            return self._sending.export([_bare(span) for span in spans])

        def shutdown(self) -> None:
            self._sending.shutdown()  # type: ignore[no-untyped-call]

    provider = TracerProvider(resource=Resource({"service.name": "lti-tool"}))
    provider.add_span_processor(BatchSpanProcessor(OnlyWhatIsTold()))
    return provider


def _bare(span: "ReadableSpan") -> "ReadableSpan":
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Status

    kept = {name: value for name, value in (span.attributes or {}).items() if name in TOLD}
    return ReadableSpan(
        name=_name(span, kept), context=span.context, parent=span.parent, resource=span.resource, attributes=kept,
        kind=span.kind, status=Status(span.status.status_code), start_time=span.start_time, end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )  # fmt: skip


def _name(span: "ReadableSpan", kept: Mapping[str, Any]) -> str:
    """Ours as it is; of others the verb and the route, for some put an address or a database into it."""
    if span.instrumentation_scope and span.instrumentation_scope.name == "lti_tool":
        return span.name
    verb = kept.get("http.request.method") or kept.get("http.method") or span.name.partition(" ")[0]
    return f"{verb} {kept['http.route']}" if "http.route" in kept else str(verb)


def _instrument(app: Flask, provider: "TracerProvider") -> None:
    """Each by the instrumentation that exists. That of SQLAlchemy names versions below ours and hears the same events,
    so its part for one engine is taken. Of what a request brings along only its trace goes on, never any baggage.
    """
    from opentelemetry.instrumentation.flask import FlaskInstrumentor
    from opentelemetry.instrumentation.requests import RequestsInstrumentor
    from opentelemetry.instrumentation.sqlalchemy.engine import EngineTracer
    from opentelemetry.metrics import NoOpMeter
    from opentelemetry.propagate import set_global_textmap
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    set_global_textmap(TraceContextTextMapPropagator())
    FlaskInstrumentor.instrument_app(app, tracer_provider=provider, excluded_urls="healthz,readyz,metrics")  # type: ignore[no-untyped-call]
    RequestsInstrumentor().instrument(tracer_provider=provider)
    with app.app_context():
        tracer = provider.get_tracer("opentelemetry.instrumentation.sqlalchemy")
        EngineTracer(tracer, db.engine, NoOpMeter("none").create_up_down_counter("none"))  # type: ignore[no-untyped-call]
