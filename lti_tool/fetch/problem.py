"""Why there is no answer, in words that leak nothing."""

from typing import Literal

Kind = Literal[
    "refused_address", "unreachable", "too_slow", "too_large", "redirected", "bad_tls", "bad_url", "not_json"
]


class FetchProblem(Exception):  # noqa: N818 - it is the word that people read
    """Why there is no answer. `host` is a bare name: neither it nor the text can carry a query or a token."""

    def __init__(self, kind: Kind, host: str) -> None:
        super().__init__(kind, host)
        self.kind: Kind = kind
        self.host = host

    def __str__(self) -> str:
        return f"{self.kind}: {self.host or 'the address'}"
