"""Which files `mkdocs` makes pages of, and where their links lead.

Every page keeps the address that it has in the repository, so a link that works there works here, and MkDocs itself
refuses one that is broken. What a page links to and is no page (a test, a unit of systemd) comes along as a text to
read. Nothing is copied within the repository.
"""

import re
from pathlib import Path

from markdown.extensions.toc import slugify
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("config", "deploy", "docs", "translations")
LINK = re.compile(r"\]\(([^)\s#:]+)(?:#[^)\s]*)?\)")


def pages() -> list[Path]:
    """Every Markdown file that is written for people: at the top, and in the folders that have some."""
    return [*sorted(ROOT.glob("*.md")), *(page for name in FOLDERS for page in sorted((ROOT / name).rglob("*.md")))]


def linked_to() -> set[Path]:
    """What the pages link to within the repository, pages aside."""
    ends = {(page.parent / target).resolve() for page in pages() for target in LINK.findall(page.read_text())}
    return {end for end in ends if end.is_file() and end.suffix != ".md" and end.is_relative_to(ROOT)}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.mdx_configs["toc"]["slugify"] = _heading_id
    return config


def _heading_id(heading: str, separator: str) -> str:
    """As MkDocs does by itself, but for a number that comes first: the theme's script takes no such id."""
    found = slugify(heading, separator)
    return f"n{separator}{found}" if found[:1].isdigit() else found


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """MkDocs offers the theme's files and those in `docs/`; ours are told anew, by their place in the repository."""
    of_the_theme = [file for file in files if file.src_dir != config.docs_dir]
    ours = [*pages(), *sorted((ROOT / "docs").glob("*.css")), *sorted(linked_to())]
    return Files([*of_the_theme, *(_file(path, config.site_dir) for path in ours)])


def _file(path: Path, site: str) -> File:
    place = path.relative_to(ROOT).as_posix()
    shown = None if path.suffix in (".md", ".css") else place + ".txt"  # as text every browser shows it
    return File(place, str(ROOT), site, use_directory_urls=False, dest_uri=shown)


def on_page_content(html: str, **of_the_page: object) -> str:
    """What is wider than a narrow window scrolls by itself, and can be reached by keyboard for that."""
    focusable = 'tabindex="0" role="region" aria-label='
    html = html.replace("<table>", f'<div class="wide" {focusable}"Table"><table>').replace(
        "</table>", "</table></div>"
    )
    return html.replace("<pre>", f'<pre {focusable}"Commands">')
