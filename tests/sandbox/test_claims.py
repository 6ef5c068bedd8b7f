"""What tools are told about courses and people."""

from typing import Any

import pytest

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.faults import Faults, Privacy
from lti_tool.sandbox.platform import Platform
from lti_tool.sandbox.settings import SandboxSettings


@pytest.fixture
def platform() -> Platform:
    app = create_sandbox(SandboxSettings("http://127.0.0.1:9000", "http://localhost:8000", learners=1200))
    platform: Platform = app.extensions["sandbox"]
    return platform


def _roles(claims: dict[str, Any]) -> set[str]:
    return {role.rpartition("#")[2] for role in claims[f"{words.CLAIM}roles"] if "institution" not in role}


@pytest.mark.parametrize(
    ("person", "roles"),
    [
        ("helena", {"Instructor"}),
        ("jun", {"Instructor", "TeachingAssistant"}),
        ("noor", {"ContentDeveloper"}),
        ("ingrid", {"Mentor"}),
        ("amelie", {"Learner"}),
        ("test-student-biology", {"Learner", "TestUser"}),
    ],
)
def test_everybody_has_the_roles_of_their_place(platform: Platform, person: str, roles: set[str]) -> None:
    assert _roles(platform.claims("biology", person)) == roles


def test_an_administrator_has_no_role_in_the_course(platform: Platform) -> None:
    roles = platform.claims("biology", "pat")[f"{words.CLAIM}roles"]
    assert roles == [words.INSTITUTION_ADMINISTRATOR, words.SYSTEM_ADMINISTRATOR]


def test_an_observer_is_told_whom_they_observe(platform: Platform) -> None:
    claims = platform.claims("biology", "ingrid")
    people = platform.world.people
    assert claims[f"{words.CLAIM}role_scope_mentor"] == [people["amelie"].sub, people["ngozi"].sub]
    assert f"{words.CLAIM}role_scope_mentor" not in platform.claims("biology", "helena")


def test_a_course_menu_link_is_the_course_itself_and_an_activity_is_not(platform: Platform) -> None:
    menu = platform.claims("biology", "helena", link="menu")
    activity = platform.claims("biology", "helena", link="activity")
    context = menu[f"{words.CLAIM}context"]["id"]
    assert menu[f"{words.CLAIM}resource_link"]["id"] == context
    assert activity[f"{words.CLAIM}resource_link"]["id"] != context


def test_the_end_of_a_course_is_told_or_left_as_its_variable(platform: Platform) -> None:
    ends = platform.world.courses["biology"].ends
    assert ends is not None
    told = platform.claims("biology", "helena")[f"{words.CLAIM}custom"]["course_end"]
    platform.world.courses["biology"].ends = None
    untold = platform.claims("biology", "helena")[f"{words.CLAIM}custom"]["course_end"]
    assert told == ends.strftime("%Y-%m-%dT23:59:59Z")
    assert untold == "$CourseSection.timeFrame.end"


@pytest.mark.parametrize(
    ("privacy", "shared"),
    [
        ("public", {"name", "given_name", "family_name", "email"}),
        ("name_only", {"name", "given_name", "family_name"}),
        ("email_only", {"email"}),
        ("anonymous", set()),
    ],
)
def test_privacy_decides_what_is_shared(platform: Platform, privacy: Privacy, shared: set[str]) -> None:
    platform.faults.privacy = privacy
    claims = platform.claims("biology", "helena")
    assert claims.keys() & {"name", "given_name", "family_name", "email"} == shared


def test_what_somebody_lacks_is_absent(platform: Platform) -> None:
    assert "email" not in platform.claims("biology", "ngozi")
    assert "name" not in platform.claims("biology", "nameless")


def test_claims_can_be_replaced_and_dropped_by_short_or_full_name(platform: Platform) -> None:
    over: dict[str, Any] = {f"{words.CLAIM}version": "1.0", "roles": [], "context": None, "sub": "x"}
    claims = platform.claims("biology", "helena", **over)
    assert claims[f"{words.CLAIM}version"] == "1.0"
    assert claims[f"{words.CLAIM}roles"] == []
    assert f"{words.CLAIM}context" not in claims
    assert claims["sub"] == "x"


def test_a_platform_without_services_claims_none(platform: Platform) -> None:
    platform.faults.without_roster = platform.faults.without_gradebook = True
    claims = platform.claims("biology", "helena")
    assert words.ROSTER_CLAIM not in claims
    assert words.GRADES_CLAIM not in claims


def test_a_link_with_exactly_one_line_item_names_it(platform: Platform) -> None:
    link = platform.world.courses["biology"].placements["activity"].link_id
    members = {"label": "Cells", "scoreMaximum": 10, "resourceLinkId": link}
    item = platform.gradebook.add("biology", members)
    one = platform.claims("biology", "amelie", link="activity")[words.GRADES_CLAIM]
    platform.gradebook.add("biology", members)
    two = platform.claims("biology", "amelie", link="activity")[words.GRADES_CLAIM]
    assert one["lineitem"].endswith(f"/lineitems/{item.id}")
    assert "lineitem" not in two


def test_the_world_is_the_same_at_every_start_and_each_sandbox_has_its_own(platform: Platform) -> None:
    app = create_sandbox(SandboxSettings("http://127.0.0.1:9000", "http://localhost:8000", learners=1200))
    other: Platform = app.extensions["sandbox"]
    assert other.world.people == platform.world.people
    other.world.people["helena"].given_name = "Changed"
    assert platform.world.people["helena"].given_name == "Helena"


def test_the_large_course_has_1200_learners_with_identifiers_of_their_own(platform: Platform) -> None:
    course = platform.world.courses["data-literacy"]
    learners = [person for person, enrolment in platform.world.listed(course) if enrolment.is_graded]
    assert len({person.sub for person in learners}) == 1200
    assert len({person.name for person in learners}) > 400
    assert any(person.email is None for person in learners)


def test_two_people_of_one_name_differ_in_the_case_of_their_identifier_only(platform: Platform) -> None:
    one, two = platform.world.people["amelie"].sub, platform.world.people["amelie-2"].sub
    assert one != two
    assert one.lower() == two.lower()


def test_faults_can_all_be_switched_off_at_once(platform: Platform) -> None:
    platform.faults.privacy = "anonymous"
    platform.faults.delays["jwks"] = 1
    platform.faults.reset()
    assert platform.faults == Faults()
