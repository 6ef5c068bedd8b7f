"""The conformance report claims no more than was looked at, and the one that is kept is of this version."""

import re
import tomllib
from collections import Counter

from lti_tool.places import PACKAGE
from tests.browser.conformance import of_scripts
from tests.browser.conformance_report import NOT_EVALUATED, NOT_THERE, PARTLY, SUPPORTS, Row, criteria, report, rows
from tests.browser.looking import Looked

ROOT = PACKAGE.parent


def looked(*, violations: int = 0, incomplete: int = 0) -> Looked:
    """Two pages and one rule of axe, which looks at contrast; every check of ours found nothing."""
    tags = ("cat.color", "wcag2aa", "wcag143")
    counts = Counter({"passes": 2, "violations": violations, "incomplete": incomplete})
    found = Looked(pages=2, rules={"color-contrast": counts}, tags={"color-contrast": tags})
    found.note({one.whole or one.absent or "": [] for one in criteria()})
    if violations:
        found.wrong["color-contrast"] = ["members"] * violations
    return found


def of(number: str, found: Looked) -> Row:
    [row] = [row for row in rows(found) if row.criterion.number == number]
    return row


def test_every_criterion_of_wcag_2_2_a_and_aa_is_there() -> None:
    levels = Counter(one.level for one in criteria())

    assert (levels["A"], levels["AA"]) == (31, 24)
    assert [one.number for one in criteria()] == sorted(
        {one.number for one in criteria()}, key=lambda number: [int(part) for part in number.split(".")]
    )
    assert [one for row in criteria() for one in row.evidence if not (ROOT / one).is_file()] == []


def test_a_criterion_that_was_looked_at_as_a_whole_is_supported() -> None:
    assert of("1.4.3", looked()).level == SUPPORTS
    assert of("2.1.2", looked()).level == SUPPORTS


def test_what_is_wrong_on_one_page_is_no_support_and_names_the_page() -> None:
    row = of("1.4.3", looked(violations=1))

    assert row.level == PARTLY
    assert "members" in row.remarks


def test_what_axe_could_not_tell_is_not_evaluated() -> None:
    row = of("1.4.3", looked(incomplete=1))

    assert row.level == NOT_EVALUATED
    assert "could not tell on 1 pages" in row.remarks


def test_what_nothing_looked_at_is_not_evaluated() -> None:
    assert of("1.3.2", looked()).level == NOT_EVALUATED
    assert of("2.1.2", Looked(pages=2)).level == NOT_EVALUATED
    assert of("2.5.8", looked()).level == NOT_EVALUATED, "no rule of axe ran"


def test_what_axe_looked_at_in_part_is_not_claimed() -> None:
    found = looked()
    found.rules["list"], found.tags["list"] = Counter({"passes": 2}), ("wcag2a", "wcag131")
    row = of("1.3.1", found)

    assert row.level == NOT_EVALUATED
    assert "`list`; that is a part of the criterion" in row.remarks


def test_a_known_gap_is_no_support() -> None:
    assert of("2.2.1", looked()).level == PARTLY


def test_what_no_page_has_does_not_apply_until_one_has_it() -> None:
    found = looked()
    before = of("1.2.1", found).level
    found.note({"media": ["about: <video src=x>"]})

    assert (before, of("1.2.1", found).level) == (NOT_THERE, PARTLY)


def test_our_scripts_listen_for_keys_in_one_place_and_for_no_gesture() -> None:
    assert {check for check, found in of_scripts().items() if found} == set()
    assert set(of_scripts()) == {"gestures", "pointer", "dragging", "shortcuts"}


def test_the_report_that_is_kept_is_of_this_version_and_has_every_row() -> None:
    kept = (ROOT / "docs" / "conformance.md").read_text()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert f"| Product | Spaces for the LMS {version} |" in kept
    assert re.findall(r"^\| (\d\.\d\.\d+) ", kept, re.MULTILINE) == [
        one.number for level in ("A", "AA") for one in criteria() if one.level == level
    ]


def test_the_report_counts_its_own_rows() -> None:
    told = report(looked(), date="2027-01-31", version="1", browser="156", axe="4.12.1")
    levels = Counter(row.level for row in rows(looked()))

    assert f"**Supports** ({levels[SUPPORTS]})" in told
    assert f"**Not evaluated** ({levels[NOT_EVALUATED]})" in told
