"""The Spaces tab of an issuer: which Spaces give its badges, and a new one without an LMS."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.badges.issuers import IssuerFacts, ask_that_issuer_gives
from lti_tool.badges.staffing.authority import Power, ask_issuer, powers_with_issuer
from lti_tool.db import transaction
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import HOME, page_url
from lti_tool.people.visit import current_visit
from lti_tool.spaces.courses import with_course
from lti_tool.spaces.creating import create_without_course, filled_start
from lti_tool.spaces.space import ask_for_spaces
from lti_tool.spaces.space_forms import StartForm
from lti_tool.spaces.space_reads import spaces_page

_PAGE = 50


@needs(Permission.VISIT)
def issuer_spaces(issuer_id: str) -> ResponseReturnValue:
    """GET /issuers/<issuer_id>/spaces; `after` turns the page, `made` is a Space that was just made"""
    issuer = _issuer(issuer_id)
    lines = spaces_page(issuer.organization, issuer=issuer.id, after=request.args.get("after"), limit=_PAGE + 1)
    shown = lines[:_PAGE]
    return render_template(
        "spaces/making/list.html", issuer=issuer, powers=_powers(issuer), lines=shown,
        courses=with_course([line.id for line in shown]), made=request.args.get("made"),
        after=shown[-1].id if len(lines) > _PAGE else None,
    )  # fmt: skip


@needs(Permission.VISIT)
def new_space(issuer_id: str) -> ResponseReturnValue:
    """GET and POST /issuers/<issuer_id>/spaces/new; whoever makes it is its teacher and lands in it"""
    issuer, visit = _issuer(issuer_id), current_visit()
    ask_that_issuer_gives(issuer.id)
    form = StartForm().offer(issuer.id)
    if not form.is_submitted():
        return _page(issuer, filled_start(visit, issuer.id))
    if not form.validate() or form.looks_only:
        return _page(issuer, form), 422 if form.errors else 200
    start = form.chosen()
    with transaction():
        space = create_without_course(form, visit, start).id
    if visit.path == HOME:
        return redirect(url_for("home_room.home", space_id=space), 303)
    return redirect(page_url("making.issuer_spaces", issuer_id=issuer.id, made=space), 303)


def _page(issuer: IssuerFacts, form: StartForm) -> str:
    return render_template("spaces/making/new.html", issuer=issuer, powers=_powers(issuer), form=form)


def _issuer(issuer_id: str) -> IssuerFacts:
    """For its owners and editors, where Spaces are switched on. Raises `Problem`."""
    issuer = ask_issuer(issuer_id, Power.EDIT)
    ask_for_spaces(issuer.organization)
    return issuer


def _powers(issuer: IssuerFacts) -> set[str]:
    return {*powers_with_issuer(current_visit(), issuer.id)}
