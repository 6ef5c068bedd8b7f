"""The gradebook on the progress page, as staff see it, and its two buttons."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.model import CourseKey, Deployment, Identity
from lti_tool.people.visit import Role
from lti_tool.sandbox import vocabulary as words
from lti_tool.spaces import completions
from lti_tool.spaces.model import Member, Space
from tests.make.person import make_person
from tests.make.space import make_member, make_objective
from tests.make.visit import Visitor, make_course, make_registration, make_visit


@pytest.fixture
def course(organization: str, space: str) -> str:
    """A course with the Space, on a platform that takes scores."""
    course = make_course(make_registration(organization), space)
    tell_course(line_items_url="https://lms.example/items", grade_scopes=list(words.GRADES_SCOPES))
    return course


@pytest.fixture
def staff(app: Flask, organization: str, course: str) -> Visitor:
    return visit(app, organization, course)


@pytest.fixture
def objective(space: str, organization: str) -> str:
    return make_objective(space, organization)


def visit(app: Flask, organization: str, course: str, **options: object) -> Visitor:
    person = make_person(organization, "Tess Teacher")
    return make_visit(app, organization=organization, person=person, course=course, **options)  # type: ignore[arg-type]


def tell_course(**values: object) -> None:
    with transaction():
        db.session.execute(update(CourseKey).values(**values))


def tell(model: type, **values: object) -> None:
    with transaction():
        db.session.execute(update(model).values(**values))


def completed(space: str, organization: str, objective: str, name: str = "Ada Lovelace") -> str:
    """A learner whom the platform knows and who has completed the objective. Answers the member's id."""
    member = make_member(space, organization, name)
    with transaction():
        person = db.session.get_one(Member, member).person_id
        registration = db.session.scalars(
            select(Deployment.registration_id).join(CourseKey, CourseKey.deployment_id == Deployment.id)
        ).first()
        db.session.add(Identity(registration_id=registration, sub=f"sub-{name}", person_id=person))
    with transaction():
        completions.complete(objective_id=objective, member_id=member, by=None)
    return member


def panel(staff: Visitor) -> str:
    """The words of the panel on the progress page."""
    page = " ".join(staff.get("progress").text.split())
    _, _, after = page.partition('<section id="gradebook"')
    return after.partition("</section>")[0]


def test_before_anybody_completes_anything_the_column_is_only_announced(staff: Visitor) -> None:
    shown = panel(staff)
    assert "When the first learner completes an objective, the LMS gets the column" in shown
    assert "Biology 101: objectives completed" in shown
    assert "Send again" not in shown


def test_scores_are_counted_by_how_they_stand(
    staff: Visitor, space: str, organization: str, objective: str
) -> None:
    for name in ("Ada Lovelace", "Bo Bakewell", "Cy Cookson"):
        completed(space, organization, objective, name)
    tell(LineItem, url="https://lms.example/items/1")
    with transaction():
        sent, refused, _ = db.session.scalars(select(Score)).all()
        sent.state, sent.sent_at = "sent", clock.now()
        refused.state, refused.problem = "refused", "score_refused"

    shown = panel(staff)

    assert "The LMS shows progress in the column" in shown
    for word in ("Sent", "Waiting", "Refused"):
        assert f"<dt>{word}</dt><dd>1</dd>" in shown
    assert "Last sent <time" in shown


def test_a_refused_score_names_its_person_and_the_lms_s_words_as_text(
    staff: Visitor, space: str, organization: str, objective: str
) -> None:
    member = completed(space, organization, objective)
    tell(Score, state="refused", problem="score_refused", problem_said="<b>no</b> student")

    shown = panel(staff)

    assert f"/progress/{member}" in shown
    assert "Ada Lovelace" in shown
    assert "The LMS did not take this grade" in shown
    assert "&lt;b&gt;no&lt;/b&gt; student" in shown
    assert "Send again" in shown


def test_a_trouble_of_the_whole_course_is_told_with_code_and_advice(
    staff: Visitor, space: str, organization: str, objective: str
) -> None:
    completed(space, organization, objective)
    tell(LineItem, problem="scope_refused", problem_said="invalid_scope")

    shown = panel(staff)

    assert "The LMS does not allow this service" in shown
    assert "<code>scope_refused</code>" in shown
    assert "Send again" in shown


