"""The self-test at the console: start one, watch it, read what it found, and take the evidence along."""

from datetime import UTC
from typing import Any

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import Problem
from lti_tool.launch.platforms import all_platforms, known_platform
from lti_tool.launch.selftest.conformance import lines_of, matches_report
from lti_tool.launch.selftest.doing import ask_for_run
from lti_tool.launch.selftest.evidence import evidence_of, sections_of, zip_of
from lti_tool.launch.selftest.model import SelfTest
from lti_tool.launch.selftest.runs import all_runs, is_dead, run_row
from lti_tool.people.access import Permission, needs
from lti_tool.people.admin.session import current_admin
from lti_tool.web import is_fragment


@needs(Permission.ADMIN)
def runs() -> str:
    """GET /admin/self-test"""
    shown = all_runs()
    under_way = [one for one in shown if one.state == "running" and not is_dead(one)]
    temporary = {one.organization_id for one in shown}
    platforms = [one for one in all_platforms() if one.organization_id not in temporary]
    return render_template("admin/selftest/runs.html", runs=shown, under_way=under_way, platforms=platforms)


@needs(Permission.ADMIN)
def start() -> ResponseReturnValue:
    """POST /admin/self-test"""
    return redirect(url_for("self_test.run", run_id=ask_for_run(current_admin().id)), 303)


@needs(Permission.ADMIN)
def run(run_id: str) -> str:
    """GET /admin/self-test/<run_id>"""
    shown = run_row(run_id)
    sections = sections_of(shown.report) if shown.report and shown.report["cases"] else []
    return render_template("admin/selftest/run.html", run=shown, sections=sections, dead=is_dead(shown))


@needs(Permission.ADMIN)
def progress(run_id: str) -> ResponseReturnValue:
    """GET /admin/self-test/<run_id>/progress: how far it is, for htmx, which loads the page anew once it has ended"""
    shown = run_row(run_id)
    if not is_fragment():
        return redirect(url_for("self_test.run", run_id=run_id), 303)
    if shown.state != "running":
        return "", 200, {"HX-Refresh": "true"}
    return render_template("admin/selftest/_progress.html", run=shown, dead=is_dead(shown))


@needs(Permission.ADMIN)
def evidence(run_id: str) -> Response:
    """GET /admin/self-test/<run_id>/evidence.zip"""
    shown = run_row(run_id)
    if not shown.report or not shown.report["cases"]:
        raise Problem("not_found")
    return _zip(evidence_of(shown), f"self-test-{_day(shown)}.zip")


@needs(Permission.ADMIN)
def conformance(registration_id: str) -> str:
    """GET /admin/conformance/<registration_id>"""
    platform = known_platform(registration_id)
    return render_template("admin/selftest/conformance.html", platform=platform, sections=lines_of(registration_id))


@needs(Permission.ADMIN)
def conformance_evidence(registration_id: str) -> Response:
    """GET /admin/conformance/<registration_id>/evidence.zip"""
    registration = known_platform(registration_id)
    report: dict[str, Any] = matches_report(registration)
    words = {"report": report, "sections": lines_of(registration_id)}
    return _zip(zip_of("conformance.html", words, report, report["cases"]), "conformance.zip")


def _zip(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, mimetype="application/zip", headers=headers)


def _day(shown: SelfTest) -> str:
    return shown.started_at.astimezone(UTC).strftime("%Y-%m-%d-%H%M")
