"""What staff fill in for a Space: its name and days, and what a new one begins with."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.time_zones import time_zones
from lti_tool.people.made_once import MakesOne
from lti_tool.people.visit import current_visit
from lti_tool.spaces.copying import copyable
from lti_tool.spaces.days import today_in
from lti_tool.spaces.model import SPACE_NAME_LENGTH
from lti_tool.spaces.space import UNKNOWN_ZONE, SpaceFacts, end_date_problem, usual_zone
from lti_tool.spaces.starting import BLANK, Start, start_with
from lti_tool.spaces.starting_points import LIST_LENGTH, ListUnreadableError, Planned, Template, read_list, templates
from lti_tool.web import PageForm

_TEMPLATE, _EARLIER = "template:", "space:"


class _Words(PageForm):
    """What a Space says of itself. Without a time zone it is the issuer's."""

    name = StringField("Name", [DataRequired("A Space needs a name."), Length(max=SPACE_NAME_LENGTH)])
    ends_on = DateField("End date", [InputRequired("Choose the day on which the Space ends.")])
    time_zone = StringField("Time zone", [Optional(), Length(max=64)])
    issuer: str | None = None

    @property
    def zone(self) -> str:
        """The one that was chosen; the issuer's for none, and for one that nobody knows."""
        chosen = self.time_zone.data or ""
        if chosen in time_zones():
            return str(chosen)
        return usual_zone(self.issuer or first_issuer_of(current_visit().organization))

    @property
    def zones(self) -> Sequence[str]:
        """What can be chosen."""
        return time_zones()

    def validate_ends_on(self, field: Any) -> None:
        wrong = end_date_problem(field.data, today_in(self.zone)) if field.data else None
        if wrong:  # what is no date has been said by the field already
            raise ValidationError(wrong)

    def validate_time_zone(self, field: Any) -> None:
        if field.data not in time_zones():
            raise ValidationError(UNKNOWN_ZONE)


class SpaceForm(_Words, MakesOne):
    """A new Space, the first minute of a teacher: all of it comes filled in."""


class LastTermForm(SpaceForm):
    """A new Space like that of the course which this one was copied from: `earlier` names it."""

    earlier = HiddenField()


class StartForm(SpaceForm):
    """A new Space, and what it begins with."""

    start = RadioField("Start from", default="blank")
    lines = TextAreaField("Your list", [Length(max=LIST_LENGTH, message="This list is too long.")])
    act = HiddenField()
    planned: Sequence[Planned] = ()

    def offer(self, issuer: str | None = None) -> "StartForm":
        """What whoever is here can choose from; `issuer` is whose Space it will be."""
        self.issuer = issuer
        self.start.choices = [
            ("blank", _("Nothing yet")),
            *((_TEMPLATE + name, one.title) for name, one in templates().items()),
            *((_EARLIER + space, name) for space, name in copyable(current_visit())),
            ("list", _("A list that you paste")),
        ]
        if self.act.data == "preview":  # whoever looks at the list means it
            self.start.data = "list"
        return self

    @property
    def about(self) -> Mapping[str, Template]:
        """The templates, by what a choice of one sends."""
        return {_TEMPLATE + name: one for name, one in templates().items()}

    @property
    def looks_only(self) -> bool:
        """Does whoever sends it want to see what the list makes, and nothing made yet?"""
        return bool(self.act.data == "preview")

    def validate_lines(self, field: Any) -> None:
        if self.start.data == "list":
            try:
                self.planned = read_list(field.data or "")
            except ListUnreadableError as wrong:
                raise ValidationError(str(wrong)) from None

    def chosen(self) -> Start:
        """Of a form that is filled in well. It draws, so it comes before a transaction."""
        start = str(self.start.data)
        if start.startswith(_EARLIER):
            return Start(earlier=start.removeprefix(_EARLIER))
        if start.startswith(_TEMPLATE):
            return start_with(templates()[start.removeprefix(_TEMPLATE)].objectives)
        return start_with(self.planned) if start == "list" else BLANK


class SettingsForm(_Words):
    """Changing a Space. It knows which revision whoever writes has seen."""

    revision = HiddenField()
    space: SpaceFacts

    @classmethod
    def of(cls, space: SpaceFacts) -> "SettingsForm":
        form = cls(obj=space)
        form.space = space
        return form

    @property
    def seen(self) -> int:
        """No revision at all for what is no number: then it was certainly not seen."""
        return number_in(self.revision.data)

    @property
    def zone(self) -> str:
        chosen = self.time_zone.data or ""
        return str(chosen) if chosen in time_zones() else self.space.time_zone

    def validate_ends_on(self, field: Any) -> None:
        """The date of a Space that has ended may stay."""
        if not (self.space.archived and field.data == self.space.ends_on):
            super().validate_ends_on(field)


def number_in(said: str | None) -> int:
    said = said or ""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0
