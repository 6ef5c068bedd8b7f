"""What is written for people leads somewhere: every link in a Markdown file of ours has a file at its end."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.places import PACKAGE

ROOT = PACKAGE.parent
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Every Markdown file that we write: at the top, in config/, deploy/, docs/ and translations/."""
    folders = ("config", "deploy", "docs", "translations")
    return [*sorted(ROOT.glob("*.md")), *(page for name in folders for page in sorted((ROOT / name).rglob("*.md")))]


def headings(page: Path) -> set[str]:
    """The ids that a reader of Markdown gives to the headings of a page."""
    words = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", word.lower()).replace(" ", "-") for word in words}


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Relative links: the file, and the heading in it if one is named."""
    for target in LINK.findall(FENCE.sub("", page.read_text())):
        if not re.match(r"[a-z]+:", target):
            file, _, heading = target.partition("#")
            yield file, heading


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    dead = []
    for file, heading in links(page):
        end = (page.parent / file).resolve() if file else page
        if not end.exists() or (heading and heading not in headings(end)):
            dead.append(f"{file}#{heading}")

    assert dead == []


def test_the_threat_model_names_a_test_for_every_threat() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text()
    threats = [row for part in text.split("\n## Threats")[1:] for row in part.split("\n## ")[0].splitlines()]
    rows = [row for row in threats if row.startswith("| ") and not row.startswith("| Threat ")]

    assert len(rows) > 20
    assert [row for row in rows if "](../tests/" not in row] == []
