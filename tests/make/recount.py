"""The standings of a Space counted again from its completions, to hold beside what is kept."""

from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.spaces.model import Completion, Member, Objective, StandingBand


def standing_faults(space: str) -> list[str]:
    """Where what is kept differs from what a recount gives."""
    db.session.rollback()
    offered = func.count().filter(Objective.archived_at.is_(None))
    done = select(Completion.member_id, offered, func.sum(Objective.points), func.sum(Completion.points))
    done = done.join(Objective, Objective.id == Completion.objective_id)
    done = done.where(Completion.space_id == space, Completion.state == "complete").group_by(Completion.member_id)
    counted = {member: (int(count), int(now), int(then)) for member, count, now, then in db.session.execute(done)}
    faults, bands = [], dict[int, int]()
    members = select(Member).where(Member.space_id == space).execution_options(populate_existing=True)
    for member in db.session.scalars(members):
        should = counted.get(member.id, (0, 0, 0))
        if (member.completed, member.points, member.points) != should:
            faults.append(f"{member.id} keeps {member.completed}, {member.points}; counted {should}")
        if member.on_board != (member.role == "member" and member.status == "active" and not member.hides):
            faults.append(f"{member.id} is on the board: {member.on_board}")
        if member.on_board:
            bands[member.points] = bands.get(member.points, 0) + 1
    kept = select(StandingBand.points, StandingBand.members).where(
        StandingBand.space_id == space, StandingBand.members != 0
    )
    if (found := dict(db.session.execute(kept).all())) != bands:
        faults.append(f"bands keep {found}; counted {bands}")
    return faults
