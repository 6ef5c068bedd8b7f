"""Names and Role Provisioning Services 2.0: who is in a course, page by page."""

import gzip
import json
import random
from dataclasses import replace
from html import escape
from typing import Any

from flask import Blueprint, Response, request

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.behaviours import Behaviour
from lti_tool.sandbox.claims import personal_claims
from lti_tool.sandbox.faults import RosterFailure
from lti_tool.sandbox.paging import PARAMETER, Page
from lti_tool.sandbox.platform import Platform, this_platform
from lti_tool.sandbox.service import (
    add_next_link,
    asked_limit,
    bearer_token,
    bookmarked,
    need_accept,
    need_scope,
    refuse_service,
    service_course,
)
from lti_tool.sandbox.tools import InstalledTool
from lti_tool.sandbox.variables import resolve
from lti_tool.sandbox.world import Course, Enrolment, Person

blueprint = Blueprint("roster", __name__)

Entry = tuple[Person, Enrolment]
_MOST = 100_000


@blueprint.get("/courses/<course>/memberships", endpoint="roster")
def memberships(course: str) -> Response:
    """One page of the membership container; `role` and `rlid` narrow it, `limit` shortens its pages, `groups` adds the
    groups of everybody.
    """
    platform = this_platform()
    faults = platform.faults
    tool = platform.tools.find(need_scope(words.ROSTER_SCOPE).client_id) or platform.tools.first
    need_accept(words.ROSTER_TYPE)
    place = service_course(course)
    page = bookmarked() or _first_page(platform, place)
    if page.known is not None:
        page = _changes(platform, tool, place, page)
    failure = faults.roster_failure_on(page.number)
    if failure is not None:
        return _broken(failure)
    if faults.revokes_on(page.number):
        platform.tokens.revoke(bearer_token())
        refuse_service(401, "the token is no longer good")
    answer = _answer(platform, _container(platform, tool, place, page))
    if faults.roster_differences and page.number == 1:
        _add_differences_link(answer, platform, tool, place, page)
    add_next_link(answer, page.following(loops=faults.roster_loops, without=faults.roster_drops_pages))
    return answer


def _broken(failure: RosterFailure) -> Response:
    return Response(failure.body, status=failure.status, content_type=failure.content_type)


def _first_page(platform: Platform, course: Course) -> Page:
    link_id, role, behaves = request.args.get("rlid"), request.args.get("role"), platform.faults.behaviour
    if link_id is not None and course.placement_of_link(link_id) is None:
        refuse_service(404, "the course has no such resource link")
    if role is not None and behaves.known_roles is not None and role.rpartition("#")[2] not in behaves.known_roles:
        role = None
    everybody = _in_order(platform, _listed(platform, course))
    chosen = everybody if role is None else [one for one in everybody if _has_role(one[1], role)]
    size = _size(platform, len(chosen))
    rest = tuple(everybody) if behaves.next_drops_role and role is not None else None
    return Page(
        request.path, tuple(_repeating(chosen, size, platform.faults.roster_repeats)), size, link_id=link_id,
        with_groups=request.args.get("groups") == "true", rest=rest,
    )  # fmt: skip


def _size(platform: Platform, people: int) -> int:
    behaves = platform.faults.behaviour
    if behaves.all_at_once:
        return asked_limit(max(people, _MOST), unasked=max(people, 1))
    return asked_limit(behaves.most or platform.settings.page_size)


def _listed(platform: Platform, course: Course) -> list[Entry]:
    found = platform.world.listed(course)
    if platform.faults.behaviour.leaves_out_suspended:
        return [one for one in found if one[1].status == "Active"]
    return found


def _in_order(platform: Platform, members: list[Entry]) -> list[Entry]:
    """In the order of enrolment, or in another one at every reading."""
    if platform.faults.roster_shuffled is None:
        return members
    die = random.Random(f"{platform.faults.roster_shuffled}:{platform.traffic['roster']}")  # noqa: S311 - a test's die
    return die.sample(members, len(members))


def _repeating(members: list[Entry], size: int, repeats: int) -> list[Entry]:
    """Every page but the first begins with the last ones of the page before."""
    if not 0 < repeats < size:
        return members
    found, at = members[:size], size
    while at < len(members):
        found += [*found[-repeats:], *members[at : at + size - repeats]]
        at += size - repeats
    return found


