"""What somebody filled in on the picker, and the links that it comes to."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from flask_babel import gettext
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import Length, Optional, ValidationError

from lti_tool.errors import Problem
from lti_tool.launch.deep_linking.kinds import Offer
from lti_tool.launch.deep_linking.request import PickSettings
from lti_tool.launch.deep_linking.response import Item
from lti_tool.people.names import clean_text
from lti_tool.spaces.model import TITLE_LENGTH
from lti_tool.web import PageForm

_DAY_BEGINS, _DAY_ENDS = time(0, 0), time(23, 59, 59)


class PickForm(PageForm):
    """Beside the choice itself: what the link is called, whether it gets a column, and its days."""

    title = StringField("Title in the course", [Optional(), Length(max=TITLE_LENGTH)])
    column = BooleanField("Add a column to the gradebook", default=True)
    opens_on = DateField("Shown from", [Optional()])
    due_on = DateField("To be done by", [Optional()])

    def validate_due_on(self, field: Any) -> None:
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise ValidationError("It cannot end before it begins. Choose a later day.")


def items_chosen(
    form: PickForm, chosen: Sequence[str], offers: Sequence[Offer], settings: PickSettings, *, columns: bool
) -> list[Item]:
    """The links to make; none when the form has something to correct, which it then says.

    Raises `Problem` not_found for anything that was not offered: nobody sends that with our page.
    """
    by_view = {str(offer.view): offer for offer in offers}
    named = list(dict.fromkeys(chosen))
    if any(view not in by_view for view in named):
        raise Problem("not_found")
    good = form.validate_on_submit()
    if not named:
        form.form_errors.append(gettext("Choose what to add, or go back without adding anything."))
    elif len(named) > 1 and not settings.multiple:
        form.form_errors.append(gettext("The LMS takes one at a time. Choose one."))
    elif len(named) > 1 and clean_text(form.title.data):
        form.form_errors.append(gettext("A title of your own fits one link. Choose one, or leave the title empty."))
    elif good:
        column = columns and bool(form.column.data)
        return [_item(by_view[view], form, column=column) for view in named]
    return []


def _item(offer: Offer, form: PickForm, *, column: bool) -> Item:
    return Item(
        view=offer.view,
        title=clean_text(form.title.data) or offer.title,
        text=offer.text,
        points=offer.points if column else 0,
        opens_at=_instant(form.opens_on.data, _DAY_BEGINS),
        due_at=_instant(form.due_on.data, _DAY_ENDS) if offer.view.ref else None,
    )


def _instant(day: date | None, at: time) -> datetime | None:
    return datetime.combine(day, at, UTC) if day else None
