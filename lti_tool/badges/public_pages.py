"""Issuers, badges and awards at their public addresses: a page for people, the document for everybody else."""

from datetime import date, datetime

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.badges import hosted
from lti_tool.badges.answers import json_answer, page_answer, wants_page
from lti_tool.badges.markdown import as_html
from lti_tool.badges.public_files import find_award, find_badge, find_issuer
from lti_tool.badges.public_reads import read_shelf
from lti_tool.badges.sharing import Shared, linkedin_link, mail_link
from lti_tool.badges.texts import is_link
from lti_tool.badges.time_zones import day_of, zone_of
from lti_tool.people.access import Permission, needs


@needs(Permission.PUBLIC)
def issuer(issuer_id: str) -> ResponseReturnValue:
    """GET /public/issuers/<id>"""
    found = find_issuer(issuer_id)
    if not wants_page():
        return json_answer(hosted.issuer_document(found))
    badges, more = read_shelf(found.id, request.args.get("after"))
    page = render_template(
        "badges/public/issuer.html", issuer=found, badges=badges, more=more, first="after" not in request.args,
        address=hosted.address("issuers", found.id), verify=_verify(),
    )  # fmt: skip
    return page_answer(page)


@needs(Permission.PUBLIC)
def badge(badge_id: str) -> ResponseReturnValue:
    """GET /public/badges/<id>"""
    found, its_issuer = find_badge(badge_id)
    if not wants_page():
        return json_answer(hosted.badge_document(found))
    page = render_template(
        "badges/public/badge.html", badge=found, issuer=its_issuer, criteria=as_html(found.criteria),
        address=hosted.address("badges", found.id), verify=_verify(),
    )  # fmt: skip
    return page_answer(page)


@needs(Permission.PUBLIC)
def assertion(award_id: str) -> ResponseReturnValue:
    """GET /public/assertions/<id>; 410 with the stripped body once it is revoked"""
    found = find_award(award_id)
    if not wants_page():
        return json_answer(found.document, 410 if found.revoked else 200)
    if found.revoked:
        return page_answer(render_template("badges/public/revoked.html", verify=_verify()), 410)
    return page_answer(_award_page(found))


@needs(Permission.PUBLIC)
def recipient(recipient_id: str) -> ResponseReturnValue:
    """GET /public/recipients/<id>: stands for a person who has no address, and says nothing about them"""
    return page_answer(render_template("badges/public/recipient.html", verify=_verify()))


def _award_page(award: hosted.PublicAward) -> str:
    address = hosted.address("assertions", award.id)
    issued_on, expires = _day(award.issued_on, award), _day(award.expires, award) if award.expires else None
    shared = Shared(award.badge.name, award.issuer.name, issued_on, expires, award.id, address)
    return render_template(
        "badges/public/award.html", award=award, badge=award.badge, issuer=award.issuer, issued_on=issued_on,
        expires=expires, criteria=as_html(award.badge.criteria), narrative=as_html(award.narrative or ""),
        evidence_is_link=is_link(award.evidence or ""), address=address, verify=_verify(),
        credential=hosted.address("credentials", award.id) if award.keys_at else None,
        mail=mail_link(shared, _("A badge that I earned, and how anybody can check it:")),
        linkedin=linkedin_link(shared),
    )  # fmt: skip


def _day(moment: datetime, award: hosted.PublicAward) -> date:
    """The day on the issuer's calendar: an award was given on the day that it was there."""
    return day_of(moment, zone_of(award.issuer.time_zone))


def _verify() -> str:
    return f"{current_app.extensions['settings'].public_url}/verify"
