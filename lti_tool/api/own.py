"""What belongs to the organization of this request's token. Whatever does not is not there (decision 7)."""

from lti_tool.api.admission import holder_here
from lti_tool.badges.award_reads import AwardLine, award_lines
from lti_tool.badges.badge_reads import BadgeFacts, badge_facts
from lti_tool.badges.issuers import IssuerFacts, first_issuer_of, issuer_facts
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Organization
from lti_tool.spaces.membership import MembershipLine, member_in, membership_line
from lti_tool.spaces.model import Member
from lti_tool.spaces.objective_reads import ObjectiveFacts, objective_facts
from lti_tool.spaces.space_reads import SpaceLine, space_line


def own_organization() -> Organization:
    return db.session.get_one(Organization, holder_here().organization)


def ask_for_spaces() -> None:
    """Raises `Problem` spaces_off where the organization does not use Spaces."""
    if not own_organization().may_use_spaces:
        raise Problem("spaces_off")


def own_space(space_id: str) -> SpaceLine:
    """Raises `Problem` not_found, and spaces_off."""
    ask_for_spaces()
    found = space_line(holder_here().organization, space_id)
    if found is None:
        raise Problem("not_found", "There is no such Space.")
    return found


def own_member(space: SpaceLine, member_id: str) -> MembershipLine:
    """Raises `Problem` not_found."""
    found = membership_line(space.id, member_id)
    if found is None:
        raise Problem("not_found", "There is no such member in this Space.")
    return found


def own_objective(space: SpaceLine, objective_id: str) -> ObjectiveFacts:
    """Raises `Problem` not_found."""
    found = objective_facts(space.id, objective_id)
    if found is None:
        raise Problem("not_found", "There is no such objective in this Space.")
    return found


def own_issuer(issuer_id: str | None) -> IssuerFacts:
    """The issuer; the organization's first one where none is named."""
    organization = holder_here().organization
    found = issuer_facts(issuer_id or first_issuer_of(organization))
    if found is None or found.organization != organization:
        raise Problem("not_found", "There is no such issuer.")
    return found


def own_badge(badge_id: str) -> BadgeFacts:
    """Raises `Problem` not_found."""
    found = badge_facts(badge_id)
    if found is None or found.organization != holder_here().organization:
        raise Problem("not_found", "There is no such badge.")
    return found


def own_award(award_id: str) -> AwardLine:
    """Raises `Problem` not_found."""
    found = award_lines(holder_here().organization, [award_id])
    if not found:
        raise Problem("not_found", "There is no such award.")
    return found[0]


def member_anywhere(member_id: str) -> Member:
    """A member of whichever Space of the organization."""
    found = member_in(holder_here().organization, member_id)
    if found is None:
        raise Problem("not_found", "There is no such member.")
    return found
