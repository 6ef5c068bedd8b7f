"""The history of an issuer: who defined, changed, gave and took back what."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.badge_reads import badge_names
from lti_tool.badges.staffing.authority import Power, ask_issuer
from lti_tool.badges.workshop.allowed import powers_over_issuer
from lti_tool.badges.workshop.history import history_page
from lti_tool.people.access import Permission, needs
from lti_tool.people.audit import turn_from


@needs(Permission.VISIT)
def history(issuer_id: str) -> ResponseReturnValue:
    """GET /issuers/<issuer_id>/history; `badge` shows one badge's, `before` turns the page"""
    found = ask_issuer(issuer_id, Power.EDIT)
    badge, before = request.args.get("badge") or None, turn_from(request.args.get("before"))
    return render_template(
        "badges/workshop/history.html", issuer=found, powers=powers_over_issuer(found.id), badge=badge,
        badges=badge_names(found.id), page=history_page(found.id, found.organization, badge=badge, before=before),
    )  # fmt: skip
