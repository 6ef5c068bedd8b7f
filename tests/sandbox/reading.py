"""Reading the sandbox's roster to its end."""

from typing import Any

from lti_tool.sandbox import vocabulary as words
from tests.sandbox.installation import Installation

LARGE = "/courses/data-literacy/memberships"


def read(lms: Installation, address: str, most: int = 20) -> list[list[dict[str, Any]]]:
    pages: list[list[dict[str, Any]]] = []
    bearer = lms.bearer(words.ROSTER_SCOPE)
    following: str | None = address
    while following and len(pages) < most:
        answer = lms.get(following, words.ROSTER_TYPE, bearer)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json()["members"])
        following = answer.links.get("next", {}).get("url")
    return pages


def members(lms: Installation, address: str) -> list[dict[str, Any]]:
    return [one for page in read(lms, address) for one in page]
