"""Pictures that a program sends along: cleaned before anything begins, because that can take seconds."""

from typing import Any

from lti_tool.badges.pictures.cleaning import CleanPicture
from lti_tool.badges.pictures_kept import cleaned_picture


def picture_of(upload: Any) -> CleanPicture | None:
    """The picture in a file of a form; None where none was sent. Raises `Problem` picture_refused."""
    return cleaned_picture(upload.stream.read()) if upload is not None else None
