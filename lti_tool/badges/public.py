"""The public addresses of badges: no login, no cookie, no write. (Open Badges 2.0, "Hosted".)

Everybody may read them from anywhere, a script on another site included; what is refused here is refused in the
form that was asked for, so that a verifier never has to read a page.
"""

import re
import unicodedata

from flask import Blueprint, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.badges import hosted
from lti_tool.badges.answers import json_answer, page_answer, picture_answer, wants_page
from lti_tool.badges.badge_classes import BadgeFacts, badge_facts, badges_of_issuer
from lti_tool.badges.issuers import IssuerFacts, issuer_facts
from lti_tool.badges.markdown import as_html
from lti_tool.badges.pictures_shown import baked_picture, class_picture
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.access import Permission, needs
from lti_tool.web import refuse

catalogue(
    {
        "public_unknown": Entry(
            404,
            "There is nothing at this address",
            "No issuer, badge or award has this address.",
            "whoever gave you the address",
            "Check the address, or ask whoever gave it to you.",
        ),
        "award_revoked": Entry(
            410,
            "This badge was taken back",
            "The award that stood here was revoked by its issuer.",
            "the issuer of the badge",
            "Ask the issuer if you think that this is a mistake.",
        ),
    }
)

public = Blueprint("public", __name__, url_prefix="/public")


@needs(Permission.PUBLIC)
def issuer(issuer_id: str) -> ResponseReturnValue:
    """GET /public/issuers/<id>"""
    found = _issuer(issuer_id)
    if wants_page():
        shown = {"issuer": found, "badges": badges_of_issuer(found.id), "address": hosted.address("issuers", found.id)}
        return page_answer(render_template("badges/public/issuer.html", **shown))
    return json_answer(hosted.issuer_document(found))


@needs(Permission.PUBLIC)
def badge(badge_id: str) -> ResponseReturnValue:
    """GET /public/badges/<id>"""
    found = _badge(badge_id)
    if wants_page():
        shown = {"badge": found, "issuer": _issuer(found.issuer), "criteria": as_html(found.criteria)}
        shown["address"] = hosted.address("badges", found.id)
        return page_answer(render_template("badges/public/badge.html", **shown))
    return json_answer(hosted.badge_document(found))


@needs(Permission.PUBLIC)
def assertion(award_id: str) -> ResponseReturnValue:
    """GET /public/assertions/<id>; 410 with the stripped body once it is revoked"""
    found = _award(award_id)
    status = 410 if found.revoked else 200
    if wants_page():
        name = "badges/public/revoked.html" if found.revoked else "badges/public/award.html"
        page = render_template(
            name, award=found, criteria=as_html(found.badge.criteria), narrative=as_html(found.narrative or ""),
            address=hosted.address("assertions", found.id),
        )  # fmt: skip
        return page_answer(page, status)
    return json_answer(found.document, status)


@needs(Permission.PUBLIC)
def badge_image(badge_id: str, form: str) -> Response:
    """GET /public/badges/<id>/image.png and .svg"""
    found = _badge(badge_id)
    return picture_answer(class_picture(found, form), form, _file_name(found.name))


@needs(Permission.PUBLIC)
def assertion_image(award_id: str, form: str) -> Response:
    """GET /public/assertions/<id>/image.png and .svg: baked when it is asked for"""
    found = _award(award_id)
    if found.revoked:
        raise Problem("award_revoked")
    return picture_answer(baked_picture(found, form), form, _file_name(found.badge.name))


@needs(Permission.PUBLIC)
def recipient(recipient_id: str) -> ResponseReturnValue:
    """GET /public/recipients/<id>: stands for a person who has no address, and says nothing about them"""
    return page_answer(render_template("badges/public/recipient.html"))


@needs(Permission.PUBLIC)
def revocations(issuer_id: str) -> ResponseReturnValue:
    """GET /public/revocations/<issuer>"""
    return json_answer(hosted.revocation_list(_issuer(issuer_id)))


public.add_url_rule("/issuers/<issuer_id>", "issuer", issuer)
public.add_url_rule("/badges/<badge_id>", "badge", badge)
public.add_url_rule("/assertions/<award_id>", "assertion", assertion)
public.add_url_rule("/badges/<badge_id>/image.<any(png, svg):form>", "badge_image", badge_image)
public.add_url_rule("/assertions/<award_id>/image.<any(png, svg):form>", "assertion_image", assertion_image)
public.add_url_rule("/recipients/<recipient_id>", "recipient", recipient)
public.add_url_rule("/revocations/<issuer_id>", "revocations", revocations)


@public.after_request
def _open_to_everybody(response: Response) -> Response:
    """Verifiers that run in a browser may read every answer, refusals included; search engines keep none of them.

    `If-None-Match` makes a browser ask with OPTIONS first, which is therefore answered for it.
    """
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "*"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


@public.errorhandler(Problem)
def _refuse(problem: Problem) -> Response:
    """The house's page for people, JSON for everybody else."""
    response = make_response(refuse(problem))
    if not wants_page():
        response.mimetype = "application/json"
        response.data = jsonify({"error": problem.for_programs}).data
    response.vary.add("Accept")
    return response


def _issuer(issuer_id: str) -> IssuerFacts:
    found = issuer_facts(issuer_id)
    if found is None:
        raise Problem("public_unknown")
    return found


def _badge(badge_id: str) -> BadgeFacts:
    found = badge_facts(badge_id)
    if found is None:
        raise Problem("public_unknown")
    return found


def _award(award_id: str) -> hosted.PublicAward:
    found = hosted.public_award(award_id)
    if found is None:
        raise Problem("public_unknown")
    return found


def _file_name(name: str) -> str:
    """A name for the file that every system takes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "badge"
