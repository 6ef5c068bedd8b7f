"""`lti-tool certify`: the certification list, run against this installation by whoever operates it."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from lti_tool.launch.selftest.doing import run_now
from lti_tool.launch.selftest.evidence import evidence_of, sections_of
from lti_tool.launch.selftest.record import Result
from lti_tool.launch.selftest.runner import PATIENCE

_WORDS = {"sent": "sent", "expected": "expected", "got": "got", "who can mend it": "mender"}
_MARKS = {"passed": "ok   ", "failed": "WRONG", "not_run": "-    "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print the report as JSON")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="keep the evidence in this ZIP file as well"
)
@click.option(
    "--patience", type=click.FloatRange(min=1), default=PATIENCE, show_default=True,
    help="seconds to wait for what a worker does",
)  # fmt: skip
@with_appcontext
def certify(as_json: bool, output: Path | None, patience: float) -> None:
    """Run the certification list of LTI 1.3 against this installation, which must be running.

    A temporary organization is made for it and removed afterwards. Ends with 0 only when every case passed.
    """
    run = run_now(patience=patience, tell=_nothing if as_json else _tell)
    report = run.report or {}
    if output is not None:
        output.write_bytes(evidence_of(run))
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        _sum_up(report, output)
    if report["verdict"] != "passed":
        raise SystemExit(1)


def _tell(result: Result, number: int, total: int) -> None:
    click.echo(f"{number:3}/{total} {_MARKS[result.verdict]} {result.id:4} {result.name}")


def _nothing(_result: Result, _number: int, _total: int) -> None:
    """JSON alone is printed."""


def _sum_up(report: dict[str, Any], output: Path | None) -> None:
    """A table of the sections, and for every red line what was sent, expected and got, and who can mend it."""
    click.echo("")
    for title, cases in sections_of(report):
        passed = sum(1 for one in cases if one["verdict"] == "passed")
        click.echo(f"{_MARKS['passed' if passed == len(cases) else 'failed']} {passed:3} of {len(cases):3}  {title}")
    for one in report["cases"]:
        if one["verdict"] != "passed":
            click.echo(f"\n{one['id']} {one['name']}")
            for word, name in _WORDS.items():
                if one[name]:
                    click.echo(f"  {word}: {one[name]}")
    counted = f"{report['passed']} passed, {report['failed']} failed, {report['not_run']} not played"
    click.echo(f"\n{counted}. What the run made has been removed.")
    if output is not None:
        click.echo(f"The evidence is in {output}.")
