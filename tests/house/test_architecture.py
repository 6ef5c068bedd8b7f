"""The drawing is executable; what the import contracts cannot say is said here."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from lti_tool import wiring
from lti_tool.badges import events as of_badges
from lti_tool.people import events as of_people
from lti_tool.places import PACKAGE
from lti_tool.spaces import events as of_spaces

ROOT = PACKAGE.parent
DECISIONS = ROOT / "docs/decisions"


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "versions" not in path.parts:
            yield path, ast.parse(path.read_text())


def test_every_event_has_a_reaction() -> None:
    recorded = {
        value
        for told in (of_badges, of_people, of_spaces)
        for value in vars(told).values()
        if isinstance(value, type) and value.__module__ == told.__name__
    }

    assert recorded == set(wiring.REACTIONS)


def test_only_the_door_says_lti() -> None:
    outside = [
        str(path.relative_to(ROOT))
        for path, tree in modules()
        if path.relative_to(PACKAGE).parts[0] not in ("launch", "sandbox")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "purl.imsglobal.org/spec/lti" in node.value
    ]

    assert outside == []


def test_nothing_goes_outside_but_through_fetch() -> None:
    elsewhere = [
        str(path.relative_to(ROOT))
        for path, tree in modules()
        if path.parent.name != "fetch" and "sandbox" not in path.parts and "trial" not in path.stem
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        if name.split(".")[0] in ("requests", "urllib3", "httpx") or name.startswith("urllib.request")
    ]

    assert elsewhere == []


def test_files_and_functions_stay_small() -> None:
    too_long = []
    for path, tree in modules():
        length = len(path.read_text().splitlines())
        if length > 300:
            too_long.append(f"{path.relative_to(ROOT)}: {length} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 40:
                too_long.append(f"{path.relative_to(ROOT)}: {node.name}")

    assert too_long == []


def test_every_module_says_why_it_exists() -> None:
    silent = [str(path.relative_to(ROOT)) for path, tree in modules() if not ast.get_docstring(tree)]

    assert silent == []


def test_every_decision_that_the_code_cites_is_written_down() -> None:
    pages = sorted(DECISIONS.glob("00*.md"))
    written = {int(number) for number in re.findall(r"^(\d+)\. \*\*", pages[0].read_text(), re.MULTILINE)}
    written |= {int(path.name[:4]) for path in pages}
    cited = {
        int(number)
        for path, _ in modules()
        for words in re.findall(r"\bdecisions? (\d+(?:(?:, | and )\d+)*)", path.read_text())
        for number in re.findall(r"\d+", words)
    }

    assert cited - written == set()


def test_the_prescribed_libraries_are_kept() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {line.split(">")[0].split("=")[0].split("[")[0] for line in project["dependencies"]}

    assert {"flask", "pylti1p3", "flask-sqlalchemy", "pyjwt", "cryptography", "pillow", "requests"} <= named
