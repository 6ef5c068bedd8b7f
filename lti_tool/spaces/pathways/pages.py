"""Pathways in a Space: staff add and remove them and see how far everybody has come; learners see their own steps."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.issuers import issuer_facts
from lti_tool.badges.pathways.reads import pathway_facts, pathways_of, tree_of
from lti_tool.badges.pathways.rules import progress
from lti_tool.badges.staffing.authority import Power, may_with_issuer
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit
from lti_tool.spaces.here import space_here
from lti_tool.spaces.list_turns import turn_asked, turn_words
from lti_tool.spaces.member_reads import beside, count_learners, learner_line, learners_page
from lti_tool.spaces.members import member_of
from lti_tool.spaces.pathways.following import add_pathway, remove_pathway
from lti_tool.spaces.pathways.looking import look
from lti_tool.spaces.pathways.reads import (
    NOTHING_YET,
    FollowedPathway,
    followed_pathways,
    objectives_for,
    own_pathways,
    standings_of,
)


@needs(Permission.SPACE_SEE)
def pathways() -> ResponseReturnValue:
    """GET /pathways: for staff all of them with their figures, for a learner their own steps"""
    space, visit = space_here(), current_visit()
    if not may(visit, Permission.SPACE_BUILD):
        me = member_of(space.id, visit.person)
        return render_template(
            "spaces/pathways/own.html", space=space, pathways=own_pathways(space.id, me.id if me else None),
            objectives=objectives_for(space.id),
        )  # fmt: skip
    removed = pathway_facts(request.args.get("removed", ""))
    lines = followed_pathways(space.id)
    if removed and (removed.issuer != space.issuer or removed.id in {line.id for line in lines}):
        removed = None
    return render_template(
        "spaces/pathways/list.html", space=space, lines=lines, learners=count_learners(space.id), removed=removed,
        place=request.args.get("place", "0"),
    )  # fmt: skip


@needs(Permission.SPACE_BUILD)
def add() -> ResponseReturnValue:
    """GET and POST /pathways/add: choose an existing one of the issuer; with `place` it is the undo of removing"""
    space, refused = space_here(), None
    if request.method == "POST":
        place = request.form.get("place", "")
        try:
            with transaction():
                add_pathway(
                    space.id, request.form.get("pathway", ""), by=current_visit().person,
                    place=int(place) if place.isascii() and place.isdecimal() and len(place) < 6 else None,
                )  # fmt: skip
            return redirect(page_url("room.pathways"), 303)
        except Problem as problem:
            if problem.code != "pathway_refused":
                raise
            refused = problem
    here = {line.id for line in followed_pathways(space.id)}
    page = render_template(
        "spaces/pathways/add.html", space=space, issuer=issuer_facts(space.issuer), refused=refused,
        offered=[one for one in pathways_of(space.issuer) if one.id not in here],
        may_make=may_with_issuer(current_visit(), space.issuer, Power.EDIT),
    )  # fmt: skip
    return page, refused.status if refused else 200


@needs(Permission.SPACE_RUN)
def pathway(pathway_id: str) -> ResponseReturnValue:
    """GET /pathways/<pathway_id>: its steps, and every learner with how far they have come"""
    space, turn, found = space_here(), turn_asked(), _here(pathway_id)
    page, tree = learners_page(space.id, turn), tree_of(pathway_id)
    standings = standings_of(space.id, [line.id for line in page.lines], pathway_id)
    return render_template(
        "spaces/pathways/pathway.html", space=space, pathway=found, tree=tree, page=page, turn=turn,
        turn_words=turn_words(turn), learners=count_learners(space.id), total=progress(tree, set()).whole.total,
        standings={line.id: standings.get((pathway_id, line.id), NOTHING_YET) for line in page.lines},
    )  # fmt: skip


@needs(Permission.SPACE_RUN)
def learner(pathway_id: str, member_id: str) -> ResponseReturnValue:
    """GET /pathways/<pathway_id>/<member_id>: the steps of one learner"""
    space, line = space_here(), learner_line(current_visit().space or "", member_id)
    _here(pathway_id)
    [own] = own_pathways(space.id, member_id, pathway_id)
    return render_template(
        "spaces/pathways/learner.html", space=space, learner=line, own=own, beside=beside(space.id, member_id)
    )


@needs(Permission.SPACE_BUILD)
def remove(pathway_id: str) -> ResponseReturnValue:
    """POST /pathways/<pathway_id>/remove; the next page can undo it"""
    space = space_here()
    with transaction():
        place = remove_pathway(space.id, pathway_id)
    return redirect(page_url("room.pathways", removed=pathway_id, place=place), 303)


@needs(Permission.SPACE_BUILD)
def look_now(pathway_id: str) -> ResponseReturnValue:
    """POST /pathways/<pathway_id>/look: the change of the pathway counts now, and not only when it has settled"""
    _here(pathway_id)
    with transaction():
        look(space_here().id, pathways=[pathway_id], at_once=True)
    return redirect(page_url("room.pathways"), 303)


def _here(pathway_id: str) -> FollowedPathway:
    """Raises `Problem` not_found for a pathway that this Space does not follow."""
    found = followed_pathways(current_visit().space or "", pathway_id)
    if not found:
        raise Problem("not_found")
    return found[0]
