"""Which of our own awards an id stands for, in whichever version of the standard it is told."""

import re

from lti_tool.badges.model import Award
from lti_tool.badges.verifying.case import Case
from lti_tool.db import db
from lti_tool.words import to_say

_PATH = re.compile(r"/public/(?:assertions|credentials)/([A-Za-z0-9_-]{1,32})(?:\.json|\.jwt)?")


def own_award(case: Case, identity: str, issuer: str) -> str | None:
    """The award's id here; None for a stranger's. What bears an address of ours and is another issuer's is no award of
    ours, and nobody should take it for one.
    """
    outside = case.outside
    if outside.own_path(issuer) is None:
        if outside.own_path(identity) is not None:
            case.failed("issuer", to_say("The award bears an address of this tool, but it was issued elsewhere."))
        return None
    match = _PATH.fullmatch(outside.own_path(identity) or "")
    award = db.session.get(Award, match[1]) if match else None
    return award.id if award else None
