"""An issuer's pathways: the list, each with its tree, and making, changing, archiving and deleting one."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.issuers import ask_that_issuer_gives, issuer_facts
from lti_tool.badges.pathways.followers import followers_of, followers_of_many
from lti_tool.badges.pathways.forms import PathwayForm
from lti_tool.badges.pathways.pathways import archive_pathway, delete_pathway, edit_pathway, make_pathway
from lti_tool.badges.pathways.reads import PathwayFacts, pathway_facts, pathways_of, removed_step, tree_of
from lti_tool.badges.staffing.authority import Power, ask_issuer
from lti_tool.badges.workshop.allowed import ask_to_see_issuer, powers_over_issuer
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit

STALE = "pathway_changed"


@needs(Permission.VISIT)
def pathways(issuer_id: str) -> ResponseReturnValue:
    """GET /issuers/<issuer_id>/pathways; `archived` shows those"""
    issuer, archived = ask_to_see_issuer(issuer_id), "archived" in request.args
    lines = pathways_of(issuer.id, archived=archived)
    return render_template(
        "badges/pathways/list.html", issuer=issuer, powers=powers_over_issuer(issuer.id), lines=lines,
        archived=archived, followers=followers_of_many([line.id for line in lines]),
    )  # fmt: skip


@needs(Permission.VISIT)
def new(issuer_id: str) -> ResponseReturnValue:
    """GET and POST /issuers/<issuer_id>/pathways/new"""
    issuer = ask_issuer(issuer_id, Power.EDIT)
    ask_that_issuer_gives(issuer.id)
    form = PathwayForm(issuer.id)
    if form.validate_on_submit():
        try:
            with transaction():
                made = make_pathway(issuer.id, form.words, by=current_visit().person).id
            return redirect(page_url("pathways.pathway", pathway_id=made), 303)
        except Problem as refused:
            form.tell(refused)
    return render_template("badges/pathways/form.html", issuer=issuer, form=form), 422 if form.errors else 200


@needs(Permission.VISIT)
def pathway(pathway_id: str) -> ResponseReturnValue:
    """GET /issuer-pathways/<pathway_id>"""
    found = ask_pathway(pathway_id)
    ask_to_see_issuer(found.issuer)
    return pathway_page(found)


@needs(Permission.VISIT)
def edit(pathway_id: str) -> ResponseReturnValue:
    """GET and POST /issuer-pathways/<pathway_id>/edit; 409 where somebody else was faster, with what was typed"""
    found = ask_pathway(pathway_id, Power.EDIT)
    form, theirs, status = PathwayForm(found.issuer, found), None, 200
    if form.validate_on_submit():
        try:
            with transaction():
                edit_pathway(pathway_id, form.words, seen=form.seen, organization=found.organization)
            return redirect(page_url("pathways.pathway", pathway_id=pathway_id), 303)
        except Problem as refused:
            if refused.code == STALE:
                theirs, status = ask_pathway(pathway_id), refused.status
                form.revision.data = str(theirs.revision)  # saved again, it knows of that
            else:
                form.tell(refused)
    page = render_template(
        "badges/pathways/form.html", issuer=issuer_facts(found.issuer), pathway=found, form=form, theirs=theirs
    )
    return page, 422 if form.errors else status


@needs(Permission.VISIT)
def archive(pathway_id: str) -> ResponseReturnValue:
    """POST /issuer-pathways/<pathway_id>/archive; `archived` is yes, or no to restore it"""
    found, archived = ask_pathway(pathway_id, Power.EDIT), request.form.get("archived") == "yes"
    with transaction():
        archive_pathway(pathway_id, archived=archived, organization=found.organization)
    return redirect(page_url("pathways.pathway", pathway_id=pathway_id), 303)


@needs(Permission.VISIT)
def delete(pathway_id: str) -> ResponseReturnValue:
    """GET and POST /issuer-pathways/<pathway_id>/delete: what stands in the way, or the button that does it"""
    found, status = ask_pathway(pathway_id, Power.EDIT), 200
    if request.method == "POST":
        try:
            with transaction():
                delete_pathway(pathway_id, organization=found.organization)
            return redirect(page_url("pathways.pathways", issuer_id=found.issuer, deleted=1), 303)
        except Problem as refused:
            if refused.code != "pathway_in_the_way":
                raise
            status = refused.status
    page = render_template(
        "badges/pathways/delete.html", pathway=found, issuer=issuer_facts(found.issuer),
        followers=followers_of(pathway_id),
    )  # fmt: skip
    return page, status


def pathway_page(found: PathwayFacts, refused: Problem | None = None) -> str:
    """The tree, with the buttons that change it for whoever may."""
    removed = request.args.get("removed", "")
    return render_template(
        "badges/pathways/pathway.html", pathway=found, issuer=issuer_facts(found.issuer), tree=tree_of(found.id),
        may_edit=Power.EDIT in powers_over_issuer(found.issuer), followers=followers_of(found.id), refused=refused,
        removed=removed_step(found.id, removed) if removed else None, removed_id=removed,
    )  # fmt: skip


def ask_pathway(pathway_id: str, power: Power | None = None) -> PathwayFacts:
    """A pathway of the organization, for whoever holds this power over its issuer. Raises `Problem` not_found or
    issuer_not_allowed.
    """
    found = pathway_facts(pathway_id)
    if found is None or found.organization != current_visit().organization:
        raise Problem("not_found")
    if power is not None:
        ask_issuer(found.issuer, power)
    return found
