"""The picker: a teacher chooses what a link in the course opens, once; the answer goes back by a form."""

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.launch.deep_linking.answering import Asked, answer, request_of
from lti_tool.launch.deep_linking.choice import PickForm, items_chosen
from lti_tool.launch.deep_linking.kinds import offers_of
from lti_tool.launch.deep_linking.response import Item, Words
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.visit import Role, Visit, current_visit
from lti_tool.spaces.creating import create_from, filled_form
from lti_tool.spaces.here import space_here
from lti_tool.spaces.space_forms import SpaceForm
from lti_tool.web import allow_posting_to


@needs(Permission.VISIT)
def pick() -> ResponseReturnValue:
    """GET /pick"""
    visit, asked = current_visit(), _asked()
    why = "too_late" if asked.is_over else _why_nothing(visit, asked)
    if why:
        return _nothing(why)
    if visit.space is None:
        return _offer_to_create(visit)
    return _picker(asked, PickForm(formdata=None))


@needs(Permission.SPACE_CREATE)
def create() -> ResponseReturnValue:
    """POST /pick/space: the Space of the course in one click, and on with picking"""
    visit, form = current_visit(), SpaceForm()
    if _asked().is_over:
        return _nothing("too_late")
    if not form.validate_on_submit():
        return render_template("launch/deep_linking/create.html", form=form), 422
    with transaction():
        create_from(form, visit)
    return redirect(url_for("inside.pick"), 303)


@needs(Permission.SPACE_BUILD)
def choose() -> ResponseReturnValue:
    """POST /pick: `view`, once or several times"""
    asked, form = _asked(), PickForm()
    if asked.is_over:
        return _nothing("too_late")
    if not asked.settings.takes_links:
        raise Problem("not_found")
    chosen, offers = request.form.getlist("view"), offers_of(space_here())
    items = items_chosen(form, chosen, offers, asked.settings, columns=asked.columns)
    if not items:
        return _picker(asked, form), 422
    words = Words(
        ngettext("%(num)s link was added.", "%(num)s links were added.", len(items)), f"{len(items)} picked."
    )
    return _send(asked, items, words)


@needs(Permission.VISIT)
def cancel() -> ResponseReturnValue:
    """POST /pick/cancel: an answer with nothing in it, so that the LMS takes the person back. It is never too late."""
    return _send(_asked(), (), Words(gettext("Nothing was added."), "The person went back without a choice."))


def _asked() -> Asked:
    return request_of(current_visit().id)


def _nothing(why: str) -> ResponseReturnValue:
    """Every page that has nothing to choose still has the way back."""
    return render_template("launch/deep_linking/nothing.html", why=why), 410 if why == "too_late" else 200


def _why_nothing(visit: Visit, asked: Asked) -> str | None:
    """Why this person has nothing to pick here: which words the page says."""
    if visit.course is None:
        return "no_course"
    if visit.role not in (Role.STAFF, Role.DESIGNER):
        return "learner" if visit.role is Role.MEMBER else "no_role"
    if not asked.settings.takes_links:
        return "not_taken"
    return None if visit.space or may(visit, Permission.SPACE_CREATE) else "assistant"


def _offer_to_create(visit: Visit) -> str:
    return render_template("launch/deep_linking/create.html", form=filled_form(visit))


def _picker(asked: Asked, form: PickForm) -> str:
    place = space_here()
    return render_template(
        "launch/deep_linking/pick.html", place=place, settings=asked.settings, form=form, offers=offers_of(place),
        columns=asked.columns, chosen=request.form.getlist("view"),
    )  # fmt: skip


def _send(asked: Asked, items: Sequence[Item], words: Words) -> str:
    """The page whose form carries the answer back. It sends itself; without scripts its button does."""
    with transaction():
        signed = answer(asked, items, words)
    allow_posting_to((asked.settings.return_origin,))
    return render_template(
        "launch/deep_linking/answer.html", signed=signed, address=asked.settings.return_url, items=items
    )
