"""Documents and pictures under public addresses, for verifiers, backpacks and whoever saves a file."""

from flask import Response

from lti_tool.badges import hosted
from lti_tool.badges.answers import file_name, json_answer, known_answer, list_answer, mark, picture_answer, save_as
from lti_tool.badges.pictures_kept import kept_picture
from lti_tool.badges.pictures_shown import bake, picture_key, picture_mark, texts_to_bake
from lti_tool.badges.public_reads import (
    SLICE,
    AwardMark,
    PublicBadge,
    PublicIssuer,
    count_revoked,
    read_award_mark,
    read_badge,
    read_issuer,
)
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs


@needs(Permission.PUBLIC)
def issuer_json(issuer_id: str) -> Response:
    """GET /public/issuers/<id>.json: the document, whatever the browser would rather have"""
    found = find_issuer(issuer_id)
    return _file(json_answer(hosted.issuer_document(found)), found.name)


@needs(Permission.PUBLIC)
def badge_json(badge_id: str) -> Response:
    """GET /public/badges/<id>.json"""
    found, _ = find_badge(badge_id)
    return _file(json_answer(hosted.badge_document(found)), found.name)


@needs(Permission.PUBLIC)
def assertion_json(award_id: str) -> Response:
    """GET /public/assertions/<id>.json; 410 with the stripped body once it is revoked"""
    found = find_award(award_id)
    return _file(json_answer(found.document, 410 if found.revoked else 200), found.badge.name)


@needs(Permission.PUBLIC)
def issuer_image(issuer_id: str, form: str) -> Response:
    """GET /public/issuers/<id>/image.png and .svg"""
    found = find_issuer(issuer_id)
    return _kept_image(picture_key(found, form), form, found.name)


@needs(Permission.PUBLIC)
def badge_image(badge_id: str, form: str) -> Response:
    """GET /public/badges/<id>/image.png and .svg"""
    found, _ = find_badge(badge_id)
    return _kept_image(picture_key(found, form), form, found.name)


@needs(Permission.PUBLIC)
def assertion_image(award_id: str, form: str) -> Response:
    """GET /public/assertions/<id>/image.png and .svg: baked when it is asked for"""
    known = read_award_mark(award_id)
    if known is None:
        raise Problem("public_unknown")
    if known.revoked:
        raise Problem("award_revoked")
    tag = picture_mark(award_id, known, form)
    return known_answer(tag) or _baked_image(award_id, known, form, tag)


@needs(Permission.PUBLIC)
def revocations(issuer_id: str) -> Response:
    """GET /public/revocations/<issuer>: told apart by a count, and sent in pieces when it is long"""
    found = find_issuer(issuer_id)
    revoked = count_revoked(found.id)
    tag = mark(hosted.address("revocations", found.id), *revoked)
    pieces = hosted.revocation_list(db.engine, found.id, revoked)
    return list_answer(pieces, tag, whole=sum(one.awards for one in revoked) <= SLICE)


def find_issuer(issuer_id: str) -> PublicIssuer:
    """Raises `Problem` public_unknown."""
    found = read_issuer(issuer_id)
    if found is None:
        raise Problem("public_unknown")
    return found


def find_badge(badge_id: str) -> tuple[PublicBadge, PublicIssuer]:
    """Raises `Problem` public_unknown."""
    found = read_badge(badge_id)
    if found is None:
        raise Problem("public_unknown")
    return found


def find_award(award_id: str) -> hosted.PublicAward:
    """Raises `Problem` public_unknown; a revoked one is found."""
    found = hosted.public_award(award_id)
    if found is None:
        raise Problem("public_unknown")
    return found


def _baked_image(award_id: str, known: AwardMark, form: str, tag: str) -> Response:
    texts = texts_to_bake(award_id, known)
    if texts is None:  # revoked since
        raise Problem("award_revoked")
    return picture_answer(bake(texts, form), form, file_name(texts.name), tag)


def _kept_image(key: str | None, form: str, name: str) -> Response:
    if key is None:
        raise Problem("public_unknown")
    tag = mark(form, key)
    return known_answer(tag) or picture_answer(kept_picture(key), form, file_name(name), tag)


def _file(response: Response, name: str) -> Response:
    save_as(response, f"{file_name(name)}.json")
    return response
