"""The report of a day, on the screen and in docs/day.md."""

from datetime import UTC, datetime
from pathlib import Path

from tests.bench.report import machine
from tests.soak.day.day import Report

_PLACE = Path(__file__).resolve().parents[3] / "docs" / "day.md"


def kills_of(report: Report) -> str:
    killed = ", ".join(f"{name} {number}" for name, number in report.kills.items())
    return f"{sum(report.kills.values())} kills ({killed}) in {report.seconds:.0f} seconds, night and audit included"


def verdict_of(report: Report) -> list[str]:
    return report.wrong or ["0 lost, 0 doubled, and every fault had its owner."]


def write(report: Report, kills: int, minutes: float, seed: int) -> Path:
    """Put the report where operators find it."""
    _PLACE.write_text(document(report, f"--kills {kills} --minutes {minutes:g} --seed {seed}"))
    return _PLACE


def document(report: Report, asked: str) -> str:
    lines = "\n".join(f"- {line}" for line in report.lines)
    verdict = "\n".join(f"- **{line}**" for line in verdict_of(report))
    return f"""# A day of a university

People launch, hand in, review, award, replace and export, while processes are killed, the database stops at once, the
disk is full, the queue is lost and the LMS stumbles. Backups are taken meanwhile. Then an auditor holds every answer
that anybody was given against the rows, the files, the gradebook and the mailbox
([decision 55](decisions/0055-a-promise-is-an-answer.md) says what counts as lost).

This is the report of the last one, as the command wrote it on {datetime.now(UTC):%Y-%m-%d}:
`python -m tests.soak day {asked} --write`

On: {machine(["PostgreSQL", "Redis"])}

{kills_of(report)}.

{verdict}

{lines}
"""
