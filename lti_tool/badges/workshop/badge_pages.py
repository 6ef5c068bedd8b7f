"""A badge class: what it says, where it is used, and what becomes of it."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.achievement_types import type_word
from lti_tool.badges.badge_classes import archive_badge
from lti_tool.badges.badge_reads import BadgeFacts
from lti_tool.badges.issuers import issuer_facts
from lti_tool.badges.markdown import as_html
from lti_tool.badges.removing import delete_badge, in_the_way_of
from lti_tool.badges.staffing.authority import Power, ask_badge
from lti_tool.badges.uses import uses_of
from lti_tool.badges.workshop.allowed import ask_to_see_badge, powers_over_badge
from lti_tool.badges.workshop.forms import in_units
from lti_tool.badges.workshop.reads import award_figures
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url


@needs(Permission.VISIT)
def badge(badge_id: str) -> ResponseReturnValue:
    """GET /badges/<badge_id>"""
    found = ask_to_see_badge(badge_id)
    return render_template(
        "badges/workshop/badge.html", badge=found, powers=powers_over_badge(found), issuer=issuer_facts(found.issuer),
        criteria=as_html(found.criteria), kind=type_word(found.achievement_type or ""), uses=uses_of(found.id),
        figures=award_figures(found.id), holds_for=in_units(found.expires_after_days),
        done=next((word for word in ("made", "saved") if word in request.args), None),
    )  # fmt: skip


@needs(Permission.VISIT)
def archive(badge_id: str) -> ResponseReturnValue:
    """POST /badges/<badge_id>/archive; `archived` is yes, or no to restore it"""
    found = ask_badge(badge_id, Power.EDIT)
    with transaction():
        archive_badge(found.id, archived=request.form.get("archived") == "yes")
    return redirect(page_url("workshop.badge", badge_id=found.id), 303)


@needs(Permission.VISIT)
def delete(badge_id: str) -> ResponseReturnValue:
    """GET and POST /badges/<badge_id>/delete: what stands in the way, or the button that does it"""
    found = ask_badge(badge_id, Power.EDIT)
    if request.method == "POST":
        try:
            with transaction():
                delete_badge(found.id)
        except Problem as refused:
            if refused.code != "badge_in_the_way":
                raise
            return _delete_page(found), refused.status
        return redirect(page_url("workshop.issuer", issuer_id=found.issuer, deleted=1), 303)
    return _delete_page(found)


def _delete_page(found: BadgeFacts) -> str:
    return render_template(
        "badges/workshop/delete.html", badge=found, powers=powers_over_badge(found), obstacles=in_the_way_of(found.id)
    )
