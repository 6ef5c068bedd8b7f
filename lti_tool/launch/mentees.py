"""Those whom a mentor may follow: the learners that the launch names, as far as this platform has brought them here."""

from typing import cast

from sqlalchemy import Connection, Table, select

from lti_tool.launch.claims import Launch
from lti_tool.launch.model import Identity

_IDENTITY = cast(Table, Identity.__table__)


def mentees_of(launch: Launch, registration_id: str, connection: Connection) -> list[str]:
    """The people behind `role_scope_mentor`. Whoever this registration does not know is left out, and so is everybody
    where the launch gives no mentor's role (core, section 5.3.4).
    """
    if not launch.mentees or not launch.standing.mentors:
        return []
    known = select(_IDENTITY.c.person_id).where(
        _IDENTITY.c.registration_id == registration_id, _IDENTITY.c.sub.in_(launch.mentees)
    )
    return sorted(connection.scalars(known))
