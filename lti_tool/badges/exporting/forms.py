"""The period of an export, as somebody fills it in."""

from typing import Any

from wtforms import DateField
from wtforms.validators import Optional

from lti_tool.badges.exporting.period import Period
from lti_tool.web import PageForm


class PeriodForm(PageForm):
    """Two days, each of which may be left open."""

    first = DateField("Start date", [Optional()])
    last = DateField("End date", [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """Fields that are left empty are asked no question of their own, so the period is looked at as a whole."""
        if not super().validate(extra_validators):
            return False
        wrong, told = self.period.problem, self.last if self.last.data else self.first
        if wrong:
            told.errors = [wrong]
        return wrong is None

    @property
    def period(self) -> Period:
        return Period(self.first.data, self.last.data)
