"""A platform that does not answer costs one call at a time, however many courses it has: the others wait for its turn.

Without that, a hundred courses of one platform that hangs would keep every worker busy, and no other platform would
hear anything; the same goes for the rosters that we read unasked. What one column or one person breaks pauses nobody:
only silence and being asked to wait do.
"""

import random
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import Instant, Row, db, insert_into, transaction
from lti_tool.jobs import RetryLater
from lti_tool.launch.gradebook.moving import hurry
from lti_tool.launch.model import CourseKey, Deployment
from lti_tool.launch.service_refusals import ServiceRefused

LONGEST = 300.0  # seconds until one course tries again, so that a platform that is back is soon found to be
_ONE_CALL = timedelta(seconds=60)  # longer than any call is waited for


class PlatformPause(Row):
    """A platform that does not answer, or asks us to wait: no course of it calls before `until`, and then one does."""

    __tablename__ = "platform_pause"

    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)


def wait_for_platform(registration: str) -> None:
    """Raises `RetryLater` while the platform is away. Of many courses that come when its time is over, one goes on."""
    pause = db.session.get(PlatformPause, registration)
    db.session.rollback()
    if pause is None:
        return
    now = clock.now()
    if pause.until > now:
        raise RetryLater((pause.until - now).total_seconds() + _some_seconds())
    with transaction():
        mine = update(PlatformPause).where(
            PlatformPause.registration_id == registration, PlatformPause.until == pause.until
        )  # fmt: skip
        done = db.session.execute(mine.values(until=now + _ONE_CALL).execution_options(synchronize_session=False))
    if not done.rowcount:  # type: ignore[attr-defined]
        raise RetryLater(_some_seconds())


def pause_platform(registration: str, refused: ServiceRefused, wait: float) -> None:
    """The platform was silent, or asks us to wait: its other courses do not ask again for as long."""
    if not refused.of_platform:
        note_answered(registration)
        return
    seconds = max(min(wait, LONGEST), refused.wait or 0.0)
    now = clock.now()
    said = {"registration_id": registration, "since": now, "until": now + timedelta(seconds=seconds)}
    fresh = insert_into(PlatformPause).values(**said)
    with transaction():
        db.session.execute(
            fresh.on_conflict_do_update(index_elements=["registration_id"], set_={"until": said["until"]})
        )


def note_answered(registration: str) -> None:
    """It is there: whoever waited for it goes on."""
    paused = db.session.scalar(select(PlatformPause.since).where(PlatformPause.registration_id == registration))
    db.session.rollback()
    if paused is None:
        return
    with transaction():
        end_pause(registration)
        courses = select(CourseKey.id).join(Deployment, Deployment.id == CourseKey.deployment_id)
        hurry(courses.where(Deployment.registration_id == registration))


def end_pause(registration: str) -> None:
    """Inside a transaction."""
    gone = delete(PlatformPause).where(PlatformPause.registration_id == registration)
    db.session.execute(gone.execution_options(synchronize_session=False))


def patience(since: datetime, *, shortest: float, longest: float) -> float:
    """The seconds until the next try: as many as it has lasted since then, within these bounds, and never the same for
    all. So each comes about twice as late as the one before.
    """
    lasted = (clock.now() - since).total_seconds()
    return min(max(lasted, shortest), longest) * random.uniform(0.75, 1.0)  # noqa: S311 - no secret hangs on it


def _some_seconds() -> float:
    """Never the same for all."""
    return random.uniform(0.5, 3.0)  # noqa: S311 - no secret hangs on it
