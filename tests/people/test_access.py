"""Who may do what: authority comes from this launch's role in this course and from nothing else (decision 7)."""

import pytest
from flask import Flask

from lti_tool.errors import Problem
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.visit import Course, Role, Visit, enter

P = Permission
TEACHER, ASSISTANT = (Role.STAFF, False), (Role.STAFF, True)


def visit(role: Role, assistant: bool = False, *, space: str | None = "space", course: bool = True) -> Visit:
    return Visit(
        id="v", path="/v/v", form_token="t", person="p", person_name=None, organization="o", role=role,
        assistant=assistant, course=Course("c", "Biology") if course else None, space=space,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (TEACHER, {P.PUBLIC, P.VISIT, P.SPACE_SEE, P.SPACE_RUN, P.SPACE_SHAPE, P.SPACE_CREATE}),
        (ASSISTANT, {P.PUBLIC, P.VISIT, P.SPACE_SEE, P.SPACE_RUN}),
        ((Role.MEMBER, False), {P.PUBLIC, P.VISIT, P.SPACE_SEE}),
        ((Role.OBSERVER, False), {P.PUBLIC, P.VISIT}),
        ((Role.SUPPORT, False), {P.PUBLIC, P.VISIT}),
        ((Role.GUEST, False), {P.PUBLIC, P.VISIT}),
    ],
)
def test_what_each_role_may_in_a_space(who: tuple[Role, bool], allowed: set[Permission]) -> None:
    assert {one for one in Permission if may(visit(*who), one)} == allowed


@pytest.mark.parametrize("who", [TEACHER, ASSISTANT, (Role.MEMBER, False), (Role.SUPPORT, False)])
def test_only_a_teacher_makes_a_space_and_only_for_a_course(who: tuple[Role, bool]) -> None:
    assert may(visit(*who, space=None), P.SPACE_CREATE) == (who == TEACHER)
    assert not may(visit(*who, space=None, course=False), P.SPACE_CREATE)


def test_without_a_space_nothing_of_one_is_allowed() -> None:
    for permission in (P.SPACE_SEE, P.SPACE_RUN, P.SPACE_SHAPE):
        assert not may(visit(Role.STAFF, space=None), permission)


def test_a_visit_never_holds_a_tokens_permission() -> None:
    assert not any(may(visit(*who), P.TOKEN) for who in (TEACHER, (Role.MEMBER, False)))


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
