"""The end of a Space is told beforehand: 14 and 3 days before, once each, by a mail to whoever runs it (SP-05)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, or_, select, update

from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.db import db, transaction
from lti_tool.jobs import enqueue
from lti_tool.mail import is_mail_set_up, is_mailable, send_mail
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.languages import language_of
from lti_tool.people.model import Person
from lti_tool.spaces.days import NOTICES, latest_today, notice_due
from lti_tool.spaces.model import Space
from lti_tool.spaces.review.queue import waiting_count
from lti_tool.spaces.space import SpaceFacts, space_facts
from lti_tool.spaces.staffing.model import SpaceStaff

SEND = "mail.space_ending"


def notify_of_ends() -> None:
    """Ask for the mails that are due. Runs on the schedule; a day that it missed is made up for by the next one."""
    soon, very_soon = (latest_today() + timedelta(days=days) for days in NOTICES)
    due = or_(Space.noticed_days.is_(None), and_(Space.noticed_days > NOTICES[1], Space.ends_on <= very_soon))
    near = select(Space.id).where(Space.archived_at.is_(None), Space.ends_on <= soon, due)
    for space_id in db.session.scalars(near.order_by(Space.id)).all():
        with transaction():
            _notify(space_id)


def send_notice(arguments: dict[str, Any]) -> None:
    """A job. Run again it sends the same mail; after another end was chosen it sends none."""
    space, days = space_facts(arguments["space"]), arguments["days"]
    person = db.session.get(Person, arguments["person"])
    if space is None or space.archived or person is None or space.ends_on.isoformat() != arguments["ends_on"]:
        return
    address = _address_of(person)
    if address is None:
        return
    send_mail(
        "space_ending", to=address, message_id=f"space-ending.{space.id}.{space.ends_on}.{days}.{person.id}",
        space=space, days_left=max(space.days_left, 0), waiting=waiting_count(space.id),
        language=arguments.get("language"),
        url=_settings_at_home(space) if _may_come_home(space, person.id) else None,
    )  # fmt: skip


def _notify(space_id: str) -> None:
    """Of two who come at once, one writes the notice down and asks for its mails."""
    space, facts = db.session.get(Space, space_id, populate_existing=True), space_facts(space_id)
    due = notice_due(facts.days_left, space.noticed_days) if space and facts and not facts.archived else None
    if space is None or due is None:
        return
    noted = (
        update(Space)
        .where(Space.id == space_id, Space.noticed_days.is_not_distinct_from(space.noticed_days))
        .values(noticed_days=due)
    )
    told = noted.returning(Space.id).execution_options(synchronize_session=False)
    if db.session.execute(told).first() is None or not is_mail_set_up():
        return
    for person in _told(space):
        said = {"space": space_id, "days": due, "ends_on": space.ends_on.isoformat(), "person": person}
        enqueue(SEND, {**said, "language": language_of(person)})


def _told(space: Space) -> Sequence[str]:
    staff = db.session.scalars(select(SpaceStaff.person_id).where(SpaceStaff.space_id == space.id)).all()
    return sorted({*staff, *([space.created_by] if space.created_by else [])})


def _address_of(person: Person) -> str | None:
    """One that they proved, or that their school asserts; None for whoever is disabled or was erased."""
    if person.disabled_at is not None or person.erased_at is not None:
        return None
    proven = select(ProvenAddress.address).where(ProvenAddress.person_id == person.id)
    usable = [*db.session.scalars(proven.order_by(ProvenAddress.proven_at)), person.email]
    return next((one for one in usable if one and is_mailable(one)), None)


def _may_come_home(space: SpaceFacts, person: str) -> bool:
    """Can they open the Space without the LMS?"""
    if db.session.get(SpaceStaff, (space.id, person)) is not None:
        return True
    role = db.session.get(IssuerStaff, (space.issuer, person))
    return role is not None and role.role in ("owner", "editor")


def _settings_at_home(space: SpaceFacts) -> str:
    return f"{current_app.extensions['settings'].public_url}/home/spaces/{space.id}/settings"
