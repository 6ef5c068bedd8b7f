"""Item 9, the house is guarded: each guard is shown a house that breaks its rule, and says so."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import text

from lti_tool.db import db, transaction
from lti_tool.people.access import Permission, needs
from lti_tool.places import PACKAGE
from lti_tool.spaces import events
from lti_tool.spaces.space_reads import spaces_page
from tests.house import test_architecture as architecture
from tests.house import test_errors as errors
from tests.house import test_migrations as migrations
from tests.house import test_routes as routes
from tests.house import test_settings as settings_documented
from tests.html_guard import fragment_faults, guard_html, make_of, page_faults
from tests.make.organization import make_organization
from tests.make.space import make_space

ROOT = PACKAGE.parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A house to break: the package alone, and the contracts."""
    shutil.copytree(PACKAGE, tmp_path / "lti_tool", ignore=shutil.ignore_patterns("__pycache__", "static", "_wheel"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(program: str, folder: Path, *words: str) -> tuple[int, str]:
    """One of the checking programs, in a folder that comes first on the way to every import."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name(program)), *words], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def append(path: Path, line: str) -> None:
    path.write_text(f"{path.read_text()}\n{line}\n")


def test_imports_that_go_up_or_out_of_their_room_break_their_contracts_by_name(copy: Path) -> None:
    append(copy / "lti_tool/badges/issuers.py", "import lti_tool.spaces.space")
    append(copy / "lti_tool/spaces/home.py", "import pylti1p3.exception")
    append(copy / "lti_tool/spaces/aliases.py", "import flask")
    append(copy / "lti_tool/launch/roles.py", "import sqlalchemy")
    append(copy / "lti_tool/doctor.py", "import lti_tool.sandbox.app")
    append(copy / "lti_tool/sandbox/world.py", "import lti_tool.clock, lti_tool.settings")

    code, said = run("lint-imports", copy, "--no-cache")

    assert code == 1
    assert sorted(line.removesuffix(" BROKEN") for line in said.splitlines() if line.endswith(" BROKEN")) == [
        "Imports only go down: launch → spaces → badges → people → ground floor",
        "LTI stops at the door: only launch/ knows PyLTI1p3",
        "Nothing imports the sandbox LMS",
        "Rules are pure: they know no web, no database and no LTI library",
        "The door's readings are pure: a token, its claims and its roles know no web and no database",
        "The sandbox LMS imports nothing of the tool",
    ]


def test_a_new_module_must_be_given_its_floor(copy: Path) -> None:
    (copy / "lti_tool/helpers.py").write_text('"""Whatever."""\n')

    code, said = run("lint-imports", copy, "--no-cache", "--no-logo")

    assert code != 0
    assert "helpers" in said


def test_the_house_as_it_stands_keeps_every_contract(copy: Path) -> None:
    code, said = run("lint-imports", copy, "--no-cache")

    assert (code, " 0 broken" in said) == (0, True), said


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("def page(name):\n    return name", "ANN001"),
        ("print('here')", "T201"),
        ("rows = db.session.execute(f'SELECT * FROM {table}')", "S608"),
        ("when = datetime.datetime.now()", "DTZ005"),
        ("try:\n    act()\nexcept Exception:\n    pass", "S110"),
    ],
)
def test_ruff_refuses_what_we_do_not_write(copy: Path, line: str, rule: str) -> None:
    code, _ = run("ruff", copy, "check", "--no-cache", "lti_tool/clock.py")
    append(copy / "lti_tool/clock.py", f"import datetime\n{line}")

    broken, said = run("ruff", copy, "check", "--no-cache", "--output-format", "concise", "lti_tool/clock.py")

    assert (code, broken) == (0, 1)
    assert rule in said


def test_mypy_is_strict(copy: Path) -> None:
    (copy / "loose.py").write_text("def double(number):\n    return number * 2\n\nword: str = double(2) or None\n")

    code, said = run("mypy", copy, "--cache-dir", os.devnull, "--follow-imports", "skip", "loose.py")

    assert code == 1
    assert "Function is missing a type annotation" in said
    assert "Call to untyped function" in said


def test_a_route_that_names_no_permission_is_caught(app: Flask) -> None:
    app.add_url_rule("/v/<visit_id>/grades", "room.grades", lambda: "everybody's grades")

    with pytest.raises(AssertionError, match=r"room\.grades"):
        routes.test_every_route_names_its_permission_or_is_listed_as_public(app)


def test_a_page_of_a_visit_that_is_public_is_caught(app: Flask) -> None:
    app.add_url_rule("/v/<visit_id>/grades", "room.grades", needs(Permission.PUBLIC)(lambda: "everybody's grades"))

    with pytest.raises(AssertionError, match="/grades"):
        routes.test_pages_of_a_visit_are_never_public(app)


def test_a_get_that_writes_is_caught(app: Flask) -> None:
    def look() -> Response:
        with transaction():
            db.session.execute(text("UPDATE space SET name = 'Seen'"))
        return Response("Seen", mimetype="text/plain")

    app.add_url_rule("/v/<visit_id>/look", "room.look", needs(Permission.VISIT)(look))

    with pytest.raises(AssertionError, match="UPDATE space SET name"):
        routes.test_looking_at_any_page_of_a_visit_writes_nothing(app)


def test_a_fault_in_the_middle_of_a_transaction_leaves_nothing_behind(app: Flask) -> None:
    organization = make_organization()
    make_space(organization, "Biology 101")

    def rename_and_fail() -> None:
        with transaction():
            db.session.execute(text("UPDATE space SET name = 'Half done'"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        rename_and_fail()
    db.session.rollback()

    assert [space.name for space in spaces_page(organization, limit=9)] == ["Biology 101"]


def test_a_table_that_differs_from_its_model_is_caught(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE space ADD COLUMN stray INTEGER"))

    with pytest.raises(AssertionError, match="stray"):
        migrations.test_migrations_and_models_agree(app)


def test_an_event_without_a_reaction_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = type("SpaceRenamed", (), {"__module__": events.__name__})
    monkeypatch.setattr(events, "SpaceRenamed", forgotten, raising=False)

    with pytest.raises(AssertionError, match="SpaceRenamed"):
        architecture.test_every_event_has_a_reaction()


@pytest.mark.parametrize("name", ["DATA_DIR", "LOGIN_LIMIT", "UPLOAD_BYTES"])
def test_a_setting_that_nobody_explains_is_caught(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    explained = (ROOT / "config/README.md").read_text().splitlines()
    (tmp_path / "README.md").write_text("\n".join(line for line in explained if f"| `{name}`" not in line))
    monkeypatch.setattr(settings_documented, "CONFIG", tmp_path)

    with pytest.raises(AssertionError, match=name):
        settings_documented.test_config_readme_lists_exactly_the_settings_there_are()


@pytest.mark.parametrize(
    ("guard", "code", "found"),
    [
        (architecture.test_nothing_goes_outside_but_through_fetch, "import requests", "broken.py"),
        (architecture.test_only_the_door_says_lti, "x = 'https://purl.imsglobal.org/spec/lti/claim/x'", "broken.py"),
        (architecture.test_every_module_says_why_it_exists, "x = 1", "broken.py"),
        (architecture.test_every_decision_that_the_code_cites_is_written_down, "# decisions 4 and 99", "99"),
        (architecture.test_files_and_functions_stay_small, "def f():\n" + "    x = 1\n" * 45, "broken.py: f"),
        (architecture.test_files_and_functions_stay_small, "x = 1\n" * 301, "broken.py: 301 lines"),
    ],
)
def test_a_module_that_forgets_itself_is_caught(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, guard: Callable[[], None], code: str, found: str
) -> None:
    (tmp_path / "lti_tool").mkdir()
    (tmp_path / "lti_tool/broken.py").write_text(code)
    monkeypatch.setattr(architecture, "PACKAGE", tmp_path / "lti_tool")
    monkeypatch.setattr(architecture, "ROOT", tmp_path)

    with pytest.raises(AssertionError, match=found):
        guard()


def test_a_refusal_without_its_sentences_is_caught(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise Problem('made_up')")
    monkeypatch.setattr(errors, "PACKAGE", tmp_path)

    with pytest.raises(AssertionError, match="made_up"):
        errors.test_every_code_that_is_raised_is_in_the_catalogue(app)


GOOD = "<!doctype html><html lang=en><head><title>T</title></head><body><h1>H</h1>{}</body></html>"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>Another</h1>", "2 h1 elements"),
        ("<p id=a></p><p id=a></p>", "id a occurs twice"),
        ("<p style='color:red'></p>", "inline style"),
        ("<button onclick='x()'>x</button>", "inline style or handler"),
        ("<form method=post></form>", "a form without its token"),
        ("<img src=x>", "a picture without alt"),
        ("<p><table></p>", "HTML: "),
        ("<b>open", "HTML: "),
    ],
)
def test_html_that_breaks_a_rule_is_caught_on_whatever_page_a_test_sees(body: str, fault: str) -> None:
    app = Flask("broken")
    faults = guard_html(app)
    app.add_url_rule("/broken", "broken", lambda: GOOD.format(body))

    app.test_client().get("/broken")

    assert [one for one in faults if fault in one], faults
    assert page_faults(GOOD.format("<p>Nothing wrong</p>")) == []
    assert fragment_faults("<p>Nothing wrong</p>") == []


ONE, OTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (f'<p id="{ONE}"></p><p id="{OTHER}"></p>', f'<p id="{ONE}"></p><p id="{ONE}"></p>'),
        ('<p id="a1"></p><p id="a2"></p>', '<p id="a1"></p><p id="a1"></p>'),
        ("<p>Some words</p>", "<p>Some&nosuchword;words</p>"),
        ("<p>Some words</p>", "<p>Some\x01words</p>"),
        ("<p>Some words</p>", "<p>Some\ufffewords</p>"),
        ('<a href="/here">w</a>', '<a href="/here&nosuchword;">w</a>'),
        ('<a href="/here">w</a>', '<a href="/here\x01">w</a>'),
        ('<a href="/here" class="a">w</a>', '<a href="/here"class="a">w</a>'),
        ('<a href="/here">w</a>', '<a href="/here" href="/there">w</a>'),
        ('<img src="/a.png" alt="">', '<img src="/a.png" title="a">'),
        ("<ul><li>w</li></ul><p>w</p>", "<ul><li>w</li></ul>w</p>"),
        ("<h2>Another</h2>", "<h1>Another</h1>"),
    ],
)
def test_a_page_that_is_almost_like_a_good_one_is_looked_at_all_the_same(good: str, bad: str) -> None:
    app = Flask("almost")
    faults = guard_html(app)
    bodies = iter((good, good, bad))
    app.add_url_rule("/almost", "almost", lambda: GOOD.format(next(bodies)))
    client = app.test_client()

    client.get("/almost")
    client.get("/almost")
    assert faults == []

    client.get("/almost")
    assert faults != []


def test_pages_of_one_make_differ_in_words_and_in_what_was_drawn() -> None:
    def page(word: str, drawn: str) -> str:
        words = f'<script nonce="{drawn[:22]}" src="/x?v={drawn[:12]}"></script><p id="m-{drawn}">{word}</p>'
        return GOOD.format(f'{words}<p>Reference</p><code>{word.upper()}</code><a href="/v/{drawn}/">{word} {word}</a>')

    assert make_of(page("hello", ONE)) == make_of(page("другое", OTHER))
