"""The Data Management tab of an issuer: a period, and the file of every award in it.

The button posts, because whoever takes a file of people's names and addresses away is written into the audit log, and
a GET writes nothing (decision 42).
"""

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.exporting.awards_csv import awards_csv
from lti_tool.badges.exporting.forms import PeriodForm
from lti_tool.badges.exporting.period import Period
from lti_tool.badges.exporting.switch import ask_for_data
from lti_tool.badges.issuers import IssuerFacts
from lti_tool.badges.staffing.authority import Power, ask_issuer, powers_with_issuer
from lti_tool.badges.time_zones import zone_of
from lti_tool.csvfile import content_disposition, separator_for
from lti_tool.db import db, transaction
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.people.visit import current_visit
from lti_tool.words import to_say

name_deeds({"awards.exported": to_say("The awards of an issuer were exported")})


@needs(Permission.VISIT)
def issuer_data(issuer_id: str) -> ResponseReturnValue:
    """GET /issuers/<issuer_id>/data"""
    issuer = _issuer(issuer_id)
    return _page(issuer, PeriodForm(formdata=None))


@needs(Permission.VISIT)
def awards_file(issuer_id: str) -> ResponseReturnValue:
    """POST /issuers/<issuer_id>/awards.csv: the file; who comes by its bare address is led to the page."""
    issuer = _issuer(issuer_id)
    if request.method != "POST":
        return redirect(page_url("exporting.issuer_data", issuer_id=issuer.id), 303)
    form = PeriodForm()
    if not form.validate():
        return _page(issuer, form), 422
    separator = separator_for(current_visit().locale, request.form.get("separator"))
    with transaction():
        _note_export(issuer, form.period)
    name, pieces = awards_csv(issuer.id, form.period, separator=separator)
    db.session.remove()  # a long download must not keep this request's reading transaction open
    headers = {"Content-Disposition": content_disposition(name), "Cache-Control": "no-store"}
    return Response(pieces, mimetype="text/csv", headers=headers)


def _issuer(issuer_id: str) -> IssuerFacts:
    issuer = ask_issuer(issuer_id, Power.EDIT)
    ask_for_data(issuer.organization)
    return issuer


def _page(issuer: IssuerFacts, form: PeriodForm) -> str:
    powers = powers_with_issuer(current_visit(), issuer.id)
    return render_template(
        "badges/exporting/issuer_data.html", issuer=issuer, powers=powers, tab="exporting.issuer_data", form=form,
        zone=zone_of(issuer.time_zone).key,
    )  # fmt: skip


def _note_export(issuer: IssuerFacts, period: Period) -> None:
    said = {name: day.isoformat() for name, day in (("from", period.first), ("to", period.last)) if day}
    note_deed(
        "awards.exported", subject=issuer.id, organization=issuer.organization, scope=issuer.id, facts={**said}
    )  # fmt: skip
