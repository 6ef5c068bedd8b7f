"""Rooms item 1, the Space: from the course in one click or with no LMS at all, told beforehand, ended by itself."""

from datetime import timedelta

from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from lti_tool.spaces.model import Space
from lti_tool.spaces.space import archive_ended_spaces
from tests.flows.steps import create_space
from tests.make.hands import buttons, follow, heading, press
from tests.make.lms import Campus, words
from tests.make.staff import make_staff


def make_owner(school: Campus) -> None:
    person = db.session.scalars(select(Person.id).where(Person.email.like("helena%"))).one()
    make_staff(first_issuer_of(school.organization), person)


def test_a_course_begins_with_a_template_and_its_copy_waits_for_the_next_course(school: Campus) -> None:
    teacher, offer = school.open("biology", "helena")  # the first of four clicks
    press(teacher, offer, "Create the Space", start="template:milestones")
    school.do_jobs()
    overview = teacher.get(offer.url)
    settings = follow(teacher, overview, "Settings")
    press(teacher, follow(teacher, settings, "Copy this Space"), "Make the copy", name="Biology, next term")

    other, offer = school.open("data-literacy", "helena")
    brought = press(other, offer, "Bring it here: Biology, next term")
    school.do_jobs()

    assert "First milestone: a good start" in words(overview)
    assert heading(brought) == "Overview"
    assert "Third milestone: done" in words(brought)
    student, home = school.open("biology", "siobhan")
    assert "Second milestone: halfway" in words(student.get(home.url))


def test_a_space_ends_by_itself_and_a_later_date_lets_it_go_on(school: Campus) -> None:
    teacher, overview = create_space(school)
    soon = (clock.now() + timedelta(days=3)).date()
    settings = follow(teacher, overview, "Settings")
    near = press(teacher, settings, "Save", ends_on=soon.isoformat())
    told = words(teacher.get(overview.url))
    with transaction():
        db.session.execute(update(Space).values(ends_on=(clock.now() - timedelta(days=2)).date()))
    archive_ended_spaces()
    ended = follow(teacher, teacher.get(overview.url), "Settings")

    later = (clock.now() + timedelta(days=90)).date()
    goes_on = press(teacher, ended, "Save", ends_on=later.isoformat())

    assert "Saved." in words(near)
    assert "This Space ends in 3 days" in told
    assert "read-only" in words(ended)
    assert "read-only" not in words(goes_on)


def test_the_empty_the_refused_and_the_undone_case(school: Campus) -> None:
    teacher, offer = school.open("biology", "helena")
    make_owner(school)
    issuer = follow(teacher, follow(teacher, teacher.get(offer.url), "Issuers"), "Sandbox LMS")
    empty = follow(teacher, issuer, "Spaces")
    form = follow(teacher, empty, "Create Space")

    refused = press(teacher, form, "Create Space", name="Evening class", ends_on="2020-01-31")
    made = press(teacher, refused, "Create Space", ends_on=(clock.now() + timedelta(days=9)).date().isoformat())
    here = press(teacher, teacher.get(offer.url), "Bring it here: Evening class")
    ended = press(teacher, follow(teacher, here, "Settings"), "End the Space now")
    undone = press(teacher, ended, "Undo: let it go on")
    deleted = press(
        teacher, follow(teacher, undone, "Delete this Space"), "Delete the Space for good", name="Evening class"
    )

    assert "There are no Spaces here yet" in words(empty)
    assert (refused.status_code, "The end date has passed." in words(refused)) == (422, True)
    assert "The Space stands." in words(made)
    assert ("read-only" in words(ended), "End the Space now" in buttons(undone)) == (True, True)
    assert heading(deleted) == "Create the Space of this course"
    assert db.session.query(Space).count() == 0
