"""What staff fill in: the Space, a badge, an objective. The actions check everything again, in words."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from lti_tool import clock
from lti_tool.badges.model import BADGE_NAME_LENGTH, TEXT_LENGTH
from lti_tool.errors import Problem
from lti_tool.spaces.model import MAX_POINTS, SPACE_NAME_LENGTH, TITLE_LENGTH
from lti_tool.spaces.objectives import CRITERIA_LENGTH, FIXED_POINTS
from lti_tool.spaces.space import end_date_problem

NEW_BADGE = "new"
_POINTS = f"Points are a whole number from 0 to {MAX_POINTS:,}."


class SpaceForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """The first minute of a teacher: both fields come filled in."""

    name = StringField("Name", [DataRequired("A Space needs a name."), Length(max=SPACE_NAME_LENGTH)])
    ends_on = DateField("End date", [InputRequired("Choose the day on which the Space ends.")])

    def validate_ends_on(self, field: Any) -> None:
        chosen: date | None = field.data  # None for what is no date: the field has said so already
        wrong = end_date_problem(chosen, clock.now().date()) if chosen else None
        if wrong:
            raise ValidationError(wrong)


class _Picture:
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


class BadgeForm(_Picture, FlaskForm):  # type: ignore[misc]
    """A badge by itself."""

    badge_name = StringField("Badge name", [DataRequired("A badge needs a name."), Length(max=BADGE_NAME_LENGTH)])
    description = TextAreaField(
        "Description", [DataRequired("Say in a sentence what the badge stands for."), Length(max=TEXT_LENGTH)]
    )
    criteria = TextAreaField("Criteria", [DataRequired("Say how the badge is earned."), Length(max=TEXT_LENGTH)])


class ObjectiveForm(FlaskForm):  # type: ignore[misc]
    """An objective, with a badge that exists or one made in the same step."""

    title = StringField("Title", [DataRequired("An objective needs a title."), Length(max=TITLE_LENGTH)])
    points = IntegerField(
        "Points",
        [InputRequired("Say how many points it gives."), NumberRange(0, MAX_POINTS, _POINTS)],
        default=FIXED_POINTS,
    )
    public_criteria = TextAreaField("What learners read: how to complete it", [Optional(), Length(max=CRITERIA_LENGTH)])
    private_criteria = TextAreaField("Notes for staff only", [Optional(), Length(max=CRITERIA_LENGTH)])
    revoke_with_objective = BooleanField("Take the badge back when the objective is taken back", default=True)


class NewObjectiveForm(_Picture, ObjectiveForm):
    """Adds which badge it awards; the badge's own fields count only for a new one."""

    badge = SelectField("Badge", default=NEW_BADGE)
    badge_name = StringField("Badge name", [Optional(), Length(max=BADGE_NAME_LENGTH)])
    description = TextAreaField("Description", [Length(max=TEXT_LENGTH)])  # required below, of a new badge
    criteria = TextAreaField("Criteria", [Optional(), Length(max=TEXT_LENGTH)])

    @property
    def makes_badge(self) -> bool:
        return bool(self.badge.data == NEW_BADGE)

    def validate_description(self, field: Any) -> None:
        if self.makes_badge and not (field.data or "").strip():
            raise ValidationError("Say in a sentence what the badge stands for.")
