"""The Space itself, with no LMS at all: SP-01 to SP-05."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.spaces import completions
from lti_tool.spaces.model import Objective, Space
from lti_tool.spaces.space import archive_ended_spaces
from tests.api.program import make_program
from tests.make.home import make_home
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_member, make_objective, make_space
from tests.make.staff import make_staff


def editor_at_home(app: Flask, organization: str) -> Reader:
    editor = make_person(organization, "Edda Editor")
    make_staff(first_issuer_of(organization), editor, "editor")
    return Reader(make_home(app, editor).client).open("/home").follow("Issuers").follow("Example University")


def in_days(number: int) -> str:
    return (clock.now() + timedelta(days=number)).date().isoformat()


def test_sp_01_a_space_without_an_lms_tracks_progress(app: Flask, organization: str) -> None:
    """A Space tracks objective and pathway progress for a group of recipients, also with no LMS at all."""
    page = editor_at_home(app, organization).follow("Spaces").follow("Create Space")
    page.press("Create Space", name="Evening class", start="template:skills", ends_on=in_days(30))
    [space] = db.session.query(Space)
    learner = make_member(space.id, organization, "Ada Able")
    objective = db.session.query(Objective).order_by(Objective.position).first()
    assert objective is not None
    with transaction():
        completions.complete(objective_id=objective.id, member_id=learner, by=None)

    overview = page.open(f"/home/spaces/{space.id}/")

    assert "Safety instruction" in overview.says
    assert "Ada Able" in overview.follow("Progress").says


def test_sp_02_where_spaces_are_not_enabled_there_is_no_tab_and_the_api_refuses(app: Flask, organization: str) -> None:
    """Spaces are enabled for each organization; where they are not, there is no Spaces tab and pages and API refuse."""
    issuer, program = editor_at_home(app, organization), make_program(app, organization)
    before = issuer.tabs
    app.test_cli_runner().invoke(main, ["organization", "switch", organization, "spaces", "off"])
    db.session.rollback()

    after, path = issuer.open(issuer.path).tabs, issuer.path
    refused = program.post("/spaces", {"name": "Biology", "ends_on": in_days(30)})

    assert ("Spaces" in before, "Spaces" in after) == (True, False)
    assert "Spaces are switched off" in issuer.open(f"{path}/spaces").says
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "spaces_off")


def test_sp_03_an_issuer_has_a_spaces_tab_with_create_space(app: Flask, organization: str) -> None:
    """Where Spaces are enabled, an issuer's page has a Spaces tab with Create Space."""
    page = editor_at_home(app, organization)
    assert "Spaces" in page.tabs

    made = page.follow("Spaces").follow("Create Space").press("Create Space", name="Evening class")

    assert made.path.startswith("/home/spaces/")
    assert "Evening class" in made.open("/home").follow("Issuers").follow("Example University").follow("Spaces").says


def test_sp_04_a_space_needs_a_name_and_an_end_date_to_come(app: Flask, organization: str) -> None:
    """Creating a Space needs a name and an end date; a date that has passed is refused."""
    page = editor_at_home(app, organization).follow("Spaces").follow("Create Space")

    for wrong, said in (
        ({"name": ""}, "A Space needs a name."),
        ({"name": "Evening class", "ends_on": ""}, "Choose the day on which the Space ends."),
        ({"ends_on": in_days(-2)}, "The end date has passed."),
    ):
        assert said in page.press("Create Space", **wrong).says
    assert db.session.query(Space).count() == 0

    page.press("Create Space", ends_on=in_days(2))
    assert db.session.query(Space).one().name == "Evening class"


def test_sp_05_a_space_archives_itself_and_is_tracked_no_more(
    app: Flask, organization: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Space archives itself at the end of its last day, in its own time zone and with nobody signed in; after that
    progress and leaderboard stay as they are.
    """
    page, space = editor_at_home(app, organization), make_space(organization)
    objective, early, late = make_objective(space, organization), *(make_member(space, organization) for _ in range(2))
    day = (clock.now() + timedelta(days=40)).date()
    page.open(f"/home/spaces/{space}/settings").press("Save", ends_on=day.isoformat(), time_zone="Asia/Tokyo")
    with transaction():
        completions.complete(objective_id=objective, member_id=early, by=None)
    midnight = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)  # in Tokyo

    for moment, is_archived in ((midnight - timedelta(seconds=1), False), (midnight, True)):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        archive_ended_spaces()
        db.session.rollback()
        assert (db.session.get_one(Space, space).archived_at is not None) == is_archived
    with pytest.raises(Problem, match="space_archived"), transaction():
        completions.complete(objective_id=objective, member_id=late, by=None)
