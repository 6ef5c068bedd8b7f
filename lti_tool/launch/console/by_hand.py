"""Connecting an LMS that knows no registration URL: its values are copied into this form, and ours into the LMS."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.launch.registration.manual import manual_values
from lti_tool.people.access import Permission, needs
from lti_tool.people.admin.administrators import note_here
from lti_tool.people.audit import name_deeds
from lti_tool.people.names import NAME_LENGTH
from lti_tool.people.organizations import all_organizations
from lti_tool.web import PageForm
from lti_tool.words import said, to_say

name_deeds({"platform.added": to_say("Connected an LMS by hand")})
_ADDRESS = Length(max=2000)


class PlatformForm(PageForm):
    """What the LMS shows of itself once the tool is entered there."""

    name = StringField("What people call it", [Optional(), Length(max=NAME_LENGTH)])
    issuer = StringField("Issuer", [InputRequired("Copy it from the LMS."), _ADDRESS])
    client_id = StringField("Client id", [InputRequired("Copy it from the LMS."), Length(max=255)])
    auth_url = StringField("Login address", [InputRequired("Copy it from the LMS."), _ADDRESS])
    token_url = StringField("Token address", [InputRequired("Copy it from the LMS."), _ADDRESS])
    jwks_url = StringField("Key set address", [InputRequired("Copy it from the LMS."), _ADDRESS])
    deployment = StringField("Deployment id", [Optional(), Length(max=255)])
    token_audience = StringField("Audience of token requests", [Optional(), _ADDRESS])
    organization = SelectField("Its organization", [Optional()], validate_choice=True)


@needs(Permission.ADMIN)
def by_hand() -> ResponseReturnValue:
    """GET and POST /admin/platforms/new"""
    form = PlatformForm()
    form.organization.choices = [("", _("A new one")), *((one.id, one.name) for one in all_organizations())]
    if form.validate_on_submit():
        try:
            with transaction():
                added = add_platform(_words(form))
                note_here("platform.added", subject=added.id, organization=added.organization_id)
        except Problem as problem:
            form.form_errors.append(f"{said(problem.entry.title)}. {problem.message}")
        else:
            return redirect(url_for("console.platform", registration_id=added.id), 303)
    return render_template("admin/by_hand.html", form=form, ours=manual_values()), 422 if form.errors else 200


def _words(form: PlatformForm) -> PlatformWords:
    """As it was typed, but for the blanks that come along when something is copied."""
    said = {name: (value or "").strip() for name, value in form.data.items()}
    return PlatformWords(
        issuer=said["issuer"], client_id=said["client_id"], auth_url=said["auth_url"], token_url=said["token_url"],
        jwks_url=said["jwks_url"], deployments=(said["deployment"],) if said["deployment"] else (),
        token_audience=said["token_audience"] or None, name=said["name"] or None,
        organization=said["organization"] or None,
    )  # fmt: skip
