"""Launches that were refused: counted for everybody, and kept for the administrator's console where a login began.

What is kept says why and how, never who: the code, its sentence, the reference that the reader was given. Whoever has
no login under way leaves nothing here, however often they knock.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, func, select

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.claims import Launch
from lti_tool.launch.kept_words import said_kept
from lti_tool.launch.login import LoginUnderWay
from lti_tool.launch.model import RefusedLaunch
from lti_tool.launch.selftest.own import is_temporary
from lti_tool.limits import count_refusal
from lti_tool.words import said

KEPT_FOR = timedelta(days=30)
KEPT_OF_ONE_PLATFORM = 500
_SAID = 300


@dataclass
class Attempt:
    """A launch while it is looked at: its login once that is found, and what it says once that is proven."""

    login: LoginUnderWay | None = None
    launch: Launch | None = None


def refused(attempt: Attempt, problem: Problem) -> Problem:
    """Count and keep a refusal. Answers what to say: the same in the reader's language, or that there were too many.

    A launch that was proven is not counted: then the platform itself sent it, and we are who say no.
    """
    registration = attempt.login.registration.id if attempt.login else None
    is_ours = attempt.login is not None and is_temporary(attempt.login.registration.issuer)
    wait = 0 if attempt.launch or is_ours else count_refusal(registration)
    if wait:
        return Problem(
            "too_many_refused", _("Why: %(title)s.", title=said(problem.entry.title)), facts={"last": problem.code},
            reference=problem.reference, headers={"Retry-After": str(wait)},
        )  # fmt: skip
    if registration is not None:
        with transaction():
            _keep(attempt, problem, registration)
    return replace(problem, detail=said_kept(problem.detail))


def sweep_refusals() -> None:
    """Delete the old ones, and of each platform all but the newest. Runs on the schedule."""
    with transaction():
        old = delete(RefusedLaunch).where(refusals_over())
        db.session.execute(old.execution_options(synchronize_session=False))
        for registration in _platforms_with_too_many():
            _keep_the_newest(registration)


def refusals_over() -> ColumnElement[bool]:
    return RefusedLaunch.at < clock.now() - KEPT_FOR


def _keep(attempt: Attempt, problem: Problem, registration: str) -> None:
    db.session.add(
        RefusedLaunch(
            registration_id=registration, code=problem.code, said=problem.detail[:_SAID] or None,
            reference=problem.reference, message=attempt.launch.message.value if attempt.launch else None,
            proof=attempt.login.proof if attempt.login else None,
        )
    )  # fmt: skip


def _platforms_with_too_many() -> list[str | None]:
    counted = select(RefusedLaunch.registration_id).group_by(RefusedLaunch.registration_id)
    return list(db.session.scalars(counted.having(func.count() > KEPT_OF_ONE_PLATFORM)))


def _keep_the_newest(registration: str | None) -> None:
    of_it = RefusedLaunch.registration_id == registration
    newest = select(RefusedLaunch.id).where(of_it).order_by(RefusedLaunch.at.desc(), RefusedLaunch.id.desc())
    kept = newest.limit(KEPT_OF_ONE_PLATFORM).scalar_subquery()
    rest = delete(RefusedLaunch).where(of_it, RefusedLaunch.id.not_in(kept))
    db.session.execute(rest.execution_options(synchronize_session=False))
