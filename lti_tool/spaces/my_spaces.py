"""Spaces at `/home`: those in which whoever is here has a place, or whose issuer they work for as owner or editor."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template
from sqlalchemy import Select, exists, literal, select, union_all
from werkzeug.wrappers import Response

from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.badges.staffing.navigation import sees_issuers
from lti_tool.db import db
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import Visit, current_visit, visit_or_none
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.space import ask_for_spaces, space_facts, uses_spaces
from lti_tool.spaces.staffing.model import SpaceStaff

_MOST = 500


@dataclass(frozen=True)
class MySpace:
    """One Space in the list. `role`: teacher, assistant, issuer (who owns or edits it) or member."""

    id: str
    name: str
    ends_on: date
    archived: bool
    role: str


@needs(Permission.VISIT)
def landing() -> Response:
    """GET /home: the Spaces of whoever has a place in one, the issuers of whoever works for one, else the backpack"""
    visit = current_visit()
    if _has_place(visit):
        return redirect("/home/spaces", 303)
    return redirect(page_url("workshop.issuers" if sees_issuers() else "backpack.backpack"), 303)


@needs(Permission.VISIT)
def my_spaces() -> str:
    """GET /home/spaces"""
    ask_for_spaces(current_visit().organization)
    return render_template("spaces/my_spaces.html", spaces=spaces_of(current_visit()))


def sees_spaces() -> bool:
    """For the navigation at home: is there anything in the list?"""
    visit = visit_or_none()
    if visit is None or not uses_spaces(visit.organization):
        return False
    return db.session.scalar(_reached(visit).limit(1)) is not None


def spaces_of(visit: Visit) -> list[MySpace]:
    """Those that go on first, by name; a person who has several roles in a Space sees the widest."""
    roles: dict[str, str] = {}
    for row in db.session.execute(_reached(visit).order_by("rank").limit(_MOST)):
        roles.setdefault(row.space, row.role)
    found = []
    for space in db.session.scalars(select(Space).where(Space.id.in_(roles))):
        facts = space_facts(space.id)
        if facts is not None:
            found.append(MySpace(facts.id, facts.name, facts.ends_on, facts.archived, roles[facts.id]))
    return sorted(found, key=lambda one: (one.archived, one.name.casefold(), one.id))


def _reached(visit: Visit) -> Select[*tuple[Any, ...]]:
    """Each Space with a role in it, as `at_home` lets in: staff of a course come through the LMS."""
    issuers = select(IssuerStaff.issuer_id).where(
        IssuerStaff.person_id == visit.person, IssuerStaff.role.in_(("owner", "editor"))
    )
    learns = (Member.person_id == visit.person, Member.role == "member", Member.status == "active")
    ways = union_all(
        select(SpaceStaff.space_id.label("space"), SpaceStaff.role.label("role"), literal(1).label("rank"))
        .where(SpaceStaff.person_id == visit.person),
        select(Space.id, literal("issuer"), literal(2)).where(Space.issuer_id.in_(issuers)),
        select(Member.space_id, literal("member"), literal(3)).where(*learns),
    ).subquery()  # fmt: skip
    return (
        select(ways.c.space, ways.c.role, ways.c.rank)
        .join(Space, Space.id == ways.c.space)
        .where(Space.organization_id == visit.organization)
    )


def _has_place(visit: Visit) -> bool:
    runs = exists().where(SpaceStaff.person_id == visit.person)
    learns = exists().where(Member.person_id == visit.person, Member.role == "member", Member.status == "active")
    return uses_spaces(visit.organization) and bool(db.session.scalar(select(runs | learns)))
