"""The picker against those who hurry, wait too long, or send what was not offered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.deep_linking.answering import keep_request
from lti_tool.launch.deep_linking.model import DeepLinkRequest
from lti_tool.launch.deep_linking.request import PickSettings
from lti_tool.launch.keys import make_key
from lti_tool.launch.model import VisitRow
from lti_tool.people.visit import Role
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_objective, make_space
from tests.make.visit import Visitor, make_visit

TAKEN = PickSettings("https://lms.example/back?sesskey=planted-sesskey", ("ltiResourceLink",), multiple=True, data="d")


def make_picker(app: Flask, organization: str, space: str | None, **who: Any) -> Visitor:
    """A teacher who came to pick, just now."""
    person = make_person(organization, "Tess Teacher")
    visitor = make_visit(app, organization=organization, person=person, space=space, **who)
    visit_id = visitor.path.rpartition("/")[2]
    with transaction() as connection:
        make_key(db.session.get_one(VisitRow, visit_id).registration_id)
        keep_request(visit_id, TAKEN, connection)
    return visitor


def let_pass(minutes: int) -> None:
    with transaction():
        db.session.execute(update(DeepLinkRequest).values(expires_at=clock.now() - timedelta(minutes=minutes)))


def answered() -> tuple[bool, int | None]:
    row = db.session.scalars(select(DeepLinkRequest).execution_options(populate_existing=True)).one()
    return row.answered_at is not None, row.items


def test_an_objective_of_another_tenant_cannot_be_sent(app: Flask, organization: str, space: str) -> None:
    other = make_organization("Other College")
    theirs = make_objective(make_space(other), other)
    visitor = make_picker(app, organization, space)

    refused = visitor.post("pick", {"view": ["home", f"objective:{theirs}"]})

    assert refused.status_code == 404
    assert answered() == (False, None)


@pytest.mark.parametrize("view", ["members", "objective:", "objective:" + "0" * 32, "\ud83d", "x" * 5000])
def test_nothing_can_be_sent_that_was_not_offered(app: Flask, organization: str, space: str, view: str) -> None:
    visitor = make_picker(app, organization, space)

    refused = visitor.post("pick", {"view": view.encode("utf-8", "replace")})

    assert refused.status_code == 404
    assert answered() == (False, None)


def test_a_selection_that_is_too_old_says_so_and_sends_no_item(app: Flask, organization: str, space: str) -> None:
    visitor = make_picker(app, organization, space)
    let_pass(minutes=1)

    looked, sent = visitor.get("pick"), visitor.post("pick", {"view": "home"})

    for page in (looked, sent):
        assert page.status_code == 410
        assert "choose the tool in the LMS once more" in page.text
        assert "Back without adding anything" in page.text
    assert answered() == (False, None)


def test_going_back_is_never_too_late(app: Flask, organization: str, space: str) -> None:
    visitor = make_picker(app, organization, space)
    let_pass(minutes=30)

    page = visitor.post("pick/cancel")

    assert (page.status_code, "Nothing was added." in page.text) == (200, True)
    assert answered() == (True, 0)


def test_of_several_clicks_at_once_one_is_sent(app: Flask, organization: str, space: str) -> None:
    visitor = make_picker(app, organization, space)
    cookie = visitor.client.get_cookie("visit", path=f"{visitor.path}/", domain="localhost")
    assert cookie is not None

    def click(_: int) -> int:
        client = app.test_client()
        client.set_cookie("visit", cookie.value, path=f"{visitor.path}/", domain="localhost")
        return Visitor(client, visitor.path, visitor.form_token).post("pick", {"view": "home"}).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(click, range(6)))

    assert statuses == [200] + [409] * 5


def test_the_choice_is_guarded_like_every_form(app: Flask, organization: str, space: str) -> None:
    visitor = make_picker(app, organization, space)

    forged = visitor.post("pick", {"view": "home"}, headers={"Origin": "https://evil.example"})
    without = visitor.post("pick", {"view": "home", "form_token": ""})

    assert (forged.status_code, without.status_code, answered()) == (403, 403, (False, None))


def test_a_visit_that_did_not_come_to_pick_has_no_picker(app: Flask, organization: str, space: str) -> None:
    visitor = make_visit(app, organization=organization, person=make_person(organization), space=space)

    statuses = [visitor.get("pick").status_code, visitor.post("pick", {"view": "home"}).status_code,
                visitor.post("pick/cancel").status_code, visitor.post("pick/space").status_code]  # fmt: skip

    assert statuses == [404] * 4


def test_a_designer_of_the_course_picks_too(app: Flask, organization: str, space: str) -> None:
    visitor = make_picker(app, organization, space, role=Role.DESIGNER)

    answer = visitor.post("pick", {"view": "home"})

    assert answer.status_code == 200
    assert answered() == (True, 1)


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.MEMBER, "Teachers choose here"), (Role.OBSERVER, "Only teachers of the course choose here"),
        (Role.SUPPORT, "Only teachers of the course choose here"), (Role.GUEST, "gave you no role"),
    ],
)  # fmt: skip
def test_nobody_else_picks_and_everybody_gets_back(
    app: Flask, organization: str, space: str, role: Role, said: str
) -> None:
    visitor = make_picker(app, organization, space, role=role)

    page, forced, back = visitor.get("pick"), visitor.post("pick", {"view": "home"}), visitor.post("pick/cancel")

    assert (said in page.text, forced.status_code, back.status_code) == (True, 403, 200)


def test_without_a_course_there_is_nothing_to_pick_for(app: Flask, organization: str) -> None:
    visitor = make_picker(app, organization, None, no_course=True)

    page, back = visitor.get("pick"), visitor.post("pick/cancel")

    assert ("Choose from within a course" in page.text, back.status_code) == (True, 200)


def test_a_space_is_made_with_a_day_that_can_be_an_end(app: Flask, organization: str) -> None:
    visitor = make_picker(app, organization, None)

    wrong = visitor.post("pick/space", {"name": "", "ends_on": "2001-01-01"})
    right = visitor.post("pick/space", {"name": "Biology", "ends_on": str(clock.now().date())})

    assert (wrong.status_code, "A Space needs a name." in wrong.text) == (422, True)
    assert right.headers["Location"] == f"{visitor.path}/pick"
    assert "From the Space" in visitor.get("pick").text


def test_the_way_back_stands_in_the_form_and_nowhere_else(app: Flask, organization: str, space: str) -> None:
    visitor = make_picker(app, organization, space)

    picker, answer = visitor.get("pick"), visitor.post("pick", {"view": "home"})

    assert "planted-sesskey" not in picker.text
    assert answer.text.count("planted-sesskey") == 1
    assert "planted-sesskey" not in str(answer.headers)
