"""What role URIs come to: which authority, and in which words (decisions 7 and 32)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.launch.roles import Meaning, Standing, meaning_of, read_roles
from lti_tool.people.visit import Role

M = "http://purl.imsglobal.org/vocab/lis/v2/membership"
I = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"  # noqa: E741 - as short as M
S = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
TEACHER, ASSISTANT, DESIGNER = Standing(Role.STAFF), Standing(Role.STAFF, assistant=True), Standing(Role.DESIGNER)
LEARNER, MENTOR, SUPPORT = Standing(Role.MEMBER), Standing(Role.OBSERVER, mentors=True), Standing(Role.SUPPORT)
NOBODY = Standing(Role.GUEST)


@pytest.mark.parametrize(
    ("uris", "standing"),
    [
        ([M + "#Instructor"], TEACHER),
        ([M + "#Administrator"], TEACHER),
        ([M + "#Learner"], LEARNER),
        ([M + "#Mentor"], MENTOR),
        ([M + "/Mentor#Tutor"], MENTOR),
        ([M + "#ContentDeveloper"], DESIGNER),
        ([M + "/ContentDeveloper#Librarian"], DESIGNER),
        ([M + "#Instructor", M + "/Instructor#TeachingAssistant"], ASSISTANT),  # as Canvas sends them
        ([M + "/Instructor#TeachingAssistant"], ASSISTANT),
        ([M + "/instructor#TeachingAssistant"], ASSISTANT),
        ([M + "#Instructor", M + "/instructor#TeachingAssistant"], ASSISTANT),
        ([M + "/Instructor#TeachingAssistantSection"], ASSISTANT),
        ([M + "/Instructor#Grader"], ASSISTANT),
        ([M + "#Instructor", M + "/Instructor#Grader"], ASSISTANT),
        ([M + "/Instructor#GuestInstructor"], ASSISTANT),
        ([M + "/Instructor#Lecturer"], TEACHER),
        ([M + "/Instructor#Lecturer", M + "/Instructor#TeachingAssistant"], TEACHER),
        ([M + "#Administrator", M + "/Instructor#TeachingAssistant"], TEACHER),
        ([M + "/Administrator#Support"], SUPPORT),
        ([M + "#Administrator", M + "/Administrator#ExternalSupport"], SUPPORT),
        ([M + "#ContentDeveloper", M + "/Instructor#TeachingAssistant"], TEACHER),  # what either may, both may
        ([M + "#ContentDeveloper", M + "#Learner"], DESIGNER),
        ([M + "/Learner#Instructor"], LEARNER),  # a sub-role of learner, whatever its fragment says
        ([M + "/Learner#GuestLearner"], LEARNER),
        ([M + "#Learner", M + "#Instructor"], TEACHER),
        ([M + "#Learner", M + "#Mentor"], Standing(Role.MEMBER, mentors=True)),
        ([M + "#Instructor", M + "#Mentor"], Standing(Role.STAFF, mentors=True)),
        ([M + "#Member"], LEARNER),
        ([M + "#Manager"], LEARNER),  # who leads a group teaches nobody
        ([M + "/Manager#CourseCoordinator"], TEACHER),
        ([M + "/Manager#ExternalObserver"], MENTOR),
        ([M + "#Officer"], LEARNER),
        (["Instructor"], TEACHER),
        (["Learner"], LEARNER),
        (["Student"], LEARNER),
        (["TeachingAssistant"], ASSISTANT),
        (["Instructor", "TeachingAssistant"], ASSISTANT),
        (["ContentDeveloper"], DESIGNER),
        ([M + "#Learner", TEST_USER], Standing(Role.MEMBER, preview=True)),
        ([TEST_USER], Standing(Role.GUEST, preview=True)),
        ([I + "Instructor", M + "#Learner"], LEARNER),
        ([I + "Instructor"], NOBODY),
        ([I + "Observer"], NOBODY),
        ([I + "Mentor"], NOBODY),
        ([I + "Administrator"], SUPPORT),
        ([S + "SysAdmin"], SUPPORT),
        ([I + "Administrator", M + "#Instructor"], TEACHER),
        ([I + "Administrator", M + "#Learner"], LEARNER),
        ([I + "Administrator", M + "#Mentor"], MENTOR),
        (["http://evil/membership#Instructor"], NOBODY),
        (["http://evil/?" + M + "#Instructor"], NOBODY),
        ([M + "#instructor"], NOBODY),
        ([M + "#Unheard"], NOBODY),
        ([M + "/Instructor"], NOBODY),
        ([M + "/Instructor#"], NOBODY),
        ([M + "/Instructor/Grader#TeachingAssistant"], NOBODY),
        ([], NOBODY),
        (["", "#", M], NOBODY),
    ],
)
def test_authority_comes_from_context_roles_alone(uris: list[str], standing: Standing) -> None:
    assert read_roles(uris) == standing
    assert read_roles(reversed(uris)) == standing


@pytest.mark.parametrize(
    ("uri", "meaning"),
    [
        (M + "#Instructor", Meaning.TEACHER),
        (M + "/Instructor#TeachingAssistant", Meaning.ASSISTANT),
        (M + "#ContentDeveloper", Meaning.DESIGNER),
        (M + "/Learner#Instructor", Meaning.LEARNER),
        (M + "#Mentor", Meaning.MENTOR),
        (I + "Administrator", Meaning.SUPPORT),
        (I + "Faculty", Meaning.ELSEWHERE),
        (S + "User", Meaning.ELSEWHERE),
        (TEST_USER, Meaning.TEST_USER),
        ("http://evil/membership#Instructor", Meaning.UNKNOWN),
        ("", Meaning.UNKNOWN),
    ],
)
def test_each_role_has_a_meaning_that_can_be_told(uri: str, meaning: Meaning) -> None:
    assert meaning_of(uri) is meaning


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.STAFF, "staff"), (Role.DESIGNER, "staff"), (Role.MEMBER, "member"), (Role.OBSERVER, None),
        (Role.SUPPORT, None), (Role.GUEST, None),
    ],
)  # fmt: skip
def test_who_takes_a_place_in_the_space(role: Role, place: str | None) -> None:
    assert Standing(role).place == place


PIECES = st.sampled_from(
    [M, I, S, "#", "/", "Instructor", "instructor", "Learner", "Mentor", "Administrator", "TeachingAssistant", "x", ""]
)
URIS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=5).map("".join))


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(URIS, max_size=6))
def test_whatever_is_sent_only_a_context_role_gives_authority(uris: list[str]) -> None:
    standing = read_roles(uris)
    said = {meaning_of(uri) for uri in uris}

    if standing.role in (Role.STAFF, Role.DESIGNER):
        assert said & {Meaning.TEACHER, Meaning.ASSISTANT, Meaning.DESIGNER}
    if not any(uri.startswith(M) or uri.isalpha() for uri in uris):
        assert standing.role in (Role.SUPPORT, Role.GUEST)
