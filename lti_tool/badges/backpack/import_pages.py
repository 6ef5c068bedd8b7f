"""Bringing a badge from elsewhere: what counts is kept, and nothing else."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.backpack.forms import BringForm
from lti_tool.badges.backpack.here import addresses_here, visit_that_changes
from lti_tool.badges.backpack.importing import ask_for_place, picture_found, take_in
from lti_tool.badges.backpack.reads import own_award
from lti_tool.badges.backpack.weighing import Weighed, reasons_against, weigh
from lti_tool.badges.backpack.whose import Addresses
from lti_tool.badges.verifying.checking import check_badge
from lti_tool.badges.verifying.verdict import Verdict
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url


@needs(Permission.VISIT)
def bring() -> ResponseReturnValue:
    """GET and POST /backpack/import"""
    form = BringForm()
    if request.method != "POST":
        return _page(form)
    visit, addresses = visit_that_changes(), addresses_here()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        verdict = check_badge(form.given)
        weighed = weigh(verdict, addresses.proven)
        if weighed is not Weighed.COUNTS or verdict.award is None:
            return _not_taken(form, addresses, weighed, verdict)
        ask_for_place(visit.person, verdict.award)
        picture = picture_found(form.given, verdict.award)
        with transaction():
            taken = take_in(visit.person, visit.organization, form.given, verdict, picture).id
    except Problem as refused:
        return _page(form, refused=refused), refused.status
    return redirect(page_url("backpack.imported", imported_id=taken, added=1), 303)


def _not_taken(form: BringForm, addresses: Addresses, weighed: Weighed, verdict: Verdict) -> ResponseReturnValue:
    """Why it was not taken: as the page's first words, above the form."""
    if weighed is Weighed.OUR_OWN and verdict.award is not None:
        own = own_award(addresses, verdict.award.own or "")
        if own is not None:
            return redirect(page_url("backpack.award", award_id=own.id, held=1), 303)
    against = reasons_against(verdict) if weighed is Weighed.INVALID else []
    return _page(form, weighed=weighed, against=against, verdict=verdict), 422


def _page(form: BringForm, **shown: object) -> str:
    return render_template("badges/backpack/bring.html", form=form, addresses=addresses_here(), **shown)
