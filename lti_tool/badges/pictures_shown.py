"""The pictures of badge classes as stored, and of awards as baked at this moment (decision 1)."""

from functools import lru_cache

from flask import current_app

from lti_tool.badges.badge_classes import BadgeFacts
from lti_tool.badges.hosted import PublicAward, address
from lti_tool.badges.openbadge.baking import (
    ASSERTION,
    BakeablePng,
    BakeableSvg,
    bake_png,
    bake_svg,
    split_png,
    split_svg,
)
from lti_tool.badges.openbadge.documents import to_json
from lti_tool.storage import Storage


def class_picture(badge: BadgeFacts, form: str) -> bytes:
    """The picture of a badge class; `form` is png or svg."""
    return _storage().get(badge.png_key if form == "png" else badge.svg_key)


def baked_picture(award: PublicAward, form: str) -> bytes:
    """The class's picture with this award's hosted assertion spliced in; nothing is decoded and nothing kept."""
    document = to_json(award.document)
    if form == "png":
        return bake_png(_png_parts(award.badge.png_key), {ASSERTION: document})
    return bake_svg(_svg_parts(award.badge.svg_key), document, address("assertions", award.id))


@lru_cache(maxsize=256)
def _png_parts(key: str) -> BakeablePng:
    """Keys are hashes of content, so what is split once stays right for ever."""
    return split_png(_storage().get(key))


@lru_cache(maxsize=256)
def _svg_parts(key: str) -> BakeableSvg:
    return split_svg(_storage().get(key))


def _storage() -> Storage:
    storage: Storage = current_app.extensions["storage"]
    return storage
