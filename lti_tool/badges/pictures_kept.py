"""The pictures of issuers and badge classes on their way into storage, in both forms (decision 16).

Cleaning and drawing take up to some seconds, so they come before a transaction begins; what they answer is kept inside
it, when nothing stands in the way any more.
"""

import secrets
from dataclasses import dataclass

from flask import current_app

from lti_tool.badges.pictures.cleaning import CleanPicture, clean_picture
from lti_tool.badges.pictures.drawing import draw_neutral
from lti_tool.badges.pictures.limits import Limits
from lti_tool.badges.pictures.refusal import PictureRefused
from lti_tool.badges.pictures.rendering import render_own
from lti_tool.badges.pictures.vector import clean_svg
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.kept_files import keep_file
from lti_tool.storage import storage_here

catalogue(
    {
        "picture_refused": Entry(
            422, "This picture cannot be used", "The file is not a picture that can become a badge.",
            "you", "Choose a PNG or SVG picture, or let a picture be drawn. Nothing was changed.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Pictures:
    """The storage keys of both forms of a picture."""

    png_key: str
    svg_key: str


NO_PICTURE = Pictures("", "")


def cleaned_picture(picture: bytes) -> CleanPicture:
    """Clean an uploaded PNG or SVG, and keep nothing yet. Raises `Problem` picture_refused."""
    try:
        return clean_picture(picture, _limits())
    except PictureRefused as refused:
        raise Problem("picture_refused", str(refused)) from None


def drawn_picture(seed: str | None = None) -> CleanPicture:
    """A neutral picture: the same one for the same seed, another one each time without."""
    svg = clean_svg(draw_neutral(seed or secrets.token_hex(8)), _limits())
    return CleanPicture(png=render_own(svg), svg=svg)


def cleaned_or_drawn(uploaded: bytes | None) -> CleanPicture:
    """The picture that was uploaded, or a drawn one where none was. Raises `Problem` picture_refused."""
    return drawn_picture() if uploaded is None else cleaned_picture(uploaded)


def keep_picture(picture: CleanPicture) -> Pictures:
    """Keep both forms of a picture for a row of this transaction."""
    return Pictures(keep_file(picture.png), keep_file(picture.svg))


def lay_ready(picture: CleanPicture) -> None:
    """Write both forms before the transaction that keeps them, which then need not wait for it."""
    for data in (picture.png, picture.svg):
        storage_here().put(data)


def kept_picture(key: str) -> bytes:
    """A picture of ours as it is stored. Raises KeyError where nothing lies under the key."""
    return storage_here().get(key)


def _limits() -> Limits:
    settings = current_app.extensions["settings"]
    return Limits(settings.upload_bytes, settings.picture_pixels, settings.picture_elements, settings.picture_depth)
