"""Another alias: a learner takes one a few times a day, and staff give one person another (an alias may displease)."""

import random
from itertools import islice

from sqlalchemy import select, update

from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.limits import count_alias
from lti_tool.spaces.aliases import fresh_aliases
from lti_tool.spaces.model import Member
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space

_TRIED = 20

catalogue(
    {
        "aliases_for_today": Entry(
            429, "Enough aliases for today", "An alias can be changed three times a day, so that others can follow.",
            "you", "Keep the alias that you have now, or come back tomorrow. Your points are where they were.",
        ),
    }
)  # fmt: skip


def take_another_alias(space_id: str, member_id: str) -> str:
    """The learner's own wish. Raises `Problem` aliases_for_today or space_archived."""
    hold_space(space_id)
    open_space(space_id)
    if wait := count_alias(member_id):
        raise Problem("aliases_for_today", headers={"Retry-After": str(wait)})
    return _give(space_id, member_id)


def refresh_alias(space_id: str, member_id: str) -> str:
    """Staff give one learner another alias. Raises `Problem` not_found or space_archived."""
    hold_space(space_id)
    open_space(space_id)
    return _give(space_id, member_id)


def _give(space_id: str, member_id: str) -> str:
    """The Space is held: nobody arrives meanwhile, and takes the same."""
    alias = _free_alias(space_id)
    here = (Member.id == member_id, Member.space_id == space_id, Member.role == "member")
    given = db.session.execute(update(Member).where(*here).values(alias=alias).returning(Member.id)).all()
    if not given:
        raise Problem("not_found")
    return alias


def _free_alias(space_id: str) -> str:
    """One that nobody here has: of two words, or with a number behind them where most of those are taken."""
    plain = list(islice(fresh_aliases(set()), _TRIED))
    tried = plain + [f"{one} {random.SystemRandom().randrange(2, 100_000)}" for one in plain]
    taken = set(db.session.scalars(select(Member.alias).where(Member.space_id == space_id, Member.alias.in_(tried))))
    return next(one for one in tried if one not in taken)
