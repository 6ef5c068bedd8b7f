"""What a person fills in: what they bring, and how a collection is called."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from lti_tool.badges.backpack.collections import DESCRIPTION_LENGTH
from lti_tool.badges.model import BADGE_NAME_LENGTH
from lti_tool.badges.verifying.checking import Given
from lti_tool.badges.verifying.given import NotUnderstood, given_file, given_text
from lti_tool.web import PageForm
from lti_tool.words import to_say

_URL_LENGTH = 2000
_TEXT_LENGTH = 200_000
_ONE = to_say("Give one thing only: a file, an address or a text.")


class BringForm(PageForm):
    """One badge from elsewhere, in one of three fields. `given` is there once the form is valid."""

    file = FileField("File")
    url = StringField("Address", [Length(max=_URL_LENGTH)])
    text = TextAreaField("Text", [Length(max=_TEXT_LENGTH)])
    given: Given

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        filled = [name for name in ("file", "url", "text") if self._is_filled(name)]
        if len(filled) != 1:
            said = _ONE if filled else to_say("Choose a file, or enter an address or a text.")
            for name in filled or ["file"]:
                self[name].errors = [said]
            return False
        try:
            self.given = self._read(filled[0])
        except NotUnderstood as wrong:
            self[filled[0]].errors = [str(wrong)]
            return False
        return True

    def _is_filled(self, name: str) -> bool:
        data = self[name].data
        return bool(data and data.filename) if name == "file" else bool((data or "").strip())

    def _read(self, name: str) -> Given:
        if name == "file":
            return given_file(self.file.data.read())
        if name == "url":
            return Given("url", self.url.data.strip())
        return given_text(self.text.data)


class CollectionForm(PageForm):
    """What a collection says of itself, and whether it names its owner."""

    name = StringField("Name", [DataRequired("A collection needs a name."), Length(max=BADGE_NAME_LENGTH)])
    description = TextAreaField("Description", [Length(max=DESCRIPTION_LENGTH)])
    shows_name = BooleanField("Show my name on its public page")
