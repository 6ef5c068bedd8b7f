"""A form for something new makes one thing, also when its button is pressed twice at the same moment."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import BadgeClass
from lti_tool.db import db, public_id_of
from lti_tool.spaces.model import Objective, Space
from lti_tool.spaces.staffing.model import SpaceStaff
from tests.make.crowd import together
from tests.make.person import make_person
from tests.make.space import make_objective, make_space
from tests.make.staff import make_staff
from tests.make.visit import Visitor, make_course, make_registration, make_staff_visit, make_visit

SPACE = {"name": "Evening class", "ends_on": (clock.now() + timedelta(days=90)).date().isoformat(), "start": "blank"}
BADGE = {"badge_name": "Explorer", "description": "Explores.", "criteria": "Go out.", "picture_from": "draw"}
FORMS: dict[str, tuple[str, dict[str, str], type[Any]]] = {
    "copy this Space": ("settings/copy", SPACE, Space),
    "new Space": ("issuers/{issuer}/spaces/new", SPACE, Space),
    "new badge": ("badges/new", BADGE, BadgeClass),
    "new badge in full": ("issuers/{issuer}/badges/new", BADGE, BadgeClass),
}


@pytest.fixture
def browsers(app: Flask, organization: str, space: str) -> list[Visitor]:
    """Two windows of one person, who teaches in the Space and owns its issuer."""
    person = make_person(organization, "Tess Teacher")
    make_staff(first_issuer_of(organization), person, "owner")
    return [make_visit(app, organization=organization, person=person, space=space) for _ in range(2)]


def made_in(page: str) -> str:
    found = re.search(r'name="made"[^>]*value="([0-9a-f]{32})"', page)
    assert found
    return found[1]


def rows(model: type[Any]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def pressed(app: Flask, browsers: list[Visitor], page: str, fields: dict[str, str]) -> list[Any]:
    acts: list[Callable[[], object]] = [partial(one.post, page, fields) for one in browsers]
    return together(app, acts)


@pytest.mark.parametrize("form", FORMS)
def test_a_button_that_is_pressed_twice_at_once_makes_one(
    app: Flask, organization: str, space: str, browsers: list[Visitor], form: str
) -> None:
    make_objective(space, organization, "Explore")
    place, fields, model = FORMS[form]
    page = place.format(issuer=first_issuer_of(organization))
    before, made = rows(model), made_in(browsers[0].get(page).text)

    answers = pressed(app, browsers, page, {**fields, "made": made})
    once_more = browsers[0].post(page, {**fields, "made": made})
    at_once = rows(model)
    another = browsers[0].post(page, {**fields, "made": made_in(browsers[0].get(page).text)})

    assert [one.status_code for one in (*answers, once_more, another)] == [303] * 4
    assert (at_once - before, rows(model) - before) == (1, 2)


def test_a_copy_that_is_made_once_has_its_objectives_and_its_teacher_once(
    app: Flask, organization: str, space: str, browsers: list[Visitor]
) -> None:
    make_objective(space, organization, "Explore")
    made = made_in(browsers[0].get("settings/copy").text)

    pressed(app, browsers, "settings/copy", {**SPACE, "made": made})

    titles = db.session.scalars(select(Objective.title).where(Objective.space_id == made)).all()
    assert (titles, rows(SpaceStaff)) == (["Explore"], 1)


def test_the_space_of_a_course_is_made_by_one_click_or_two(app: Flask, organization: str) -> None:
    person, course = make_person(organization), make_course(make_registration(organization), None)
    browsers = [make_visit(app, organization=organization, person=person, course=course) for _ in range(2)]
    made = made_in(browsers[0].get().text)

    answers = pressed(app, browsers, "space", {**SPACE, "made": made})

    assert ([one.status_code for one in answers], rows(Space)) == ([303, 303], 1)


def test_a_space_of_somebody_else_is_not_what_a_form_has_made(
    app: Flask, organization: str, space: str, browsers: list[Visitor]
) -> None:
    theirs = make_staff_visit(app, organization, make_space(organization, "Other"), "Somebody else")
    made = made_in(theirs.get("settings/copy").text)
    assert theirs.post("settings/copy", {**SPACE, "made": made}).status_code == 303

    refused = browsers[0].post("settings/copy", {**SPACE, "made": made})

    assert (refused.status_code, rows(Space)) == (404, 3)


def test_an_id_that_is_drawn_from_a_form_is_one_for_each_form_and_person() -> None:
    drawn = {public_id_of("issuer", person, form) for person in ("Ada", "Ben") for form in map(str, range(200))}

    assert len(drawn) == 400
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", one) for one in drawn)
    assert public_id_of("issuer", "Ada", "1") in drawn
