"""The steps of a pathway: adding a badge or a group, moving and removing by plain buttons, and calling back."""

from collections.abc import Callable

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.badge_reads import badge_names_by_issuer
from lti_tool.badges.issuers import issuer_facts
from lti_tool.badges.pathways.elsewhere import badge_behind
from lti_tool.badges.pathways.forms import GroupForm, revision_said
from lti_tool.badges.pathways.pages import STALE, ask_pathway, pathway_page
from lti_tool.badges.pathways.reads import PathwayFacts, tree_of
from lti_tool.badges.pathways.rules import Step, every_step
from lti_tool.badges.pathways.steps import add_badge, add_group, edit_group, move_step, remove_step, restore_step
from lti_tool.badges.staffing.authority import Power
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url

_TOLD = {"pathway_refused", "no_more_awards", "badge_names_unusable"}


@needs(Permission.VISIT)
def new_step(pathway_id: str) -> ResponseReturnValue:
    """GET and POST /issuer-pathways/<pathway_id>/steps/new

    `into` is a group, and `kind` is what is added: badge, elsewhere or group.
    """
    found, status = ask_pathway(pathway_id, Power.EDIT), 200
    into, refused = request.values.get("into") or None, None
    group = _step(found.id, into) if into else None
    if group is not None and group.badge is not None:
        raise Problem("not_found")
    if request.method == "POST":
        try:
            made = _added(found, into)
            return redirect(page_url("pathways.pathway", pathway_id=found.id, _anchor=f"s-{made}"), 303)
        except Problem as problem:
            if problem.code != STALE and problem.code not in _TOLD and problem.status not in (422, 502, 503, 504):
                raise
            refused, status, found = problem, problem.status, ask_pathway(pathway_id)
    page = render_template(
        "badges/pathways/step_new.html", pathway=found, issuer=issuer_facts(found.issuer), group=group,
        badges=badge_names_by_issuer(found.organization), refused=refused, said=request.form,
    )  # fmt: skip
    return page, status


@needs(Permission.VISIT)
def group(pathway_id: str, element_id: str) -> ResponseReturnValue:
    """GET and POST /issuer-pathways/<pathway_id>/steps/<element_id>: a group's title and what it needs"""
    found = ask_pathway(pathway_id, Power.EDIT)
    step, status = _step(found.id, element_id), 200
    if step.badge is not None:
        raise Problem("not_found")
    form = GroupForm(step, found.revision)
    if form.validate_on_submit():
        try:
            with transaction():
                edit_group(
                    pathway_id, element_id, form.title.data, form.needs.data, form.needed.data, seen=form.seen
                )
            return redirect(page_url("pathways.pathway", pathway_id=pathway_id, _anchor=f"s-{element_id}"), 303)
        except Problem as refused:
            if refused.code == STALE:
                status, form.revision.data = refused.status, str(ask_pathway(pathway_id).revision)
                step = _step(found.id, element_id)
            else:
                form.tell(refused)
    page = render_template(
        "badges/pathways/group.html", pathway=found, issuer=issuer_facts(found.issuer), step=step, form=form,
        theirs=step if status == 409 else None,
    )  # fmt: skip
    return page, 422 if form.errors else status


@needs(Permission.VISIT)
def move(pathway_id: str, element_id: str) -> ResponseReturnValue:
    """POST /issuer-pathways/<pathway_id>/steps/<element_id>/move; `to` is up, down, in or out"""
    to = request.form.get("to", "")
    return _do(pathway_id, element_id, lambda seen: move_step(pathway_id, element_id, to, seen=seen))


@needs(Permission.VISIT)
def remove(pathway_id: str, element_id: str) -> ResponseReturnValue:
    """POST /issuer-pathways/<pathway_id>/steps/<element_id>/remove: with all that stands in it, and the way back"""
    return _do(pathway_id, element_id, lambda seen: remove_step(pathway_id, element_id, seen=seen), removed=True)


@needs(Permission.VISIT)
def restore(pathway_id: str, element_id: str) -> ResponseReturnValue:
    """POST /issuer-pathways/<pathway_id>/steps/<element_id>/restore: undo"""
    return _do(pathway_id, element_id, lambda seen: restore_step(pathway_id, element_id, seen=seen))


def _do(
    pathway_id: str, element_id: str, act: Callable[[int], None], *, removed: bool = False
) -> ResponseReturnValue:  # fmt: skip
    """A refusal comes back on the page of the tree as it is now."""
    found = ask_pathway(pathway_id, Power.EDIT)
    try:
        with transaction():
            act(revision_said(request.form.get("revision")))
    except Problem as refused:
        if refused.code not in (STALE, "pathway_refused"):
            raise
        return pathway_page(ask_pathway(pathway_id), refused), refused.status
    words = {"removed": element_id} if removed else {"_anchor": f"s-{element_id}"}
    return redirect(page_url("pathways.pathway", pathway_id=found.id, **words), 303)


def _added(found: PathwayFacts, into: str | None) -> str:
    """What asks outside comes before the transaction."""
    said = request.form
    kind, seen = said.get("kind"), revision_said(said.get("revision"))
    badge = badge_behind(said.get("address", "")) if kind == "elsewhere" else said.get("badge", "")
    with transaction():
        if kind == "group":
            return add_group(found.id, said.get("title", ""), said.get("needs", "all"), into=into, seen=seen)
        return add_badge(found.id, badge, into=into, seen=seen, organization=found.organization)


def _step(pathway_id: str, element_id: str) -> Step:
    step = next((one for one in every_step(tree_of(pathway_id)) if one.id == element_id), None)
    if step is None:
        raise Problem("not_found")
    return step
