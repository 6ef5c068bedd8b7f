"""The messages that the platform sends, and what each is about (LTI 1.3 core, section 5)."""

from dataclasses import dataclass

from lti_tool.sandbox.gradebook import LineItem
from lti_tool.sandbox.tools import InstalledTool
from lti_tool.sandbox.world import Course, Person, Placement

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINKING = "LtiDeepLinkingRequest"
SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
DATA_PRIVACY = "LtiDataPrivacyLaunchRequest"
# Other platforms, and the library that many tools use, know the same message by this name.
DATA_PRIVACY_TOO = "DataPrivacyLaunchRequest"
ALL = (RESOURCE_LINK, DEEP_LINKING, SUBMISSION_REVIEW, DATA_PRIVACY, DATA_PRIVACY_TOO)


@dataclass(frozen=True)
class Message:
    """One message to one tool: who sends it, from where, and about whom or what.

    Without a course it comes from the site. `about` is the learner whose work is reviewed, or whose data is asked for;
    `item` the column that a review was opened from.
    """

    kind: str
    tool: InstalledTool
    person: Person
    course: Course | None = None
    placement: Placement | None = None
    about: Person | None = None
    item: LineItem | None = None
