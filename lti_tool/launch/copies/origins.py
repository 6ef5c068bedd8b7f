"""The Spaces of the courses that a course was copied from, the nearest first: through every copy in between.

All of it lies within one registration, and the Spaces that count within one organization: whoever asks for them checks
that (`spaces/last_term.py`).
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.jobs.reads import is_open
from lti_tool.launch.copies.model import CourseCopy
from lti_tool.launch.copies.noting import look_key
from lti_tool.launch.model import CourseKey, Deployment, Placement
from lti_tool.spaces.last_term import Origins

_MOST = 100
_RANK = {"notice": 0, "history": 1, "link": 2, "columns": 3}
_PLATFORMS_OWN = ("notice", "columns")  # the others are custom parameters, which a teacher can type into a link


def origins_of(course_id: str) -> Origins:
    """For the rooms: the Spaces, and whether the LMS is still being asked for more."""
    course = db.session.get(CourseKey, course_id)
    if course is None:
        return Origins()
    found = spaces_before(course)
    claimed = frozenset(found).difference(spaces_before(course, _PLATFORMS_OWN) if found else ())
    return Origins(found, looking=is_open(look_key(course.id)), claimed=claimed)


def is_copy(course: CourseKey) -> bool:
    """Is any origin of it known?"""
    return bool(_noted(course.deployment_id, [course.context_id]))


def spaces_before(course: CourseKey, known_by: Collection[str] = tuple(_RANK)) -> list[str]:
    """But for the course's own. Of every step on the way to them one of `known_by` tells."""
    rows = _copies_behind(course, known_by)
    contexts = [row.origin for row in rows if row.known_by in ("notice", "history")]
    links = [row.origin for row in rows if row.known_by == "link"]
    columns = [row.origin for row in rows if row.known_by == "columns"]
    found = [
        *spaces_of_contexts(course.deployment_id, contexts),
        *_spaces_of_links(course.deployment_id, links),
        *columns,
    ]
    return [one for one in dict.fromkeys(found) if one != course.space_id]


def spaces_of_contexts(deployment: str, contexts: Sequence[str]) -> list[str]:
    """In the order of the contexts. One that another deployment of the registration knows counts where this one knows
    none of that id.
    """
    if not contexts:
        return []
    registration = select(Deployment.registration_id).where(Deployment.id == deployment).scalar_subquery()
    rows = db.session.execute(
        select(CourseKey.context_id, CourseKey.space_id, CourseKey.deployment_id)
        .join(Deployment, Deployment.id == CourseKey.deployment_id)
        .where(Deployment.registration_id == registration, CourseKey.context_id.in_(contexts))
        .order_by(CourseKey.deployment_id != deployment, CourseKey.id)
    ).all()
    nearest: dict[str, str | None] = {}
    for row in rows:
        nearest.setdefault(row.context_id, row.space_id)
    return [space for one in contexts if (space := nearest.get(one))]


def _spaces_of_links(deployment: str, links: Sequence[str]) -> list[str]:
    if not links:
        return []
    rows = db.session.execute(
        select(Placement.resource_link_id, CourseKey.space_id)
        .join(CourseKey, CourseKey.id == Placement.course_id)
        .where(
            Placement.deployment_id == deployment, Placement.resource_link_id.in_(links),
            CourseKey.space_id.is_not(None),
        )
    ).all()  # fmt: skip
    known = {row.resource_link_id: row.space_id for row in rows}
    return [known[one] for one in links if one in known]


def _copies_behind(course: CourseKey, known_by: Collection[str]) -> list[CourseCopy]:
    """What is noted of the course, then of each origin that a notice or a history named, as far as it goes."""
    asked, following, found = {course.context_id}, [course.context_id], list[CourseCopy]()
    while following and len(asked) < _MOST:
        rows = [row for row in _noted(course.deployment_id, following) if row.known_by in known_by]
        found += rows
        named = [row.origin for row in rows if row.known_by in ("notice", "history")]
        following = [one for one in dict.fromkeys(named) if one not in asked]
        asked.update(following)
    return found


def _noted(deployment: str, contexts: Iterable[str]) -> list[CourseCopy]:
    """The newest notice counts before older ones, and all of them before the history."""
    named = select(CourseCopy).where(CourseCopy.deployment_id == deployment, CourseCopy.context_id.in_(list(contexts)))
    newest_first = db.session.scalars(named.order_by(CourseCopy.noted_at.desc(), CourseCopy.place, CourseCopy.id)).all()
    return sorted(newest_first, key=lambda row: (_RANK[row.known_by], row.place))
