"""Why there is no answer, in words that leak nothing."""

from typing import Literal

from lti_tool.words import to_say

Kind = Literal[
    "refused_address", "unreachable", "too_slow", "too_large", "redirected", "bad_tls", "bad_url", "not_json"
]

_REASONS: dict[Kind, str] = {
    "refused_address": to_say("only https and public addresses may be reached, unless PRIVATE_HOSTS names the host"),
    "unreachable": to_say("nothing answers there"),
    "too_slow": to_say("the answer takes too long"),
    "too_large": to_say("the answer is too large"),
    "redirected": to_say("the answer leads to another address"),
    "bad_tls": to_say("its certificate is not trusted"),
    "bad_url": to_say("that is no web address"),
    "not_json": to_say("the answer is not JSON"),
}


class FetchProblem(Exception):  # noqa: N818 - it is the word that people read
    """Why there is no answer. `host` is a bare name: neither it nor the text can carry a query or a token."""

    def __init__(self, kind: Kind, host: str) -> None:
        super().__init__(kind, host)
        self.kind: Kind = kind
        self.host = host

    @property
    def reason(self) -> str:
        """For the operator, who is told more than a page may say."""
        return f"{_REASONS[self.kind]} ({self.kind})"

    def __str__(self) -> str:
        return f"{self.kind}: {self.host or 'the address'}"
