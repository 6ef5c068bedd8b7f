"""An invitation's page at `/home`: it brings people who may have no LMS at all."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.people.access import Permission, needs
from lti_tool.people.home.session import begin_home
from lti_tool.people.invitations.accepting import NEW, accept_invitation, offer_of


@needs(Permission.PUBLIC)
def invitation(secret: str) -> str:
    """GET /home/invitations/<secret>: what it is, and buttons; mail scanners press none"""
    return render_template("home/invitation.html", secret=secret, offer=offer_of(secret), new=NEW)


@needs(Permission.PUBLIC)
def accept(secret: str) -> Response:
    """POST /home/invitations/<secret>, `as` somebody or new"""
    with transaction():
        accepted = accept_invitation(secret, chosen=request.form.get("as"), name=request.form.get("name"))
    begin_home(accepted.person)
    return redirect(accepted.to, 303)
