"""Course Groups Service 1.0: the groups of a course and their sets, page by page. Who is in one, the roster says."""

import json
from typing import Any

from flask import Blueprint, Response, request

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.paging import Page
from lti_tool.sandbox.platform import this_platform
from lti_tool.sandbox.service import (
    add_next_link,
    asked_limit,
    bookmarked,
    need_accept,
    need_scope,
    refuse_service,
    service_course,
)

blueprint = Blueprint("groups", __name__)


@blueprint.get("/courses/<course>/groups", endpoint="groups")
def groups(course: str) -> Response:
    """A page of groups, narrowed by `user_id` (section 3.1)."""
    need_scope(words.GROUPS_SCOPE)
    need_accept(words.GROUPS_TYPE)
    found = service_course(course).groups.values()
    user = request.args.get("user_id")
    world = this_platform().world
    with world.lock:
        shown = [one for one in found if user is None or user in {world.people[who].sub for who in one.people}]
    documents = tuple({"id": one.id, "name": one.name, "set_id": one.set_id} for one in shown)
    return _page(course, "groups", documents, words.GROUPS_TYPE)


@blueprint.get("/courses/<course>/groupsets", endpoint="group_sets")
def group_sets(course: str) -> Response:
    """A page of sets."""
    need_scope(words.GROUPS_SCOPE)
    need_accept(words.GROUP_SETS_TYPE)
    sets = {one.set_id: one.set_name for one in service_course(course).groups.values()}
    documents = tuple({"id": identity, "name": name} for identity, name in sets.items())
    return _page(course, "sets", documents, words.GROUP_SETS_TYPE)


def _page(course: str, member: str, documents: tuple[dict[str, Any], ...], media_type: str) -> Response:
    platform = this_platform()
    if not service_course(course).groups:
        refuse_service(404, "the course has no groups")
    page = bookmarked() or Page(request.path, documents, asked_limit(platform.settings.page_size))
    body = {"id": platform.settings.url + page.path, member: list(page.shown)}
    answer = Response(json.dumps(body, ensure_ascii=False), content_type=media_type)
    add_next_link(answer, page.following())
    return answer
