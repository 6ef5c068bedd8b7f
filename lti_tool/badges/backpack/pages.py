"""The backpack's own pages: everything in it, and one award of ours."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.backpack.collection_reads import collections_of
from lti_tool.badges.backpack.here import addresses_here, visit_that_changes
from lti_tool.badges.backpack.naming import show_name
from lti_tool.badges.backpack.reads import held_by, imported_badge, own_award
from lti_tool.badges.backpack.shelf import SEARCH_LENGTH, Sort, Wanted, lay_out
from lti_tool.badges.hosted import address
from lti_tool.badges.markdown import as_html
from lti_tool.badges.texts import is_link
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.mail import is_mail_set_up
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.names import clean_text
from lti_tool.people.visit import current_visit

_LAST_PAGE = 100_000


@needs(Permission.VISIT)
def backpack() -> ResponseReturnValue:
    """GET /backpack?q=&sort=&page="""
    addresses, wanted = addresses_here(), _wanted()
    everything = held_by(addresses)
    removed = request.args.get("removed")
    return render_template(
        "badges/backpack/backpack.html", shelf=lay_out(everything, wanted), wanted=wanted, total=len(everything),
        addresses=addresses, mails=is_mail_set_up(),
        removed=imported_badge(addresses.person, removed, removed=True) if removed else None,
    )  # fmt: skip


@needs(Permission.VISIT)
def award(award_id: str) -> ResponseReturnValue:
    """GET /backpack/awards/<id>"""
    found = own_award(addresses_here(), award_id)
    if found is None:
        raise Problem("not_found")
    return render_template(
        "badges/backpack/award.html", award=found, collections=collections_of(current_visit().person),
        criteria=as_html(found.criteria), narrative=as_html(found.narrative or ""),
        address=address("assertions", award_id), evidence_is_link=is_link(found.evidence or ""),
        credential=address("credentials", award_id) if found.has_credential else None,
    )  # fmt: skip


@needs(Permission.VISIT)
def name_on_award(award_id: str) -> ResponseReturnValue:
    """POST /backpack/awards/<id>/name: `shows` is yes or no"""
    visit_that_changes()
    with transaction():
        show_name(addresses_here(), award_id, shows=request.form.get("shows") == "yes")
    return redirect(page_url("backpack.award", award_id=award_id, named=1), 303)


def _wanted() -> Wanted:
    """What the address asks for; what it does not say, or says wrongly, is as at first."""
    asked = request.args
    sort = asked.get("sort", "")
    page = asked.get("page", "")
    return Wanted(
        clean_text(asked.get("q"), SEARCH_LENGTH) or "",
        Sort(sort) if sort in set(Sort) else Sort.NEWEST,
        min(int(page), _LAST_PAGE) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )
