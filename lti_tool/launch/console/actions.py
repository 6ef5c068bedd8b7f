"""What an administrator does to platforms and their deployments. Every deed is noted in the same transaction."""

from flask import current_app

from lti_tool import clock
from lti_tool.badges.issuers import create_issuer
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.launch.model import Deployment, Registration
from lti_tool.people.admin.administrators import note_here
from lti_tool.people.audit import name_deeds
from lti_tool.people.model import Organization
from lti_tool.people.names import clean_text
from lti_tool.people.organizations import create_organization
from lti_tool.words import to_say

name_deeds(
    {
        "platform.renamed": to_say("Renamed a platform"),
        "platform.switched_off": to_say("Switched a platform off"),
        "platform.switched_on": to_say("Switched a platform on"),
        "deployment.approved": to_say("Let a deployment in"),
        "deployment.switched_off": to_say("Switched a deployment off"),
        "deployment.given": to_say("Gave a deployment to an organization"),
        "organization.created": to_say("Made an organization"),
        "invite.made": to_say("Invited an LMS"),
        "invite.withdrawn": to_say("Withdrew an invitation of an LMS"),
    }
)
NEW = "new"


def rename_platform(registration: Registration, *, name: str) -> None:
    cleaned = clean_text(name)
    if cleaned is None:
        raise Problem("bad_request", to_say("A platform needs a name."))
    registration.name = cleaned
    _note("platform.renamed", registration)


def switch_platform(registration: Registration, *, on: bool) -> None:
    """Off ends every visit at once and refuses every login; on makes it as it was."""
    if on == (registration.switched_off_at is None):
        return
    registration.switched_off_at = None if on else clock.now()
    _note("platform.switched_on" if on else "platform.switched_off", registration)


def switch_deployment(registration: Registration, deployment_id: str, *, on: bool) -> None:
    """On lets a waiting deployment in. Off ends its visits at once."""
    deployment = _deployment(registration, deployment_id)
    status = "active" if on else "off"
    if deployment.status == status:
        return
    deployment.status = status
    deed = "deployment.approved" if on else "deployment.switched_off"
    _note(deed, registration, deployment=deployment.id)


def give_deployment(registration: Registration, deployment_id: str, *, to: str, name: str = "") -> None:
    """To another organization, to a `NEW` one of this name, or (`to` is empty) back to the registration's own. Who and
    what is there already stays where it is; whoever comes from now on belongs to the new one.
    """
    deployment = _deployment(registration, deployment_id)
    organization = _new_organization(name) if to == NEW else to or registration.organization_id
    if db.session.get(Organization, organization) is None:
        raise Problem("not_found", to_say("There is no such organization."))
    deployment.organization_id = None if organization == registration.organization_id else organization
    note_here(
        "deployment.given", subject=registration.id, organization=organization, facts={"deployment": deployment.id}
    )


def _new_organization(name: str) -> str:
    """With its first issuer, as every organization has one."""
    made, settings = create_organization(name=name), current_app.extensions["settings"]
    create_issuer(organization=made.id, name=made.name, url=settings.public_url, email=settings.contact_email)
    note_here("organization.created", subject=made.id, organization=made.id)
    return made.id


def _deployment(registration: Registration, deployment_id: str) -> Deployment:
    found = db.session.get(Deployment, deployment_id)
    if found is None or found.registration_id != registration.id:
        raise Problem("not_found")
    return found


def _note(deed: str, registration: Registration, **facts: str) -> None:
    note_here(deed, subject=registration.id, organization=registration.organization_id, facts={**facts})
