"""How often one person may have badges checked: every check may ask servers outside."""

from lti_tool.limits import limiter
from lti_tool.people.visit import visit_or_none


def _who() -> str:
    """A class behind one address brings its badges in the same minute: it is the person who is counted."""
    visit = visit_or_none()
    return visit.person if visit else "nobody"


asks_outside = limiter.limit("20 per minute", key_func=_who, methods=["POST"])
