"""What role URIs come to."""

import pytest

from lti_tool.launch.roles import Standing, read_roles
from lti_tool.people.visit import Role

M = "http://purl.imsglobal.org/vocab/lis/v2/membership"
I = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"  # noqa: E741 - as short as M
S = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


@pytest.mark.parametrize(
    ("uris", "standing"),
    [
        ([M + "#Instructor"], Standing(Role.STAFF)),
        ([M + "#Learner"], Standing(Role.MEMBER)),
        ([M + "#Mentor"], Standing(Role.OBSERVER)),
        ([M + "#ContentDeveloper"], Standing(Role.STAFF)),
        ([M + "#Instructor", M + "/Instructor#TeachingAssistant"], Standing(Role.STAFF, assistant=True)),
        ([M + "/Instructor#TeachingAssistant"], Standing(Role.STAFF, assistant=True)),
        ([M + "/Instructor#Lecturer"], Standing(Role.STAFF)),
        ([M + "#Administrator", M + "/Instructor#TeachingAssistant"], Standing(Role.STAFF)),
        ([M + "/Learner#Instructor"], Standing(Role.MEMBER)),  # a sub-role of learner, whatever its fragment says
        ([M + "#Learner", M + "#Instructor"], Standing(Role.STAFF)),
        (["Instructor"], Standing(Role.STAFF)),
        (["Learner"], Standing(Role.MEMBER)),
        (["TeachingAssistant"], Standing(Role.STAFF, assistant=True)),
        ([M + "#Learner", TEST_USER], Standing(Role.MEMBER, preview=True)),
        ([I + "Instructor", M + "#Learner"], Standing(Role.MEMBER)),
        ([I + "Instructor"], Standing(Role.GUEST)),
        ([I + "Administrator"], Standing(Role.SUPPORT)),
        ([S + "SysAdmin"], Standing(Role.SUPPORT)),
        ([I + "Administrator", M + "#Instructor"], Standing(Role.STAFF)),
        (["http://evil/membership#Instructor"], Standing(Role.GUEST)),
        ([M + "#Unheard"], Standing(Role.GUEST)),
        ([M + "/Instructor"], Standing(Role.GUEST)),
        ([], Standing(Role.GUEST)),
        (["", "#", M], Standing(Role.GUEST)),
    ],
)
def test_authority_comes_from_context_roles_alone(uris: list[str], standing: Standing) -> None:
    assert read_roles(uris) == standing
