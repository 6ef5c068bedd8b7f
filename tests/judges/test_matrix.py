"""The verdict matrix, made once, held against what has to be so: the judges take our awards, and ours is the strictest.

`docs/verdicts.md` shows it; `make verdicts` writes that page anew.
"""

import pytest

from tests.judges import verdict_page
from tests.judges.matrix import Judge, Line, Word, run
from tests.judges.our_awards import CRITERIA, NAME, NEW_NAME, STORY
from tests.judges.trials import HOSTED, JWT, LISTS, PROOF, SIGNED, UNTOUCHED, Expected, Home, Kind

# Everything is tried before the first of these begins: that takes most of a minute on a machine that does nothing else.
pytestmark = [pytest.mark.xdist_group("matrix"), pytest.mark.timeout(900)]

BADGECHECK, OPENBADGESLIB, BAKERY = Judge
JUDGES_OF = {
    **{kind: {BADGECHECK, OPENBADGESLIB} for kind in (*HOSTED, *SIGNED)},
    **{kind: {OPENBADGESLIB} for kind in (*PROOF, *JWT, *LISTS)},
}

# What the formats allow and a judge does not know: ours has to read it all the same.
CANNOT_READ = {
    ("the text in the PNG has a language tag", BADGECHECK), ("the text in the PNG has a language tag", BAKERY),
    ("the text in the PNG is compressed", BADGECHECK), ("the text in the PNG is compressed", BAKERY),
    ("another prefix for the same namespace", BADGECHECK), ("another prefix for the same namespace", BAKERY),
    ("another prefix for the same namespace", OPENBADGESLIB),
}  # fmt: skip

# The holes that are known: whoever mends one, or whose wrapper stops asking, is told here.
HOLES = {
    ("taken back: answered with 200, the whole body and `revoked: true`", BADGECHECK),
    ("taken back: answered with 200, the whole body and `revoked: true`", OPENBADGESLIB),
    ("the issuer's list of revoked awards has this one entry, as an object", BADGECHECK),
    ("taken back: the list has exactly one entry, as text", BADGECHECK),
    ("`verification.type` is “Nope”", BADGECHECK),
    ("`nbf` is another time than `validFrom`", OPENBADGESLIB),
    ("its two versions are the awards of two people", BADGECHECK),
    ("its two versions are the awards of two people", OPENBADGESLIB),
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    return run(tmp_path_factory.mktemp("matrix"))


def told(line: Line) -> tuple[str, str, str]:
    return (line.trial.kind, line.trial.what, line.trial.home)


def test_every_judge_accepts_every_kind_of_award_that_we_issue(lines: list[Line]) -> None:
    good = [line for line in lines if line.trial.expected is Expected.HOLDS]
    refused = {
        (line.trial.what, judge) for line in good for judge, word in line.words.items()
        if word not in (Word.ACCEPTS, Word.READS)
    }  # fmt: skip

    assert refused == CANNOT_READ
    assert [(told(line), line.ours.failed) for line in good if not line.ours.valid] == []
    assert [(told(line), line.ours.warned) for line in good if line.ours.warned] == []


def test_every_form_of_an_award_was_judged_by_everybody_who_can(lines: list[Line]) -> None:
    untouched = [line for line in lines if line.trial.what == UNTOUCHED]

    assert {line.trial.kind for line in untouched if line.trial.home is not Home.COPY} == set(Kind)
    assert {line.trial.kind: set(line.words) - {BAKERY} for line in untouched} == JUDGES_OF


def test_ours_refuses_every_tampering_for_the_right_reason(lines: list[Line]) -> None:
    fallen = [line for line in lines if line.trial.expected is Expected.FALLS]

    assert [told(line) for line in fallen if line.ours.valid] == []
    assert [
        (told(line), line.ours.failed) for line in fallen if not set(line.ours.failed) & set(line.trial.caught_by)
    ] == []


def test_ours_refuses_whatever_any_judge_refuses(lines: list[Line]) -> None:
    """But what a judge cannot read, and a changed copy: what counts is what the address of a hosted award says."""
    laxer = [
        (told(line), judge) for line in lines if line.ours.valid for judge, word in line.words.items()
        if word not in (Word.ACCEPTS, Word.READS) and (line.trial.what, judge) not in CANNOT_READ
        and line.trial.expected is not Expected.DIFFERS
    ]  # fmt: skip

    assert laxer == []


def test_what_is_changed_in_a_copy_is_told_and_never_shown(lines: list[Line]) -> None:
    differing = [line for line in lines if line.trial.expected is Expected.DIFFERS]

    assert differing
    for line in differing:
        assert (line.ours.valid, bool(line.ours.warned)) == (True, True), told(line)
        shown = line.ours.shown
        assert shown is not None
        assert shown.badge in (NAME, NEW_NAME), told(line)
        assert (shown.criteria, shown.narrative, shown.expires) == (CRITERIA, STORY, None), told(line)
        assert shown.issued_on is not None
        assert shown.issued_on.year > 2020, told(line)
        assert "0" * 64 not in "".join(one.identity for one in shown.recipients), told(line)


def test_the_holes_of_the_others_are_still_there(lines: list[Line]) -> None:
    accepted = {
        (line.trial.what, judge) for line in lines if line.trial.expected is Expected.FALLS
        for judge, word in line.words.items() if word is Word.ACCEPTS
    }  # fmt: skip
    attacker = [line for line in lines if "`ourIssuer#attackerKey`" in line.trial.what]

    assert accepted >= HOLES
    assert {line.trial.kind for line in attacker} == set(PROOF)
    assert not any(line.words for line in attacker)  # nobody else asks whose key it is


def test_the_page_says_what_the_matrix_says(lines: list[Line]) -> None:
    assert verdict_page.PLACE.read_text() == verdict_page.page(lines), "make verdicts writes docs/verdicts.md anew"
