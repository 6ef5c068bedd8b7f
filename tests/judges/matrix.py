"""The verdict matrix: every form of award we issue, every tampering, and what each judge says of it beside ours.

`make verdicts` prints it and writes docs/verdicts.md, and `test_matrix.py` holds it against what has to be so.

What is tried is real: the tool is served over HTTP, its awards are fetched as anybody fetches them, and ours judges
with `check_badge`. Three things are not the tool's own. Awards of 2.0 that only their host could tamper with are
copies of ours, served elsewhere with that address in them (`copies`). Status lists that cannot be believed are served
elsewhere likewise (`list_trials`). Signed awards of 2.0 we do not issue: they come from `foreign_badge`.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from lti_tool.badges.verifying.checking import check_badge
from lti_tool.badges.verifying.verdict import FoundRecipient, Outcome
from lti_tool.errors import Problem
from tests.judges.copies import Copies
from tests.judges.credential_trials import credential_trials, make_desk
from tests.judges.hosted_trials import hosted_trials
from tests.judges.hosting import hosting
from tests.judges.list_trials import list_trials
from tests.judges.our_awards import our_tool
from tests.judges.picture_trials import picture_trials
from tests.judges.signed_trials import signed_trials
from tests.judges.trials import HOSTED, JWT, LISTS, PICTURES, PROOF, SIGNED, Kind, Trial
from tests.judges.verdicts import Verdict, badgecheck_many, bakery_extract, openbadgeslib_many, openbadgeslib_v3
from tests.make.foreign_badge import ForeignPlatform, foreign_platform

Ask = Callable[[Sequence[str | bytes], str], list[Verdict]]


class Judge(StrEnum):
    """The independent ones. The bakery judges nothing: it reads what is baked in, or not."""

    BADGECHECK = "badgecheck"
    OPENBADGESLIB = "openbadgeslib"
    BAKERY = "openbadges-bakery"


class Word(StrEnum):
    """What a judge says of an award; the last three are the bakery's."""

    ACCEPTS = "accepts"
    REFUSES = "refuses"
    BREAKS_DOWN = "breaks down"
    READS = "reads"
    MISREADS = "misreads"


@dataclass(frozen=True)
class Shown:
    """What ours shows of an award: what somebody might have changed in a copy."""

    id: str
    badge: str
    criteria: str
    issued_on: datetime | None
    expires: datetime | None
    narrative: str | None
    recipients: tuple[FoundRecipient, ...]


@dataclass(frozen=True)
class Ours:
    """Our own verdict: `failed` names the checks that found it out, `warned` those that say something differs."""

    valid: bool
    failed: tuple[str, ...]
    warned: tuple[str, ...] = ()
    shown: Shown | None = None


@dataclass
class Line:
    """One trial and what became of it. A judge that is not there cannot judge it; `why` is in the judges' own words."""

    trial: Trial
    ours: Ours
    words: dict[Judge, Word] = field(default_factory=dict)
    why: dict[Judge, tuple[str, ...]] = field(default_factory=dict)


def run(folder: Path) -> list[Line]:
    """Try everything once, on a tool with a database below `folder`."""
    with _everything(folder) as (trials, loopback), ThreadPoolExecutor() as pool:
        asked = [(judge, mine, pool.submit(ask, [one.for_judges for one in mine], loopback))
                 for judge, mine, ask in _asked(trials)]  # fmt: skip
        lines = [Line(trial, _ours(trial)) for trial in trials]
        by_trial = {id(line.trial): line for line in lines}
        for judge, mine, answer in asked:
            for trial, verdict in zip(mine, answer.result(), strict=True):
                _note(by_trial[id(trial)], judge, verdict)
    for line in lines:
        if line.trial.kind in PICTURES and line.trial.kind in (*HOSTED, *SIGNED):
            line.words[Judge.BAKERY] = _bakery(line.trial)
    return lines


