"""How the groups of a course are called, asked of the platform's service. (Course Groups Service 1.0, section 3.1.)"""

from collections.abc import Iterable, Iterator
from typing import Any

from lti_tool.launch.following import follow
from lti_tool.launch.roster.groups import clean_name, ref_of_group
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector
from lti_tool.words import to_say

SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
MEDIA_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
_MOST_PAGES = 50


def names_of_groups(connector: SafeServiceConnector, url: str) -> dict[str, str]:
    """{ref: name} of every group of the course. Raises `ServiceRefused`. Never inside a transaction."""
    found: dict[str, str] = {}
    for page in _pages(connector, url):
        for one in page:
            ref = ref_of_group(one.get("id")) if isinstance(one, dict) else None
            name = clean_name(one.get("name")) if isinstance(one, dict) else None
            if ref and name:
                found.setdefault(ref, name)
    return found


def _pages(connector: SafeServiceConnector, url: str) -> Iterator[Iterable[Any]]:
    endless = to_say("The LMS's list of groups has no end.")
    for body in follow(connector, SCOPE, url, accept=MEDIA_TYPE, most=_MOST_PAGES, endless=endless):
        groups = body.get("groups") if isinstance(body, dict) else None
        if not isinstance(groups, list):
            raise ServiceRefused("service_answer", to_say("The answer holds no list of groups."))
        yield groups
