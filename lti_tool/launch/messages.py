"""Which messages this tool takes, and what each must carry. Pure. (LTI 1.3 core, section 5; Deep Linking 2.0, 4.4.)

Required claims are checked together, so that an administrator reads every missing one at once.
"""

from enum import StrEnum
from typing import Any

from lti_tool.errors import Problem
from lti_tool.launch.kept_words import Sentence
from lti_tool.people.names import clean_text
from lti_tool.words import to_say

C = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING_SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"


class Message(StrEnum):
    """The messages that we serve; data privacy is sent under two names (`_OTHER_NAMES`)."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
    DATA_PRIVACY = "LtiDataPrivacyLaunchRequest"


_LACKING = Sentence(to_say("Missing: %(names)s."))
_SENT = Sentence(to_say("The LMS sent “%(kind)s”."))
_OTHER_NAMES = {"DataPrivacyLaunchRequest": Message.DATA_PRIVACY}
_ALWAYS = (C + "message_type", C + "version", C + "deployment_id")
_REQUIRED = {
    Message.RESOURCE_LINK: (C + "target_link_uri", C + "resource_link", C + "roles", "sub"),
    Message.DEEP_LINKING: (DEEP_LINKING_SETTINGS, C + "roles", "sub"),
    Message.SUBMISSION_REVIEW: (C + "target_link_uri", C + "for_user", C + "roles", "sub"),
    Message.DATA_PRIVACY: ("sub",),
}


def read_message(claims: dict[str, Any]) -> Message:
    """Which message this is, with all that it needs. Raises `Problem`: not_lti13, version_…, claims_missing, …"""
    if not any(name.startswith(C) for name in claims):
        raise Problem("not_lti13")
    said = claims.get(C + "message_type")
    message = Message.RESOURCE_LINK if said is None else _message(said)
    missing = [name.rpartition("/")[2] for name in (*_ALWAYS, *_REQUIRED[message]) if claims.get(name) is None]
    if missing == ["version"]:
        raise Problem("version_missing")
    if missing:
        raise Problem("claims_missing", _LACKING(names=", ".join(missing)))
    if claims[C + "version"] != "1.3.0":
        raise Problem("version_unsupported")
    _check_link(message, claims.get(C + "resource_link"))
    return message


def _message(said: object) -> Message:
    if not isinstance(said, str):
        raise Problem("claim_malformed", to_say("The message type is not text."))
    if said in _OTHER_NAMES:
        return _OTHER_NAMES[said]
    try:
        return Message(said)
    except ValueError:
        known = clean_text(said, 60) if said.isascii() and said.isalnum() else None
        raise Problem("message_unsupported", _SENT(kind=known) if known else "") from None


def _check_link(message: Message, link: object) -> None:
    """Only a resource link must have an id; elsewhere it may be there or not (Blackboard sends one in deep linking)."""
    if message is Message.RESOURCE_LINK and isinstance(link, dict) and link.get("id") is None:
        raise Problem("claim_malformed", to_say("The claim resource_link.id is not a text of 1 to 255 characters."))
