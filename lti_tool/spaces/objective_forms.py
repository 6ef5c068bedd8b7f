"""What staff fill in for an objective: its type first, then what this type asks for (SP-06, SP-11, SP-17)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from lti_tool.badges.badge_reads import badge_facts
from lti_tool.badges.model import BADGE_NAME_LENGTH, TEXT_LENGTH
from lti_tool.badges.verifying.checking import Given
from lti_tool.badges.verifying.given import NotUnderstood, given_file, given_text
from lti_tool.errors import Problem
from lti_tool.people.made_once import MakesOne
from lti_tool.spaces.foreign_badges import ForeignBadge
from lti_tool.spaces.forms import PictureField
from lti_tool.spaces.model import MAX_POINTS, TITLE_LENGTH
from lti_tool.spaces.objectives import CRITERIA_LENGTH, FIXED_POINTS, ObjectiveWords
from lti_tool.web import PageForm
from lti_tool.words import numeral, said, to_say

NEW_BADGE, ELSEWHERE = "new", "elsewhere"
KINDS = {
    "manual": to_say("Manual: staff mark it complete"),
    "badge": to_say("Badge: complete for its holders"),
}
EVIDENCE = {
    "none": to_say("Learners hand in nothing"),
    "allowed": to_say("Learners may hand in evidence"),
    "required": to_say("Learners must hand in evidence, and somebody reviews it"),
}
_POINTS = _l("Points are a whole number from 0 to %(most)s.", most=LazyString(numeral, MAX_POINTS))
_URL_LENGTH = 2000


def _said_of(choices: Mapping[str, str]) -> dict[str, str]:
    return {choice: said(word) for choice, word in choices.items()}


class _Points(PageForm):
    points = IntegerField(
        "Points",
        [InputRequired("Say how many points it gives."), NumberRange(0, MAX_POINTS, _POINTS)],
        default=FIXED_POINTS,
    )


class _Changing(PageForm):
    """Knows which revision whoever writes has seen."""

    revision = HiddenField()

    @property
    def seen(self) -> int:
        """No revision at all for what is no number: then it was certainly not seen."""
        said = (self.revision.raw_data or [""])[0]
        return int(said) if said.isdecimal() and len(said) < 10 else 0


class _Manual:
    title = StringField("Title", [DataRequired("An objective needs a title."), Length(max=TITLE_LENGTH)])
    public_criteria = TextAreaField("What learners read: how to complete it", [Optional(), Length(max=CRITERIA_LENGTH)])
    private_criteria = TextAreaField("Notes for staff only", [Optional(), Length(max=CRITERIA_LENGTH)])
    evidence = SelectField("Evidence", choices=lambda: _said_of(EVIDENCE), default="none")
    revoke_with_objective = BooleanField("Take the badge back when the objective is taken back", default=True)

    def words(self: Any) -> ObjectiveWords:
        return ObjectiveWords(
            self.title.data or "", self.points.data, self.public_criteria.data or "", self.private_criteria.data or "",
            self.revoke_with_objective.data, self.evidence.data,
        )  # fmt: skip


class ManualForm(_Manual, _Points, _Changing):
    """Changing a manual objective."""


class BadgeObjectiveForm(_Points, _Changing):
    """Changing a badge objective: its badge stays."""

    title = StringField("Title", [DataRequired("An objective needs a title."), Length(max=TITLE_LENGTH)])

    def words(self) -> ObjectiveWords:
        return ObjectiveWords(self.title.data, self.points.data)


class NewObjectiveForm(PictureField, _Manual, _Points, MakesOne):
    """Either type. What the other one asks for counts for nothing."""

    kind = SelectField("Objective Type", choices=lambda: _said_of(KINDS), default="manual")
    title = StringField("Title", [Length(max=TITLE_LENGTH)])  # required below
    badge = SelectField("Badge", default=NEW_BADGE)
    badge_name = StringField("Badge name", [Optional(), Length(max=BADGE_NAME_LENGTH)])
    description = TextAreaField("Description", [Length(max=TEXT_LENGTH)])  # required below, of a new badge
    criteria = TextAreaField("Criteria", [Optional(), Length(max=TEXT_LENGTH)])
    tracked = SelectField("Badge to look for")
    url = StringField("Public address of an award of the badge", [Length(max=_URL_LENGTH)])
    file = FileField("File of an award of the badge")
    given: Given | None = None

    def offer(self, own: Mapping[str, str], organization: Mapping[str, Mapping[str, str]]) -> None:
        """The badges that can be chosen: `own` ones to award, and all of the `organization`, by issuer, to look for."""
        self.badge.choices = {NEW_BADGE: _("A new badge, made here"), **own}
        groups = {issuer: dict(badges) for issuer, badges in organization.items()}
        groups.setdefault(_("Elsewhere"), {})[ELSEWHERE] = _("A badge of somebody else")
        self.tracked.choices = groups
        if self.tracked.data is None:
            self.tracked.data = next(iter(next(iter(groups.values()))))

    def name_of(self, tracked: str | ForeignBadge) -> str:
        """What an objective that looks for the badge is called: like the badge."""
        if isinstance(tracked, ForeignBadge):
            return tracked.name
        found = badge_facts(tracked)
        return found.name if found else ""

    @property
    def is_manual(self) -> bool:
        return bool(self.kind.data == "manual")

    @property
    def makes_badge(self) -> bool:
        return self.is_manual and bool(self.badge.data == NEW_BADGE)

    def validate_title(self, field: Any) -> None:
        if self.is_manual and not (field.data or "").strip():
            raise ValidationError("An objective needs a title.")

    def validate_description(self, field: Any) -> None:
        if self.makes_badge and not (field.data or "").strip():
            raise ValidationError("Say in a sentence what the badge stands for.")

    def validate_tracked(self, field: Any) -> None:
        if self.is_manual or field.data != ELSEWHERE:
            return
        chosen, address = self.file.data, (self.url.data or "").strip()
        has_file = bool(chosen and chosen.filename)
        if has_file == bool(address):
            raise ValidationError("Give one of the two: the address, or the file, of an award of that badge.")
        try:
            self.given = given_file(chosen.read()) if has_file else given_text(address)
        except NotUnderstood as wrong:
            raise ValidationError(str(wrong)) from None

    def tell(self, refused: Problem) -> None:
        """A refusal of a picture or of a foreign badge stands beside its field."""
        if refused.code == "picture_refused" and self.makes_badge:
            super().tell(refused)
        elif self.given is not None and refused.status in (422, 502, 503, 504):
            self.tracked.errors = [*self.tracked.errors, refused.message]
        else:
            raise refused
