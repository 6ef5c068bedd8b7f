"""One award for its issuer's staff: its facts, revoking it, and correcting it. There is no page to edit one (DM-17)."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool import clock
from lti_tool.badges.awardable import target_of
from lti_tool.badges.awarding.forms import PRESETS, CorrectForm, RevokeForm, words_of
from lti_tool.badges.awarding.giving import correct as correct_award
from lti_tool.badges.awarding.reads import StaffAward, staff_award
from lti_tool.badges.awards import revoke_award
from lti_tool.badges.badge_reads import BadgeFacts
from lti_tool.badges.hosted import address
from lti_tool.badges.markdown import as_html
from lti_tool.badges.staffing.authority import Power, ask_badge, powers_with_badge
from lti_tool.badges.time_zones import zone_of
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit


@needs(Permission.VISIT)
def award(badge_id: str, award_id: str) -> ResponseReturnValue:
    """GET /badges/<badge_id>/awards/<award_id>; `?done=` says what was just done, if it is so."""
    badge, shown = _asked(badge_id, award_id)
    narrative = as_html(shown.narrative) if shown.narrative else None
    return render_template(
        "badges/awarding/award.html", **_frame(badge, shown), done=request.args.get("done"), narrative=narrative,
        public_url=address("assertions", shown.id),
    )  # fmt: skip


@needs(Permission.VISIT)
def revoke(badge_id: str, award_id: str) -> ResponseReturnValue:
    """GET and POST /badges/<badge_id>/awards/<award_id>/revoke: it asks for the reason first."""
    badge, shown = _asked(badge_id, award_id)
    form = RevokeForm()
    if shown.revoked_at is not None:
        return redirect(_place(shown), 303)
    if form.validate_on_submit():
        with transaction():
            revoke_award(shown.id, reason=form.reason.data.strip())
        return redirect(_place(shown, done="revoked"), 303)
    page = render_template("badges/awarding/revoke.html", **_frame(badge, shown), form=form, presets=PRESETS)
    return page, 422 if form.errors else 200


@needs(Permission.VISIT)
def correct(badge_id: str, award_id: str) -> ResponseReturnValue:
    """GET and POST /badges/<badge_id>/awards/<award_id>/correct"""
    badge, shown = _asked(badge_id, award_id)
    if shown.revoked_at is not None:
        return redirect(_place(shown), 303)
    form = _form(shown)
    if not form.validate_on_submit():
        return _correcting(badge, shown, form), 422 if form.errors else 200
    try:
        with transaction():
            new = correct_award(shown, form.gift, by=current_visit().person, reason=form.reason.data.strip())
    except Problem as refused:
        if refused.code != "already_awarded":
            raise
        db.session.rollback()
        form.email.errors = [*form.email.errors, _("This address holds the badge already.")]
        return _correcting(badge, shown, form, held=refused.facts.get("award")), refused.status
    return redirect(page_url("awarding.award", badge_id=badge.id, award_id=new, done="corrected"), 303)


def _asked(badge_id: str, award_id: str) -> tuple[BadgeFacts, StaffAward]:
    badge = ask_badge(badge_id, Power.AWARD)
    found = staff_award(badge.id, award_id)
    if found is None:
        raise Problem("not_found")
    return badge, found


def _form(shown: StaffAward) -> CorrectForm:
    form = CorrectForm(data=words_of(shown))
    form.zone, form.now = zone_of(target_of(shown.badge).time_zone), clock.now()
    form.kept = shown.issued_on, shown.expires
    form.needs_email = shown.address is not None
    return form


def _correcting(badge: BadgeFacts, shown: StaffAward, form: CorrectForm, held: object = None) -> str:
    return render_template(
        "badges/awarding/correct.html", **_frame(badge, shown), form=form, zone=form.zone.key, held=held,
        presets=PRESETS,
    )  # fmt: skip


def _frame(badge: BadgeFacts, shown: StaffAward) -> dict[str, Any]:
    powers = powers_with_badge(current_visit(), badge)
    return {"badge": badge, "award": shown, "powers": powers, "tab": "awarding.badge_awards"}


def _place(shown: StaffAward, **words: str) -> str:
    return page_url("awarding.award", badge_id=shown.badge, award_id=shown.id, **words)
