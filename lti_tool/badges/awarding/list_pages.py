"""Lists of awards: of one badge, and of everything that an issuer has given."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.awarding.reads import STATES, Search, clean_search, staff_page
from lti_tool.badges.badge_reads import badge_names
from lti_tool.badges.staffing.authority import Power, ask_badge, ask_issuer, powers_with_badge, powers_with_issuer
from lti_tool.people.access import Permission, needs
from lti_tool.people.visit import current_visit


@needs(Permission.VISIT)
def badge_awards(badge_id: str) -> ResponseReturnValue:
    """GET /badges/<badge_id>/awards: `?q=` searches, `?state=` filters, `?after=` turns the page."""
    badge = ask_badge(badge_id, Power.AWARD)
    return render_template(
        "badges/awarding/badge_awards.html", badge=badge, powers=powers_with_badge(current_visit(), badge),
        tab="awarding.badge_awards", **_listed(Search(badge=badge.id)),
    )  # fmt: skip


@needs(Permission.VISIT)
def issuer_awards(issuer_id: str) -> ResponseReturnValue:
    """GET /issuers/<issuer_id>/awards: the same, and `?badge=` keeps one of its badges."""
    issuer = ask_issuer(issuer_id, Power.AWARD)
    names = badge_names(issuer.id)
    badge = request.args.get("badge") or None
    search = Search(issuer=issuer.id, badge=badge if badge in names else None)
    return render_template(
        "badges/awarding/issuer_awards.html", issuer=issuer, powers=powers_with_issuer(current_visit(), issuer.id),
        tab="awarding.issuer_awards", badges=names, **_listed(search),
    )  # fmt: skip


def _listed(search: Search) -> dict[str, Any]:
    state = request.args.get("state")
    asked = Search(search.issuer, search.badge, clean_search(request.args.get("q")), state if state in STATES else None)
    words = {"q": asked.words or None, "state": asked.state, "badge": asked.badge if asked.issuer else None}
    after = request.args.get("after") or None
    return {"search": asked, "words": words, "after": after, "page": staff_page(asked, after=after), "states": STATES}
