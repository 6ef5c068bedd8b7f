"""What the house knows already of somebody who launches, in one look.

On a Monday morning nearly every launch finds all of it as it was: then one question is asked and one visit written.
Whatever is missing here or says something else is what the arrival writes.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, and_, bindparam, select

from lti_tool.launch.claims import Launch
from lti_tool.launch.model import CourseKey, Deployment, Identity, Placement
from lti_tool.launch.notices.model import NoticeService
from lti_tool.people.model import Person
from lti_tool.people.names import Names
from lti_tool.spaces.members import Seat
from lti_tool.spaces.model import Member


@dataclass(frozen=True)
class KnownPerson:
    """Somebody who came before, with the names that the platform said last."""

    id: str
    names: Names
    is_disabled: bool


@dataclass(frozen=True)
class KnownCourse:
    """A course that was launched from before, and what was said of it."""

    id: str
    title: str
    ends_on: date | None = None
    roster_url: str | None = None
    line_items_url: str | None = None
    line_item_url: str | None = None
    grade_scopes: tuple[str, ...] = ()
    space: str | None = None
    columns_looked_at: datetime | None = None


@dataclass(frozen=True)
class Known:
    """All that a launch can find. `is_placed`: this link was seen in this course, or there is none; `seat`: the place
    in its Space. `groups_url` and `opened_on` are the course's, `offer` is what the deployment offers of notices: the
    address, and the types that we take.
    """

    deployment: str
    status: str
    organization: str | None = None
    person: KnownPerson | None = None
    course: KnownCourse | None = None
    is_placed: bool = False
    seat: Seat | None = None
    groups_url: str | None = None
    opened_on: date | None = None
    offer: tuple[str, tuple[str, ...]] | None = None


def known_of(registration_id: str, launch: Launch, connection: Connection) -> Known | None:
    """None for a deployment that nobody has launched from before."""
    asked = {
        "registration": registration_id, "deployment": launch.deployment_id, "sub": launch.sub,
        "context": launch.context.id if launch.context else None, "link": launch.resource_link,
    }  # fmt: skip
    row = connection.execute(_LOOK, asked).first()
    return _known(row, launch) if row else None


def _known(row: Any, launch: Launch) -> Known:
    (deployment, status, organization, person, name, given, family, email, disabled_at,
     course, title, ends_on, roster_url, line_items, line_item, scopes, space, columns_looked_at,
     placement, role, seat_status, sort_name, groups_url, opened_on, notices_url, offered) = row  # fmt: skip
    return Known(
        deployment, status, organization,
        KnownPerson(person, Names(name, given, family, email), disabled_at is not None) if person else None,
        KnownCourse(
            course, title, ends_on, roster_url, line_items, line_item, tuple(scopes or ()), space, columns_looked_at
        )
        if course else None,
        placement is not None or not launch.resource_link,
        Seat(role, seat_status, sort_name) if role else None,
        groups_url, opened_on, (notices_url, tuple(offered)) if notices_url else None,
    )  # fmt: skip


_DEPLOYMENT, _IDENTITY, _PERSON, _COURSE, _PLACEMENT, _MEMBER, _NOTICES = (
    cast(Table, model.__table__)
    for model in (Deployment, Identity, Person, CourseKey, Placement, Member, NoticeService)
)


# Built once: writing the question down in Python costs more than the database needs to answer it.
_LOOK = (
    select(
        _DEPLOYMENT.c.id, _DEPLOYMENT.c.status, _DEPLOYMENT.c.organization_id,
        _PERSON.c.id, _PERSON.c.name, _PERSON.c.given_name, _PERSON.c.family_name, _PERSON.c.email,
        _PERSON.c.disabled_at,
        _COURSE.c.id, _COURSE.c.title, _COURSE.c.ends_on, _COURSE.c.roster_url,
        _COURSE.c.line_items_url, _COURSE.c.line_item_url, _COURSE.c.grade_scopes, _COURSE.c.space_id,
        _COURSE.c.columns_looked_at,
        _PLACEMENT.c.id, _MEMBER.c.role, _MEMBER.c.status, _MEMBER.c.sort_name,
        _COURSE.c.groups_url, _COURSE.c.opened_on, _NOTICES.c.url, _NOTICES.c.offered,
    )
    .select_from(
        _DEPLOYMENT
        .outerjoin(
            _IDENTITY,
            and_(
                _IDENTITY.c.registration_id == _DEPLOYMENT.c.registration_id,
                _IDENTITY.c.sub == bindparam("sub"),
            ),
        )
        .outerjoin(_PERSON, _PERSON.c.id == _IDENTITY.c.person_id)
        .outerjoin(
            _COURSE,
            and_(_COURSE.c.deployment_id == _DEPLOYMENT.c.id, _COURSE.c.context_id == bindparam("context")),
        )
        .outerjoin(
            _PLACEMENT,
            and_(
                _PLACEMENT.c.deployment_id == _DEPLOYMENT.c.id, _PLACEMENT.c.course_id == _COURSE.c.id,
                _PLACEMENT.c.resource_link_id == bindparam("link"),
            ),
        )
        .outerjoin(_MEMBER, and_(_MEMBER.c.space_id == _COURSE.c.space_id, _MEMBER.c.person_id == _PERSON.c.id))
        .outerjoin(_NOTICES, _NOTICES.c.deployment_id == _DEPLOYMENT.c.id)
    )
    .where(
        _DEPLOYMENT.c.registration_id == bindparam("registration"),
        _DEPLOYMENT.c.deployment_id == bindparam("deployment"),
    )
)  # fmt: skip