def test_a_busy_lms_is_no_fault_of_anybody(staff: Visitor, space: str, organization: str, objective: str) -> None:
    completed(space, organization, objective)
    tell(LineItem, problem="service_busy", troubled_since=clock.now())

    shown = panel(staff)

    assert "The grades are sent by themselves as soon as it answers." in shown
    assert "<code>" not in shown


def test_people_whom_the_lms_does_not_know_stay_here(
    staff: Visitor, space: str, organization: str, objective: str
) -> None:
    completed(space, organization, objective)
    with transaction():
        db.session.query(Identity).delete()

    shown = panel(staff)

    assert "1 grade stays here" in shown
    assert "Waiting" not in shown


def test_a_course_without_a_gradebook_says_so_and_offers_nothing(staff: Visitor) -> None:
    tell_course(line_items_url=None)
    shown = panel(staff)
    assert "This LMS takes no grades from this tool in this course." in shown
    assert "<form" not in shown


def test_sending_again_takes_up_what_was_refused_and_leads_back(
    staff: Visitor, space: str, organization: str, objective: str
) -> None:
    completed(space, organization, objective)
    tell(Score, state="refused", problem="score_refused", problem_said="no")
    before = db.session.scalars(select(Score.moved_at)).one()
    tell(Job, finished_at=clock.now())

    answer = staff.post("gradebook/send", {"from": "progress"})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{staff.path}/progress#gradebook")
    db.session.expire_all()
    score = db.session.scalars(select(Score)).one()
    assert (score.state, score.problem, score.problem_said) == ("waiting", None, None)
    assert score.moved_at > before
    waiting = db.session.scalars(select(Job.kind).where(Job.finished_at.is_(None), Job.kind == "gradebook.send"))
    assert list(waiting) == ["gradebook.send"]


def test_switched_off_nothing_is_written_and_switched_on_again_all_of_it_is(
    staff: Visitor, space: str, organization: str, objective: str
) -> None:
    assert staff.post("gradebook/choice", {"shows": "nothing", "confirmed": "yes"}).status_code == 303
    assert "Nothing is written into the LMS" in panel(staff)

    completed(space, organization, objective)
    assert db.session.scalars(select(Score)).all() == []

    staff.post("gradebook/choice", {"shows": "completed", "confirmed": "yes"})
    assert [(one.given, one.maximum, one.state) for one in db.session.scalars(select(Score))] == [(1, 1, "waiting")]
    assert "Nothing is written" not in panel(staff)


def test_what_was_done_in_a_space_that_has_ended_can_still_be_sent_again(
    staff: Visitor, space: str, organization: str, objective: str
) -> None:
    completed(space, organization, objective)
    tell(Score, state="refused", problem="score_refused")
    tell(Space, archived_at=clock.now())

    assert "Send again" in panel(staff)
    assert staff.post("gradebook/send").status_code == 303
    assert db.session.scalars(select(Score.state)).all() == ["waiting"]


def test_an_assistant_looks_and_touches_nothing(
    app: Flask, organization: str, course: str, space: str, objective: str
) -> None:
    completed(space, organization, objective)
    tell(Score, state="refused", problem="score_refused")
    assistant = visit(app, organization, course, assistant=True)

    assert "Refused" in panel(assistant)
    assert "<form" not in panel(assistant)
    assert [assistant.post(f"gradebook/{act}").status_code for act in ("send", "choice", "difference")] == [403] * 3


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OBSERVER, Role.SUPPORT, Role.GUEST])
def test_nobody_else_comes_near_it(app: Flask, organization: str, course: str, role: Role) -> None:
    other = visit(app, organization, course, role=role)
    assert [other.post(f"gradebook/{act}").status_code for act in ("send", "choice", "difference")] == [403] * 3


def test_a_forged_press_sends_nothing(staff: Visitor, space: str, organization: str, objective: str) -> None:
    completed(space, organization, objective)
    tell(Score, state="refused", problem="score_refused")
    assert staff.post("gradebook/send", {"form_token": "forged"}).status_code == 403
    assert db.session.scalars(select(Score.state)).all() == ["refused"]
