"""A second launch finds what the first one left: what is as it was is not written again, and every change is."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.claims import C
from lti_tool.launch.model import CourseKey, Deployment, Placement, Registration, VisitRow
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.model import Person
from lti_tool.spaces.members import hide_from_board
from lti_tool.spaces.model import Member
from tests.make.lms import Campus, words

INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
_IS_DMITRI = Person.email.startswith("dmitri")
_LINK = select(Placement.resource_link_id).where(Placement.resource_link_id == "another")


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that change something, each as its verb and table."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found = re.match(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", statement)
        seen.extend([f"{found[1].split()[0]} {found[2]}"] if found else [])

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def learner(school: Campus) -> str:
    """A course with its Space, and one of its learners who has been there. Answers their name in the LMS."""
    teacher, page = school.open("biology", "helena")
    teacher.submit(page, "/space")
    school.open("biology", "dmitri")
    return "dmitri"


def test_who_comes_again_writes_their_visit_alone(school: Campus, learner: str) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", learner))
    token = school.authorize(browser, asked)

    with writes() as seen:
        answer = browser.post("/lti/launch", token, allow_redirects=False)

    assert answer.status_code == 303
    assert seen == ["UPDATE login_state", "INSERT visit"]


def stored(school: Campus, what: Any) -> Any:
    with school.app.app_context():
        return db.session.scalar(what)


@pytest.mark.parametrize(
    ("claims", "look", "expected"),
    [
        ({"name": "Dmitri S."}, select(Person.name).where(_IS_DMITRI), "Dmitri S."),
        ({"email": None, "name": "Without"}, select(Person.email).where(Person.name == "Without"), None),
        ({"context": "Biology 102"}, select(CourseKey.title), "Biology 102"),
        ({"resource_link": {"id": "another"}}, _LINK, "another"),
        ({"roles": [INSTRUCTOR]}, select(Member.role).join(Person).where(_IS_DMITRI), "staff"),
        ({"tool_platform": {"product_family_code": "moodle"}}, select(Registration.profile), "moodle"),
    ],
    ids=["another name", "no address any more", "another title", "another link", "another role", "another family"],
)
def test_whatever_a_launch_says_anew_is_written(
    school: Campus, learner: str, claims: dict[str, Any], look: Any, expected: Any
) -> None:
    said = school.lms.claims("biology", learner)
    if "context" in claims:
        claims = {"context": {**said[C + "context"], "title": claims["context"]}}
    school.lms.faults.launch_claims = claims

    _, page = school.open("biology", learner)

    assert page.status_code == 200
    assert stored(school, look) == expected


def test_a_learner_who_left_and_comes_again_is_back(school: Campus, learner: str) -> None:
    member = select(Member.id).join(Person).where(_IS_DMITRI)
    with transaction():
        db.session.execute(
            update(Member).where(Member.id == db.session.scalar(member)).values(status="inactive", left_at=clock.now())
        )

    school.open("biology", learner)

    assert stored(school, select(Member.status).join(Person).where(_IS_DMITRI)) == "active"


def test_a_learner_who_hides_stays_hidden(school: Campus, learner: str) -> None:
    member = str(stored(school, select(Member.id).join(Person).where(_IS_DMITRI)))
    with transaction():
        hide_from_board(member, hides=True)

    school.open("biology", learner)

    assert stored(school, select(Member.on_board).where(Member.id == member)) is False


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (lambda: update(Person).values(disabled_at=clock.now()), "person_disabled"),
        (lambda: update(Deployment).values(status="off"), "deployment_off"),
        (lambda: update(Deployment).values(status="pending"), "deployment_unready"),
    ],
    ids=["the person", "the deployment", "a deployment that waits"],
)
def test_who_was_switched_off_since_is_refused(school: Campus, learner: str, off: Any, code: str) -> None:
    with transaction():
        db.session.execute(off())

    _, answer = school.open("biology", learner)

    assert answer.status_code == 403
    assert code in words(answer)


@pytest.mark.parametrize(
    ("person", "code"),
    [("helena", "deployment_pending"), ("jun", "deployment_pending"), ("pat", "deployment_pending"),
     ("siobhan", "deployment_unready"), ("ingrid", "deployment_unready")],
)  # fmt: skip
def test_a_deployment_that_waits_is_told_to_staff_and_only_hinted_at_to_learners(
    school: Campus, person: str, code: str
) -> None:
    with transaction():
        db.session.execute(update(Deployment).values(status="pending"))

    _, answer = school.open("biology", person)

    assert answer.status_code == 403
    assert f"Code {code} " in words(answer)
    assert ("waiting for your administrator" in words(answer)) == (code == "deployment_pending")
    assert ("not ready yet" in words(answer)) == (code == "deployment_unready")


def test_a_launch_through_somebody_elses_account_writes_nothing_of_them(school: Campus, learner: str) -> None:
    before = stored(school, select(Person.name).where(_IS_DMITRI)), stored(school, select(Member.moved_at))
    school.lms.faults.launch_claims = {
        "custom": {"masquerading_user": "admin-1"}, "name": "Another", "roles": [INSTRUCTOR],
    }  # fmt: skip

    with writes() as seen:
        _, page = school.open("biology", learner)

    assert page.status_code == 200
    assert {"UPDATE person", "UPDATE member", "INSERT member"} & set(seen) == set()
    assert (stored(school, select(Person.name).where(_IS_DMITRI)), stored(school, select(Member.moved_at))) == before
    assert stored(school, select(Member.role).join(Person).where(_IS_DMITRI)) == "member"
    assert stored(school, select(AuditEntry.deed)) == "visit.masked"


def test_whoever_is_first_seen_through_somebody_elses_eyes_takes_no_place(school: Campus, learner: str) -> None:
    school.lms.faults.launch_claims = {"custom": {"masquerading_user": "admin-1"}}
    school.open("biology", "siobhan")

    places = select(Member.id).join(Person).where(Person.name.startswith("Siobh"))
    assert stored(school, select(Person.id).where(Person.name.startswith("Siobh"))) is not None
    assert stored(school, places) is None


def test_an_unresolved_variable_masks_nobody(school: Campus, learner: str) -> None:
    school.lms.faults.launch_claims = {"custom": {"masquerading_user": "$Canvas.masqueradingUser.id"}}

    school.open("biology", learner)

    assert stored(school, select(VisitRow.masked).order_by(VisitRow.created_at.desc())) is False


def test_every_visit_of_an_administrator_of_the_lms_is_written_down(school: Campus, learner: str) -> None:
    for _ in range(2):
        school.open("biology", "pat")

    with school.app.app_context():
        entries = db.session.scalars(select(AuditEntry)).all()
        visits = set(db.session.scalars(select(VisitRow.id).where(VisitRow.role == "support")))
    assert [(one.deed, one.actor_kind) for one in entries] == [("visit.support", "visitor")] * 2
    assert {one.subject for one in entries} == visits
    assert all(one.actor and one.organization_id == school.organization for one in entries)


def test_a_mentor_may_follow_whom_this_platform_knows_and_no_stranger(school: Campus, learner: str) -> None:
    said = school.lms.claims("biology", "ingrid")
    known = school.lms.world.people[learner].sub
    school.lms.faults.launch_claims = {
        "role_scope_mentor": [known, "a-stranger", known.swapcase(), "", 7], "roles": said[C + "roles"],
    }  # fmt: skip

    school.open("biology", "ingrid")

    found = stored(school, select(VisitRow.mentees).where(VisitRow.role == "observer"))
    assert found == [stored(school, select(Person.id).where(_IS_DMITRI))]


def test_learners_who_are_named_without_the_mentors_role_are_nobodys_to_follow(school: Campus, learner: str) -> None:
    school.lms.faults.launch_claims = {"role_scope_mentor": [school.lms.world.people[learner].sub]}

    school.open("biology", "siobhan")

    assert stored(school, select(VisitRow.mentees).order_by(VisitRow.created_at.desc())) == []
