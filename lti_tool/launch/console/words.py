"""A launch in an administrator's words: what came, how the browser was proven, which role it came to. Pure."""

from lti_tool.launch.messages import Message

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_PERSONS = {
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#": "institution",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#": "system",
    "http://purl.imsglobal.org/vocab/lti/system/person#": "system",
}
_MESSAGES = {
    Message.RESOURCE_LINK.value: "Opened",
    Message.DEEP_LINKING.value: "Content to be picked",
    Message.SUBMISSION_REVIEW.value: "Review from the gradebook",
    Message.DATA_PRIVACY.value: "Personal data asked for",
}
_PROOFS = {
    "frame": "cookie in a frame", "window": "own window", "new_window": "own window, after the button in the frame",
}  # fmt: skip
_ROLES = {
    "staff": "Staff of the course",
    "designer": "Designer of the course: content, no people",
    "member": "Learner",
    "observer": "Observer of learners",
    "support": "Administrator of the LMS: settings only, no people",
    "guest": "Nobody in the course: an explaining page only",
}


def message_words(message: str | None, *, course: bool | None = None) -> str:
    """`course`: did the launch name one? None where nobody knows any more."""
    if message == Message.RESOURCE_LINK and course is not None:
        return "Opened from a course" if course else "Opened outside any course"
    return _MESSAGES.get(message or "", message or "Not read as far as its kind")


def proof_words(proof: str | None) -> str:
    return _PROOFS.get(proof or "", "not proven yet")


def role_words(role: str, *, assistant: bool = False, preview: bool = False, masked: bool = False) -> str:
    """What the launch came to, with what narrows it."""
    said = _ROLES.get(role, role)
    if role == "staff" and assistant:
        said = "Staff of the course, as a teaching assistant"
    if preview:
        said += " (preview: nothing is counted)"
    if masked:
        said += " (an administrator of the LMS in somebody's place)"
    return said


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