@contextmanager
def _everything(folder: Path) -> Iterator[tuple[list[Trial], str]]:
    """All trials, while everything that they name can be reached; and the addresses that judges may reach."""
    with our_tool(folder) as tool, hosting() as host, ExitStack() as abroad:
        platforms: list[ForeignPlatform] = []

        def platform() -> ForeignPlatform:
            platforms.append(abroad.enter_context(foreign_platform()))
            return platforms[-1]

        desk = make_desk(tool)
        trials = [
            *hosted_trials(tool, Copies(tool, host, tool.award("zoe@example.org"))), *signed_trials(platform),
            *credential_trials(tool, desk), *list_trials(tool, host, desk), *picture_trials(tool),
        ]  # fmt: skip
        there = [one.url.removeprefix("http://") for one in platforms]
        aliases = [host.authority, host.authority.replace("localhost", "127.0.0.1")]
        yield trials, ",".join([tool.authority, *aliases, *there])


def _asked(trials: Sequence[Trial]) -> Iterator[tuple[Judge, list[Trial], Ask]]:
    """Who can judge what, each in one run."""
    second: tuple[Kind, ...] = (*HOSTED, *SIGNED)
    third: tuple[Kind, ...] = (*PROOF, *JWT, *LISTS)
    yield Judge.BADGECHECK, [one for one in trials if one.kind in second], badgecheck_many
    yield Judge.OPENBADGESLIB, [one for one in trials if one.kind in second], openbadgeslib_many
    yield Judge.OPENBADGESLIB, [one for one in trials if one.kind in third], _third


def _third(badges: Sequence[str | bytes], loopback: str) -> list[Verdict]:
    return openbadgeslib_v3([one.encode() if isinstance(one, str) else one for one in badges], loopback)


def _note(line: Line, judge: Judge, verdict: Verdict) -> None:
    """What the wrapper found out, which looks keys up for the judge, is no word of the judge's."""
    if line.trial.unasked or any(error.startswith("WrapperError") for error in verdict.errors):
        return
    broken = any(error.startswith("broke down") for error in verdict.errors)
    line.words[judge] = Word.ACCEPTS if verdict.valid else Word.BREAKS_DOWN if broken else Word.REFUSES
    line.why[judge] = verdict.errors


def _ours(trial: Trial) -> Ours:
    try:
        verdict = check_badge(trial.given)
    except Problem as refused:
        return Ours(False, (refused.code.removeprefix("badge_"),))
    by = {
        outcome: tuple(dict.fromkeys(check.name for check in verdict.checks if check.outcome is outcome))
        for outcome in Outcome
    }
    told = verdict.award
    if told is None:
        return Ours(verdict.valid, by[Outcome.FAILED], by[Outcome.WARNING])
    shown = Shown(
        told.id, told.badge.name, told.badge.criteria, told.issued_on, told.expires, told.narrative, told.recipients
    )
    return Ours(verdict.valid, by[Outcome.FAILED], by[Outcome.WARNING], shown)


def _bakery(trial: Trial) -> Word:
    """A PNG has the award's JSON or signed text, an SVG its address or signed text, unless somebody broke it."""
    assert isinstance(trial.given.content, bytes)
    try:
        found = bakery_extract(trial.given.content)
    except Exception:  # whatever it stumbles over
        return Word.BREAKS_DOWN
    whole = found is not None and found.startswith(("{", "ey", "http")) and found.endswith(("}", *_ENDS))
    return Word.READS if whole else Word.MISREADS


_ENDS = tuple("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def main(words: Sequence[str]) -> int:
    # Run as a command, this module is a second one beside the module that the page knows.
    from tests.judges import matrix, verdict_page

    parser = argparse.ArgumentParser(prog="python -m tests.judges.matrix", description="What each judge says of what.")
    parser.add_argument("--write", action="store_true", help="write docs/verdicts.md too")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        page = verdict_page.page(matrix.run(Path(folder)))
    print(page)
    if asked.write:
        verdict_page.PLACE.write_text(page)
        print(f"Written to {verdict_page.PLACE}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
