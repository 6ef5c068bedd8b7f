"""What was found on the pages, as the table of a conformance report: one row for each success criterion.

A level is claimed only where something has looked at all of the criterion; a rule of axe that found nothing wrong has
looked at a part of it, and then the row says so.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.browser.looking import Looked

_CRITERIA = Path(__file__).with_name("criteria.toml")
_WORDS = Path(__file__).with_name("conformance_words.md")
_AXE = "axe"
SUPPORTS, PARTLY, NOT_THERE, NOT_EVALUATED = "Supports", "Partially supports", "Not applicable", "Not evaluated"
_LEVELS = {"supports": SUPPORTS, "partly": PARTLY, "not_there": NOT_THERE, "not_evaluated": NOT_EVALUATED}
_MANY = 5  # places that a remark names; more are counted


@dataclass(frozen=True)
class Criterion:
    """One success criterion, as `criteria.toml` explains."""

    number: str
    name: str
    level: str
    whole: str | None = None
    absent: str | None = None
    gap: str | None = None
    why: str | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    criterion: Criterion
    level: str
    remarks: str


def criteria() -> list[Criterion]:
    return [Criterion(number, **said) for number, said in tomllib.loads(_CRITERIA.read_text()).items()]


def rows(looked: Looked) -> list[Row]:
    return [_row(one, looked) for one in criteria()]


def _row(criterion: Criterion, looked: Looked) -> Row:
    rules = sorted(rule for rule, tags in looked.tags.items() if _tag(criterion) in tags)
    asked = [*rules, *filter(None, (criterion.whole, criterion.absent))]
    wrong = {name: looked.wrong[name] for name in asked if looked.wrong.get(name)}
    remarks = [
        *_wrong(wrong),
        *_known(criterion, wrong),
        *_by_axe(criterion, looked, [one for one in rules if one not in wrong]),
    ]
    if criterion.evidence:
        remarks.append(
            f"Tests of parts of it: {', '.join(f'[{Path(one).stem}](../{one})' for one in criterion.evidence)}."
        )
    return Row(criterion, _level(criterion, looked, rules, bool(wrong)), " ".join(remarks))


def _level(criterion: Criterion, looked: Looked, rules: list[str], wrong: bool) -> str:
    if wrong or criterion.gap:
        return PARTLY
    if criterion.absent in looked.checks:
        return NOT_THERE
    if criterion.whole == _AXE:
        sure = rules and not any(looked.rules[rule]["incomplete"] for rule in rules)
        return SUPPORTS if sure else NOT_EVALUATED
    return SUPPORTS if criterion.whole in looked.checks else NOT_EVALUATED


def _tag(criterion: Criterion) -> str:
    return f"wcag{criterion.number.replace('.', '')}"


def _wrong(wrong: Mapping[str, list[str]]) -> Iterator[str]:
    for name, places in wrong.items():
        more = f", and {len(places) - _MANY} more" if len(places) > _MANY else ""
        yield f"**Found by `{name}`**: {'; '.join(map(_plain, places[:_MANY]))}{more}."


def _known(criterion: Criterion, wrong: Mapping[str, list[str]]) -> Iterator[str]:
    if criterion.gap:
        yield f"Known gap: {criterion.gap}."
    if criterion.absent and not wrong:
        yield _ABSENT[criterion.absent]
    if criterion.why:
        yield f"{criterion.why[0].upper()}{criterion.why[1:]}."


def _by_axe(criterion: Criterion, looked: Looked, good: list[str]) -> Iterator[str]:
    if not good:
        return
    part = "" if criterion.whole else "; that is a part of the criterion"
    yield f"axe found nothing wrong by {', '.join(f'`{rule}`' for rule in good)}{part}."
    unsure = {rule: looked.rules[rule]["incomplete"] for rule in good if looked.rules[rule]["incomplete"]}
    if unsure:
        yield f"It could not tell on {', '.join(f'{count} pages (`{rule}`)' for rule, count in unsure.items())}."


_ABSENT = {
    "media": "No page holds audio or video. What a link or a file of evidence leads to is its maker's.",
    "dragging": "Nothing can be dragged: objectives are moved by choosing a place.",
    "gestures": "No script of ours listens for touches, for paths of a pointer, or for motion of the device.",
}


def _plain(text: str) -> str:
    """Of HTML, inside a table of Markdown."""
    return f"`{text.replace('|', '/').replace('`', chr(39))}`" if "<" in text else text.replace("|", "/")


def report(looked: Looked, **told: str) -> str:
    """The whole report. `told`: date, version, browser and axe, as `conformance_words.md` names them."""
    found = rows(looked)
    counts = {name: str(sum(row.level == level for row in found)) for name, level in _LEVELS.items()}
    tables = {f"level_{level.lower()}": _of_level(level, found) for level in ("A", "AA")}
    return _WORDS.read_text().format(pages=looked.pages, **told, **counts, **tables)


def _of_level(level: str, found: list[Row]) -> str:
    lines = [
        (f"{row.criterion.number} {row.criterion.name}", row.level, row.remarks)
        for row in found
        if row.criterion.level == level
    ]
    return _table(("Criterion", "Conformance level", "Remarks"), lines)


def _table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ("---",) * len(head), *lines))
