"""A Space as it looks after some weeks: objectives, completions, a leaderboard."""

from sqlalchemy import select

from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.pictures_kept import drawn_picture
from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from lti_tool.spaces.completions import complete
from lti_tool.spaces.leaderboard_options import set_leaderboard_options
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.objectives import ObjectiveWords, create_objective
from tests.make.lms import Campus

BUSY = 60
OBJECTIVES = tuple(
    ObjectiveWords(title, points, public, private, revoke_with_objective=True)
    for title, points, public, private in (
        ("Read a chart", 10, "Say what the axes mean and what the chart leaves out.", "Both axes, one omission."),
        ("Clean a messy table", 20, "Bring the table of week 3 into a form in which every row is one thing.", ""),
        ("Tell a sample from a population", 15, "", "Ask them for an example of their own."),
        ("Explain to somebody who was not there why a correlation is not a cause", 25, "Five sentences do.", ""),
        ("Present your own data set", 40, "Ten minutes, three slides, one question answered.", "See the rubric."),
    )
)


def some_weeks(course_title: str) -> dict[str, str]:
    """Let them pass in the Space of this course. Answers the objectives' ids by title."""
    with transaction():
        space = db.session.scalars(select(Space).where(Space.name == course_title)).one()
        ids = {words.title: _add(space, words) for words in OBJECTIVES}
        set_leaderboard_options(space.id, on=True, aliases=True, names=True)
        members = select(Member).where(Member.space_id == space.id).order_by(Member.sort_name, Member.id)
        people = db.session.scalars(members).all()
    teacher = next(one.person_id for one in people if one.role == "staff")
    learners = [one.id for one in people if one.role == "member"]
    for number, member in enumerate(learners[:BUSY]):
        with transaction():
            for place, objective in enumerate(ids.values()):
                if (number * 7 + place * 3) % 5 < 4 - place:
                    complete(objective_id=objective, member_id=member, by=teacher)
    return ids


def _add(space: Space, words: ObjectiveWords) -> str:
    description, criteria = f"Can {words.title.lower()}.", words.public_criteria or words.title
    badge = create_badge(
        issuer=space.issuer_id, name=words.title, description=description, criteria=criteria, picture=drawn_picture()
    )
    return create_objective(space.id, badge=badge.id, words=words).id


def member_named(school: Campus, key: str) -> str:
    """The member behind a person of the LMS, known by the address."""
    email = school.lms.world.people[key].email
    named = select(Member.id).join(Person, Person.id == Member.person_id).where(Person.email == email)
    return db.session.scalars(named).one()
