"""What staff fill in for a badge. The actions check everything again, in words."""

from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from lti_tool.badges.model import BADGE_NAME_LENGTH, TEXT_LENGTH
from lti_tool.errors import Problem
from lti_tool.people.made_once import MakesOne


class PictureField:
    """A picture to upload. What is wrong with it is found while the badge is made, and told beside its field."""

    picture = FileField("Picture")

    @property
    def uploaded(self) -> bytes | None:
        chosen = self.picture.data
        return chosen.read() if chosen else None

    def tell(self, refused: Problem) -> None:
        """Any other refusal is raised again: it has a page of its own."""
        if refused.code != "picture_refused":
            raise refused
        self.picture.errors = [*self.picture.errors, refused.message]


class BadgeForm(PictureField, MakesOne):
    """A badge by itself."""

    badge_name = StringField("Badge name", [DataRequired("A badge needs a name."), Length(max=BADGE_NAME_LENGTH)])
    description = TextAreaField(
        "Description", [DataRequired("Say in a sentence what the badge stands for."), Length(max=TEXT_LENGTH)]
    )
    criteria = TextAreaField("Criteria", [DataRequired("Say how the badge is earned."), Length(max=TEXT_LENGTH)])
