"""What an LMS answers to a registration: a client id and what it granted, or a refusal in one of many shapes.

Moodle refuses in bare words of `text/html`, Canvas in 422 with a list, others in OAuth's own words; a whole page of
HTML is never shown. (LTI Dynamic Registration 1.0, sections 3.5.2 and 3.6; RFC 7591, section 3.2.)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from lti_tool.errors import Problem
from lti_tool.fetch import Answer, FetchProblem
from lti_tool.launch.claim_shapes import ID_LENGTH
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.service_refusals import SAID_LENGTH, said_by
from lti_tool.people.names import clean_text
from lti_tool.words import to_say

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
_SCOPES, _SCOPE_LENGTH = 100, 200
_LONGEST_WORDS = 300
_TOLD = Sentence(to_say("The LMS says: “%(words)s”."))
_HIDDEN = re.compile(r"[a-z][a-z0-9+.-]{0,20}://\S+|[^\s@]{1,64}@\S+|[!-~]{40,}", re.IGNORECASE)


@dataclass(frozen=True)
class Granted:
    """What the LMS registered. `scopes` is None where it did not say; so is `deployment` (Canvas)."""

    client_id: str
    deployment: str | None
    scopes: list[str] | None


def read_answer(answer: Answer) -> Granted:
    """Raises `Problem` register_token_refused, register_refused, register_unreachable or register_answer."""
    if answer.status in (401, 403):
        raise Problem("register_token_refused", told(said(answer)))
    if answer.status >= 500:
        raise Problem("register_unreachable", told(said(answer)))
    if answer.status not in (200, 201):
        raise Problem("register_refused", told(said(answer)))
    try:
        document = answer.json()
    except FetchProblem:
        raise Problem("register_answer", told(said(answer))) from None
    return read_registration(document)


def read_registration(document: Mapping[str, Any]) -> Granted:
    """Raises `Problem` register_answer."""
    client_id = document.get("client_id")
    if not _is_identifier(client_id):
        raise Problem("register_answer")
    tool = document.get(TOOL)
    deployment = tool.get("deployment_id") if isinstance(tool, dict) else None
    if isinstance(deployment, int) and not isinstance(deployment, bool):
        deployment = str(deployment)
    return Granted(client_id, deployment if _is_identifier(deployment) else None, _scopes(document.get("scope")))


def said(answer: Answer) -> str:
    """The LMS's own reason in one line; empty when it gave none that could be shown."""
    try:
        document = answer.json()
    except FetchProblem:
        return _bare_words(answer)
    errors = document.get("errors")
    texts = [one for one in errors[:3] if isinstance(one, str)] if isinstance(errors, list) else []
    return _shown(". ".join(texts)) if texts else said_by(answer)


def told(words: str) -> str:
    return _TOLD(words=words) if words else ""


def _bare_words(answer: Answer) -> str:
    text = answer.body[: _LONGEST_WORDS + 1].decode("utf-8", "replace")
    return "" if len(text) > _LONGEST_WORDS or "<" in text or "\ufffd" in text else _shown(text)


def _shown(text: str) -> str:
    return clean_text(_HIDDEN.sub("…", text[: 4 * SAID_LENGTH]).replace("<", "").replace(">", ""), SAID_LENGTH) or ""


def _is_identifier(value: object) -> TypeGuard[str]:
    """What a login may name again: text without blanks or control characters, as long as we keep."""
    return isinstance(value, str) and 0 < len(value) <= ID_LENGTH and value.isprintable() and " " not in value


def _scopes(said: object) -> list[str] | None:
    """A text with blanks between them; some send a list."""
    named = said.split() if isinstance(said, str) else said
    if not isinstance(named, list):
        return None
    texts = [one for one in named[:_SCOPES] if isinstance(one, str) and one.isprintable()]
    return [one for one in texts if 0 < len(one) <= _SCOPE_LENGTH]
