"""Who may do what: authority comes from this launch's role in this course and from nothing else (decision 7)."""

from dataclasses import replace

import pytest
from flask import Flask

from lti_tool.errors import Problem
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.visit import Course, Role, Visit, enter

P = Permission
TEACHER, ASSISTANT, DESIGNER = (Role.STAFF, False), (Role.STAFF, True), (Role.DESIGNER, False)


def visit(role: Role, assistant: bool = False, *, space: str | None = "space", course: bool = True) -> Visit:
    return Visit(
        id="v", path="/v/v", form_token="t", person="p", person_name=None, organization="o", role=role,
        assistant=assistant, course=Course("c", "Biology") if course else None, space=space,
    )  # fmt: skip


BUILDS = {P.PUBLIC, P.VISIT, P.SPACE_SEE, P.SPACE_BUILD}


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (TEACHER, BUILDS | {P.SPACE_RUN, P.SPACE_SHAPE, P.SPACE_LEAD, P.SPACE_CREATE}),
        (ASSISTANT, BUILDS | {P.SPACE_RUN}),
        (DESIGNER, BUILDS | {P.SPACE_SHAPE, P.SPACE_CREATE}),
        ((Role.MEMBER, False), {P.PUBLIC, P.VISIT, P.SPACE_SEE}),
        ((Role.OBSERVER, False), {P.PUBLIC, P.VISIT}),
        ((Role.SUPPORT, False), {P.PUBLIC, P.VISIT, P.SUPPORT}),
        ((Role.GUEST, False), {P.PUBLIC, P.VISIT}),
    ],
)
def test_what_each_role_may_in_a_space(who: tuple[Role, bool], allowed: set[Permission]) -> None:
    assert {one for one in Permission if may(visit(*who), one)} == allowed


@pytest.mark.parametrize("who", [TEACHER, ASSISTANT, DESIGNER, (Role.MEMBER, False), (Role.SUPPORT, False)])
def test_only_a_teacher_or_a_designer_makes_a_space_and_only_for_a_course(who: tuple[Role, bool]) -> None:
    assert may(visit(*who, space=None), P.SPACE_CREATE) == (who in (TEACHER, DESIGNER))
    assert not may(visit(*who, space=None, course=False), P.SPACE_CREATE)


def test_without_a_space_nothing_of_one_is_allowed() -> None:
    for permission in (P.SPACE_SEE, P.SPACE_BUILD, P.SPACE_RUN, P.SPACE_SHAPE, P.SPACE_LEAD, P.SPACE_FOLLOW):
        assert not may(replace(visit(Role.STAFF, space=None), mentees=("p",)), permission)


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.MEMBER])
def test_whoever_was_named_learners_may_follow_them_and_nothing_more(role: Role) -> None:
    before = {one for one in Permission if may(visit(role), one)}
    with_learners = {one for one in Permission if may(replace(visit(role), mentees=("p",)), one)}

    assert with_learners - before == {P.SPACE_FOLLOW}


@pytest.mark.parametrize("who", [TEACHER, (Role.MEMBER, False)])
def test_no_visit_administers_this_installation(who: tuple[Role, bool]) -> None:
    assert not may(visit(*who), P.ADMIN)


def test_a_visit_never_holds_a_tokens_permission() -> None:
    assert not any(may(visit(*who), P.TOKEN) for who in (TEACHER, (Role.MEMBER, False)))


@pytest.mark.parametrize(
    ("who", "space", "code"),
    [(TEACHER, None, "no_space"), (ASSISTANT, None, "no_space"), (DESIGNER, None, "not_allowed"),
     ((Role.MEMBER, False), None, "not_allowed"), ((Role.MEMBER, False), "space", "not_allowed")],
)  # fmt: skip
def test_a_page_of_a_space_that_is_gone_blames_nobodys_role(
    app: Flask, who: tuple[Role, bool], space: str | None, code: str
) -> None:
    @needs(Permission.SPACE_RUN)
    def page() -> str:
        return "page"

    with app.test_request_context():
        enter(visit(*who, space=space))
        with pytest.raises(Problem) as refused:
            page()

    assert refused.value.code == code


def test_a_page_asks_before_it_does_anything(app: Flask) -> None:
    done: list[str] = []

    @needs(Permission.SPACE_RUN)
    def page() -> str:
        done.append("done")
        return "page"

    with app.test_request_context():
        enter(visit(Role.MEMBER))
        with pytest.raises(Problem) as refused:
            page()
        before = list(done)
        enter(visit(Role.STAFF))

        assert (page(), refused.value.code, before, done) == ("page", "not_allowed", [], ["done"])
