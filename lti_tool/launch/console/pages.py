"""The console's pages of platforms: the list, one platform, its launches, and what an administrator does there."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.launch.console.actions import (
    give_deployment,
    rename_platform,
    switch_deployment,
    switch_platform,
)
from lti_tool.launch.console.launches import launch_page
from lti_tool.launch.console.legacy_pages import decided_just_now, legacy_of
from lti_tool.launch.console.reads import deployment_lines, platform_lines, standing_of, waiting_deployments
from lti_tool.launch.notices.reads import notice_lines
from lti_tool.launch.platforms import known_platform
from lti_tool.launch.refusals import KEPT_FOR
from lti_tool.launch.registration.invites import Invited, make_invite, open_invites, withdraw_invite
from lti_tool.launch.visits import kept_for
from lti_tool.people.access import Permission, needs
from lti_tool.people.admin.administrators import note_here
from lti_tool.people.audit import turn_from
from lti_tool.people.organizations import all_organizations

_INVITATION_HOURS = 7 * 24


@needs(Permission.ADMIN)
def platforms() -> str:
    """GET /admin"""
    return _platforms()


@needs(Permission.ADMIN)
def invite() -> str:
    """POST /admin/invitations: the URL is shown this once"""
    with transaction():
        organization = request.form.get("organization") or None
        invited = make_invite(name=request.form.get("name"), organization=organization, hours=_INVITATION_HOURS)
        note_here("invite.made", organization=organization)
    return _platforms(invited)


@needs(Permission.ADMIN)
def withdraw(invite_id: str) -> Response:
    """POST /admin/invitations/<invite_id>/withdrawal"""
    with transaction():
        withdraw_invite(invite_id)
        note_here("invite.withdrawn", subject=invite_id)
    return redirect(url_for("console.platforms", _anchor="invitations"), 303)


@needs(Permission.ADMIN)
def platform(registration_id: str) -> str:
    """GET /admin/platforms/<registration_id>"""
    found = known_platform(registration_id)
    return render_template(
        "admin/platform.html", platform=found, standing=standing_of(found), deployments=deployment_lines(found),
        organizations=all_organizations(), legacy=legacy_of(found.id), decided=decided_just_now(),
        notices=notice_lines(found.id),
    )  # fmt: skip


@needs(Permission.ADMIN)
def rename(registration_id: str) -> Response:
    """POST /admin/platforms/<registration_id>/name"""
    with transaction():
        rename_platform(known_platform(registration_id), name=request.form.get("name", ""))
    return _to(registration_id)


@needs(Permission.ADMIN)
def switch(registration_id: str) -> Response:
    """POST /admin/platforms/<registration_id>/switch, `to` on or off"""
    with transaction():
        switch_platform(known_platform(registration_id), on=request.form.get("to") == "on")
    return _to(registration_id)


@needs(Permission.ADMIN)
def deployment(registration_id: str, deployment_id: str) -> Response:
    """POST /admin/platforms/<registration_id>/deployments/<deployment_id>/switch, `to` on or off"""
    with transaction():
        switch_deployment(known_platform(registration_id), deployment_id, on=request.form.get("to") == "on")
    return _to(registration_id, "deployments")


@needs(Permission.ADMIN)
def give(registration_id: str, deployment_id: str) -> Response:
    """POST /admin/platforms/<registration_id>/deployments/<deployment_id>/organization, `to` one, new or none"""
    with transaction():
        give_deployment(
            known_platform(registration_id), deployment_id, to=request.form.get("to", ""),
            name=request.form.get("name", ""),
        )  # fmt: skip
    return _to(registration_id, "deployments")


@needs(Permission.ADMIN)
def launches(registration_id: str) -> str:
    """GET /admin/platforms/<registration_id>/launches?before=&show=refused"""
    found, refused_only = known_platform(registration_id), request.args.get("show") == "refused"
    page = launch_page(found.id, before=turn_from(request.args.get("before")), refused_only=refused_only)
    return render_template(
        "admin/launches.html", platform=found, page=page, refused_only=refused_only, good_for=kept_for(),
        refused_for=KEPT_FOR,
    )  # fmt: skip


def _platforms(invited: Invited | None = None) -> str:
    return render_template(
        "admin/platforms.html", platforms=platform_lines(), waiting=waiting_deployments(), invites=open_invites(),
        organizations=all_organizations(), invited=invited,
    )  # fmt: skip


def _to(registration_id: str, anchor: str | None = None) -> Response:
    return redirect(url_for("console.platform", registration_id=registration_id, _anchor=anchor), 303)
