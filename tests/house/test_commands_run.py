"""Every command that a page tells people to type is typed here, or names the test that does: it ends well and works."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from lti_tool.cli import main
from tests.house.test_docs import ROOT, pages, spoken
from tests.make.postgres import create_database

# Commands that go on until they are stopped, or take minutes: where they run for real.
RUN_ELSEWHERE = {"work": "tests/jobs/test_worker.py", "certify": "tests/flows/test_door_item_6_self_test.py"}
_ADDRESSES = [f"--{one}-url=https://lms.example/{one}" for one in ("auth", "token", "jwks")]
# What a sentence leaves out where it only names a command; `{…}` is what this installation has.
LEFT_OUT = {
    "organization rename": ["{organization}", "Hill College"],
    "organization switch": ["{organization}", "spaces", "on"],
    "platform approve": ["{platform}", "2"],
    "issuer invite": ["{issuer}", "--email", "ada@example.org"],
    "issuer rotate-keys": ["{issuer}"],
    "platform add": ["--issuer", "https://lms.example", "--client-id", "2", *_ADDRESSES],
    "backup": ["{folder}/named.backup"],
    "move": ["--to", "{postgresql}"],
}
MEANT = {
    "<platform>": "{platform}", "<issuer>": "{issuer}", "<id or address>": "{administrator}", "<id>": "{token}",
    "FILE": "spaces.backup", "postgresql://…": "{postgresql}",
}  # fmt: skip


def name_of(words: tuple[str, ...]) -> str:
    """The command itself: one word, or two where the first is a group."""
    of_a_group = isinstance(main.get_command(click.Context(main), words[0]), click.Group)
    return " ".join(words[: 2 if of_a_group else 1])


SAID = list(dict.fromkeys(tuple(words) for page in pages() for words in spoken(page)))
TYPED_HERE = [words for words in SAID if name_of(words) not in RUN_ELSEWHERE]


class Installation:
    """One installation on SQLite. `has` is what stands for the words in braces."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.has = {"folder": str(folder)}

    def run(self, *words: str, **settings: str) -> str:
        given = {"DATA_DIR": str(self.folder), "LOG_LEVEL": "CRITICAL", "SECRET_KEY": "of this test alone", **settings}
        environment = {f"LTI_TOOL_{name}": value for name, value in given.items()}
        result = CliRunner().invoke(main, list(words), env=environment)
        assert result.exit_code == 0, f"{' '.join(words)}: {result.output} {result.exception!r}"
        return result.stdout

    def add_platform(self) -> None:
        added = self.run(*"platform add --issuer https://lms.example --client-id 1 --json".split(), *_ADDRESSES)
        self.has |= {"platform": json.loads(added)["id"], "organization": json.loads(added)["organization"]}
        self.has["issuer"] = self.run("issuer", "list").split()[0]

    def invite_administrator(self) -> None:
        self.run("admin", "invite", "--email", "ada@example.org")
        self.has["administrator"] = "ada@example.org"

    def make_token(self) -> None:
        self.run("token", "create")
        self.has["token"] = self.run("token", "list").split()[0]

    def make_backup(self) -> None:
        self.run("backup", f"{self.folder}/spaces.backup")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, Installation]:
    """One that has its tables and no more, and one with an LMS. Each test gets a copy."""
    empty = Installation(tmp_path_factory.mktemp("empty") / "data")
    empty.run("migrate")
    furnished = copy_of(empty, tmp_path_factory.mktemp("furnished"))
    furnished.add_platform()
    return empty, furnished


def copy_of(one: Installation, folder: Path) -> Installation:
    shutil.copytree(one.folder, folder / "data")
    copied = Installation(folder / "data")
    copied.has = {**one.has, **copied.has}
    return copied


@pytest.mark.parametrize("words", TYPED_HERE, ids=" ".join)
def test_it_does_what_the_page_says(
    made_once: tuple[Installation, Installation], words: tuple[str, ...], postgres: Callable[[], str], tmp_path: Path
) -> None:
    name = name_of(words)
    empty, furnished = made_once
    before = (
        empty if name in ("check", "platform add") else furnished
    )  # they ask an LMS for its keys, or make the first
    installation = copy_of(before, tmp_path)
    _prepare(installation, name, postgres)
    elsewhere = {"DATA_DIR": f"{installation.folder}/empty"} if name == "restore" else {}

    if elsewhere:
        installation.run("migrate", **elsewhere)
    said = installation.run(
        *name.split(), *(one.format(**installation.has) for one in arguments_of(words)), **elsewhere
    )

    assert said or name == "migrate"


def _prepare(installation: Installation, name: str, postgres: Callable[[], str]) -> None:
    if name == "move":
        installation.has["postgresql"] = create_database(postgres())
    elif name in _BEFORE:
        _BEFORE[name](installation)


_BEFORE: dict[str, Callable[[Installation], None]] = {
    "admin disable": Installation.invite_administrator,
    "token revoke": Installation.make_token,
    "restore": Installation.make_backup,
}


def arguments_of(words: tuple[str, ...]) -> list[str]:
    """What is behind the command, with what is meant in the place of what stands for it."""
    name = name_of(words)
    joined = "\0".join(words[len(name.split()) :])
    behind = re.sub(r"<[^>]*>", lambda found: found[0].replace("\0", " "), joined).split("\0") if joined else []
    said = [_ID.get(name, "{organization}") if one == "ID" else MEANT.get(one, one) for one in behind]
    said = [f"{{folder}}/{one}" if re.fullmatch(r"\w+\.backup", one) else one for one in said]
    left_out = LEFT_OUT.get(name, [])
    return said if any(not one.startswith("--") or "=" in one for one in said) else [*left_out, *said]


_ID = {"token revoke": "{token}"}


@pytest.mark.parametrize("name", RUN_ELSEWHERE)
def test_what_is_not_typed_here_runs_in_the_test_that_is_named(name: str) -> None:
    text = (ROOT / RUN_ELSEWHERE[name]).read_text()

    assert re.search(rf"[\"\s]{name}\"", text), f"{RUN_ELSEWHERE[name]} does not run it"
    assert name in {name_of(words) for words in SAID}
