"""A list that a platform gives page by page: followed to its end, deaf to one that leads back into itself, and for no
longer than a worker can spare.
"""

import time
from collections.abc import Iterator
from typing import Any

from lti_tool.launch.link_header import next_link
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector, body_of

LONGEST_SECONDS = 3_000.0


def follow(
    connector: SafeServiceConnector, scope: str, first: str, *, accept: str, most: int, endless: str
) -> Iterator[dict[str, Any] | list[Any] | None]:  # fmt: skip
    """What each page holds. Raises `ServiceRefused`, in the words `endless` for a list of more than `most` pages."""
    following: str | None = first
    seen: set[str] = set()
    ends = time.monotonic() + LONGEST_SECONDS
    while following is not None:
        if following in seen or len(seen) == most:
            raise ServiceRefused("service_answer", endless)
        if time.monotonic() > ends:
            raise ServiceRefused("service_slow")
        seen.add(following)
        answer = connector.send("GET", [scope], following, accept=accept)
        yield body_of(answer)
        following = next_link(answer.headers.get("Link", ""), following)
