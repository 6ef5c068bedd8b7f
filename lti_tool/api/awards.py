"""Awards: given to a member or to an address, one or many at once, revoked, and corrected. None is ever edited."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Response

from lti_tool.api.admission import holder_here
from lti_tool.api.award_words import (
    Award,
    AwardPage,
    AwardsAsked,
    Correction,
    NewAward,
    NewAwards,
    NewRecipient,
    Outcome,
    Outcomes,
    Revocation,
    ToAddress,
    ToMember,
)
from lti_tool.api.describing import Refusal, next_address, reads, writes
from lti_tool.api.once import once
from lti_tool.api.own import member_anywhere, own_award, own_badge, own_issuer
from lti_tool.badges.already_held import ask_free, hold_badges
from lti_tool.badges.award_reads import AwardLine, Wanted, award_lines, awards_page
from lti_tool.badges.awards import Recipient, award_badge, correct_award, revoke_award
from lti_tool.badges.hosted import address
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.names import clean_email, clean_text
from lti_tool.spaces.membership import members_who_are, recipient_of


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
@writes("Awards", Award, status=201)
def correct(award_id: str, json: Correction) -> Response:
    """Revoke an award and give the one that takes its place

    An award is never edited: this makes a new one, with an id of its own, that names the old one in `corrects`.
    """

    def act() -> Award:
        old = own_award(award_id)
        if old.revoked:
            raise Problem("already_revoked")
        recipient = Recipient(old.person, old.email, old.name)
        if json.recipient and json.recipient.email and clean_email(json.recipient.email) == old.email:
            recipient = replace(recipient, name=clean_text(json.recipient.name))
        elif json.recipient:
            recipient = _recipient(json.recipient)
            if recipient.person is None:
                ask_free(old.badge, recipient.email or "", but=old.id)
        new = correct_award(
            old.id, recipient=recipient, reason=(json.reason or "").strip() or None,
            narrative=(json.narrative or "").strip() or None, evidence=json.evidence, issued_on=json.issued_on,
            expires=json.expires,
        )  # fmt: skip
        return _shown([own_award(new.id)])[0]

    return once(act, status=201)


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
    badge, recipient = own_badge(asked.badge), _recipient(asked.recipient)
    if recipient.person is None and not asked.repeat:
        ask_free(badge.id, recipient.email or "")
    return award_badge(
        badge=badge.id, recipient=recipient, repeat=asked.repeat, narrative=(asked.narrative or "").strip() or None,
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
        return Recipient(email=clean_email(asked.email), name=clean_text(asked.name))
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
        id=line.id, badge=line.badge, recipient=_holder(line, members), recipient_name=line.name,
        issued_on=line.issued_on, expires=line.expires, narrative=line.narrative, evidence=line.evidence,
        public_url=here, image_url=f"{here}/image.png", credential_url=address("credentials", line.id),
        revoked=line.revoked, revocation_reason=line.revocation_reason, corrects=line.corrects,
    )  # fmt: skip


def _holder(line: AwardLine, members: dict[str, str]) -> ToMember | ToAddress | None:
    """A member is found by their place, whose address the list of members tells; the award repeats no address."""
    if line.person is not None:
        return ToMember(member=members[line.person]) if line.person in members else None
    return ToAddress(email=line.email) if line.email else None
