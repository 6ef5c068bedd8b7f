"""Item 1, two commands: a stranger starts the whole thing with one, opens the links it prints, and stops it again."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from lti_tool.places import PACKAGE
from tests.make.hands import follow, heading, press
from tests.make.lms import Browser, forms, words
from tests.make.postgres import create_database
from tests.make.programs import lti_tool, running
from tests.make.serving import free_port


def start(ports: tuple[int, int]) -> list[str]:
    port, lms_port = ports
    return ["run", "--port", str(port), "--lms-port", str(lms_port), "--learners", "12"]


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


def come_in(browser: Browser, lms: str, course: str, person: str) -> requests.Response:
    """Open the course of the sandbox as somebody, through its forms and the tool's, as a browser with scripts does."""
    page = browser.get(f"{lms}/launch/{course}/as/{person}/menu")
    for _ in range(2):
        [form] = forms(page)
        page = browser.post(form.action, form.fields)
    return page


def read_in_the_end(look: Callable[[], requests.Response]) -> str:
    """What the members page says once the worker has read the roster."""
    end = time.monotonic() + 30
    while "Last read" not in (said := words(look())):
        assert time.monotonic() < end, said
        time.sleep(0.2)
    return said


def links(said: str) -> list[str]:
    return [link for line in said.splitlines() if line.startswith("  ") for link in re.findall(r"http://\S+", line)]


def test_one_command_starts_it_all_and_a_second_start_finds_what_was_done(
    tmp_path: Path, ports: tuple[int, int]
) -> None:
    tool, lms = f"http://localhost:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
    browser = Browser(tool)
    with running(tmp_path / "fresh", *start(ports)) as command:
        said = command.wait_for("Press Ctrl-C to stop.")
        answers = [requests.get(link, timeout=10).status_code for link in dict.fromkeys(links(said))]
        courses = browser.get(f"{lms}/")
        offer = come_in(browser, lms, "data-literacy", "helena")
        overview = press(browser, offer, "Create the Space")
        members = read_in_the_end(lambda: follow(browser, overview, "Members"))
        stopped = command.press_ctrl_c()
        left_nobody = command.leaves_nobody()

    with running(tmp_path / "fresh", *start(ports)) as command:
        command.wait_for("Press Ctrl-C to stop.")
        again = come_in(Browser(tool), lms, "data-literacy", "helena")
        listed = lti_tool(tmp_path / "fresh", "platform", "list")
        os.kill(command.child("lti_tool sandbox"), signal.SIGKILL)
        code = command.process.wait(30)
        nobody_either = command.leaves_nobody()

    assert {f"{lms}/", f"{tool}/", f"{tool}/readyz"} <= set(links(said))
    assert f"kept in the folder {tmp_path / 'fresh'}/" in said
    assert set(answers) == {200}
    assert "Introduction to Data Literacy" in words(courses)
    assert heading(offer) == "Create the Space of this course"
    assert "12 learners" in members
    assert (stopped, left_nobody) == (0, True)
    assert "Traceback" not in "".join(command.said)
    assert heading(again) == "Overview"
    assert "12 learners are here." in words(again)
    assert listed.stdout.count("Sandbox LMS") == 1
    assert (code, nobody_either) == (128 + signal.SIGKILL, True), "when one part dies, the others end with it"
    assert "lti_tool sandbox was killed by signal 9 (Killed)" in "".join(command.said)


@pytest.mark.parametrize(("taken", "option"), [(0, "--port"), (1, "--lms-port")])
def test_a_port_that_is_taken_is_told_in_a_sentence_and_nothing_is_started(
    tmp_path: Path, ports: tuple[int, int], taken: int, option: str
) -> None:
    with socket.create_server(("127.0.0.1", ports[taken])), running(tmp_path / "fresh", *start(ports)) as command:
        code = command.process.wait(30)

    assert code == 1
    assert command.leaves_nobody()
    assert "".join(command.said) == (
        f"Error: Port {ports[taken]} is in use by another program: stop it, or choose another port with {option}.\n"
    )


def test_ctrl_c_in_the_first_moment_leaves_nobody_behind(tmp_path: Path, ports: tuple[int, int]) -> None:
    with running(tmp_path / "fresh", *start(ports)) as command:
        command.wait_for("Sandbox LMS: ")  # the sandbox is up, the tool is not
        command.press_ctrl_c()

        assert command.leaves_nobody()


def test_serve_on_sqlite_brings_a_fresh_folder_up_to_date_by_itself(tmp_path: Path) -> None:
    port = free_port()
    before = lti_tool(tmp_path, "check")

    with running(tmp_path, "serve", "--port", str(port), LOG_LEVEL="WARNING") as command:
        ready = command.wait_until_it_answers(f"http://127.0.0.1:{port}/readyz")
        after = lti_tool(tmp_path, "check")
        command.process.terminate()
        code = command.process.wait(30)

    assert (before.returncode, after.returncode) == (1, 0)
    assert "run `lti-tool migrate`" in before.stdout
    assert "its schema is up to date" in after.stdout
    assert "No platform is registered yet" in after.stdout
    assert (ready, code, command.leaves_nobody()) == (200, 0, True)


def test_a_postgresql_that_nobody_migrated_is_told_in_words_and_one_command_mends_it(
    tmp_path: Path, postgres: Callable[[], str]
) -> None:
    url = create_database(postgres())

    told = lti_tool(tmp_path, "check", DATABASE_URL=url)
    mended = lti_tool(tmp_path, "migrate", DATABASE_URL=url)
    after = lti_tool(tmp_path, "check", DATABASE_URL=url)

    assert told.returncode == 1
    assert "wrong The database's schema is not up to date: run `lti-tool migrate`." in told.stdout
    assert "The database is up to date." in mended.stdout
    assert (mended.returncode, after.returncode) == (0, 0)
    assert "The database answers and its schema is up to date." in after.stdout


@pytest.mark.parametrize("words", [("platform", "list"), ("token", "create"), ("keys", "rotate"), ("issuer", "list")])
def test_a_command_that_comes_before_the_first_migration_is_told_in_words(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    told = lti_tool(tmp_path, *words)

    assert told.returncode == 1
    assert told.stderr == (
        "Error: The database cannot be used: it does not answer, or it has no tables yet. `lti-tool check` says which; "
        "`lti-tool migrate` makes the tables.\n"
    )


def test_a_database_that_does_not_answer_is_told_in_words(tmp_path: Path) -> None:
    told = lti_tool(tmp_path, "check", DATABASE_URL=f"postgresql://spaces@127.0.0.1:{free_port()}/none")

    assert told.returncode == 1
    assert "The database does not answer (OperationalError): look at DATABASE_URL." in told.stdout
    assert "Traceback" not in told.stderr


def test_make_help_lists_the_commands_of_a_newcomer_and_make_run_is_this_one() -> None:
    # The tests themselves may run under make, which would tell this one that it is only a part.
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    helped, planned = (
        subprocess.run(["make", *words], cwd=PACKAGE.parent, env=env, capture_output=True, text=True, check=True).stdout
        for words in (["help"], ["--dry-run", "run"])
    )

    listed = {line.split()[0]: line for line in helped.splitlines() if line}
    assert {"setup", "run", "test", "bench", "help"} <= set(listed)
    assert "print the links to open" in listed["run"]
    assert planned.splitlines()[-1].endswith("bin/lti-tool run")
    assert "make test" in (PACKAGE.parent / ".ci/run").read_text()
