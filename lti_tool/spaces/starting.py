"""A new Space begins with something: a template, a pasted list, an earlier Space, or nothing yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.pictures.cleaning import CleanPicture
from lti_tool.badges.pictures_kept import drawn_picture
from lti_tool.spaces.copying import copy_into
from lti_tool.spaces.model import Space
from lti_tool.spaces.objectives import FIXED_POINTS, ObjectiveWords, create_objective
from lti_tool.spaces.starting_points import Planned

_DRAWINGS = 4


@dataclass(frozen=True)
class Start:
    """What a Space begins with. Its pictures are drawn already, as that takes its time; several badges share one. The
    `earlier` Space comes along `whole`, or without what only those may have who ran it.
    """

    planned: Sequence[Planned] = ()
    pictures: Sequence[CleanPicture] = ()
    earlier: str | None = None
    whole: bool = True


BLANK = Start()


def start_with(planned: Sequence[Planned]) -> Start:
    """Drawn anew each time. It comes before the transaction that makes the Space."""
    return Start(planned, [drawn_picture() for _ in planned[:_DRAWINGS]])


def begin(space: Space, start: Start) -> None:
    """Fill a Space that was just made. Raises `Problem` not_found for an earlier Space of somebody else."""
    if start.earlier is not None:
        copy_into(space, start.earlier, whole=start.whole)
    for number, one in enumerate(start.planned):
        picture = start.pictures[number % len(start.pictures)]
        badge = create_badge(
            issuer=space.issuer_id, name=one.title, description=_("Awarded for: %(title)s", title=one.title),
            criteria=one.criteria or _("Complete the objective “%(title)s”.", title=one.title), picture=picture,
            created_by=space.created_by,
        )  # fmt: skip
        points = FIXED_POINTS if one.points is None else one.points
        words = ObjectiveWords(one.title, points, public_criteria=one.criteria, evidence=one.evidence)
        create_objective(space.id, badge=badge.id, words=words)
