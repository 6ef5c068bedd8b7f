"""What staff fill in to give or to correct an award. The actions check everything again, in words."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from lti_tool.badges.awarding import days
from lti_tool.badges.awarding.giving import Gift
from lti_tool.badges.awarding.reads import StaffAward
from lti_tool.badges.awards import REASON_LENGTH
from lti_tool.badges.model import TEXT_LENGTH
from lti_tool.badges.texts import clean_link, clean_prose
from lti_tool.badges.time_zones import day_of
from lti_tool.errors import Problem
from lti_tool.people.names import EMAIL_LENGTH, NAME_LENGTH, clean_email, clean_text
from lti_tool.web import PageForm
from lti_tool.words import to_say

PRESETS = (
    to_say("Given by mistake."), to_say("The criteria were not met."), to_say("It was given to the wrong person."),
    to_say("The evidence does not hold."),
)  # fmt: skip


class GiveForm(PageForm):
    """One award to an address."""

    email = StringField("E-mail", [DataRequired("Say to which address the badge goes."), Length(max=EMAIL_LENGTH)])
    recipient_name = StringField("Name (optional)", [Length(max=NAME_LENGTH)])
    narrative = TextAreaField("How it was earned (optional)", [Optional(), Length(max=TEXT_LENGTH)])
    evidence = StringField("Link to the evidence (optional)", [Optional(), Length(max=2000)])
    issued_on = DateField("Issued on", [InputRequired("Say on which day the badge is issued.")])
    expires = DateField("Expires on (optional)", [Optional()])

    zone: ZoneInfo
    now: datetime
    kept: tuple[datetime, datetime | None] | None = None  # the moments of an award that is corrected

    def validate_email(self, field: Any) -> None:
        if clean_email(field.data) is None:
            raise ValidationError("This is not an e-mail address.")

    def validate_evidence(self, field: Any) -> None:
        try:
            clean_link(field.data, to_say("The evidence"))
        except Problem as problem:
            raise ValidationError(problem.message) from None

    def validate_expires(self, field: Any) -> None:
        if field.data is not None and not self.issued_on.errors:
            self._ask(self.issued_on.data, field.data)

    def validate_issued_on(self, field: Any) -> None:
        self._ask(field.data, None)

    def _ask(self, issued: date | None, expires: date | None) -> None:
        if issued is None:
            return  # what is no date has been said so already
        wrong = days.day_problem(issued, expires, day_of(self.now, self.zone))
        if wrong:
            raise ValidationError(wrong)

    @property
    def gift(self) -> Gift:
        """What was filled in. A day that was not changed stays the moment that it was."""
        kept_issue, kept_end = self.kept or (None, None)
        issued, ends = self.issued_on.data, self.expires.data
        issued_on = kept_issue if kept_issue and days.day_read(kept_issue) == issued else None
        expires = kept_end if kept_end and days.day_read(kept_end) == ends else None
        return Gift(
            email=clean_email(self.email.data), name=clean_text(self.recipient_name.data),
            narrative=clean_prose(self.narrative.data or "") or None,
            evidence=clean_link(self.evidence.data, to_say("The evidence")),
            issued_on=issued_on or days.issued_on_day(issued, self.zone, self.now),
            expires=expires or (days.expires_on_day(ends, self.zone) if ends else None),
        )  # fmt: skip


class _Reason:
    """Why an award is revoked: everybody can read it."""

    reason = StringField(
        "Reason", [DataRequired("Say why. Whoever checks the badge reads it."), Length(max=REASON_LENGTH)],
        render_kw={"list": "reasons"},
    )  # fmt: skip


class RevokeForm(_Reason, PageForm):
    """The reason alone."""


class CorrectForm(_Reason, GiveForm):
    """Another wording of an award that stands. One that was given to a person without an address needs none."""

    email = StringField("E-mail", [Length(max=EMAIL_LENGTH)])
    needs_email = True

    def validate_email(self, field: Any) -> None:
        if (self.needs_email or field.data) and clean_email(field.data) is None:
            raise ValidationError("This is not an e-mail address.")


def words_of(award: StaffAward) -> dict[str, Any]:
    """An award as the fields of a form."""
    return {
        "email": award.address or "", "recipient_name": award.own_name or "", "narrative": award.narrative or "",
        "evidence": award.evidence or "", "issued_on": days.day_read(award.issued_on),
        "expires": days.day_read(award.expires) if award.expires else None,
    }  # fmt: skip