def _has_role(enrolment: Enrolment, role: str) -> bool:
    # A filter may be the last word of a context role (NRPS 2.0, 2.4.1).
    return role in enrolment.roles or words.MEMBERSHIP_PREFIX + role in enrolment.roles


def _changes(platform: Platform, tool: InstalledTool, course: Course, page: Page) -> Page:
    """What is not as it was when the address was handed out; who is not in the list now is `Deleted` (NRPS 2.0)."""
    if platform.faults.differences_status is not None:
        refuse_service(platform.faults.differences_status, "these differences are not kept any more")
    before, now = page.known or {}, _documents(platform, tool, course, page)
    changed = [said for sub, said in now.items() if before.get(sub) != said]
    gone = [{**said, "status": "Deleted"} for sub, said in before.items() if sub not in now]
    return replace(page, entries=(*changed, *gone), known=None)


def _documents(platform: Platform, tool: InstalledTool, course: Course, page: Page) -> dict[str, dict[str, Any]]:
    return {
        person.sub: _member(platform, tool, course, person, enrolment, page)
        for person, enrolment in _listed(platform, course)
    }


def _add_differences_link(
    answer: Response, platform: Platform, tool: InstalledTool, course: Course, page: Page
) -> None:  # fmt: skip
    known = _documents(platform, tool, course, page)
    bookmark = platform.bookmarks.keep(replace(page, entries=(), rest=None, known=known), ending="aB")
    address = f"{platform.settings.url}{page.path}?{PARAMETER}={bookmark}"
    answer.headers.add("Link", f'<{address}>; rel="differences"')


def _member(
    platform: Platform, tool: InstalledTool, course: Course, person: Person, enrolment: Enrolment, page: Page
) -> dict[str, Any]:  # fmt: skip
    behaves = platform.faults.behaviour
    member: dict[str, Any] = {
        "status": enrolment.status,
        "user_id": person.sub,
        "roles": _roles(enrolment, behaves),
        "lis_person_sourcedid": f"sis-{person.key}",
    }
    personal = personal_claims(person, platform.faults.privacy, tool.claims)
    member |= {name: _as_html(said) for name, said in personal.items()} if behaves.escapes_names else personal
    if page.with_groups:
        mine = [{"group_id": one.id} for one in course.groups.values() if person.key in one.people]
        member["group_enrollments"] = mine
    if page.link_id is not None:
        placement = course.placement_of_link(page.link_id)
        asked = tool.custom | (placement.custom if placement is not None else {})
        member["message"] = [
            {
                f"{words.CLAIM}message_type": "LtiResourceLinkRequest",
                f"{words.CLAIM}custom": resolve(asked, person, course, placement, personal),
            }
        ]
    return member


def _as_html(said: str) -> str:
    """As PHP's htmlspecialchars writes it."""
    return escape(said).replace("&#x27;", "&#039;")


def _roles(enrolment: Enrolment, behaves: Behaviour) -> list[str]:
    """Moodle says the last word only, and lists an assistant as a learner."""
    if behaves.assistants == "mixed_up" and words.TEACHING_ASSISTANT in enrolment.roles:
        return ["Learner"]
    return [role.rpartition("#")[2] for role in enrolment.roles] if behaves.short_roles else list(enrolment.roles)


def _container(platform: Platform, tool: InstalledTool, course: Course, page: Page) -> dict[str, Any]:
    container: dict[str, Any] = {
        "id": platform.settings.url + page.path,
        "context": {"id": course.context_id, "label": course.label, "title": course.title},
        "members": [
            one if isinstance(one, dict) else _member(platform, tool, course, one[0], one[1], page)
            for one in page.shown
        ],
    }
    if platform.faults.roster_padding:
        container["https://sandbox.example.edu/padding"] = "x" * platform.faults.roster_padding
    return container


def _answer(platform: Platform, container: dict[str, Any]) -> Response:
    body = json.dumps(container, ensure_ascii=False).encode()
    answer = Response(body, content_type=words.ROSTER_TYPE)
    if platform.faults.roster_gzip:
        answer.set_data(gzip.compress(body))
        answer.headers["Content-Encoding"] = "gzip"
    return answer
