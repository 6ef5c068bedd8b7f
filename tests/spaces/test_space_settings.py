"""The settings of a Space: changed, ended and let go on, copied, deleted; and how its staff are told of its end."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import clock, jobs
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.model import VisitRow
from lti_tool.people.model import Organization
from lti_tool.people.visit import Role
from lti_tool.spaces import completions
from lti_tool.spaces.foreign_badges import ForeignBadge
from lti_tool.spaces.model import Member, Objective, Space
from lti_tool.spaces.notices import notify_of_ends, send_notice
from lti_tool.spaces.settings import change_settings
from lti_tool.spaces.space import archive_ended_spaces
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.storage import storage_here
from tests.make.badge_objective import make_badge_objective
from tests.make.home import make_home
from tests.make.mailbox import Mailbox
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_member, make_objective, make_space
from tests.make.staff import make_staff
from tests.make.visit import Visitor, make_course, make_registration, make_staff_visit, make_visit


def days(number: int) -> str:
    return (clock.now() + timedelta(days=number)).date().isoformat()


def reading(visitor: Visitor, page: str = "") -> Reader:
    return Reader(visitor.client).open(f"{visitor.path}/{page}")


def now(space: str) -> Space:
    db.session.rollback()
    return db.session.get_one(Space, space, populate_existing=True)


def over(space: str) -> None:
    with transaction():
        db.session.get_one(Space, space).ends_on = (clock.now() - timedelta(days=2)).date()
    archive_ended_spaces()


def staffed(organization: str, name: str = "Evening class", email: str | None = None) -> tuple[str, str]:
    """A Space without a course and its teacher."""
    space, teacher = make_space(organization, name), make_person(organization, "Tess Teacher", email)
    with transaction():
        db.session.add(SpaceStaff(space_id=space, person_id=teacher))
    return space, teacher


def test_of_two_who_change_the_settings_the_second_sees_what_the_first_saved(
    app: Flask, organization: str, space: str
) -> None:
    first, second = (make_staff_visit(app, organization, space, name) for name in ("One", "Two"))
    slow = reading(second, "settings")
    reading(first, "settings").press("Save", name="Biology II", time_zone="Europe/Berlin")

    stale = slow.press("Save", name="Botany")
    shown, between = (stale.answer.status_code, stale.says), now(space).name
    stale.press("Save")

    assert shown[0] == 409
    assert "Somebody else has saved these settings" in shown[1]
    assert "Biology II" in shown[1]
    assert (between, now(space).name, now(space).revision) == ("Biology II", "Botany", 3)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " \u200b"}, "A Space needs a name."),
        ({"ends_on": days(-2)}, "The end date has passed."),
        ({"ends_on": days(3000)}, "6 years at most"),
        ({"time_zone": "Europe/Nowhere"}, "That time zone is not known."),
    ],
)
def test_settings_that_no_space_can_have_are_refused(
    app: Flask, organization: str, space: str, wrong: dict[str, str], said: str
) -> None:
    page = reading(make_staff_visit(app, organization, space), "settings").press("Save", **wrong)

    assert (page.answer.status_code in (400, 422), said in page.says) == (True, True)
    assert now(space).revision == 1


def test_a_later_date_lets_a_space_that_has_ended_go_on(app: Flask, organization: str, space: str) -> None:
    over(space)
    page = reading(make_staff_visit(app, organization, space), "settings")
    renamed = page.press("Save", name="Biology, last year")
    still = now(space).archived_at

    renamed.press("Save", ends_on=days(30))

    assert still is not None
    assert (now(space).archived_at, now(space).name) == (None, "Biology, last year")
    assert "read-only" not in page.says


def test_a_space_is_ended_by_hand_and_that_is_undone(app: Flask, organization: str, space: str) -> None:
    objective, member = make_objective(space, organization), make_member(space, organization)
    page = reading(make_staff_visit(app, organization, space), "settings")

    ended = page.press("End the Space now").says
    with pytest.raises(Problem, match="space_archived"), transaction():
        completions.complete(objective_id=objective, member_id=member, by=None)
    page.press("Undo: let it go on")

    assert "read-only" in ended
    assert now(space).archived_at is None
    assert "End the Space now" in page.says


def test_a_copy_has_objectives_and_settings_and_nobody_of_the_people(app: Flask, organization: str, space: str) -> None:
    make_objective(space, organization, "Explore the lab", private_criteria="Look twice.")
    make_objective(space, organization, "Draw a map")
    make_member(space, organization)
    with transaction():
        db.session.get_one(Space, space).leaderboard_on = True
    visitor = make_staff_visit(app, organization, space)

    made = reading(visitor, "settings").follow("Copy this Space").press("Make the copy", name="Next year")

    copy = db.session.query(Space).filter_by(name="Next year").one()
    lines = db.session.scalars(select(Objective).where(Objective.space_id == copy.id).order_by(Objective.position))
    said = [(one.title, one.private_criteria) for one in lines]
    assert said == [("Explore the lab", "Look twice."), ("Draw a map", "")]
    people = db.session.scalars(select(Member).where(Member.space_id == copy.id)).all()
    assert ([one.role for one in people], copy.leaderboard_on) == ([], True)
    assert "The copy stands" in made.says


def test_a_space_is_deleted_by_its_name_while_nothing_has_happened(app: Flask, organization: str, space: str) -> None:
    objective, member = make_objective(space, organization), make_member(space, organization)
    visitor = make_staff_visit(app, organization, space)
    with transaction():
        completions.complete(objective_id=objective, member_id=member, by=None)
    used, settings = reading(visitor, "settings/delete").says, reading(visitor, "settings").says
    refused = visitor.post("settings/delete", {"name": "Biology 101", "revision": "1"})
    empty = make_space(organization, "Tried out")
    make_objective(empty, organization)
    picture = storage_here().put(b"of a badge from elsewhere")
    make_badge_objective(empty, ForeignBadge("https://b.example/1", "https://i.example/", "Welding", picture))
    make_member(empty, organization)
    course = make_course(make_registration(organization), empty)
    teacher = make_visit(app, organization=organization, person=make_person(organization, "Tess"), course=course)

    page = reading(teacher, "settings").follow("Delete this Space")
    wrong = page.press("Delete the Space for good", name="Tried").answer.status_code
    page.press("Delete the Space for good", name="Tried out")

    assert "so the Space stays" in used
    assert "so the Space cannot be deleted. End it instead." in settings
    assert (refused.status_code, "space_in_use" in refused.text) == (409, True)
    assert (wrong, db.session.get(Space, empty), storage_here().exists(picture)) == (422, None, False)
    assert "Create the Space of this course" in page.says


def test_an_assistant_has_no_settings(app: Flask, organization: str, space: str) -> None:
    person = make_person(organization, "Some assistant")
    visitor = make_visit(app, organization=organization, person=person, space=space, assistant=True)

    assert "Settings" not in reading(visitor).says
    assert visitor.get("settings").status_code == 403


def test_an_assistant_without_an_lms_is_sent_to_a_teacher_of_the_space(app: Flask, organization: str) -> None:
    space, _ = staffed(organization)
    assistant = make_person(organization, "Some assistant")
    with transaction():
        db.session.add(SpaceStaff(space_id=space, person_id=assistant, role="assistant"))

    refused = make_home(app, assistant).get(f"spaces/{space}/settings")

    assert (refused.status_code, "Ask a teacher of the Space, or go back." in refused.text) == (403, True)


def test_a_space_of_ones_own_is_brought_to_a_course_once(app: Flask, organization: str) -> None:
    mine, teacher = staffed(organization)
    others, _ = staffed(organization, "Somebody else's")
    foreign, _ = staffed(make_organization("Other School"), "Abroad")
    registration = make_registration(organization)
    here, there = (
        make_visit(app, organization=organization, person=teacher, course=make_course(registration, None))
        for _ in range(2)
    )
    offer, too_late = reading(here), reading(there)
    shown = offer.says
    refused = [here.post("space/bring", {"space": one}).status_code for one in (others, foreign, "nothing")]

    brought = offer.press("Bring it here: Evening class")
    second = too_late.press("Bring it here: Evening class")

    assert ("Somebody else" in shown, "Abroad" in shown, refused) == (False, False, [404, 404, 404])
    assert "Overview" in brought.says
    assert (second.answer.status_code, "space_has_course" in second.says) == (409, True)
    assert "Bring it here" not in reading(there).says
    assert now(mine).name == "Evening class"


def test_what_a_new_space_begins_with_is_chosen_and_a_list_is_shown_first(app: Flask, organization: str) -> None:
    teacher = make_person(organization, "Tess Teacher")
    visitor = make_visit(app, organization=organization, person=teacher, space=None)
    page = reading(visitor).press("See what the list makes", lines="Read; 5\nWrite")
    shown, none_yet = page.says, db.session.query(Space).count()
    wrong = page.press("See what the list makes", lines="Read; much").answer.status_code

    page.press("Create the Space", lines="Read; 5\nWrite")

    lines = db.session.scalars(select(Objective).order_by(Objective.position)).all()
    assert "2 objectives will be made" in shown
    assert (none_yet, wrong, [(one.title, one.points) for one in lines]) == (0, 422, [("Read", 5), ("Write", 10)])


def test_an_earlier_space_of_somebody_else_is_no_start(app: Flask, organization: str) -> None:
    earlier = make_space(organization, "Not mine")
    mine = make_space(organization, "Mine")
    teacher = make_person(organization, "Tess Teacher")
    with transaction():
        db.session.get_one(Space, mine).created_by = teacher
    make_objective(mine, organization, "Explore the lab")
    visitor = make_visit(app, organization=organization, person=teacher, space=None)
    fields = {"name": "New", "ends_on": days(9), "time_zone": "UTC"}

    refused = visitor.post("space", {**fields, "start": f"space:{earlier}"})
    made = visitor.post("space", {**fields, "start": f"space:{mine}"}, follow_redirects=True)

    assert refused.status_code == 422
    assert "Explore the lab" in made.text


def test_where_spaces_are_switched_off_no_page_of_them_opens(app: Flask, organization: str) -> None:
    space, teacher = staffed(organization)
    make_staff(first_issuer_of(organization), teacher)
    home = make_home(app, teacher)
    visits = [
        make_visit(app, organization=organization, person=teacher, space=one, role=role)
        for one, role in ((space, Role.STAFF), (space, Role.MEMBER), (None, Role.STAFF))
    ]
    issuer = f"issuers/{first_issuer_of(organization)}"
    tab = home.get(issuer).text
    with transaction():
        db.session.get_one(Organization, organization).may_use_spaces = False

    answers = [home.get(f"spaces/{space}/settings"), home.get(f"{issuer}/spaces"), *(one.get() for one in visits)]

    assert f"{issuer}/spaces" in tab
    assert f"{issuer}/spaces" not in home.get(issuer).text
    assert {(one.status_code, "spaces_off" in one.text) for one in answers} == {(403, True)}


def test_staff_read_on_the_overview_that_the_end_is_near(app: Flask, organization: str, space: str) -> None:
    visitor = make_staff_visit(app, organization, space)
    far = reading(visitor).says
    with transaction():
        seen = now(space).revision
        change_settings(space, name="Biology", ends_on=clock.now().date() + timedelta(5), time_zone="UTC", seen=seen)

    near = reading(visitor)

    assert "This Space ends" not in far
    assert "This Space ends in 5 days" in near.says
    assert "Settings" in near.follow("Change the date").says


def test_staff_are_mailed_14_and_3_days_before_once_each(
    mailing: Flask, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    organization = make_organization()
    space, _ = staffed(organization, email="tess@example.org")
    silent = make_person(organization, "Without an address")
    with transaction():
        db.session.get_one(Space, space).created_by = silent
    ends_on = now(space).ends_on
    start = clock.now()
    for left in (15, 14, 13, 3, 2):
        before = start + (ends_on - start.date() - timedelta(days=left))
        monkeypatch.setattr(clock, "now", lambda before=before: before)
        notify_of_ends()
        notify_of_ends()
        jobs.drain(mailing)
    for job in db.session.query(jobs.Job).filter_by(kind="mail.space_ending"):
        send_notice(job.arguments)  # again, as after a crash

    ids = [str(mail["Message-ID"]) for mail in box.mails]
    body = box.mails[0].get_body(("plain",))
    assert (len(ids), len(set(ids))) == (4, 2)
    assert body is not None
    assert "ends in 14 days" in body.get_content()
    assert f"/home/spaces/{space}/settings" in body.get_content()
    assert {mail["To"] for mail in box.mails} == {"tess@example.org"}


def test_the_notice_is_in_the_language_in_which_its_reader_last_visited(mailing: Flask, box: Mailbox) -> None:
    organization = make_organization()
    space, teacher = staffed(organization, email="tess@example.org")
    for locale in ("en", "de"):
        visit = make_visit(mailing, organization=organization, person=teacher, space=space).path.rpartition("/")[2]
        with transaction():
            db.session.get_one(VisitRow, visit).locale = locale
    make_visit(mailing, organization=organization, person=teacher, space=space, masked=True)
    with transaction():
        db.session.get_one(Space, space).ends_on = (clock.now() + timedelta(days=10)).date()
    notify_of_ends()
    jobs.drain(mailing)

    bodies = [mail.get_body(("html",)) for mail in box.mails]
    assert ['lang="de"' in body.get_content() for body in bodies if body] == [True]


def test_another_end_calls_a_mail_off_and_is_told_anew(mailing: Flask, box: Mailbox) -> None:
    space, _ = staffed(make_organization(), email="tess@example.org")
    with transaction():
        row = db.session.get_one(Space, space)
        row.ends_on = (clock.now() + timedelta(days=10)).date()
    notify_of_ends()
    with transaction():
        later = (clock.now() + timedelta(days=60)).date()
        change_settings(space, name="Evening class", ends_on=later, time_zone="UTC", seen=1)
    jobs.drain(mailing)

    assert (box.mails, now(space).noticed_days) == ([], None)
