"""Which hosts lie together."""

import pytest

from lti_tool.launch.registration.site import lie_together


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("lms.example.edu", "lms.example.edu", True),
        ("example.edu", "lms.example.edu", True),
        ("blackboard.com", "developer.blackboard.com", True),
        ("canvas.instructure.com", "sso.canvaslms.com", True),
        ("canvas.instructure.com", "school.instructure.com", True),
        ("school.brightspace.com", "auth.brightspace.com", True),
        ("10.0.0.1", "10.0.0.1", True),
        ("lms.example.edu", "other.example.edu", False),
        ("lms.example.edu", "example.edu.evil.example", False),
        ("example.edu", "notexample.edu", False),
        ("edu", "lms.edu", False),
        ("0.0.1", "10.0.0.1", False),
        ("canvas.instructure.com", "instructure.com.evil.example", False),
        ("canvas.instructure.com", "evilinstructure.com", False),
        ("canvas.school.example", "canvas.instructure.com", False),
        ("", "lms.example", False),
    ],
)
def test_hosts_lie_together_or_not_whichever_comes_first(one: str, other: str, together: bool) -> None:
    assert lie_together(one, other) is lie_together(other, one) is together
