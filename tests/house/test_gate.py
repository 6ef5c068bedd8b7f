"""The gate before a release: what it lets through, and that what could not be looked at is never let through."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.dependency_audit import LOCKS, audit, locked_in, problems
from tools.gate import PARTS
from tools.secrets_scan import ROOT, Known, known_here
from tools.secrets_scan import problems as secrets_in

A_KEY = "AKIA" + "IOSFODNN7" + "EXAMPLE"
LOCKED = {"flask": "3.1.0", "pyjwt": "2.15.0"}


def report(**odd: Any) -> dict[str, Any]:
    """What pip-audit says of two packages without a weakness."""
    flask = {"name": "flask", "version": "3.1.0", "vulns": []}
    return {"dependencies": [flask | odd, {"name": "PyJWT", "version": "2.15.0", "vulns": []}], "fixes": []}


def test_packages_without_a_weakness_are_let_through() -> None:
    assert problems(report(), LOCKED) == []


def test_a_weakness_is_named_with_what_mends_it() -> None:
    weak = report(vulns=[{"id": "PYSEC-1", "fix_versions": ["3.1.1"], "aliases": []}])

    assert problems(weak, LOCKED) == ["flask 3.1.0: PYSEC-1; mended in 3.1.1"]


def test_what_was_not_looked_up_is_not_let_through() -> None:
    skipped = {"dependencies": [{"name": "flask", "skip_reason": "not found on PyPI"}]}
    one_of_two = {"dependencies": [*skipped["dependencies"], {"name": "pyjwt", "version": "2.15.0", "vulns": []}]}

    assert problems(skipped, LOCKED) == [
        "flask: not looked up (not found on PyPI)", "pyjwt: not looked up (the report does not name it)",
    ]  # fmt: skip
    assert problems(one_of_two, LOCKED) == ["flask: not looked up (not found on PyPI)"]
    assert problems({}, LOCKED)


def test_a_database_that_knows_nothing_is_named_in_one_sentence() -> None:
    skipped = [{"name": name, "skip_reason": "not found on PyPI"} for name in LOCKED]

    [told] = problems({"dependencies": skipped}, LOCKED)
    assert told.startswith("none of its 2 packages could be looked up")


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("print('{}')", "not looked up"),
        ("import sys; sys.exit('no route to the database')", "no route to the database"),
        ("print('<html>welcome to the mirror</html>')", "could not ask"),
    ],
)
def test_an_audit_that_reaches_nobody_fails(tmp_path: Path, says: str, told: str) -> None:
    stand_in = tmp_path / "audit.py"
    stand_in.write_text(says)

    found = audit(LOCKS[0], [sys.executable, str(stand_in)])

    assert found
    assert all(told in line for line in found)


def test_an_audit_of_everything_that_is_locked_passes(tmp_path: Path) -> None:
    names = locked_in((ROOT / LOCKS[0]).read_text())
    whole = {"dependencies": [{"name": name, "version": version, "vulns": []} for name, version in names.items()]}
    stand_in = tmp_path / "audit.py"
    stand_in.write_text(f"print({json.dumps(whole)!r})")

    assert len(names) > 20
    assert audit(LOCKS[0], [sys.executable, str(stand_in)]) == []


def planted(folder: Path, words: str) -> list[str]:
    (folder / "settings.py").write_text(f'one = 1\nkey = "{words}"\n')
    return ["settings.py"]


def test_a_secret_is_found_and_its_words_are_not_told(tmp_path: Path) -> None:
    told = secrets_in(tmp_path, planted(tmp_path, A_KEY), [])

    assert told == ["settings.py:2: AWS Access Key"]


def test_a_reason_covers_what_it_was_given_for_and_nothing_else(tmp_path: Path) -> None:
    files = planted(tmp_path, A_KEY)
    mine = Known("settings.py", ("AWS Access Key",), ("25910f981e85ca04baf359199dd0bd4a3ae738b6",), "out of a manual")

    assert secrets_in(tmp_path, files, [mine]) == []
    planted(tmp_path, A_KEY.replace("7", "8"))
    assert "settings.py:2: AWS Access Key" in secrets_in(tmp_path, files, [mine])


def test_a_reason_for_nothing_and_an_entry_without_a_reason_are_told(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("one = 1\n")
    idle = Known("settings.py", ("AWS Access Key",), ("25",), "it was there once")
    empty = Known("settings.py", ("AWS Access Key",), ("25",), " ")

    told = secrets_in(tmp_path, ["settings.py"], [idle, empty])
    assert sum("explains nothing" in line for line in told) == 2
    assert sum("lacks a reason" in line for line in told) == 1


def test_every_known_one_of_ours_has_a_reason_and_a_place() -> None:
    for one in known_here():
        assert len(one.why) > 10
        assert one.hashes or "*" in one.where
        assert list(ROOT.glob(one.where))


def test_every_part_of_the_gate_can_be_started() -> None:
    for module, *_ in PARTS.values():
        place = ROOT / module.replace(".", "/")
        assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file()
