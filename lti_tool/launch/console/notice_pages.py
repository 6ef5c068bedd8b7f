"""An administrator asks once more for the notices of a deployment."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.model import Deployment
from lti_tool.launch.notices.registering import try_again
from lti_tool.people.access import Permission, needs
from lti_tool.people.admin.administrators import note_here
from lti_tool.people.audit import name_deeds
from lti_tool.words import to_say

name_deeds({"notices.asked": to_say("Asked a platform again for its notices")})


@needs(Permission.ADMIN)
def register_notices(registration_id: str, deployment_id: str) -> Response:
    """POST /admin/platforms/<registration_id>/deployments/<deployment_id>/notices"""
    with transaction():
        deployment = db.session.get(Deployment, deployment_id)
        if deployment is None or deployment.registration_id != registration_id:
            raise Problem("not_found")
        try_again(deployment.id)
        note_here("notices.asked", subject=registration_id, facts={"deployment": deployment.id})
    return redirect(url_for("console.platform", registration_id=registration_id, _anchor="notices"), 303)
