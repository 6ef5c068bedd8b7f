"""Traces as a collector gets them: a real receiver of OTLP over HTTP on loopback."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from lti_tool.db import db, transaction
from lti_tool.jobs import drain, enqueue
from lti_tool.jobs.model import Job
from lti_tool.tracing import TOLD, flush_traces
from tests.make.house import house
from tests.make.launch import launch_on_its_way
from tests.make.lms import campus
from tests.make.programs import environment
from tests.make.serving import free_port, serving
from tests.upgrade.furnished import SAID, Furnished, furnish, looked_at

# Another library of ours looks for OpenTelemetry's API by itself.
PARTS = ("opentelemetry.sdk.trace", "opentelemetry.exporter", "opentelemetry.instrumentation")

Received = list[ExportTraceServiceRequest]


@pytest.fixture
def collector() -> Iterator[tuple[str, Received]]:
    """Takes what is sent, as OpenTelemetry's own format reads it."""
    port, received, app = free_port(), Received(), Flask("collector")

    @app.post("/v1/traces")
    def take() -> str:
        received.append(ExportTraceServiceRequest.FromString(request.get_data()))
        return ""

    with serving(app, port):
        yield f"http://127.0.0.1:{port}/v1/traces", received


@pytest.fixture
def traced(collector: tuple[str, Received], database_url: str, tmp_path: Path) -> Iterator[Flask]:
    options = {"public_url": "http://localhost:8000", "private_hosts": frozenset({"127.0.0.1"})}
    with house(tmp_path, database_url=database_url, traces_url=collector[0], **options) as app:
        yield app
        RequestsInstrumentor().uninstrument()


def spans(app: Flask, received: Received) -> list[Span]:
    flush_traces(app)
    return [
        span for one in received for of_resource in one.resource_spans for scope in of_resource.scope_spans
        for span in scope.spans
    ]  # fmt: skip


def test_a_request_its_statements_and_its_job_are_one_trace(traced: Flask, collector: tuple[str, Received]) -> None:
    """The job is written in a request that names its trace, and done by somebody who knows only its row."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    @traced.get("/public/asks")
    def asks() -> str:
        with transaction():
            enqueue(next(kind for kind in traced.extensions["jobs"].handlers if kind.startswith("schedule.")), {})
        return ""

    traced.test_client().get("/public/asks", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert db.session.query(Job).one().arguments["traceparent"].split("-")[1] == trace
    db.session.rollback()
    drain(traced)
    told = [span for span in spans(traced, collector[1]) if span.trace_id.hex() == trace]
    names = {span.name for span in told}

    assert {"GET /public/asks", "INSERT", "SELECT"} <= names
    [job] = [span for span in told if span.name.startswith("job ")]
    assert {one.key: one.value.int_value or one.value.string_value for one in job.attributes} == {
        "job.kind": job.name.removeprefix("job "), "job.attempt": 1,
    }  # fmt: skip
    assert any(span.parent_span_id == job.span_id for span in told), "what the job does is below it"


def test_a_launch_is_told_in_its_steps(collector: tuple[str, Received], database_url: str, tmp_path: Path) -> None:
    """Over real HTTP, from the sandbox LMS: the platform's keys are asked for inside the step that needs them."""
    with campus(database_url, tmp_path / "data", traces_url=collector[0]) as school:
        landed = launch_on_its_way(school).post()
        told = spans(school.app, collector[1])
        RequestsInstrumentor().uninstrument()

    assert landed.status_code == 200
    [launch] = [span for span in told if span.name == "POST /lti/launch"]
    steps = {span.name: span for span in told if span.parent_span_id == launch.span_id}
    assert {"launch token", "launch arrival"} <= steps.keys()
    assert "GET" in {span.name for span in told if span.parent_span_id == steps["launch token"].span_id}
    assert "helena" not in str(collector[1]).lower()


def test_nothing_that_is_told_says_who_or_what(traced: Flask, collector: tuple[str, Received]) -> None:
    """Everybody at every address: no name, address or id of theirs, no statement, nothing beside the list."""
    there: Furnished = furnish()
    seen = sum(1 for _ in looked_at(traced, there))
    told = spans(traced, collector[1])
    words = " ".join(json.dumps(str(one)) for one in collector[1])

    assert seen > 200
    assert len(told) > 1000
    assert {one.key for span in told for one in span.attributes} <= TOLD
    assert [said for said in SAID if said in words] == []
    assert [value for value in there.ids.values() if len(value) > 8 and value in words] == []
    assert not any(span.events or span.links or span.status.message for span in told)


def test_requests_to_others_are_told_without_their_addresses(traced: Flask, collector: tuple[str, Received]) -> None:
    port, platform = free_port(), Flask("platform")
    platform.add_url_rule("/secret-path", view_func=lambda: request.headers.get("traceparent", "none"))
    with serving(platform, port):
        answer = traced.extensions["fetcher"].get(f"http://127.0.0.1:{port}/secret-path?of=ada")

    told = [span for span in spans(traced, collector[1]) if span.kind == Span.SPAN_KIND_CLIENT and span.name == "GET"]
    assert answer.status == 200
    assert len(told) == 1
    assert "secret-path" not in str(collector[1])
    assert "ada" not in str(collector[1])


def test_without_the_setting_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    words = "import sys; from lti_tool.app import create_app; create_app(); "
    words += "print(sorted(name for name in sys.modules if name.startswith(" + repr(PARTS) + ")))"
    done = subprocess.run(
        [sys.executable, "-c", words], env=environment(tmp_path), capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
