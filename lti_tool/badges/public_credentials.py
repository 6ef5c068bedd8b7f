"""Open Badges 3.0 under public addresses: credentials, what they are about, who issued them, and what was revoked.

A credential that somebody saved is checked without asking us, but for one thing: its bit in the status list says
whether it is revoked. Here it is gone then (410), as its like in 2.0 is.
"""

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from lti_tool.badges import hosted
from lti_tool.badges.answers import PLAIN, list_answer, made_answer, mark, save_as, wants_page
from lti_tool.badges.answers import file_name as named
from lti_tool.badges.openbadge.documents import Document, to_json
from lti_tool.badges.public_files import find_award, find_badge, find_issuer
from lti_tool.badges.public_reads import SLICE, count_revoked
from lti_tool.badges.signing import documents
from lti_tool.badges.signing.addresses import revoked_address
from lti_tool.badges.signing.credentials import credential_json, credential_jwt, credential_mark
from lti_tool.badges.signing.keys import published_key, published_keys
from lti_tool.badges.signing.lists import revoked_credentials, status_json, status_jwt, status_list
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs

_PROOF = ("application/vc+ld+json", "application/vc", "application/ld+json", "application/json")
_TEXT = ("application/vc+jwt", "application/jwt", "text/plain")


@needs(Permission.PUBLIC)
def credential(award_id: str) -> ResponseReturnValue:
    """GET /public/credentials/<id>: with a proof, as signed text to whoever asks for it, the award's page to people"""
    if wants_page() and not _named() & {*_PROOF, *_TEXT}:
        return _page("assertions", find_award(award_id).id)
    return _credential(award_id, *_wanted())


@needs(Permission.PUBLIC)
def credential_file(award_id: str, form: str) -> Response:
    """GET /public/credentials/<id>.json and .jwt"""
    found = _credential(award_id, form, _PROOF[0] if form == "json" else "text/plain")
    save_as(found, f"{named(find_award(award_id).badge.name)}.{form}")
    return found


@needs(Permission.PUBLIC)
def achievement(badge_id: str) -> ResponseReturnValue:
    """GET /public/achievements/<id>: the badge class as 3.0 tells of it"""
    badge, issuer = find_badge(badge_id)
    if wants_page():
        return _page("badges", badge.id)
    return _document(documents.achievement(badge, issuer), "application/ld+json")


@needs(Permission.PUBLIC)
def profile(issuer_id: str) -> ResponseReturnValue:
    """GET /public/profiles/<id>: the issuer as 3.0 tells of it, with the keys whose signatures count"""
    issuer = find_issuer(issuer_id)
    if wants_page():
        return _page("issuers", issuer.id)
    return _document(documents.profile(issuer, published_keys(issuer.id)), "application/ld+json")


@needs(Permission.PUBLIC)
def key(kid: str) -> Response:
    """GET /public/keys/<kid>: one bare JWK"""
    found = published_key(kid)
    if found is None:
        raise Problem("public_unknown")
    return _document(documents.bare_key(found), PLAIN)


@needs(Permission.PUBLIC)
def status(name: str) -> Response:
    """GET /public/status/<issuer>-<n>: one bit for each award, signed"""
    found = status_list(name)
    if found is None:
        raise Problem("public_unknown")
    form, kind = _wanted()
    make = status_jwt if form == "jwt" else status_json
    return made_answer(kind, mark(kind, found.mark(form)), lambda: make(found))


@needs(Permission.PUBLIC)
def revoked(issuer_id: str) -> Response:
    """GET /public/revoked-credentials/<issuer>: the same in the form of 1EdTech"""
    found = find_issuer(issuer_id)
    counted = count_revoked(found.id)
    tag = mark(revoked_address(found.id), *counted)
    pieces = revoked_credentials(db.engine, found.id, counted)
    return list_answer(pieces, tag, whole=sum(one.awards for one in counted) <= SLICE, linked=False)


def _credential(award_id: str, form: str, kind: str) -> Response:
    found = find_award(award_id)
    if found.revoked:
        raise Problem("award_revoked")
    make = credential_jwt if form == "jwt" else credential_json
    return made_answer(kind, mark(kind, credential_mark(found, form)), lambda: make(found))


def _document(document: Document, kind: str) -> Response:
    body = to_json(document)
    return made_answer(kind, mark(kind, body), lambda: body)


def _page(kind: str, identity: str) -> ResponseReturnValue:
    return redirect(hosted.address(kind, identity), 303)


def _named() -> set[str]:
    return {kind for kind, quality in request.accept_mimetypes if quality}


def _wanted() -> tuple[str, str]:
    """`json` or `jwt`, and under which name. Without a word about it the proof stands in the JSON."""
    best = request.accept_mimetypes.best_match([*_PROOF, *_TEXT], default=_PROOF[0])
    return ("jwt" if best in _TEXT else "json"), best
