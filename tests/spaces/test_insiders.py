"""What somebody who belongs here might try, or do at the same moment as a colleague: it opens and breaks nothing."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.launch.model import CourseKey
from lti_tool.people.privacy.erasing import erase_person
from lti_tool.people.visit import Role
from lti_tool.spaces.completions import complete
from lti_tool.spaces.leaderboard_aliases import refresh_alias
from lti_tool.spaces.leaderboard_options import choose_leaderboard
from lti_tool.spaces.leaderboard_rules import NAMES
from lti_tool.spaces.members import add_by_email, put_back, remove_member
from lti_tool.spaces.model import Completion, Member, Objective, Space
from lti_tool.spaces.objectives import ObjectiveWords, create_objective
from lti_tool.spaces.review.deciding import accept, undo
from lti_tool.spaces.settings import end_now
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.spaces.staffing.roles import give_role
from tests.make.crowd import together
from tests.make.evidence import make_evidence_objective, make_handed_in
from tests.make.home import make_home
from tests.make.person import make_person
from tests.make.space import make_badge, make_member, make_member_of, make_objective, make_space
from tests.make.staff import make_staff
from tests.make.visit import Visitor, make_course, make_registration, make_staff_visit, make_visit


def in_a_course_without_space(app: Flask, organization: str, person: str, role: Role = Role.STAFF) -> Visitor:
    course = make_course(make_registration(organization), None)
    return make_visit(app, organization=organization, person=person, course=course, role=role)


def courses_with_a_space() -> int:
    db.session.rollback()
    return db.session.query(CourseKey).filter(CourseKey.space_id.is_not(None)).count()


# ---- authority ----


def test_an_assistant_of_a_space_does_not_become_its_teacher_by_a_course_of_their_own(
    app: Flask, organization: str
) -> None:
    space, bo = make_space(organization, "Evening class"), make_person(organization, "Bo")
    with transaction():
        give_role(space, bo, "assistant")
    visitor = in_a_course_without_space(app, organization, bo)

    offered, answer = visitor.get().text, visitor.post("space/bring", {"space": space})

    assert ("Bring it here" in offered, answer.status_code, courses_with_a_space()) == (False, 404, 0)


def test_a_designer_does_not_come_to_see_people_by_a_copy_of_their_own(app: Flask, organization: str) -> None:
    dora = make_person(organization, "Dora")
    designer = make_visit(
        app, organization=organization, person=dora, space=make_space(organization), role=Role.DESIGNER
    )
    ends_on = (clock.now() + timedelta(days=9)).date().isoformat()
    made = designer.post("settings/copy", {"name": "My copy", "ends_on": ends_on, "time_zone": "UTC"})
    copied = db.session.scalars(select(SpaceStaff.space_id).where(SpaceStaff.person_id == dora)).one()
    before = courses_with_a_space()
    visitor = in_a_course_without_space(app, organization, dora, Role.DESIGNER)

    offered, answer = visitor.get().text, visitor.post("space/bring", {"space": copied})

    assert (made.status_code, "Bring it here" in offered, answer.status_code) == (303, False, 403)
    assert (courses_with_a_space(), visitor.get("members").status_code) == (before, 403)


def test_whoever_made_a_space_at_home_is_its_last_teacher_like_anybody(app: Flask, organization: str) -> None:
    issuer, owner = first_issuer_of(organization), make_person(organization, "Olga")
    make_staff(issuer, owner)
    browser = make_home(app, owner)
    ends_on = (clock.now() + timedelta(days=9)).date().isoformat()
    made = browser.post(
        f"issuers/{issuer}/spaces/new", {"name": "Course", "ends_on": ends_on, "time_zone": "UTC", "start": "blank"}
    )
    space = db.session.scalars(select(SpaceStaff.space_id)).one()
    bo = make_person(organization, "Bo")

    refused = browser.post(f"spaces/{space}/staff/{owner}/removal")
    with transaction():
        give_role(space, bo, "teacher")
    gone = browser.post(f"spaces/{space}/staff/{owner}/removal")

    assert (made.status_code, refused.status_code, gone.status_code) == (303, 409, 303)
    db.session.rollback()
    assert db.session.scalars(select(SpaceStaff.person_id)).all() == [bo]
    assert db.session.scalars(select(Member.role).where(Member.person_id == owner)).all() == []  # and learns nothing


def test_whoever_runs_a_space_is_not_added_as_its_learner(app: Flask, organization: str, space: str) -> None:
    bo = make_person(organization, "Bo", "bo@example.org")
    with transaction():
        give_role(space, bo, "teacher")

    answer = make_staff_visit(app, organization, space).post("members", {"email": "bo@example.org"})

    assert answer.status_code == 409
    assert db.session.scalars(select(Member).where(Member.person_id == bo)).all() == []


def test_the_place_of_somebody_who_was_deleted_is_not_put_back(app: Flask, organization: str, space: str) -> None:
    member = make_member(space, organization)
    with transaction():
        erase_person(str(db.session.get_one(Member, member).person_id))

    answer = make_staff_visit(app, organization, space).post(f"members/{member}/put-back")

    db.session.rollback()
    assert (answer.status_code, db.session.get_one(Member, member).status) == (404, "inactive")


# ---- two at once ----


def while_the_other_waits(app: Flask, first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """`first` has acted and commits a moment later; `second` begins in between. Answers what came of both."""
    acted = Event()

    def hold() -> None:
        with transaction():
            first()
            acted.set()
            time.sleep(0.3)

    def wait() -> None:
        acted.wait(10)
        with transaction():
            second()

    return sorted(map(str, together(app, [hold, wait])))


ACTS: dict[str, Callable[[str, str, str], object]] = {
    "add": lambda space, _here, _left: add_by_email(space, email="new@example.org"),
    "remove": lambda space, here, _left: remove_member(space, here),
    "put back": lambda space, _here, left: put_back(space, left),
    "alias": lambda space, here, _left: refresh_alias(space, here),
    "leaderboard": lambda space, _here, _left: choose_leaderboard(space, on=True, names="choice"),
    "objective": lambda space, _here, _left: create_objective(
        space, badge=db.session.scalars(select(Objective.badge_id)).one() or "", words=ObjectiveWords("Late")
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_moves_in_a_space_that_ends_at_this_very_moment(
    app: Flask, organization: str, space: str, act: str
) -> None:
    here, left = make_member(space, organization, "Ada A"), make_member(space, organization, "Bo B")
    make_objective(space, organization)
    with transaction():
        remove_member(space, left)
    seen = db.session.get_one(Space, space).revision

    outcomes = while_the_other_waits(app, partial(end_now, space, seen=seen), partial(ACTS[act], space, here, left))

    assert outcomes == ["None", "space_archived"]


def test_of_two_who_set_the_leaderboard_at_once_the_second_decides_all_of_it(app: Flask, space: str) -> None:
    with transaction():
        choose_leaderboard(space, on=True, names="choice")

    outcomes = while_the_other_waits(
        app, partial(choose_leaderboard, space, on=None, names="asked"),
        partial(choose_leaderboard, space, on=False, names="aliases"),
    )  # fmt: skip

    db.session.rollback()
    row = db.session.get_one(Space, space, populate_existing=True)
    assert outcomes == ["None", "None"]
    assert (row.leaderboard_on, row.aliases_on, row.names_allowed) == (False, *NAMES["aliases"])


def test_undoing_an_acceptance_leaves_what_a_colleague_had_marked_by_hand(
    app: Flask, organization: str, space: str
) -> None:
    """Two at once: one marks it complete in the grid while the other has the item open."""
    objective, member = make_evidence_objective(space, organization), make_member(space, organization)
    submission = make_handed_in(objective, member)
    tess, tom = (make_person(organization, name) for name in ("Tess", "Tom"))
    with transaction():
        award = complete(objective_id=objective, member_id=member, by=tom, confirmed=True).award

    for act in (accept, undo):
        with transaction():
            act(space, submission, by=tess)

    db.session.rollback()
    done = db.session.scalars(select(Completion)).one()
    assert (done.state, done.how, done.completed_by, done.award_id) == ("complete", "marked", tom, award)
    assert db.session.get_one(Award, str(award)).revoked_at is None


# ---- limits ----


def test_ten_thousand_characters_are_ten_thousand_however_their_lines_end(
    app: Flask, organization: str, space: str
) -> None:
    """Browsers count a line break as one character and send two."""
    objective, teacher = make_objective(space, organization), make_staff_visit(app, organization, space)
    lines = "\r\n".join(["x" * 99] * 100)
    said = {"title": "Explore", "points": "10", "evidence": "none", "revision": "1"}

    page = teacher.get(f"objectives/{objective}/edit")
    fits = teacher.post(f"objectives/{objective}/edit", {**said, "public_criteria": lines, "private_criteria": lines})
    too_long = teacher.post(f"objectives/{objective}/edit", {**said, "revision": "2", "public_criteria": lines + "xx"})

    assert (page.status_code, fits.status_code, too_long.status_code) == (200, 303, 422)
    db.session.rollback()
    kept = db.session.get_one(Objective, objective, populate_existing=True)
    assert (len(kept.public_criteria), "\r" in kept.private_criteria) == (9_999, False)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-01-02", "2026-W01", "x", "", "9" * 500]
)
def test_a_moment_that_no_calendar_has_undoes_nothing(app: Flask, organization: str, space: str, moment: str) -> None:
    objective, teacher = make_objective(space, organization), make_staff_visit(app, organization, space)
    make_member(space, organization)

    undone = teacher.post("progress/undo-many", {"objective": objective, "at": moment})
    page = teacher.get("progress", query_string={"many": moment, "objective": objective})

    assert (undone.status_code, page.status_code) == (400, 200)


def test_a_place_by_hand_for_nobody_is_none(app: Flask, organization: str, space: str) -> None:
    """An address that hides a mark which turns its letters around is no address."""
    teacher = make_staff_visit(app, organization, space)

    answers = [
        teacher.post("members", {"email": email}).status_code
        for email in ("a\u202e@example.org", "a@exa\u200bmple.org", "a@" + "x" * 300, "a b@example.org", "@", "")
    ]  # fmt: skip

    assert set(answers) == {400}
    assert db.session.scalars(select(Member).where(Member.role == "member")).all() == []


def test_a_title_that_turns_itself_around_does_not(app: Flask, organization: str, space: str) -> None:
    teacher, badge = make_staff_visit(app, organization, space), make_badge(organization)
    said = {"kind": "manual", "points": "10", "badge": badge, "evidence": "none"}

    answers = [
        teacher.post("objectives/new", {**said, "title": title}).status_code
        for title in ("Explore\u202e\u2066gnp.exe", "\u202e\u200b", "x" * 201)
    ]

    titles = db.session.scalars(select(Objective.title)).all()
    assert (answers[0], titles) == (303, ["Explore gnp.exe"])
    assert {*answers[1:]} <= {400, 422}


def test_nobody_learns_by_the_board_whose_alias_it_is(app: Flask, organization: str, space: str) -> None:
    """Neither in what a learner reads, nor in where a page of the board begins."""
    members = [make_member(space, organization, f"Person{n} Nameless{n}", f"p{n}@example.org") for n in range(6)]
    with transaction():
        choose_leaderboard(space, on=True, names="choice")
    person = str(db.session.get_one(Member, members[0]).person_id)
    learner = make_visit(app, organization=organization, person=person, space=space, role=Role.MEMBER)
    make_member_of(space, person)

    pages = [learner.get(page).text for page in ("leaderboard", "leaderboard?view=all")]
    probed = [learner.get("leaderboard", query_string={"after": one, "view": "all"}).status_code for one in members]

    for page in pages:
        assert not any(f"Nameless{n}" in page or f"p{n}@" in page for n in range(1, 6))
        assert not any(member in page for member in members)
    assert {*probed} == {404}
