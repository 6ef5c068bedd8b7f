"""Three fields of which one is filled in: the picture, the address or the JSON of an award (DM-18, DM-19)."""

from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField

from lti_tool.badges.replacing.preparing import the_one
from lti_tool.badges.verifying.checking import Given
from lti_tool.errors import Problem
from lti_tool.web import PageForm


class SourceForm(PageForm):
    """Which award the new badge is taken from."""

    image = FileField("Picture of an awarded badge")
    url = StringField("Public address of an awarded badge")
    json = TextAreaField("JSON of an awarded badge")

    @property
    def given(self) -> Given:
        """Raises `Problem` replacement_one_source."""
        chosen = self.image.data
        picture = chosen.read() if chosen else None
        if chosen and chosen.filename and not picture:
            raise Problem("picture_refused", _("This file is empty. Choose the picture of an awarded badge."))
        return the_one(image=picture, url=self.url.data, json=self.json.data)
