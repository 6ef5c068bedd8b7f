"""What somebody fills in to have a badge checked."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from lti_tool.badges.verifying.finding import Given
from lti_tool.badges.verifying.given import NotUnderstood, given_file, given_text
from lti_tool.people.names import EMAIL_LENGTH, clean_email
from lti_tool.web import PageForm
from lti_tool.words import to_say

_TEXT_LENGTH = 200_000


class VerifyForm(PageForm):
    """A badge as a text or as a file, and perhaps an address that it should belong to. It changes nothing, so anybody
    may send it from anywhere. `given` and `address` are there once the form is valid.
    """

    text = TextAreaField("Address or text", [Length(max=_TEXT_LENGTH)])
    file = FileField("File")
    recipient = StringField("Does it belong to this e-mail address?", [Length(max=EMAIL_LENGTH)])
    given: Given
    address: str | None

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        file = self.file if self.file.data and self.file.data.filename else None
        try:
            self.given = self._given()
        except NotUnderstood as wrong:
            (file or self.text).errors = [str(wrong)]
            return False
        asked = (self.recipient.data or "").strip()
        self.address = clean_email(asked)
        if asked and self.address is None:
            self.recipient.errors = [to_say("This is no e-mail address. Leave it empty if it does not matter.")]
            return False
        return True

    def _given(self) -> Given:
        text, file = (self.text.data or "").strip(), self.file.data
        has_file = bool(file and file.filename)
        if bool(text) == has_file:
            too_much, nothing = (
                to_say("Give one thing only: a text or a file."),
                to_say("Paste an address or a text, or choose a file."),
            )
            raise NotUnderstood(too_much if text else nothing)
        return given_file(file.read()) if has_file else given_text(text)
