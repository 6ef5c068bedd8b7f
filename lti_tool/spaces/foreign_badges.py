"""A badge of somebody else that an objective looks for: known by an award of it, which is checked first."""

from dataclasses import dataclass

from flask_babel import gettext as _

from lti_tool import clock
from lti_tool.badges.backpack.importing import facts_found
from lti_tool.badges.model import Award
from lti_tool.badges.pictures.cleaning import CleanPicture
from lti_tool.badges.pictures_kept import cleaned_picture, drawn_picture
from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.given import bytes_of
from lti_tool.badges.verifying.verdict import FoundAward, Outcome, Verdict
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.names import clean_text
from lti_tool.storage import storage_here

_REASON = 500

catalogue(
    {
        "foreign_badge_refused": Entry(
            422, "This badge cannot be looked for", "The award that names it does not hold.",
            "you", "Give an award of the badge that is valid: its file, or its public address. Nothing was changed.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class ForeignBadge:
    """Named as the backpack names it. `picture` lies in storage under this key; `png` is what it holds, where it was
    kept a moment ago.
    """

    badge: str
    issuer: str
    name: str
    issuer_name: str
    picture: str
    png: bytes = b""


def find_badge(given: Given) -> str | ForeignBadge:
    """Which badge an award is of: the id of our class, or a badge of somebody else, its picture cleaned and kept.

    It asks outside, so it comes before any transaction. Raises `Problem` foreign_badge_refused with the checks that
    failed, badge_names_unusable, and what `check_badge` raises.
    """
    award = _accepted(check_badge(given))
    own = db.session.get(Award, award.own) if award.own else None
    if own is not None:
        return own.badge_id
    facts, picture = facts_found(award), _picture(award, given)
    return ForeignBadge(
        facts["badge_ref"], facts["issuer_ref"], facts["badge_name"], facts["issuer_name"],
        storage_here().put(picture.png), picture.png,
    )  # fmt: skip


def _accepted(verdict: Verdict) -> FoundAward:
    """An award that has run out still says which badge it is of."""
    failed = [check for check in verdict.checks if check.outcome is Outcome.FAILED]
    reasons = [check.said for check in failed if not (check.name == "dates" and _has_run_out(verdict.award))]
    if verdict.award is None or reasons:
        said = [line for line in (clean_text(reason, _REASON) for reason in reasons[:5]) if line]
        raise Problem("foreign_badge_refused", " ".join(said) or _("No award could be read in it."))
    return verdict.award


def _has_run_out(award: FoundAward | None) -> bool:
    if award is None or award.expires is None or award.issued_on is None:
        return False
    return award.issued_on <= award.expires < clock.now()


def _picture(award: FoundAward, given: Given) -> CleanPicture:
    for found in (award.badge.picture, bytes_of(given) if given.kind == "image" else None):
        try:
            if found:
                return cleaned_picture(found)
        except Problem:
            continue
    return drawn_picture(award.badge.id)
