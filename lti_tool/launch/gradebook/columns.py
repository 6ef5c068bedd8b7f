"""Columns at the LMS: found by what they stand for, made when there is none, and what they show. (AGS 2.0, 3.2, 3.3.)

Nothing here is called inside a transaction. Every call asks for the one scope that it needs.
"""

from collections.abc import Collection, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

from lti_tool.fetch import Answer
from lti_tool.launch.following import follow
from lti_tool.launch.gradebook import rules
from lti_tool.launch.gradebook.rules import LABEL_LENGTH, Result, Standing
from lti_tool.launch.profiles import Profile
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector, body_of
from lti_tool.people.names import clean_text
from lti_tool.words import to_say

ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
_MOST_PAGES, _MOST_RESULT_PAGES = 200, 5_000
_ASKED_ONE_BY_ONE = 10
_URL_LENGTH = 2000


class Columns:
    """The line items of one course, for a connector that may reach them."""

    def __init__(self, connector: SafeServiceConnector, line_items: str) -> None:
        self._connector, self._line_items = connector, line_items

    def find(self, resource_id: str, *, scope: str, tag: str = rules.TAG) -> dict[str, Any] | None:
        """Our column. Platforms may drop the filters, so every page is looked through again."""
        first = rules.asking(self._line_items, resource_id=resource_id, tag=tag)
        for page in pages(self._connector, scope, first, ITEMS_TYPE):
            found = rules.column_in(page, resource_id, tag)
            if found is not None:
                return found
        return None

    def make(self, resource_id: str, *, label: str, maximum: int, tag: str) -> dict[str, Any]:
        """A new column; answers it with its `id`."""
        document = {"label": label, "scoreMaximum": maximum, "resourceId": resource_id, "tag": tag}
        answer = self._connector.send(
            "POST", [rules.MAKE], self._line_items, document=document, content_type=ITEM_TYPE, accept=ITEM_TYPE
        )
        made, location = _object(answer), answer.headers.get("Location")
        return made if made.get("id") or not location else {**made, "id": urljoin(self._line_items, location)}


def look_at(connector: SafeServiceConnector, column: str) -> dict[str, Any]:
    """The column as the LMS has it, for changing it: with all that we do not know of it."""
    return _object(connector.send("GET", [rules.MAKE], column, accept=ITEM_TYPE))


def put_back(connector: SafeServiceConnector, column: str, kept: dict[str, Any], changes: dict[str, Any]) -> None:
    """The same column with these members changed, and nothing of it lost (section 3.2.5).

    Without its `id`, which is read only: Blackboard refuses to see it.
    """
    document = {name: value for name, value in kept.items() if name != "id"} | changes
    connector.send("PUT", [rules.MAKE], column, document=document, content_type=ITEM_TYPE, accept=ITEM_TYPE)


def stands(connector: SafeServiceConnector, column: str, *, scope: str) -> bool:
    """Does the LMS still know the column?"""
    try:
        connector.send("GET", [scope], column, accept=ITEM_TYPE)
    except ServiceRefused as refused:
        if refused.status in (404, 410):
            return False
        raise
    return True


def results_of(
    connector: SafeServiceConnector, column: str, users: Collection[str] | None, *, page_size: int | None
) -> dict[str, Result | None]:  # fmt: skip
    """What the LMS shows for these people, or for everybody; whoever is not in it has no grade there.

    Few are asked for one by one. Moodle answers a `limit` here with a page of HTML, so only a profile names one.
    """
    address, found = rules.beneath(column, "results"), dict[str, Result | None]()
    if users is not None and len(users) <= _ASKED_ONE_BY_ONE:
        for user in users:
            for page in pages(connector, rules.RESULTS, rules.asking(address, user_id=user), RESULTS_TYPE):
                found |= rules.results_in(page)
        return found
    first = rules.asking(address, limit=str(page_size)) if page_size else address
    for page in pages(connector, rules.RESULTS, first, RESULTS_TYPE, most=_MOST_RESULT_PAGES):
        found |= rules.results_in(page)
    return found


def post_score(
    connector: SafeServiceConnector, column: str, user: str, standing: Standing, profile: Profile
) -> None:  # fmt: skip
    """Hand a score in. The body of a success says nothing that we need, but a page of HTML is no success."""
    document = rules.score_document(
        user, standing, comment=profile.score_comments, times=profile.score_times, also=profile.score
    )
    answer = connector.send(
        "POST", [rules.SCORES], rules.beneath(column, "scores"), document=document, content_type=SCORE_TYPE
    )
    if answer.body.lstrip().startswith(b"<"):
        raise ServiceRefused("service_answer", to_say("The LMS answered with a page instead of taking the score."))


def address_of(item: dict[str, Any]) -> str:
    """Where a column lives. Raises `ServiceRefused` for one that does not say so."""
    address = item.get("id")
    if not isinstance(address, str) or not 0 < len(address) <= _URL_LENGTH:
        raise ServiceRefused("service_answer", to_say("The LMS does not say where its column lies."))
    return address


def label_of(item: dict[str, Any]) -> str | None:
    """What the LMS calls a column: as people read it, for some escape it."""
    return clean_text(unescape(said), LABEL_LENGTH) if isinstance(said := item.get("label"), str) else None


def pages(
    connector: SafeServiceConnector, scope: str, first: str, accept: str, most: int = _MOST_PAGES
) -> Iterator[list[Any]]:  # fmt: skip
    """Page after page until the last. Raises `ServiceRefused`."""
    endless = to_say("The LMS's list of columns or grades has no end.")
    for page in follow(connector, scope, first, accept=accept, most=most, endless=endless):
        if not isinstance(page, list):
            raise ServiceRefused("service_answer", to_say("The answer holds no list."))
        yield page


def _object(answer: Answer) -> dict[str, Any]:
    body = body_of(answer)
    return body if isinstance(body, dict) else {}
