"""The first page of a visit answers one question: learners what comes next, staff who is waiting for them."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import Role, Visit, current_visit
from lti_tool.spaces.copying import copyable
from lti_tool.spaces.courses import bring, waiting_for_course
from lti_tool.spaces.creating import create_from, filled_start
from lti_tool.spaces.evidence.reads import own_evidence_states, takes_evidence
from lti_tool.spaces.here import space_here
from lti_tool.spaces.last_term import last_term_form, offer_here
from lti_tool.spaces.members import member_of
from lti_tool.spaces.objective_reads import objective_lines, own_objectives
from lti_tool.spaces.overview import completed_lately, figures
from lti_tool.spaces.progress.learners import stuck_first
from lti_tool.spaces.review.queue import waiting_count
from lti_tool.spaces.settings import may_be_deleted
from lti_tool.spaces.space import ask_for_spaces
from lti_tool.spaces.space_forms import StartForm
from lti_tool.spaces.viewing import awards_shown, without_drafts

_EARLIER = 3


@needs(Permission.VISIT)
def home() -> ResponseReturnValue:
    """GET /"""
    visit = current_visit()
    if may(visit, Permission.SPACE_RUN):
        return _overview()
    if may(visit, Permission.SPACE_BUILD):
        return _workbench()
    if may(visit, Permission.SPACE_SEE):
        return _own_progress(visit)
    if may(visit, Permission.SPACE_CREATE):
        return _offer_to_create(visit)
    if may(visit, Permission.SPACE_FOLLOW):
        return redirect(page_url("room.following"), 303)
    return render_template("spaces/home_waiting.html", why=_why_nothing(visit), visit=visit)


@needs(Permission.SPACE_CREATE)
def create() -> ResponseReturnValue:
    """POST /space: one click, since all fields come filled in; `act` preview shows what a pasted list makes"""
    visit, form = current_visit(), StartForm().offer()
    if not form.validate_on_submit() or form.looks_only:
        return _create_page(form), 422 if form.errors else 200
    start = form.chosen()
    with transaction():
        create_from(form, visit, start)
    return redirect(page_url("room.home", created=1), 303)


@needs(Permission.SPACE_CREATE)
def bring_here() -> ResponseReturnValue:
    """POST /space/bring, `space`: one without a course, which leads here from now on"""
    with transaction():
        bring(request.form.get("space", ""), current_visit())
    return redirect(page_url("room.home"), 303)


@needs(Permission.SPACE_SEE)
def my_awards() -> ResponseReturnValue:
    """GET /awards"""
    return render_template("spaces/my_awards.html", space=space_here(), awards=awards_shown(current_visit()))


def _overview() -> str:
    space = space_here()
    lines = objective_lines(space.id)
    return render_template(
        "spaces/home_staff.html", space=space, objectives=lines, figures=figures(space.id, len(lines)),
        lately=completed_lately(space.id), waiting=waiting_count(space.id), stuck=stuck_first(space, len(lines)),
        may_undo=_may_undo(space.id),
    )  # fmt: skip


def _workbench() -> str:
    """For a designer of the course: the objectives, and how many they are for."""
    space = space_here()
    lines = objective_lines(space.id)
    return render_template(
        "spaces/home_designer.html", space=space, objectives=lines, figures=figures(space.id, len(lines)),
        may_undo=_may_undo(space.id),
    )  # fmt: skip


def _may_undo(space_id: str) -> bool:
    """For the teacher who has just brought last term's words, while nothing has come of them."""
    return "brought" in request.args and current_visit().is_teacher and may_be_deleted(space_id)


def _own_progress(visit: Visit) -> str:
    space = space_here()
    me = member_of(space.id, visit.person)
    objectives = own_objectives(space.id, me.id if me else None)
    upcoming = next((one for one in objectives if one.state != "complete"), None)
    return render_template(
        "spaces/home_learner.html", space=space, me=me, objectives=objectives, upcoming=upcoming,
        takes=takes_evidence(space.id, upcoming.id) if upcoming else None,
        evidence=without_drafts(visit, own_evidence_states(space.id, me.id)) if me else {},
    )  # fmt: skip


def _offer_to_create(visit: Visit) -> str:
    ask_for_spaces(visit.organization)
    return _create_page(filled_start(visit))


def _create_page(form: StartForm) -> str:
    visit, untouched = current_visit(), not form.is_submitted()
    offer = offer_here(visit)
    offered = offer.last_term.id if offer.last_term else None
    others = [one for one in copyable(visit) if one[0] != offered][:_EARLIER]
    return render_template(
        "spaces/create.html", form=form, waiting=waiting_for_course(visit), offer=offer,
        last_term=last_term_form(offer, visit), earlier=others if untouched else (),
    )  # fmt: skip


def _why_nothing(visit: Visit) -> str:
    """Which of the pages that help somebody who cannot go on here."""
    if visit.course is None:
        return "no_course"
    match visit.role:
        case Role.STAFF:  # a teacher and a designer are offered to create it
            return "assistant"
        case Role.MEMBER:
            return "not_ready"
        case Role.OBSERVER:
            return "observer"
        case Role.SUPPORT:
            return "support"
        case _:
            return "no_role"
