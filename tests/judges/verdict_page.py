"""The verdict matrix as a page: docs/verdicts.md. The same verdicts make the same page, letter by letter."""

import importlib.metadata
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.judges.matrix import Judge, Line, Word
from tests.judges.trials import Expected, Home, Kind
from tests.judges.verdicts import version

PLACE = Path(__file__).parents[2] / "docs" / "verdicts.md"
OUR_COLUMN = "this tool"

_ABOUT = """\
# What every judge says of our badges

Nobody should believe our own verifier alone. So every kind of award is tried as it was issued and with one thing done
to it, in every form in which it comes to a verifier, and judged by verifiers that other people wrote. This page is made
by `make verdicts`; `make test` tries everything anew and compares.

| Judge | Version | What it judges |
|---|---|---|
| badgecheck, the core of 1EdTech's validator | {badgecheck} | 2.0: address, JSON, signed text, PNG, SVG |
| openbadgeslib | {openbadgeslib} | 2.0 and 3.0: both proofs, status lists, PNG, SVG |
| openbadges-bakery | {bakery} | nothing: it reads what is baked into a PNG or SVG of 2.0, or misreads it |
| this tool | | everything |

## How to read the table

- **accepts** in bold is a hole: that judge takes for good what nobody may accept. *refuses*, *misreads* and
  *breaks down* in italics: it does not know something good.
- `–`: the judge does not know this form, or was not asked. openbadgeslib finds keys by DIDs alone, so our wrapper
  around it looks the key up in the issuer's profile, and what fails there is no word of the judge's. It would also look
  for the signature of a status list by the award's own key, and lists are signed anew at every rotation: so it is asked
  about the list by itself.
- In brackets: the check of this tool that found it out. `unreadable` and `not_award`: it refuses to begin.
- *shows the difference*: what a holder changes in a copy of a hosted award, or what changed since a picture was saved,
  harms nobody. What the address says counts; this tool shows that, and says that the copy differs.
- Tried on *ours*: an award of the running tool; what only an issuer can say wrong is signed with its issuer's keys.
  *A copy*: the same with the address of another host in it, because only the host of an award or a list could do this
  to it. *Foreign*: from another platform, because we issue no signed awards of 2.0.
"""


def page(lines: Sequence[Line]) -> str:
    versions = {"badgecheck": version("badgecheck"), "openbadgeslib": version("openbadgeslib")}
    about = _ABOUT.format(bakery=importlib.metadata.version("openbadges-bakery"), **versions)
    return "\n".join([about, *_counts(lines), "", *_table(lines), ""])


def _counts(lines: Sequence[Line]) -> Iterator[str]:
    """How many of the tamperings each judge took for good, and how much that is good it does not know."""
    good = [line for line in lines if line.trial.expected is Expected.HOLDS]
    fallen = [line for line in lines if line.trial.expected is Expected.FALLS]
    yield f"## {len(lines)} trials: {len(fallen)} that nobody may accept, {len(good)} that everybody should\n"
    yield "| Judge | judged of what nobody may accept | accepted of it | judged of what is good | not accepted of it |"
    yield "|---|---:|---:|---:|---:|"
    for judge in (Judge.BADGECHECK, Judge.OPENBADGESLIB):
        false, right = ([line.words[judge] for line in some if judge in line.words] for some in (fallen, good))
        holes, blind = false.count(Word.ACCEPTS), len(right) - right.count(Word.ACCEPTS)
        yield f"| {judge} | {len(false)} | {holes} | {len(right)} | {blind} |"
    ours, blind = sum(line.ours.valid for line in fallen), sum(not line.ours.valid for line in good)
    yield f"| {OUR_COLUMN} | {len(fallen)} | {ours} | {len(good)} | {blind} |"


def _table(lines: Sequence[Line]) -> Iterator[str]:
    judges = " | ".join(Judge)
    yield f"| Award | What was done to it | Form | Tried on | {judges} | {OUR_COLUMN} |"
    yield "|---|---|---|---|---|---|---|---|"
    for family in dict.fromkeys(kind.family for kind in Kind):
        mine = [line for line in lines if line.trial.kind.family == family]
        for row in _rows(mine):
            yield f"| {family} | {' | '.join(row)} |"


def _rows(lines: Sequence[Line]) -> Iterator[list[str]]:
    """One row for all forms of which every judge says the same; whatever was done stands where it stands first."""
    by_deed: dict[tuple[str, Home], list[Line]] = {}
    for line in lines:
        by_deed.setdefault((line.trial.what, line.trial.home), []).append(line)
    for (what, home), same in by_deed.items():
        rows: dict[tuple[str, ...], list[Line]] = {}
        for line in same:
            cells = *(_cell(line, judge) for judge in (Judge.BADGECHECK, Judge.OPENBADGESLIB)), _our_cell(line)
            rows.setdefault(cells, []).append(line)
        for (badgecheck, openbadgeslib, ours), alike in rows.items():
            read = dict.fromkeys(_cell(line, Judge.BAKERY) for line in alike if Judge.BAKERY in line.words)
            bakery = ", ".join(read) or "–"
            yield [what, _forms(alike, lines), _HOMES[home], badgecheck, openbadgeslib, bakery, ours]


_HOMES = {Home.OURS: "ours", Home.COPY: "a copy", Home.FOREIGN: "foreign"}


def _forms(alike: Sequence[Line], family: Sequence[Line]) -> str:
    kinds, every = ({line.trial.kind for line in some} for some in (alike, family))
    return "every form" if kinds == every else ", ".join(kind.form for kind in Kind if kind in kinds)


def _cell(line: Line, judge: Judge) -> str:
    word, expected = line.words.get(judge), line.trial.expected
    if word is None:
        return "–"
    if word is Word.ACCEPTS and expected is Expected.FALLS:
        return f"**{word}**"
    is_blind = word not in (Word.ACCEPTS, Word.READS) and expected is Expected.HOLDS
    return f"*{word}*" if is_blind else str(word)


def _our_cell(line: Line) -> str:
    if line.trial.expected is Expected.FALLS:
        found = [check for check in line.ours.failed if check in line.trial.caught_by]
        return "**accepts**" if line.ours.valid else f"refuses ({', '.join(found) or ', '.join(line.ours.failed)})"
    if not line.ours.valid:
        return f"*refuses* ({', '.join(line.ours.failed)})"
    return "accepts, and shows the difference" if line.ours.warned else "accepts"
