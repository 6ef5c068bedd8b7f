"""What the gradebook costs whoever marks an objective complete."""

from sqlalchemy import event, update

from lti_tool.db import db, transaction
from lti_tool.launch.model import CourseKey
from lti_tool.sandbox import vocabulary as words
from lti_tool.spaces import completions
from tests.make.space import make_badge, make_member, make_objective
from tests.make.visit import make_course, make_registration


def test_a_gradebook_costs_a_completion_two_statements(organization: str, space: str) -> None:
    """Everybody is asked which courses take scores; then the score is written, and a job found that waits already."""
    badge = make_badge(organization)
    objectives = [make_objective(space, organization, badge=badge) for _ in range(3)]
    member = make_member(space, organization)
    plain = statements(objectives[0], member)

    make_course(make_registration(organization), space)
    without = statements(objectives[0], member)
    with transaction():
        offered = {"line_items_url": "https://lms.example/items", "grade_scopes": list(words.GRADES_SCOPES)}
        db.session.execute(update(CourseKey).values(**offered))
    statements(objectives[0], member)
    served = statements(objectives[0], member)

    assert (without - plain, served - plain) == (0, 2)


def statements(objective: str, member: str) -> int:
    """How many a completion sends, when the person had completed it before and it was taken back."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    with transaction():
        completions.complete(objective_id=objective, member_id=member, by=None)
        completions.take_back(objective_id=objective, member_id=member, by=None)
    event.listen(db.engine, "before_cursor_execute", note)
    with transaction():
        completions.complete(objective_id=objective, member_id=member, by=None)
    event.remove(db.engine, "before_cursor_execute", note)
    with transaction():
        completions.take_back(objective_id=objective, member_id=member, by=None)
    return len(sent)
