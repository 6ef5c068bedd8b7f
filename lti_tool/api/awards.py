"""Awards: given to a member or to an address, one or many at once, and revoked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from flask import Response
from pydantic import Field, StringConstraints, model_validator

from lti_tool import clock
from lti_tool.api.admission import holder_here
from lti_tool.api.describing import PageOf, Refusal, next_address, reads, writes
from lti_tool.api.fields import MOST_AT_ONCE, Asked, Email, Id, Listing, Moment, PastMoment, Shown
from lti_tool.api.once import once
from lti_tool.api.own import member_anywhere, own_award, own_badge, own_issuer
from lti_tool.badges.award_reads import AwardLine, Wanted, award_lines, awards_page
from lti_tool.badges.awards import REASON_LENGTH, Recipient, award_badge, hold_badges, revoke_award
from lti_tool.badges.hosted import address
from lti_tool.badges.model import TEXT_LENGTH
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.names import clean_email
from lti_tool.spaces.membership import members_who_are, recipient_of

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
    issued_on: datetime
    expires: datetime | None
    narrative: str | None
    evidence: str | None
    public_url: str = Field(description="its Open Badges 2.0 assertion; says nothing of who holds it but a hash")
    image_url: str = Field(description="the badge's picture with the assertion baked in, as PNG; with .svg as SVG")
    credential_url: str | None = Field(description="null in this version: Open Badges 3.0 comes later")
    revoked: bool


class AwardPage(PageOf[Award]):
    """Awards, the earliest first."""


class AwardsAsked(Listing):
    """Which awards."""

    badge: Id | None = Field(default=None, description="only of this badge")
    issuer: Id | None = Field(default=None, description="only of this issuer's badges")
    member: Id | None = Field(default=None, description="only to this member of a Space")


class NewRecipient(Asked):
    """Exactly one of both."""

    model_config = {"json_schema_extra": {"minProperties": 1, "maxProperties": 1}}

    email: Email | None = None
    member: Id | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "NewRecipient":
        if (self.email is None) == (self.member is None):
            raise ValueError('needs either "email" or "member"')
        if self.email is not None and clean_email(self.email) is None:
            raise ValueError("needs an e-mail address")
        return self


class NewAward(Asked):
    """An award to give."""

    badge: Id
    recipient: NewRecipient
    issued_on: PastMoment | None = Field(default=None, description="now where it is not said; never in the future")
    expires: Moment | None = Field(default=None, description="later than issued_on")
    narrative: Narrative | None = Field(default=None, description="how this recipient earned it, in Markdown; public")
    evidence: WebAddress | None = Field(default=None, description="a web address; public")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "NewAward":
        if self.expires and self.expires <= (self.issued_on or clock.now()):
            raise ValueError('needs an "expires" that is later than the award')
        return self


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


@needs(Permission.TOKEN)
@reads("Awards", AwardPage, refusals=(404,))
def awards(query: AwardsAsked) -> AwardPage:
    """List the organization's awards"""
    member = recipient_of(member_anywhere(query.member)) if query.member is not None else Recipient()
    wanted = Wanted(
        badge=own_badge(query.badge).id if query.badge is not None else None,
        issuer=own_issuer(query.issuer).id if query.issuer is not None else None,
        person=member.person, email=member.email,
    )  # fmt: skip
    lines = awards_page(holder_here().organization, wanted, after=query.after, limit=query.limit + 1)
    kept = lines[: query.limit]
    following = next_address(kept[-1].id) if len(lines) > query.limit else None
    return AwardPage(items=_shown(kept), next=following)


@needs(Permission.TOKEN)
@reads("Awards", Award, refusals=(404,))
def show(award_id: str) -> Award:
    """Show one award"""
    return _shown([own_award(award_id)])[0]


@needs(Permission.TOKEN)
@writes("Awards", Award, status=201)
def create(json: NewAward) -> Response:
    """Give a badge to a member or to an address

    Nobody is given a badge that they hold already.
    """
    return once(lambda: _shown([own_award(_give(json))])[0], status=201)


@needs(Permission.TOKEN)
@writes("Awards", Outcomes)
def create_many(json: NewAwards) -> Response:
    """Give up to 200 awards at once

    Each item stands by itself: one that is refused keeps none of the others back, and its outcome says why. All
    that are given are given together. A body that is malformed anywhere is refused as a whole.
    """

    def act() -> Outcomes:
        hold_badges(item.badge for item in json.items)
        given = [_try_to_give(item) for item in json.items]
        lines = award_lines(holder_here().organization, [one for one in given if isinstance(one, str)])
        shown = {award.id: award for award in _shown(lines)}
        return Outcomes(items=[_outcome(one, shown) for one in given])

    return once(act)


@needs(Permission.TOKEN)
@writes("Awards", Award)
def revoke(award_id: str, json: Revocation) -> Response:
    """Revoke an award for good"""

    def act() -> Award:
        award = own_award(award_id)
        revoke_award(award.id, reason=(json.reason or "").strip() or None)
        return _shown([own_award(award_id)])[0]

    return once(act)


def _give(asked: NewAward) -> str:
    badge = own_badge(asked.badge)
    return award_badge(
        badge=badge.id, recipient=_recipient(asked.recipient), narrative=(asked.narrative or "").strip() or None,
        evidence=asked.evidence, issued_on=asked.issued_on, expires=asked.expires,
    ).id  # fmt: skip


def _try_to_give(asked: NewAward) -> str | Problem:
    try:
        with db.session.begin_nested():
            return _give(asked)
    except Problem as problem:
        return problem


def _recipient(asked: NewRecipient) -> Recipient:
    if asked.member is None:
        return Recipient(email=clean_email(asked.email))
    member = member_anywhere(asked.member)
    if member.status == "preview":
        raise Problem("not_a_learner")
    return recipient_of(member)


def _outcome(given: str | Problem, shown: dict[str, Award]) -> Outcome:
    if isinstance(given, str):
        return Outcome(award=shown[given], error=None)
    return Outcome(award=None, error=Refusal(**given.for_programs))


def _shown(lines: Sequence[AwardLine]) -> list[Award]:
    members = members_who_are(holder_here().organization, (line.person for line in lines if line.person))
    return [_award(line, members) for line in lines]


def _award(line: AwardLine, members: dict[str, str]) -> Award:
    here = address("assertions", line.id)
    return Award(
        id=line.id, badge=line.badge, recipient=_holder(line, members), issued_on=line.issued_on,
        expires=line.expires, narrative=line.narrative, evidence=line.evidence, public_url=here,
        image_url=f"{here}/image.png", credential_url=None, revoked=line.revoked,
    )  # fmt: skip


def _holder(line: AwardLine, members: dict[str, str]) -> ToMember | ToAddress | None:
    """A member is found by their place, whose address the list of members tells; the award repeats no address."""
    if line.person is not None:
        return ToMember(member=members[line.person]) if line.person in members else None
    return ToAddress(email=line.email) if line.email else None
