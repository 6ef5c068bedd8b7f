"""What the day is told as: figures, what went away, and every 500 with the fault in whose window it fell."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.soak.day.audit import half_written
from tests.soak.day.audit_outside import repeated_mails
from tests.soak.day.browsing import Witness
from tests.soak.day.keeping import Operator
from tests.soak.day.ledger import Ledger
from tests.soak.day.settling import begun_again
from tests.soak.day.troubles import Troubles
from tests.soak.day.university import University


def told(
    school: University, ledger: Ledger, witness: Witness, troubles: Troubles, operator: Operator
) -> Iterator[str]:  # fmt: skip
    for kind in sorted({kind for kind, _ in ledger.told}):
        yield f"{kind}: " + ", ".join(f"{ledger.told[kind, outcome]} {outcome}" for outcome in ("yes", "no", "lost"))
    yield "answers of the tool: " + ", ".join(f"{n} × {status}" for status, n in sorted(witness.statuses.items()))
    yield from _gone(troubles)
    yield "started: " + ", ".join(f"{one.name} {one.starts} times" for one in school.machines)
    yield f"jobs begun more than once: {begun_again()}; scores taken: {len(school.lms.gradebook.history)}"
    yield f"mails: {len(school.box.mails)}, of them repeated under the same Message-ID: {repeated_mails(school.box)}"
    yield f"backups: {len(operator.backups)} taken; refused: {operator.refused or 'none'}"
    yield f"files left half written by whoever was killed: {half_written(school.folder)}"
    yield from (f"in the logs: {number} × {what}" for what, number in sorted(_complaints(school).items()))


def _gone(troubles: Troubles) -> Iterator[str]:
    seconds = Counter[str]()
    times = Counter(one.name for one in troubles.windows)
    for one in troubles.windows:
        seconds[one.name] += round(one.ended - one.began)
    yield from (f"{name}: {number} times, {seconds[name]} seconds in all" for name, number in times.items())


def owned_and_unowned(school: University, witness: Witness, troubles: Troubles) -> tuple[list[str], list[str]]:
    """Every 500: those that fell into a fault's window, and those that are the tool's own."""
    causes = {str(one.get("reference")): _cause(one) for one in _lines(school)}
    owned, unowned = list[str](), list[str]()
    for fault in witness.faults:
        owner, cause = troubles.owner_of(fault.at), causes.get(fault.reference, "not in the logs")
        line = f"500 at {fault.where} ({cause}, reference {fault.reference}): {owner or 'nothing was away'}"
        (owned if owner else unowned).append(line)
    return owned, unowned


def _complaints(school: University) -> "Counter[str]":
    """What the tool logged of its own accord, by kind and cause."""
    named = ("event", "kind", "fault")
    return Counter(
        " ".join(filter(None, (*(str(one.get(name, "")) for name in named), _cause(one)))) for one in _lines(school)
    )


def _lines(school: University) -> Iterator[dict[str, Any]]:
    for machine in school.machines:
        for line in machine.log.read_text(errors="replace").splitlines():
            if line.startswith("{") and line.endswith("}"):
                yield json.loads(line)


def _cause(line: dict[str, Any]) -> str:
    """The kinds of a fault, the outermost first."""
    return " from ".join(re.findall(r"^\w+$", str(line.get("exception", "")), re.MULTILINE))
