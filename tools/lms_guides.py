"""`docs/guides/lms/`: the tool's own guide for each kind of LMS as a page to read before there is an installation.

Words and values are those of `/lti/guides/<lms>`; what the tool does otherwise for this LMS comes from
`config/platforms/`. Both stand in one place only, so these pages are made (`make guides`), and a test compares.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from lxml.html import HtmlElement, fromstring

from lti_tool.app import create_app
from lti_tool.launch.profiles import OTHER, Profile, profiles
from lti_tool.launch.registration.guides import GUIDES
from lti_tool.settings import Settings

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "guides" / "lms"
_ADDRESS = "https://badges.example.org"
_ABOVE = (
    "Made by `make guides` from the page `/lti/guides/{lms}` that every installation has, with the words of this LMS's "
    f"menus. `{_ADDRESS}` stands for the address of yours: copy from your own page."
)


def guides() -> dict[Path, str]:
    """Every page as it shall be."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder), public_url=_ADDRESS))
        return {FOLDER / f"{lms}.md": _page(app, lms) for lms in GUIDES}


def _page(app: Flask, lms: str) -> str:
    answer = app.test_client().get(f"/lti/guides/{lms}", headers={"Accept-Language": "en"})
    [article] = fromstring(answer.text).xpath("//article")
    [heading, *parts] = [part for part in article if "not-printed" not in part.get("class", "")]
    said = [f"# {_words(heading)}", _ABOVE.format(lms=lms), *(block for part in parts for block in _blocks(part))]
    return "\n\n".join([*said, *_differences(lms, profiles()[lms])]) + "\n"


def _blocks(part: HtmlElement) -> Iterator[str]:
    if part.tag in ("h2", "h3"):
        yield f"{'#' * int(part.tag[1])} {_words(part)}"
    elif part.tag == "ol":
        yield "\n".join(f"{number}. {_words(item)}" for number, item in enumerate(part, 1))
    elif part.tag == "dl":
        yield _table(("Field", "Value"), [(_words(row[0]), _words(row[1])) for row in part])
    elif len(part) == 1 and "\n" in part.text_content().strip():
        yield f"```\n{part.text_content().strip()}\n```"
    else:
        yield _words(part)


def _words(part: HtmlElement) -> str:
    """The words of a part in one line; values as code, one span for each of their lines."""
    said = part.text or ""
    for child in part:
        inside = child.text_content()
        code = "<br>".join(f"`{line.strip()}`" for line in inside.strip().splitlines())
        said += (code if child.tag == "code" else _words(child)) + (child.tail or "")
    return " ".join(said.split())


def _table(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [head, ("---", "---"), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _differences(lms: str, profile: Profile) -> Iterator[str]:
    yield f"## What the tool does with {'it' if lms == OTHER else profile.name}"
    yield f"From `config/platforms/{lms}.toml`; what is not named there is as for any other LMS."
    yield _table(("Question", "Answer"), [*_recognised(profile), *_asked(profile), *_graded(profile)])


def _recognised(profile: Profile) -> Iterator[tuple[str, str]]:
    yield "It is recognised by the product family code", _all(profile.families) or "any that no other page names"
    yield "Its hosts, which may frame the tool beyond what a launch names", _all(profile.frame_ancestors) or "none"
    waits = "it waits there until somebody switches it on" if profile.needs_activation else "it can be used at once"
    yield "A new registration", waits
    yield "The audience of requests for tokens", _all([profile.token_audience or ""]) or "the token address"


def _asked(profile: Profile) -> Iterator[tuple[str, str]]:
    messages = [f"`{one.type}`{' (if it offers it)' if one.only_if_offered else ''}" for one in profile.messages]
    yield "Messages that are registered", ", ".join(messages)
    yield (
        "Where its links are offered",
        _all([place for one in profile.messages for place in one.placements]) or "as it likes",
    )
    yield "Permissions that are asked for", _all([scope.rsplit("/spec/", 1)[1] for scope in profile.scopes])
    yield "Variables that are asked for", _all(list(profile.custom.values()))
    size = profile.roster_page_size
    yield "People in one page of the course list", f"{size} are asked for" if size else "as many as the LMS likes"
    sections = "with the list, of everybody" if profile.roster_tells_sections else "where the LMS tells them"
    yield "Sections are known", sections


def _graded(profile: Profile) -> Iterator[tuple[str, str]]:
    yield "A score carries a comment", "yes" if profile.score_comments else "no"
    yield "A score carries when work was begun and handed in", "yes" if profile.score_times else "no"
    size = profile.results_page_size
    yield "Grades in one answer", f"{size} are asked for" if size else "as many as the LMS likes"


def _all(values: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"`{value}`" for value in dict.fromkeys(values) if value)


if __name__ == "__main__":
    for path, text in guides().items():
        path.write_text(text)
