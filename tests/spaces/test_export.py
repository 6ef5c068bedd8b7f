"""The progress as CSV: everybody × every objective, in slices, whatever happens to the request meanwhile."""

import csv
import io
from datetime import date

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.people.visit import Role
from lti_tool.spaces import export
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.export import numbered, progress_csv
from lti_tool.spaces.members import add_by_email
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.space import space_facts
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_member, make_member_of, make_objective, make_space
from tests.make.visit import make_visit

FIXED = ["Name", "Given name", "Family name", "E-mail", "Status", "Points", "Completed"]


def table(space: str) -> list[list[str]]:
    facts = space_facts(space)
    assert facts is not None
    _, pieces = progress_csv(facts)
    return list(csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))


def leave(member: str) -> None:
    with transaction():
        db.session.get_one(Member, member).status = "inactive"


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["A", "B"], ["A", "B"]),
        (["Essay", "Essay", "Essay"], ["Essay", "Essay (2)", "Essay (3)"]),
        (["Essay", "Essay (2)", "Essay"], ["Essay", "Essay (2)", "Essay (3)"]),
        (["Name", "Name"], ["Name", "Name (2)"]),
        ([], []),
    ],
)
def test_titles_that_repeat_are_numbered(titles: list[str], expected: list[str]) -> None:
    assert numbered(titles) == expected


def test_every_learner_stands_beside_every_objective(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada = make_member(space, organization, "Ada Able", "ada@example.org")
    make_member(space, organization, "Bo Baker")
    first, second = (make_objective(space, organization, title, 15) for title in ("First", "Second"))
    with transaction():
        complete(objective_id=first, member_id=ada, by=None)
        complete(objective_id=second, member_id=ada, by=None)
        take_back(objective_id=second, member_id=ada, by=None)
    assert table(space) == [
        [*FIXED, "First", "Second"],
        ["Ada Able", "Ada", "Able", "ada@example.org", "active", "15", "1", "complete", "taken back"],
        ["Bo Baker", "Bo", "Baker", "", "active", "0", "0", "not started", "not started"],
    ]


def test_open_places_and_those_who_left_are_in_and_staff_and_previews_are_not(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    leave(make_member(space, organization, "Ada Able"))
    make_member(space, organization, "Tess Teacher", role="staff")
    make_member(space, organization, "Test Student", preview=True)
    with transaction():
        add_by_email(space, email="cy@example.org", name="Cy Cook")
    rows = {row[0]: row[3:5] for row in table(space)[1:]}
    assert rows == {"Ada Able": ["", "left"], "Cy Cook": ["cy@example.org", "open"]}


def test_an_empty_space_is_a_table_of_titles(app: Flask) -> None:
    assert table(make_space()) == [FIXED]


def test_slices_join_without_a_gap_or_a_double(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    organization = make_organization()
    space = make_space(organization)
    objective = make_objective(space, organization, "First")
    members = [make_member(space, organization, name) for name in ("Ada A", "Bo A", "Cy A", "Di B", "Ed B", "Flo B")]
    with transaction():
        for member in members[::2]:
            complete(objective_id=objective, member_id=member, by=None)
    monkeypatch.setattr(export, "_SLICE_LEARNERS", 2)
    assert [(row[0], row[-1]) for row in table(space)[1:]] == [
        ("Ada A", "complete"), ("Bo A", "not started"), ("Cy A", "complete"),
        ("Di B", "not started"), ("Ed B", "complete"), ("Flo B", "not started"),
    ]  # fmt: skip


def test_between_two_slices_nothing_is_held_open(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    organization = make_organization()
    space = make_space(organization)
    for name in ("Ada A", "Bo A", "Cy A"):
        make_member(space, organization, name)
    monkeypatch.setattr(export, "_SLICE_LEARNERS", 1)
    facts = space_facts(space)
    assert facts is not None
    _, pieces = progress_csv(facts)
    db.session.remove()
    next(pieces)
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_formula_for_a_name_is_only_text(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    make_member(space, organization, "=HYPERLINK(1) Mallory")
    assert table(space)[1][0] == "'=HYPERLINK(1) Mallory"


# The page


def test_the_download_is_named_after_the_space_and_the_day(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization, "Biology 101")
    make_member(space, organization, "Zoë Ångström")
    visitor = make_visit(app, organization=organization, person=make_person(organization), space=space)
    answer = visitor.get("progress.csv")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    today = clock.now().date().isoformat()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="Biology 101 progress {today}.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"\xef\xbb\xbfName,")
    assert "Zoë Ångström" in answer.data.decode()


def test_the_reader_chooses_the_separator(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    visitor = make_visit(app, organization=organization, person=make_person(organization), space=space)
    assert visitor.get("progress.csv?separator=semicolon").data.decode("utf-8-sig").startswith("Name;Given name;")
    refused = visitor.get("progress.csv?separator=pipe")
    assert refused.status_code == 400
    assert "The separator can be comma, semicolon or tab." in refused.text


def test_a_space_that_has_ended_can_still_be_exported(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    make_member(space, organization, "Ada Able")
    with transaction():
        db.session.get_one(Space, space).ends_on = date(2020, 1, 1)
    visitor = make_visit(app, organization=organization, person=make_person(organization), space=space)
    assert "Ada Able" in visitor.get("progress.csv").data.decode()


def test_a_learner_may_not_download_the_table(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    person = make_person(organization)
    make_member_of(space, person)
    visitor = make_visit(app, organization=organization, person=person, space=space, role=Role.MEMBER)
    assert visitor.get("progress.csv").status_code == 403
