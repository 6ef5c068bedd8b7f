"""What requests and answers about awards look like."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from lti_tool import clock
from lti_tool.api.describing import PageOf, Refusal
from lti_tool.api.fields import MOST_AT_ONCE, Asked, Email, Id, Listing, Moment, PastMoment, Shown
from lti_tool.badges.awards import REASON_LENGTH
from lti_tool.badges.model import TEXT_LENGTH
from lti_tool.people.names import NAME_LENGTH, clean_email

Narrative = Annotated[str, StringConstraints(max_length=TEXT_LENGTH)]
Reason = Annotated[str, StringConstraints(max_length=REASON_LENGTH)]
WebAddress = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$")]


class ToMember(Shown):
    """Somebody who is in a Space of the organization."""

    member: str = Field(description="their first place in one of its Spaces")


class ToAddress(Shown):
    """Somebody of whom only an address is known."""

    email: str


class Award(Shown):
    """One badge given to one recipient."""

    id: str
    badge: str = Field(description="the id of its badge")
    recipient: ToMember | ToAddress | None = Field(description="null where its member is in no Space any more")
    recipient_name: str | None = Field(description="how whoever awarded it called an address; nowhere public")
    issued_on: datetime
    expires: datetime | None
    narrative: str | None
    evidence: str | None
    public_url: str = Field(description="its Open Badges 2.0 assertion; says nothing of who holds it but a hash")
    image_url: str = Field(description="the badge's picture with the assertion baked in, as PNG; with .svg as SVG")
    credential_url: str = Field(description="its Open Badges 3.0 credential; with .json or .jwt in one form")
    revoked: bool
    revocation_reason: str | None
    corrects: str | None = Field(description="the id of the revoked award that it took the place of")


class AwardPage(PageOf[Award]):
    """Awards, the earliest first."""


class AwardsAsked(Listing):
    """Which awards."""

    badge: Id | None = Field(default=None, description="only of this badge")
    issuer: Id | None = Field(default=None, description="only of this issuer's badges")
    member: Id | None = Field(default=None, description="only to this member of a Space")


class NewRecipient(Asked):
    """An address or a member, not both."""

    model_config = {"json_schema_extra": {"minProperties": 1}}

    email: Email | None = None
    member: Id | None = None
    name: Annotated[str, StringConstraints(max_length=NAME_LENGTH)] | None = Field(
        default=None, description="how you call the person behind an address; nowhere public"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.email is None) == (self.member is None):
            raise ValueError('needs either "email" or "member"')
        if self.email is not None and clean_email(self.email) is None:
            raise ValueError("needs an e-mail address")
        if self.name is not None and self.member is not None:
            raise ValueError('needs no "name" beside a member')
        return self


class AskedAward(Asked):
    """What an award says for good."""

    issued_on: PastMoment | None = Field(default=None, description="now where it is not said; never in the future")
    expires: Moment | None = Field(default=None, description="later than issued_on")
    narrative: Narrative | None = Field(default=None, description="how this recipient earned it, in Markdown; public")
    evidence: WebAddress | None = Field(default=None, description="a web address; public")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.expires and self.expires <= (self.issued_on or clock.now()):
            raise ValueError('needs an "expires" that is later than the award')
        return self


class NewAward(AskedAward):
    """An award to give."""

    badge: Id
    recipient: NewRecipient
    repeat: bool = Field(default=False, description="also where the badge is held already, if the badge allows it")


class Correction(AskedAward):
    """What takes the place of an award: everything that it shall say, not only what changes."""

    recipient: NewRecipient | None = Field(default=None, description="whose it is already, where it is not said")
    reason: Reason | None = Field(default=None, description="why the old one is revoked; public")


class NewAwards(Asked):
    """Awards to give, each by itself."""

    items: Annotated[list[NewAward], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Outcome(Shown):
    """What became of one item: an award, or why not."""

    award: Award | None
    error: Refusal | None


class Outcomes(Shown):
    """One outcome for each item, in the same order."""

    items: list[Outcome]


class Revocation(Asked):
    """Why an award is revoked; the reason is public. A body is not needed."""

    reason: Reason | None = None
