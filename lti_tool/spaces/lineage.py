"""Objectives and their copies: what a reference out of an earlier course means in the Space of this one."""

from sqlalchemy import Connection, select

from lti_tool.db import db
from lti_tool.spaces.model import Objective

LONGEST_LINE = 50


def objective_here(ref: str, space: str, connection: Connection | None = None) -> str | None:
    """The objective `ref` itself if it is of this Space, else its copy here; None where there is none. Of several
    copies the one that is offered, and the newest of these.
    """
    ask = connection or db.session.connection()
    home = ask.execute(select(Objective.space_id).where(Objective.id == ref)).scalar()
    if home == space:
        return ref
    own = select(Objective.id, Objective.copied_from).where(Objective.space_id == space)
    order = own.order_by(Objective.archived_at.is_not(None), Objective.id.desc())
    return next((row.id for row in ask.execute(order) if ref in row.copied_from), None)


def line_of(one: Objective) -> list[str]:
    """What a copy of `one` comes from: `one`, and what that comes from. Nothing of it need be there any more."""
    return [one.id, *one.copied_from][:LONGEST_LINE]
