"""What is written for people is so: links lead to files; commands, targets, settings and buttons exist."""

import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lti_tool.api import tokens
from lti_tool.badges.awarding import batches
from lti_tool.badges.backpack import importing
from lti_tool.jobs import worker
from lti_tool.launch import login, refusals, visits
from lti_tool.launch.notices import receiving
from lti_tool.launch.registration import invites
from lti_tool.launch.roster import asking
from lti_tool.people.home import links as mailed_links
from lti_tool.people.invitations import inviting
from lti_tool.places import PACKAGE, TRANSLATIONS
from lti_tool.settings import Settings
from tests.house.spoken_commands import wrong_with
from tools.docs_site import pages

ROOT = PACKAGE.parent
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
# Ways to call the tool: by its name wherever it lies, and in the container of a service.
OURS = re.compile(r"(?:^|[\s/`'\"])lti-tool +([^|&;`\n]+)")
IN_A_CONTAINER = re.compile(r"docker compose run --rm (?:--?[\w-]+ )*(?:web|worker|migrate) +(.+)")
TARGET = re.compile(r"(?:^|[\s`])make +([a-z-]+)")
GUIDES = ("teacher.md", "administrator.md")
IN_THE_SANDBOX = {"Introduction to Data Literacy", "Helena Brandt", "Add content from the tool"}
# Where the guide of an LMS speaks of our own pages; all other words in it are the LMS's.
OF_OURS = ("A page of this tool opens.", "They enter them in the console", "On the page “Members”")
IN_THE_ENVIRONMENT_OF_COMPOSE = {"SITE", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
READ_BY_OBSTORE = {
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ALLOW_HTTP",
}  # fmt: skip


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


def code_in(page: Path) -> list[str]:
    """What stands as code on a page: each line of a block, without remarks and with continued lines joined, and each
    span of a paragraph.
    """
    text = page.read_text()
    blocks = "\n".join(FENCE.findall(text)).replace("\\\n", " ")
    lines = [re.sub(r"(?:^|\s)#.*$", "", line) for line in blocks.splitlines() if not line.startswith("```")]
    return [*lines, *(" ".join(span.split()) for span in SPAN.findall(FENCE.sub("", text)))]


def as_typed(said: str) -> list[str]:
    """The words of a command. Where one half of a pair of quotes is left, it is the end of a command around it."""
    try:
        return shlex.split(said)
    except ValueError:
        return [word.strip("'\"") for word in said.split()]


def spoken(page: Path) -> Iterator[list[str]]:
    """Every command of ours on a page, without the program's name. `…` or `<…>` alone stand for any."""
    for line in code_in(page):
        for pattern in (OURS, IN_A_CONTAINER):
            for said in pattern.findall(line):
                words = as_typed(said)
                if words and not words[0].startswith(("…", "<")):
                    yield words


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_exists(page: Path) -> None:
    assert [problem for problem in map(wrong_with, spoken(page)) if problem] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_exists(page: Path) -> None:
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert {target for line in code_in(page) for target in TARGET.findall(line)} - made == set()


def test_commands_are_found_wherever_they_stand() -> None:
    assert {"work", "check", "admin", "platform", "keys", "token", "certify", "migrate"} <= {
        words[0] for page in pages() for words in spoken(page)
    }
    assert ["admin", "invite"] in list(spoken(ROOT / "docs" / "guides" / "operator.md"))


def test_every_setting_that_a_page_names_exists() -> None:
    known = {name.upper() for name in Settings.model_fields} | {"CONFIG"}
    named = {
        (page.name, word.removeprefix("LTI_TOOL_"))
        for page in (*(ROOT / "docs" / "guides").glob("*.md"), *ROOT.glob("*.md"))
        for word in re.findall(r"`((?:LTI_TOOL_)?[A-Z]{3,}(?:_[A-Z]+)+)(?:=\w+)?`", page.read_text())
    }

    assert len(named) > 15
    assert {one for one in named if one[1] not in known | IN_THE_ENVIRONMENT_OF_COMPOSE | READ_BY_OBSTORE} == set()


def test_every_warning_of_the_log_is_explained_to_operators() -> None:
    guide = (ROOT / "docs" / "guides" / "operator.md").read_text()
    told = re.compile(r"\blog\.(?:warning|error)\(\s*\"(\w+)\"")
    warnings = {event for path in PACKAGE.rglob("*.py") for event in told.findall(path.read_text())}

    assert len(warnings) > 20
    assert [event for event in sorted(warnings) if f"`{event}`" not in guide] == []


def sentences() -> set[str]:
    """What our pages say."""
    with (TRANSLATIONS / "de" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {message.id for message in read_po(file, locale="de") if isinstance(message.id, str)}


def in_italics(text: str) -> set[str]:
    return set(re.findall(r"\*([^*]+)\*", " ".join(text.replace("**", "").split())))


@pytest.mark.parametrize("guide", GUIDES)
def test_every_word_in_italics_stands_on_a_page(guide: str) -> None:
    labels = in_italics((ROOT / "docs" / "guides" / guide).read_text())

    assert len(labels) > 20
    assert labels - sentences() == set()


def test_what_the_readme_says_to_press_stands_on_a_page() -> None:
    for_users = FENCE.sub("", (ROOT / "README.md").read_text()).split("\n## How it is built")[0]
    labels = in_italics(for_users) - IN_THE_SANDBOX

    assert len(labels) > 10
    assert labels - sentences() == set()


@pytest.mark.parametrize("guide", [page.name for page in sorted((ROOT / "docs" / "guides" / "lms").glob("*.md"))])
def test_what_the_guide_of_an_lms_names_of_our_pages_stands_there(guide: str) -> None:
    lines = (ROOT / "docs" / "guides" / "lms" / guide).read_text().splitlines()
    named = {word for line in lines if any(one in line for one in OF_OURS) for word in re.findall("“([^”]+)”", line)}

    assert len(named) == 5, "two buttons of a registration, the console's link, a Space's page and its button"
    assert named - sentences() == set()


def test_the_privacy_page_answers_the_questions_of_the_rubric_in_their_order() -> None:
    """Of 1EdTech's TrustEd Apps data privacy rubric: its five areas, and the questions of each."""
    asked = re.findall(r"^(## .+|\*\*.+?\?\*\*)", (ROOT / "docs" / "privacy.md").read_text(), re.MULTILINE)

    assert asked == [
        "## General", "**How are changes managed?**",
        "## Data collected", "**What is collected?**", "**How?**", "**Who owns the data?**",
        "**Can people delete it entirely?**", "**How long is it kept?**",
        "## Security", "**How is it protected?**", "**Is everything confidential encrypted?**",
        "**Strong passwords?**", "**Two-step authentication?**", "**Cookies?**",
        "## Third parties", "**Are there any?**", "**What is shared with each?**", "**Can people opt out?**",
        "**Must third parties follow the same policy?**",
        "## Advertising",
    ]  # fmt: skip


KEPT_AS_THE_PAGE_SAYS = {
    "visits": (visits._LOOKED_BACK,),
    "refused launches (without a name)": (refusals.KEPT_FOR,),
    "readings of course lists (numbers)": (asking._KEPT,),
    "notices of the LMS": (receiving.KEPT_FOR,),
    "tables of recipients that were not given; the files of those that were": (
        timedelta(days=batches.PREVIEW_DAYS), timedelta(days=batches.FILE_DAYS),
    ),
    "mailed links": (mailed_links.LASTS, mailed_links._KEPT),
    "invitations to staff": (inviting.LASTS, inviting._SHOWN_FOR),
    "a badge from elsewhere that was removed": (importing.KEPT_AFTER_REMOVAL,),
    "answers of the API, for repeats": (tokens._ANSWERS_KEPT,),
    "jobs that are done": (worker._KEPT, timedelta(days=Settings().failed_jobs_days)),
    "logins that no launch answered": (2 * login.LIFE,),
    "invitations of platforms that nobody used": (invites._FORGOTTEN_AFTER,),
}  # fmt: skip


@pytest.mark.parametrize("what", KEPT_AS_THE_PAGE_SAYS)
def test_the_privacy_page_says_how_long_the_code_keeps_it(what: str) -> None:
    rows = dict(re.findall(r"^\| (.+?) \| (.+) \|$", (ROOT / "docs" / "privacy.md").read_text(), re.MULTILINE))
    said = re.findall(r"(\d+) (?:more )?(minutes|hours|days?)", rows[what])

    spans = tuple(timedelta(**{unit if unit.endswith("s") else f"{unit}s": int(number)}) for number, unit in said)

    assert spans == KEPT_AS_THE_PAGE_SAYS[what]
