"""Addresses of pages that live both in a visit and at `/home`."""

from typing import Any

from flask import url_for

from lti_tool.people.visit import visit_or_none

HOME = "/home"
HOME_NAME = "home_{}"
ROOMS = "room."


def page_url(endpoint: str, **values: Any) -> str:
    """The address of a page where the person is now: inside their visit, or at `/home`.

    `endpoint` is the blueprint's own name with the page's, such as `workshop.badge`. At home a page of a Space names
    the Space that the person is in, unless `space_id` names another.
    """
    visit = visit_or_none()
    if visit is None or visit.path != HOME:
        return url_for(endpoint, **values)
    if endpoint.startswith(ROOMS):
        values.setdefault("space_id", visit.space)
    return url_for(HOME_NAME.format(endpoint), **values)
