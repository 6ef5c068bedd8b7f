"""The documentation as a site: every page is in it, no link is dead, and whoever reads it is seen by nobody else."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.docs_site import ROOT, linked_to, pages
from tools.lms_guides import guides

ASKS = re.compile(
    r"""(?:<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=|url\()["']?(?:https?:)?//[^"')\s>]+"""
)


def build(project: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Not quietly: then MkDocs would not count its warnings, and strict would mean nothing."""
    words = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site)]
    return subprocess.run(words, cwd=project, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs-site")
    built = build(ROOT, folder)
    assert built.returncode == 0, built.stderr
    return folder


def place(page: Path) -> str:
    found = page.relative_to(ROOT).with_suffix(".html")
    return str(found.with_name("index.html") if page.stem == "README" else found)


def test_everything_that_is_written_for_people_is_a_page(site: Path) -> None:
    missing = [page.name for page in pages() if not (site / place(page)).is_file()]

    assert missing == []
    assert {ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "docs" / "privacy.md"} <= set(pages())


def test_what_a_page_links_to_comes_along_as_a_text(site: Path) -> None:
    texts = {path.relative_to(ROOT): (site / f"{path.relative_to(ROOT)}.txt") for path in linked_to()}

    assert len(texts) > 20
    assert [str(path) for path, text in texts.items() if text.read_bytes() != (ROOT / path).read_bytes()] == []


def test_no_page_asks_another_host(site: Path) -> None:
    read = {path: path.read_text() for kind in ("html", "css") for path in site.rglob(f"*.{kind}")}

    assert len(read) > 60
    assert {str(path): found for path, text in read.items() if (found := ASKS.findall(text))} == {}


def test_a_word_of_the_operators_guide_is_found(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text())

    places = {one["location"].partition("#")[0] for one in index["docs"] if "TRUSTED_PROXIES" in one["text"]}

    assert "docs/guides/operator.html" in places


@pytest.mark.parametrize("link", ["[gone](docs/gone.md)", "[gone](docs/index.md#gone)"])
def test_a_dead_link_fails_the_build(tmp_path: Path, link: str) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    settings, _, _ = (ROOT / "mkdocs.yml").read_text().partition("\nnav:")
    (tmp_path / "mkdocs.yml").write_text(settings)
    (tmp_path / "docs" / "site.css").touch()
    (tmp_path / "docs" / "index.md").write_text("# There\n")
    (tmp_path / "README.md").write_text("[there](docs/index.md#there)\n")
    good = build(tmp_path, tmp_path / "site")
    (tmp_path / "README.md").write_text(f"{link}\n")
    bad = build(tmp_path, tmp_path / "site")

    assert good.returncode == 0, good.stderr
    assert bad.returncode == 1
    assert "gone" in bad.stderr


@pytest.mark.parametrize("page", guides().items(), ids=lambda page: page[0].stem)
def test_the_page_of_an_lms_says_what_the_tool_says(page: tuple[Path, str]) -> None:
    path, text = page

    assert path.read_text() == text, "`make guides` writes it anew"


def test_every_kind_of_lms_has_a_page() -> None:
    assert {path.stem for path in (ROOT / "docs" / "guides" / "lms").glob("*.md")} == {path.stem for path in guides()}
