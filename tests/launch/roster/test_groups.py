"""Groups and sections of the LMS: kept as the list tells them, and left alone where it does not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from lti_tool.db import db, transaction
from lti_tool.launch.messages import C
from lti_tool.launch.model import CourseKey, Registration
from lti_tool.launch.roster.groups import section_names, told_by
from lti_tool.people.model import Person
from lti_tool.spaces.groups.model import GroupMember, SpaceGroup
from lti_tool.spaces.model import Member
from tests.launch.roster.readings import sync
from tests.launch.roster.roster_server import RosterServer, answer, learner


@pytest.fixture
def grouped(lms: RosterServer, course: str) -> str:
    """The course of a platform that has the groups service."""
    with transaction():
        db.session.execute(update(CourseKey).values(groups_url=f"{lms.url}/groups"))
    return course


def named(*pairs: tuple[Any, Any]) -> dict[str, list[dict[str, Any]]]:
    return {"groups": [{"id": identity, "name": name} for identity, name in pairs]}


def within(sub: str, name: str, *groups: Any) -> dict[str, Any]:
    return learner(sub, name, group_enrollments=[{"group_id": one} for one in groups])


def kept() -> set[tuple[str, str | None]]:
    """(group, name of a member in it)."""
    db.session.expire_all()
    found = (
        select(SpaceGroup.name, Person.name)
        .join(GroupMember, GroupMember.group_id == SpaceGroup.id)
        .join(Member, Member.id == GroupMember.member_id)
        .join(Person, Person.id == Member.person_id)
    )
    return {(group, person) for group, person in db.session.execute(found)}


def asked(lms: RosterServer) -> list[str]:
    return [one.query_string.decode() for one in lms.requests if one.path == "/members"]


def test_groups_are_asked_for_named_and_kept(lms: RosterServer, grouped: str) -> None:
    lms.pages = [[within("u1", "Ada", "g1", 2)], [within("u2", "Bob", "g1"), within("u3", "Cy")]]
    lms.groups = [answer(named(("g1", "Red"), (2, "Blue"), ("g9", "Nobody in it")))]
    sync(grouped)
    assert kept() == {("Red", "Ada"), ("Blue", "Ada"), ("Red", "Bob")}
    assert asked(lms)[0] == "groups=true"
    assert {one.headers["Accept"] for one in lms.requests if one.path == "/groups"} == {
        "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
    }


def test_who_moves_moves_and_what_is_renamed_or_gone_follows(lms: RosterServer, grouped: str) -> None:
    lms.pages = [[within("u1", "Ada", "g1"), within("u2", "Bob", "g2")]]
    lms.groups = [answer(named(("g1", "Red"), ("g2", "Blue")))]
    sync(grouped)
    lms.pages, lms.groups = [[within("u1", "Ada", "g3"), within("u2", "Bob", "g3")]], [answer(named(("g3", "Green")))]
    sync(grouped)
    assert kept() == {("Green", "Ada"), ("Green", "Bob")}
    lms.groups = [answer(named(("g3", "Mint")))]
    sync(grouped)
    assert kept() == {("Mint", "Ada"), ("Mint", "Bob")}
    assert db.session.scalars(select(SpaceGroup.name)).all() == ["Mint"]


def test_the_same_groups_again_write_nothing(lms: RosterServer, grouped: str) -> None:
    lms.pages, lms.groups = [[within("u1", "Ada", "g1")]], [answer(named(("g1", "Red"))), answer(named(("g1", "Red")))]
    sync(grouped)
    written: list[str] = []

    def watch(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE") and "group" in statement.split("SET")[0]:
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", watch)
    sync(grouped)
    event.remove(db.engine, "before_cursor_execute", watch)
    assert written == []


def test_a_service_that_does_not_name_its_groups_takes_none_away(lms: RosterServer, grouped: str) -> None:
    lms.pages = [[within("u1", "Ada", "g1")]]
    lms.groups = [answer(named(("g1", "Red"))), answer({"message": "no"}, 403)]
    sync(grouped)
    read = sync(grouped)
    assert (read.state, kept()) == ("done", {("Red", "Ada")})


def test_when_nobody_is_in_a_group_any_more_there_are_none(lms: RosterServer, grouped: str) -> None:
    lms.pages, lms.groups = [[within("u1", "Ada", "g1")]], [answer(named(("g1", "Red")))]
    sync(grouped)
    lms.pages = [[within("u1", "Ada")]]
    sync(grouped)
    assert (kept(), db.session.scalars(select(SpaceGroup)).all()) == (set(), [])


@pytest.mark.parametrize("status", [400, 404])
def test_a_platform_that_does_not_like_the_question_is_asked_without_it(
    lms: RosterServer, grouped: str, status: int
) -> None:
    lms.pages = [[learner("u1", "Ada")]]
    lms.at["groups=true"] = lambda: answer({"message": "unknown parameter"}, status)
    assert (sync(grouped).state, asked(lms)) == ("done", ["groups=true", ""])


def test_without_the_service_nobody_asks(lms: RosterServer, course: str) -> None:
    lms.pages = [[within("u1", "Ada", "g1")]]
    sync(course)
    assert (asked(lms), kept()) == ([""], set())


def in_sections(sub: str, name: str, said: str) -> dict[str, Any]:
    return learner(sub, name, message=[{C + "custom": {"section_names": said}}])


def test_canvas_tells_sections_where_the_list_is_asked_for_the_course_as_a_link(
    lms: RosterServer, registration: str, course: str
) -> None:
    with transaction():
        db.session.execute(update(Registration).values(profile="canvas"))
    lms.pages = [[in_sections("u1", "Ada", '["Monday", "Lab, A"]'), in_sections("u2", "Bob", '["Monday"]')]]
    sync(course)
    context = db.session.get_one(CourseKey, course).context_id
    assert asked(lms) == [f"limit=50&rlid={context}"]
    assert kept() == {("Monday", "Ada"), ("Lab, A", "Ada"), ("Monday", "Bob")}


def test_somebody_on_two_pages_is_in_the_groups_of_both(lms: RosterServer, grouped: str) -> None:
    lms.pages = [[within("u1", "Ada", "g1")], [within("u1", "Ada", "g2")]]
    lms.groups = [answer(named(("g1", "Red"), ("g2", "Blue")))]
    sync(grouped)
    assert kept() == {("Red", "Ada"), ("Blue", "Ada")}


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ('["A", "B"]', ["A", "B"]), ("A", ["A"]), ("$com.instructure.User.sectionNames", []), ("", []), ("[]", []),
        ('{"A": 1}', []), ("[1, null, []]", []), ('["' + "x" * 5000 + '"]', []), ("7", []),
        ("[" * 2000, ["[" * 200]), ('["\\ud800", "B\\ud800"]', ["B"]),
    ],
)  # fmt: skip
def test_what_a_text_says_of_sections(said: str, names: list[str]) -> None:
    assert section_names(said) == names


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["group_id", C + "custom"]), inner),
    max_leaves=12,
)  # fmt: skip


@given(anything, anything)
def test_nothing_that_a_member_says_of_groups_is_a_fault(groups: object, message: object) -> None:
    told = told_by({"group_enrollments": groups, "message": message})
    assert all(0 < len(ref) <= 255 for ref in told.refs)
