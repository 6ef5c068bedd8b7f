"""A launch in an administrator's words: what came, how the browser was proven, which role it came to. Pure, but for
the language of whoever reads.
"""

from flask_babel import gettext as _

from lti_tool.launch.messages import Message
from lti_tool.words import said, to_say

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_PERSONS = {
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#": "institution",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#": "system",
    "http://purl.imsglobal.org/vocab/lti/system/person#": "system",
}
_MESSAGES = {
    Message.RESOURCE_LINK.value: to_say("Opened"),
    Message.DEEP_LINKING.value: to_say("Content to be picked"),
    Message.SUBMISSION_REVIEW.value: to_say("Review from the gradebook"),
    Message.DATA_PRIVACY.value: to_say("Personal data asked for"),
}
_PROOFS = {
    "frame": to_say("cookie in a frame"), "window": to_say("own window"),
    "new_window": to_say("own window, after the button in the frame"),
}  # fmt: skip
_UNREAD, _UNPROVEN = to_say("Not read as far as its kind"), to_say("not proven yet")
_ROLES = {
    "staff": to_say("Staff of the course"),
    "designer": to_say("Designer of the course: content, no people"),
    "member": to_say("Learner"),
    "observer": to_say("Observer of learners"),
    "support": to_say("Administrator of the LMS: settings only, no people"),
    "guest": to_say("Nobody in the course: an explaining page only"),
}


def message_words(message: str | None, *, course: bool | None = None) -> str:
    """`course`: did the launch name one? None where nobody knows any more."""
    if message == Message.RESOURCE_LINK and course is not None:
        return str(_("Opened from a course") if course else _("Opened outside any course"))
    return said(_MESSAGES.get(message or "", message or _UNREAD))


def proof_words(proof: str | None) -> str:
    return said(_PROOFS.get(proof or "", _UNPROVEN))


def role_words(role: str, *, assistant: bool = False, preview: bool = False, masked: bool = False) -> str:
    """What the launch came to, with what narrows it."""
    words = said(_ROLES.get(role, role))
    if role == "staff" and assistant:
        words = _("Staff of the course, as a teaching assistant")
    if preview:
        words = _("%(role)s (preview: nothing is counted)", role=words)
    if masked:
        words = _("%(role)s (an administrator of the LMS in somebody's place)", role=words)
    return str(words)


def short_role(uri: str) -> str:
    """`Instructor`, `Instructor: TeachingAssistant`, `Administrator (institution)`; anything else as it came."""
    if uri.startswith(_MEMBERSHIP + "#"):
        return uri.removeprefix(_MEMBERSHIP + "#")
    if uri.startswith(_MEMBERSHIP + "/"):
        return uri.removeprefix(_MEMBERSHIP + "/").replace("#", ": ", 1)
    for prefix, where in _PERSONS.items():
        if uri.startswith(prefix):
            return f"{uri.removeprefix(prefix)} ({where})"
    return uri
