"""The pages that an administrator sees inside the LMS: a look, a yes, and the end. (LTI Dynamic Registration 1.0.)

The first page changes and fetches nothing, for programs open links too; its button looks at the LMS. No page needs a
cookie: each lies in the LMS's frame, where many browsers keep none. What protects them is the invitation in the
address, the `Origin` of the form, and the secret of the draft.
"""

from collections.abc import Callable, Iterable
from functools import wraps

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.launch.kept_words import said_kept
from lti_tool.launch.model import Registration
from lti_tool.launch.profiles import profile_named
from lti_tool.launch.registration.connecting import (
    connect,
    connected_with,
    keep_draft,
    note_failure,
    register,
    take_draft,
)
from lti_tool.launch.registration.guides import guide_names
from lti_tool.launch.registration.invites import open_invite
from lti_tool.launch.registration.looking import Opening, framed_by, look, read_opening
from lti_tool.launch.registration.manual import manual_values
from lti_tool.launch.registration.showing import plan_of
from lti_tool.launch.visits import form_token
from lti_tool.limits import limiter
from lti_tool.logs import log
from lti_tool.people.access import Permission, needs
from lti_tool.web import allow_framing_by

OFTEN = "60 per minute"
Page = Callable[[str], ResponseReturnValue]


def _with_way_out(page: Page) -> Page:
    """A refusal here says what happened and how to connect the LMS by hand. Its log names no address: the invitation
    stands in it.
    """

    @wraps(page)
    def explained(invite: str) -> ResponseReturnValue:
        try:
            return page(invite)
        except Problem as problem:
            if not problem.code.startswith(("invite_", "register_")):
                raise
            log.info("refused", code=problem.code, reference=problem.reference, path="/lti/register", **problem.facts)
            allow_framing_by(("*",))  # readable inside any LMS: it has no form
            shown = {"problem": problem, "detail": said_kept(problem.detail), "values": manual_values()}
            return make_response(render_template("launch/registration/refused.html", **shown), problem.status)

    return explained


@needs(Permission.PUBLIC)
@limiter.limit(OFTEN)
@_with_way_out
def begin(invite: str) -> ResponseReturnValue:
    """What the LMS opens; or what somebody sees who opened the invitation in a browser instead."""
    open_invite(invite)
    if "openid_configuration" not in request.args:
        address = f"{current_app.extensions['settings'].public_url}/lti/register/{invite}"
        return render_template(
            "launch/registration/paste.html", address=address, guides=guide_names(), values=manual_values()
        )
    opening = read_opening(request.args)
    allow_framing_by(opening.framed_by)
    return render_template("launch/registration/look.html", opening=opening, invite=invite, token=form_token(invite))


@needs(Permission.PUBLIC)
@limiter.limit(OFTEN)
@_with_way_out
def check(invite: str) -> ResponseReturnValue:
    """Look at the LMS, keep what was seen, and show it."""
    _check_origin()
    invited = open_invite(invite)
    name, organization = invited.name, invited.organization_id
    if request.form.get("form_token") != form_token(invite):
        raise Problem("register_stale", facts={"why": "token"})
    opening = read_opening(request.form)
    try:
        configuration = look(opening)
    except Problem as problem:
        _note(invite, problem)
        raise
    with transaction():
        secret = keep_draft(invite, opening, configuration)
    allow_framing_by(framed_by(configuration))
    plan = plan_of(configuration, name=name, organization=organization)
    return render_template("launch/registration/confirm.html", plan=plan, invite=invite, secret=secret)


@needs(Permission.PUBLIC)
@limiter.limit(OFTEN)
@_with_way_out
def confirm(invite: str) -> ResponseReturnValue:
    """Register with the LMS, and keep what it answers."""
    _check_origin()
    secret = request.form.get("form_token", "")
    try:
        with transaction():
            draft = take_draft(invite, secret)
    except Problem:
        if again := connected_with(invite, secret):
            return _connected(again, (*Opening(again.issuer).framed_by, *Opening(again.auth_url).framed_by))
        raise
    try:
        granted = register(draft, current_app.extensions["settings"].public_url)
        with transaction():
            registration = connect(invite, draft, granted)
    except Problem as problem:
        _note(invite, problem)
        raise
    return _connected(registration, framed_by(draft.configuration))


def _connected(registration: Registration, ancestors: Iterable[str]) -> ResponseReturnValue:
    allow_framing_by(tuple(dict.fromkeys(ancestors)))
    profile = profile_named(registration.profile)
    return render_template("launch/registration/done.html", registration=registration, profile=profile)


def _note(invite: str, problem: Problem) -> None:
    with transaction():
        note_failure(invite, problem)


def _check_origin() -> None:
    """The form came from a page of ours. There is no cookie that another site could use; yet it costs nothing."""
    if request.headers.get("Origin") != current_app.extensions["settings"].origin:
        raise Problem("register_stale", facts={"why": "origin"})
