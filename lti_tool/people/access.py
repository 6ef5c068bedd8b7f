"""Permissions: one name each, asked before a page acts. A test knows every route's."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from lti_tool.errors import Problem
from lti_tool.people.admin.session import ask_for_administrator
from lti_tool.people.home.session import ask_for_somebody
from lti_tool.people.visit import Role, Visit, current_visit

P = ParamSpec("P")
R = TypeVar("R")


class Permission(StrEnum):
    """What a route asks of the person who comes. `PUBLIC` asks nothing, `TOKEN` asks for an API token, `ADMIN` for
    an administrator who is signed in.
    """

    PUBLIC = "public"
    TOKEN = "token"  # noqa: S105 - a name, not a secret
    ADMIN = "admin"
    VISIT = "visit"
    SUPPORT = "support"
    SPACE_SEE = "space.see"
    SPACE_FOLLOW = "space.follow"
    SPACE_BUILD = "space.build"
    SPACE_RUN = "space.run"
    SPACE_SHAPE = "space.shape"
    SPACE_LEAD = "space.lead"
    SPACE_CREATE = "space.create"


def may(visit: Visit, permission: Permission) -> bool:
    """Does this visit hold `permission`?"""
    match permission:
        case Permission.PUBLIC | Permission.VISIT:
            return True
        case Permission.SUPPORT:
            return visit.role is Role.SUPPORT
        case Permission.SPACE_SEE:
            return visit.space is not None and visit.role in (Role.STAFF, Role.DESIGNER, Role.MEMBER)
        case Permission.SPACE_FOLLOW:
            return visit.space is not None and bool(visit.mentees)
        case Permission.SPACE_BUILD:
            return visit.space is not None and visit.role in (Role.STAFF, Role.DESIGNER)
        case Permission.SPACE_RUN:
            return visit.space is not None and visit.is_staff
        case Permission.SPACE_LEAD:
            return visit.space is not None and visit.is_staff and visit.is_teacher
        case Permission.SPACE_SHAPE:
            return visit.space is not None and visit.is_teacher
        case Permission.SPACE_CREATE:
            return visit.course is not None and visit.is_teacher
        case _:
            return False


def _lacks_only_the_space(visit: Visit, permission: Permission) -> bool:
    """Would it be allowed, were there a Space? A page that is still open may be of one that was deleted."""
    return visit.space is None and may(replace(visit, space=""), permission)


def needs(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a page with the permission that it asks for, and ask for it."""

    def mark(page: Callable[P, R]) -> Callable[P, R]:
        @wraps(page)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            if permission is Permission.ADMIN:
                ask_for_administrator()
            elif permission not in (Permission.PUBLIC, Permission.TOKEN):
                ask_for_somebody()
                if not may(current_visit(), permission):
                    raise Problem("no_space" if _lacks_only_the_space(current_visit(), permission) else "not_allowed")
            return page(*args, **kwargs)

        asked.permission = permission  # type: ignore[attr-defined]
        return asked

    return mark
