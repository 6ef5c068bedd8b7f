"""The day itself: people work, troubles strike, the operator takes backups; then the night, and the audit."""

import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle

from tests.soak.day.audit import inside
from tests.soak.day.audit_outside import outside
from tests.soak.day.browsing import Caller, Visitor, Witness
from tests.soak.day.keeping import Operator
from tests.soak.day.learning import Learners
from tests.soak.day.ledger import Ledger, again_and_again
from tests.soak.day.programs import Program, Replacer
from tests.soak.day.settling import gave_up, settle
from tests.soak.day.tables import TableGiver
from tests.soak.day.teaching import Teacher
from tests.soak.day.telling import owned_and_unowned, told
from tests.soak.day.troubles import Troubles, calm
from tests.soak.day.university import University, university

_PAUSE = 0.15
_BETWEEN_BACKUPS = 90.0


@dataclass
class Report:
    """What the day was, and what is wrong at its end: nothing, one hopes."""

    seconds: float = 0.0
    kills: dict[str, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def live_a_day(kills: int, minutes: float, seed: int) -> Report:
    """So many kills, in at most so many minutes; the night and the audit come after."""
    report, ledger, witness, began = Report(), Ledger(), Witness(), time.monotonic()
    with university() as school:
        troubles, operator = Troubles(school, seed), Operator(school)
        _work(school, ledger, witness, troubles, operator, kills, minutes, seed)
        worked = time.monotonic() - began
        calm(school)
        report.wrong += settle()
        report.wrong += [*ledger.wrong, *inside(school, ledger), *outside(school, ledger), *gave_up()]
        owned, unowned = owned_and_unowned(school, witness, troubles)
        report.lines.append(f"the day {worked:.0f} s, the night {time.monotonic() - began - worked:.0f} s")
        report.lines += [*told(school, ledger, witness, troubles, operator), *owned]
        report.wrong += unowned
        print("\n".join([*report.lines, *report.wrong, "Now the backups …"]), file=sys.stderr, flush=True)
        report.wrong += _backups(operator, school, ledger, report)
    report.seconds, report.kills = time.monotonic() - began, dict(troubles.kills)
    return report


def _work(
    school: University, ledger: Ledger, witness: Witness, troubles: Troubles, operator: Operator, kills: int,
    minutes: float, seed: int,
) -> None:  # fmt: skip
    over, ends = threading.Event(), time.monotonic() + 60 * minutes
    threads = [
        threading.Thread(target=_go_on, args=(act, over, ledger), daemon=True)
        for act in _everybody(school, ledger, witness, seed)
    ]
    threads.append(
        threading.Thread(target=_go_on, args=(operator.act, over, ledger, _BETWEEN_BACKUPS), daemon=True)
    )  # fmt: skip
    for thread in threads:
        thread.start()
    try:
        troubles.strike(kills, 60 * minutes / (kills * 1.4), ends, over)
        operator.act()  # one more, so that there is one even after the shortest day
    finally:
        over.set()
        for thread in threads:
            thread.join(180)


def _everybody(
    school: University, ledger: Ledger, witness: Witness, seed: int
) -> list[Callable[[], None]]:  # fmt: skip
    """Four teachers, four courses of learners, two programs, who replaces badges, and who brings tables."""
    seeds, acts = iter(range(seed, seed + 100)), list[Callable[[], None]]()
    for lecture in school.lectures:
        visitor = Visitor(school, ledger, witness, lecture.key, lecture.teacher)
        acts.append(Teacher(lecture, visitor, ledger, next(seeds)).act)
        acts.append(Learners(school, lecture, ledger, witness, next(seeds)).act)
    for name in ("registrar", "library"):
        acts.append(Program(name, Caller(school, ledger, witness), ledger, school, next(seeds)).act)
    acts.append(Replacer(Caller(school, ledger, witness), ledger, school, next(seeds)).act)
    first = school.lectures[0]
    acts.append(TableGiver(Visitor(school, ledger, witness, first.key, first.teacher), ledger, school, next(seeds)).act)
    return acts


def _go_on(act: Callable[[], None], over: threading.Event, ledger: Ledger, pause: float = _PAUSE) -> None:
    """A mistake of the day's own must not pass for silence."""
    try:
        for _ in again_and_again(act, over, pause):
            pass
    except Exception:
        ledger.say_wrong(f"somebody could not go on: {traceback.format_exc()}")


def _backups(operator: Operator, school: University, ledger: Ledger, report: Report) -> list[str]:
    """Each is restored elsewhere, on SQLite and PostgreSQL in turn, and audited as of its moment."""
    wrong = ["no backup was taken"] if not operator.backups else []
    for backup, on_postgresql in zip(operator.backups, cycle((True, False))):
        try:
            with operator.restored(backup, on_postgresql=on_postgresql):
                found = [f"{backup.file.name}: {one}" for one in inside(school, ledger, backup.moment)]
        except Exception:
            found = [f"{backup.file.name} could not be looked at: {traceback.format_exc()}"]
        kind = "PostgreSQL" if on_postgresql else "SQLite"
        report.lines.append(f"{backup.file.name} restored on {kind}: {len(found)} differences")
        wrong += found
    return wrong
