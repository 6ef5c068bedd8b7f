"""The page of members: lists, search, and adding one person by address."""

import re

import pytest
from flask import Flask

from lti_tool.db import db
from lti_tool.spaces.model import Member
from tests.make.organization import make_organization
from tests.make.space import make_member, make_space
from tests.make.visit import make_staff_visit


def test_learners_and_staff_are_listed_apart_and_previews_nowhere(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    make_member(space, organization, "Ada Able", "ada@example.org")
    make_member(space, organization, "Sam Staff", role="staff")
    make_member(space, organization, "Pre View", preview=True)
    visitor = make_staff_visit(app, organization, space)
    learners, staff = visitor.get("members").text, visitor.get("staff").text
    assert [name in learners for name in ("Ada Able", "ada@example.org", "Sam Staff")] == [True, True, False]
    assert [name in staff for name in ("Ada Able", "Sam Staff", "Pre View")] == [False, True, False]
    assert "Pre View" not in learners


def test_a_person_added_by_address_gets_an_open_place(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    visitor = make_staff_visit(app, organization, space)
    page = visitor.post("members", {"email": "Cy@Example.org", "name": "Cy Cook"}, follow_redirects=True)
    assert page.status_code == 200
    assert "Cy Cook" in page.text
    assert "waits for the person" in page.text
    row = db.session.query(Member).filter_by(space_id=space, email="cy@example.org").one()
    assert (row.status, row.role, row.name) == ("open", "member", "Cy Cook")


@pytest.mark.parametrize(
    ("email", "status", "sentence"),
    [
        ("not an address", 400, "That is not an e-mail address."),
        ("ada@example.org", 409, "Somebody with this address is a member or was added before."),
    ],
)
def test_a_refused_address_comes_back_with_the_reason_beside_it(
    app: Flask, email: str, status: int, sentence: str
) -> None:
    organization = make_organization()
    space = make_space(organization)
    make_member(space, organization, "Ada Able", "ada@example.org")
    answer = make_staff_visit(app, organization, space).post("members", {"email": email, "name": "Typed Before"})
    assert answer.status_code == status
    assert sentence in answer.text
    assert f'value="{email}"' in answer.text
    assert 'value="Typed Before"' in answer.text
    assert db.session.query(Member).filter_by(space_id=space).count() == 1


def test_fifty_people_stand_on_a_page(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    for number in range(51):
        make_member(space, organization, f"Given{number:02} Family{number:02}")
    visitor = make_staff_visit(app, organization, space)
    first = visitor.get("members").text
    assert "Given49 Family49" in first
    assert "Given50 Family50" not in first
    [after] = set(re.findall(r"members\?after=(\w+)", first))
    second = visitor.get(f"members?after={after}").text
    assert "Given50 Family50" in second
    assert "before=" in second


def test_a_search_keeps_to_this_space(app: Flask) -> None:
    organization = make_organization()
    here, there = make_space(organization), make_space(organization, "Chemistry")
    make_member(here, organization, "Ada Able")
    make_member(here, organization, "Bo Baker")
    make_member(there, organization, "Ada Other")
    page = make_staff_visit(app, organization, here).get("members?q=ada").text
    assert "Ada Able" in page
    assert "Bo Baker" not in page
    assert "Ada Other" not in page
    assert "Nobody here matches" in make_staff_visit(app, organization, here).get("members?q=zzz").text
