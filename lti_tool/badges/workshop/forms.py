"""What editors fill in: the profile of an issuer, and a badge. The actions check everything again, in words."""

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from lti_tool.badges.achievement_types import ACHIEVEMENT_TYPES, type_word
from lti_tool.badges.badge_classes import LONGEST_DAYS
from lti_tool.badges.badge_reads import BadgeFacts, Giving
from lti_tool.badges.issuers import IssuerFacts
from lti_tool.badges.model import BADGE_NAME_LENGTH, TEXT_LENGTH
from lti_tool.badges.pictures.cleaning import CleanPicture
from lti_tool.badges.pictures.drawing import draw_neutral
from lti_tool.badges.pictures_kept import cleaned_picture
from lti_tool.badges.revisions import MOST_TAGS, TAG_LENGTH, BadgeWords
from lti_tool.badges.time_zones import time_zones
from lti_tool.badges.workshop.alignment_rows import AlignmentRows
from lti_tool.errors import Problem
from lti_tool.people.made_once import MakesOne
from lti_tool.people.names import EMAIL_LENGTH, NAME_LENGTH
from lti_tool.web import PageForm
from lti_tool.words import said, to_say

KEEP, DRAW, UPLOAD = "keep", "draw", "upload"
_UNITS = {to_say("days"): 1, to_say("months"): 30, to_say("years"): 365}
_SEED = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ADDRESS_LENGTH = 2000


class _Told(PageForm):
    """A refusal of the action stands where it belongs: at the picture, or above the form."""

    picture = FileField("Picture file")

    def tell(self, refused: Problem) -> None:
        """Any other refusal is raised again: it has a page of its own."""
        if refused.code == "picture_refused":
            self.picture.errors = [*self.picture.errors, refused.message]
        elif refused.code == "bad_request":
            self.form_errors.append(refused.message)
        else:
            raise refused

    @property
    def uploaded(self) -> bytes | None:
        chosen = self.picture.data
        return chosen.read() if chosen else None


class ProfileForm(_Told):
    """What an issuer says of itself. All of it is public, but for the time zone."""

    name = StringField("Name", [DataRequired("An issuer needs a name."), Length(max=NAME_LENGTH)])
    url = StringField("Website", [DataRequired("An issuer needs a web address."), Length(max=_ADDRESS_LENGTH)])
    email = StringField("E-mail", [DataRequired("An issuer needs an e-mail address."), Length(max=EMAIL_LENGTH)])
    description = TextAreaField("Description", [Optional(), Length(max=TEXT_LENGTH)])
    time_zone = StringField("Time zone", [DataRequired("Choose a time zone, such as Europe/Berlin."), Length(max=64)])
    drop_picture = BooleanField("Remove the picture")
    changed_at = HiddenField()

    def validate_time_zone(self, field: Any) -> None:
        if field.data not in time_zones():
            raise ValidationError("That time zone is not known. Choose one of the list, such as Europe/Berlin.")

    @property
    def seen(self) -> datetime:
        """When the profile that the page showed was last changed; the first of all days where it says nothing."""
        try:
            return datetime.fromisoformat(str(self.changed_at.data))
        except ValueError:
            return datetime.min.replace(tzinfo=UTC)

    @classmethod
    def of(cls, issuer: IssuerFacts) -> "ProfileForm":
        return cls(obj=issuer)


