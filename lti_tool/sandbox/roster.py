"""Names and Role Provisioning Services 2.0: who is in a course, page by page."""

import gzip
import json
from typing import Any

from flask import Blueprint, Response, request

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.claims import personal_claims
from lti_tool.sandbox.faults import RosterFailure
from lti_tool.sandbox.paging import Page
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


@blueprint.get("/courses/<course>/memberships", endpoint="roster")
def memberships(course: str) -> Response:
    """One page of the membership container; `role` and `rlid` narrow it, `limit` shortens its pages."""
    platform = this_platform()
    tool = platform.tools.find(need_scope(words.ROSTER_SCOPE).client_id) or platform.tools.first
    need_accept(words.ROSTER_TYPE)
    place = service_course(course)
    page = bookmarked() or _first_page(platform, place)
    failure = platform.faults.roster_failure_on(page.number)
    if failure is not None:
        return _broken(failure)
    if platform.faults.revokes_on(page.number):
        platform.tokens.revoke(bearer_token())
        refuse_service(401, "the token is no longer good")
    answer = _answer(platform, _container(platform, tool, place, page))
    add_next_link(answer, page.following(loops=platform.faults.roster_loops))
    return answer


def _broken(failure: RosterFailure) -> Response:
    return Response(failure.body, status=failure.status, content_type=failure.content_type)


def _first_page(platform: Platform, course: Course) -> Page:
    link_id = request.args.get("rlid")
    if link_id is not None and course.placement_of_link(link_id) is None:
        refuse_service(404, "the course has no such resource link")
    role = request.args.get("role")
    members = tuple(
        (person, enrolment)
        for person, enrolment in platform.world.listed(course)
        if role is None or _has_role(enrolment, role)
    )
    return Page(request.path, members, asked_limit(platform.settings.page_size), link_id=link_id)


def _has_role(enrolment: Enrolment, role: str) -> bool:
    # A filter may be the last word of a context role (NRPS 2.0, 2.4.1).
    return role in enrolment.roles or words.MEMBERSHIP_PREFIX + role in enrolment.roles


def _member(
    platform: Platform, tool: InstalledTool, course: Course, person: Person, enrolment: Enrolment, link_id: str | None
) -> dict[str, Any]:
    member: dict[str, Any] = {
        "status": enrolment.status,
        "user_id": person.sub,
        "roles": list(enrolment.roles),
        "lis_person_sourcedid": f"sis-{person.key}",
    }
    personal = personal_claims(person, platform.faults.privacy, tool.claims)
    member |= personal
    if link_id is not None:
        placement = course.placement_of_link(link_id)
        asked = tool.custom | (placement.custom if placement is not None else {})
        member["message"] = [
            {
                f"{words.CLAIM}message_type": "LtiResourceLinkRequest",
                f"{words.CLAIM}custom": resolve(asked, person, course, placement, personal),
            }
        ]
    return member


def _container(platform: Platform, tool: InstalledTool, course: Course, page: Page) -> dict[str, Any]:
    container: dict[str, Any] = {
        "id": platform.settings.url + page.path,
        "context": {"id": course.context_id, "label": course.label, "title": course.title},
        "members": [
            _member(platform, tool, course, person, enrolment, page.link_id)
            for person, enrolment in page.shown
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
