"""The evidence of a run: a report for programs and for people, and a ZIP that holds both. No token, no secret.

What it says of people is of invented ones.
"""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from sqlalchemy import select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.launch.selftest.cases import SECTIONS
from lti_tool.launch.selftest.model import SelfTest, SelfTestCall
from lti_tool.launch.selftest.record import Result
from lti_tool.launch.selftest.runs import run_row

_SECRETS = {"token_hash", "jti_hash", "until"}
_MOST_CALLS = 600


def make_report(run_id: str, results: Sequence[Result]) -> dict[str, Any]:
    """All that is kept of a run that was played to its end."""
    run = run_row(run_id)
    counted = Counter(result.verdict for result in results)
    return {
        "run": run.id,
        "address": current_app.extensions["settings"].public_url,
        "started_at": clock.iso(run.started_at),
        "ended_at": clock.iso(clock.now()),
        "verdict": "passed" if counted["passed"] == len(results) else "failed",
        "passed": counted["passed"],
        "failed": counted["failed"],
        "not_run": counted["not_run"],
        "cases": [result.as_json() for result in results],
        "calls": _calls(run_id),
    }


def sections_of(report: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The cases under their headings, in the order of the list."""
    return [(title, [one for one in report["cases"] if one["section"] == name]) for name, title in SECTIONS.items()]


def evidence_of(run: SelfTest) -> bytes:
    """The ZIP of a run that has a report."""
    report = run.report or {}
    return zip_of("report.html", {"report": report, "sections": sections_of(report)}, report, report["cases"])


def zip_of(page: str, words: Mapping[str, Any], report: Mapping[str, Any], cases: Sequence[Mapping[str, Any]]) -> bytes:
    """`report.json`, a page that can be printed, and a file for each case."""
    with force_locale("en"):
        shown = render_template(f"launch/selftest/{page}", **words)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.json", _json(report))
        archive.writestr("report.html", shown)
        for case in cases:
            archive.writestr(f"cases/{case['id']}.json", _json(case))
    return target.getvalue()


def _calls(run_id: str) -> list[dict[str, Any]]:
    """What the tool asked of the temporary platform, in its order."""
    query = select(SelfTestCall).where(SelfTestCall.run_id == run_id).order_by(SelfTestCall.id).limit(_MOST_CALLS)
    return [
        {
            "at": clock.iso(call.at), "service": call.service,
            **{name: fact for name, fact in call.facts.items() if name not in _SECRETS},
        }
        for call in db.session.scalars(query)
    ]  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