class BadgeForm(_Told, MakesOne):
    """A badge. `picture_from` says which picture counts; a file that was chosen counts in any case."""

    badge_name = StringField("Name", [DataRequired("A badge needs a name."), Length(max=BADGE_NAME_LENGTH)])
    description = TextAreaField(
        "Description", [DataRequired("Say in a sentence what the badge stands for."), Length(max=TEXT_LENGTH)]
    )
    criteria = TextAreaField("Criteria", [Length(max=TEXT_LENGTH)])
    criteria_url = StringField("Link to the criteria", [Length(max=_ADDRESS_LENGTH)])
    tags = StringField("Tags", [Length(max=MOST_TAGS * (TAG_LENGTH + 2))])
    achievement_type = SelectField("Type of achievement", default="")
    expires_count = IntegerField(
        "Awards hold for", [Optional(), NumberRange(1, LONGEST_DAYS, message="Enter 1 or more.")]
    )
    expires_unit = SelectField("Unit", choices=lambda: {unit: said(unit) for unit in _UNITS}, default="years")
    allows_repeats = BooleanField("One person may be given it more than once")
    picture_from = RadioField("Picture")
    seed = HiddenField()
    revision = HiddenField()

    def __init__(self, badge: BadgeFacts | None = None) -> None:
        super().__init__(data=_as_written(badge) if badge else None)
        kind = badge.achievement_type if badge else None
        types = {one: type_word(one) for one in (*ACHIEVEMENT_TYPES, *([kind] if kind else []))}
        self.achievement_type.choices = {"": _("None"), **types}
        ways = {KEEP: _("Keep this picture")} if badge else {}
        ways |= {DRAW: _("A drawn picture"), UPLOAD: _("A picture of your own")}
        self.picture_from.choices = ways
        if self.picture_from.data not in ways:
            self.picture_from.data = next(iter(ways))
        if not _SEED.fullmatch(self.seed.data or ""):
            self.draw_another()
        self.rows = AlignmentRows.sent(request.form) if request.form else AlignmentRows.of(badge)

    def validate_criteria(self, field: Any) -> None:
        if not ((field.data or "").strip() or (self.criteria_url.data or "").strip()):
            raise ValidationError("Say how the badge is earned, or give a link to where it is said.")

    def validate_expires_count(self, field: Any) -> None:
        days = self.giving.expires_after_days
        if days is not None and days > LONGEST_DAYS:
            raise ValidationError("An award holds for at most a hundred years.")

    def is_without_its_file(self) -> bool:
        """Shown again, no page keeps the file that was chosen: it is asked for, and nothing is drawn in its place."""
        if not self.picture.data:
            return False
        self.picture_from.data = UPLOAD
        return True

    def draw_another(self) -> None:
        self.seed.data = secrets.token_hex(8)

    @property
    def drawing(self) -> bytes:
        return draw_neutral(self.seed.data)

    @property
    def expected(self) -> int:
        """The revision that the page showed; 0, which none has, where it says nothing sensible."""
        said = self.revision.data or ""
        return int(said) if re.fullmatch(r"[0-9]{1,9}", said) else 0

    @property
    def giving(self) -> Giving:
        count = self.expires_count.data
        days = count * _UNITS.get(self.expires_unit.data, 1) if count else None
        return Giving(bool(self.allows_repeats.data), days)

    @property
    def words(self) -> BadgeWords:
        tags = re.split(r"[,;\n]", self.tags.data or "")
        return BadgeWords(
            self.badge_name.data, self.description.data, self.criteria.data or "", self.criteria_url.data,
            tuple(tags), self.rows.filled, self.achievement_type.data or None,
        )  # fmt: skip

    def cleaned(self) -> CleanPicture | None:
        """The picture that was chosen, cleaned; None keeps the one there is. Raises `Problem` picture_refused."""
        uploaded = self.uploaded
        if uploaded is None and self.picture_from.data == UPLOAD:
            raise Problem("picture_refused", _("Choose the file of the picture."))
        if uploaded is not None:
            return cleaned_picture(uploaded)
        return cleaned_picture(self.drawing) if self.picture_from.data == DRAW else None


def _as_written(badge: BadgeFacts) -> Mapping[str, Any]:
    """What the form begins with."""
    count, unit = in_units(badge.expires_after_days)
    return {
        "badge_name": badge.name, "description": badge.description, "criteria": badge.criteria,
        "criteria_url": badge.criteria_url, "tags": ", ".join(badge.tags),
        "achievement_type": badge.achievement_type or "", "expires_count": count, "expires_unit": unit,
        "allows_repeats": badge.allows_repeats, "picture_from": KEEP, "revision": str(badge.revision),
    }  # fmt: skip


def in_units(days: int | None) -> tuple[int | None, str]:
    """The same time in the largest unit that fits."""
    if days is None:
        return None, "years"
    unit = next(unit for unit in reversed(_UNITS) if days % _UNITS[unit] == 0)
    return days // _UNITS[unit], unit
