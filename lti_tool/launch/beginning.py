"""Where a login becomes a visit: used up once, by the browser that began it, and the same visit for the same POST.

The visit's secret is made from the browser's own and the login, so whoever holds the browser's secret, and nobody else,
can be given the visit again when the same POST comes twice. No secret is kept.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from lti_tool import clock
from lti_tool.db import new_id, single_read
from lti_tool.digests import digest, same
from lti_tool.errors import Problem
from lti_tool.launch.claims import Launch
from lti_tool.launch.destinations import prepare
from lti_tool.launch.framing import frame_ancestors_of
from lti_tool.launch.login import LoginUnderWay, check_browser
from lti_tool.launch.mentees import mentees_of
from lti_tool.launch.model import LoginState, Registration, VisitRow
from lti_tool.launch.platforms import RegistrationFacts
from lti_tool.launch.privacy import subject_of
from lti_tool.launch.trace import what_was_sent
from lti_tool.launch.visits import Opened

REPEATED_WITHIN = timedelta(seconds=10)
_NOTED_EVERY = timedelta(hours=1)
_SKEW_MOVES = 30  # seconds: less is the network

# Built once, for every launch takes them: writing a statement down in Python costs more than running it.
_LOGIN, _REGISTRATION, _VISIT = (cast(Table, one.__table__) for one in (LoginState, Registration, VisitRow))
_CONSUME = (
    update(_LOGIN)
    .where(_LOGIN.c.state_hash == bindparam("state"), _LOGIN.c.consumed_at.is_(None))
    .values(consumed_at=bindparam("now"), token_hash=bindparam("token"), visit_id=bindparam("visit"))
)
_BEGIN_VISIT = insert(_VISIT)
_OPENED = select(_VISIT.c.id).where(_VISIT.c.id == bindparam("visit"))
# Of all who launch in the same moment one notes it: the others find another moment noted than they had seen.
_NOTE = (
    update(_REGISTRATION)
    .where(
        _REGISTRATION.c.id == bindparam("registration"),
        _REGISTRATION.c.launched_at.is_not_distinct_from(bindparam("noted_before")),
    )
    .values(launched_at=bindparam("now"), clock_skew=bindparam("skew"))
)


@dataclass(frozen=True)
class Beginning:
    """A login that is about to become a visit. `browser` is the secret that its cookie brought back, `skew` how many
    seconds the platform's clock is ahead of ours.
    """

    login: LoginUnderWay
    browser: str
    token_hash: str
    skew: int
    visit_id: str

    @property
    def opened(self) -> Opened:
        return Opened(self.visit_id, _visit_secret(self.browser, self.login.state_hash))


def beginning_of(login: LoginUnderWay, *, browser: str, token: str, issued_at: float) -> Beginning:
    skew = round(issued_at - clock.now().timestamp())
    return Beginning(login, browser, digest(token), skew, new_id())


def consume(beginning: Beginning, connection: Connection) -> None:
    """A login counts once: whoever comes second finds it consumed. Raises `Problem` replayed."""
    _use_up(beginning.login, connection, token=beginning.token_hash, visit=beginning.visit_id)


def end_without_visit(login: LoginUnderWay, connection: Connection) -> None:
    """The platform said no, and that counts once too. Raises `Problem` replayed."""
    _use_up(login, connection, token=None, visit=None)


def landed_already(login: LoginUnderWay, *, browser: str | None, token: str) -> Opened | None:
    """The visit that this very POST opened a moment ago, for the browser that proves itself again; else None.

    Whether that visit still stands is for its own pages to say. A launch that was refused after all has opened none.
    """
    if not token or login.consumed_at is None or login.visit_id is None or login.token_hash is None:
        return None
    if clock.now() - login.consumed_at > REPEATED_WITHIN or not same(login.token_hash, digest(token)):
        return None
    check_browser(login, browser)
    with single_read() as connection:
        row = connection.execute(_OPENED, {"visit": login.visit_id}).first()
    return Opened(login.visit_id, _visit_secret(str(browser), login.state_hash)) if row else None


def begin_visit(
    launch: Launch, beginning: Beginning, connection: Connection, *, deployment: str, person: str, course: str | None
) -> Opened:
    """Write the visit's row. Inside the transaction that consumed the login."""
    opened, standing, now = beginning.opened, launch.standing, clock.now()
    registration = beginning.login.registration
    row = {
        "id": opened.id, "secret_hash": digest(opened.secret), "registration_id": registration.id,
        "deployment_id": deployment, "person_id": person, "course_id": course, "role": standing.role.value,
        "assistant": standing.assistant, "preview": standing.preview, "masked": launch.masked,
        "message": launch.message.value, "proof": beginning.login.proof, "sent": what_was_sent(launch),
        "mentees": mentees_of(launch, registration.id, connection),
        "about_id": subject_of(launch, registration.id, connection),
        "locale": launch.locale, "return_url": launch.return_url,
        "frame_ancestors": frame_ancestors_of(launch, registration), "created_at": now, "last_seen_at": now,
    }  # fmt: skip
    connection.execute(_BEGIN_VISIT, row)
    prepare(launch, opened, connection)
    if _is_worth_noting(registration, beginning.skew, now):
        noted = {
            "registration": registration.id, "noted_before": registration.launched_at, "now": now,
            "skew": beginning.skew,
        }  # fmt: skip
        connection.execute(_NOTE, noted)
    return opened


def _use_up(login: LoginUnderWay, connection: Connection, *, token: str | None, visit: str | None) -> None:
    values = {"state": login.state_hash, "now": clock.now(), "token": token, "visit": visit}
    if connection.execute(_CONSUME, values).rowcount != 1:
        raise Problem("replayed")


def _visit_secret(browser: str, state_hash: str) -> str:
    return hmac.new(browser.encode(), b"visit:" + state_hash.encode(), hashlib.sha256).hexdigest()


def _is_worth_noting(registration: RegistrationFacts, skew: int, now: datetime) -> bool:
    """Once an hour; and at once when the platform's clock is further ahead than noted. That cannot be an accident, but
    one that seems behind may be somebody who waited before a button.
    """
    before, known = registration.launched_at, registration.clock_skew
    return before is None or known is None or now - before > _NOTED_EVERY or skew > known + _SKEW_MOVES
