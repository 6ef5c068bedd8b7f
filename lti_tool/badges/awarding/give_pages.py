"""Giving a badge to one address: fill in, look once more, give."""

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool import clock
from lti_tool.badges.already_held import held_at
from lti_tool.badges.awardable import Awardable, awardable
from lti_tool.badges.awarding import days
from lti_tool.badges.awarding.forms import GiveForm, words_of
from lti_tool.badges.awarding.giving import give as give_badge
from lti_tool.badges.awarding.reads import staff_award
from lti_tool.badges.badge_reads import BadgeFacts
from lti_tool.badges.markdown import as_html
from lti_tool.badges.staffing.authority import Power, ask_badge, powers_with_badge
from lti_tool.badges.time_zones import day_of, zone_of
from lti_tool.db import db, transaction
from lti_tool.digests import fresh_secret
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit


@needs(Permission.VISIT)
def give(badge_id: str) -> ResponseReturnValue:
    """GET and POST /badges/<badge_id>/give; `step` is `look`, `change` or `give`."""
    badge = ask_badge(badge_id, Power.AWARD)
    target = awardable(badge.id)
    form, step = _form(badge, target), request.form.get("step")
    if not form.is_submitted() or step == "change":
        return _page(badge, form)
    if not form.validate():
        return _page(badge, form), 422
    if step != "give":
        return _look(badge, target, form)
    try:
        with transaction():
            given = give_badge(badge.id, form.gift, by=current_visit().person, once=_once())
    except Problem as refused:
        if refused.code != "already_awarded":
            raise
        return _held(badge, form, str(refused.facts.get("award") or "")), refused.status
    return redirect(page_url("awarding.award", badge_id=badge.id, award_id=given, done="given"), 303)


def _form(badge: BadgeFacts, target: Awardable) -> GiveForm:
    """Today, and the expiry that the class offers; with `?again=` the words of an earlier award."""
    zone, now = zone_of(target.time_zone), clock.now()
    today = day_of(now, zone)
    words: dict[str, Any] = {"issued_on": today, "expires": _offered(target, today)}
    earlier = staff_award(badge.id, request.args.get("again", "")) if request.method == "GET" else None
    if earlier is not None:
        words = {**words_of(earlier), **words}
    form = GiveForm(data=words)
    form.zone, form.now = zone, now
    return form


def _offered(target: Awardable, today: Any) -> Any:
    days_long = target.expires_after_days
    return min(today + timedelta(days=days_long), days.LAST_DAY) if days_long else None


def _look(badge: BadgeFacts, target: Awardable, form: GiveForm) -> ResponseReturnValue:
    gift = form.gift
    held = None if target.allows_repeats else held_at(badge.id, [gift.email or ""]).get(gift.email or "")
    if held is not None:
        return _held(badge, form, held), 409
    return render_template(
        "badges/awarding/look.html", **_frame(badge), form=form, gift=gift, once=fresh_secret(),
        narrative=as_html(gift.narrative) if gift.narrative else None,
    )  # fmt: skip


def _held(badge: BadgeFacts, form: GiveForm, award_id: str) -> str:
    """The address holds the badge already: the form again, with a way to the award."""
    db.session.rollback()
    held = staff_award(badge.id, award_id)
    form.email.errors = [*form.email.errors, _("This address holds the badge already.")]
    return _page(badge, form, held=held.id if held else None)


def _page(badge: BadgeFacts, form: GiveForm, *, held: str | None = None) -> str:
    return render_template("badges/awarding/give.html", **_frame(badge), form=form, held=held, zone=form.zone.key)


def _frame(badge: BadgeFacts) -> dict[str, Any]:
    return {"badge": badge, "powers": powers_with_badge(current_visit(), badge), "tab": "awarding.badge_awards"}


def _once() -> str:
    """What our page put into the form. Without it every press of the button would be another award."""
    once = request.form.get("once", "")
    if not 32 <= len(once) <= 100:
        raise Problem("bad_request")
    return once
