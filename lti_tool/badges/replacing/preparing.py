"""Continue: somebody's award is checked and its badge made ready. Nothing here is changed by it (DM-22)."""

from dataclasses import replace

from flask_babel import gettext as _

from lti_tool import clock
from lti_tool.badges.badge_reads import BadgeFacts, badge_facts
from lti_tool.badges.model import Award
from lti_tool.badges.pictures_kept import cleaned_picture, kept_picture
from lti_tool.badges.replacing.previews import KEPT, Material, Source
from lti_tool.badges.replacing.translating import our_words
from lti_tool.badges.revisions import BadgeWords
from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.verdict import FoundAward, Outcome, Verdict
from lti_tool.db import db
from lti_tool.errors import Problem


def the_one(*, image: bytes | None = None, url: str | None = None, json: str | None = None) -> Given:
    """The one of three that was given (DM-18). Raises `Problem` replacement_one_source (DM-19)."""
    filled: list[Given] = []
    if image:
        filled.append(Given("image", image))
    if url and url.strip():
        filled.append(Given("url", url.strip()))
    if json and json.strip():
        filled.append(Given("json", json.strip()))
    if len(filled) != 1:
        too_many = _("More than one was given. Give exactly one: the picture, the address or the JSON.")
        none = _("None was given. Give exactly one: the picture, the address or the JSON.")
        raise Problem("replacement_one_source", too_many if filled else none)
    return filled[0]


def prepare(badge: BadgeFacts, given: Given, *, who: str) -> Material:
    """Check what was given and make its badge ready for the place of this one as it stands now. Nothing is kept yet.

    Raises `Problem` for whatever cannot take the place of the badge: badge_not_award for a bare badge class (DM-20),
    replacement_refused with the checks that failed, picture_refused, and what `check_badge` raises.
    """
    award, notes = _accepted(check_badge(given))
    found = award.badge
    source = Source(given.kind, award.standard.value, found.issuer.name, found.id)
    ready = Material(
        badge=badge.id, revision=badge.revision, who=who, until=clock.now() + KEPT, source=source, words=badge.words,
        png=None, svg=None, notes=notes,
    )  # fmt: skip
    return _own(ready, award) or _foreign(ready, award, given)


def _accepted(verdict: Verdict) -> tuple[FoundAward, tuple[str, ...]]:
    """The award, and what the reader of the preview should know about it."""
    failed = [check for check in verdict.checks if check.outcome is Outcome.FAILED]
    reasons = [check.said for check in failed if not (check.name == "dates" and _has_just_run_out(verdict.award))]
    if verdict.award is None or reasons:
        raise Problem("replacement_refused", " ".join(reasons) or _("No award could be read in it."))
    warned = [check.said for check in verdict.checks if check.outcome is Outcome.WARNING]
    return verdict.award, tuple(check.said for check in failed) + tuple(warned)


def _has_just_run_out(award: FoundAward | None) -> bool:
    """Who takes over the badge of an award need not mind that this one award has expired."""
    if award is None or award.expires is None or award.issued_on is None:
        return False
    return award.issued_on <= award.expires < clock.now()


def _own(ready: Material, award: FoundAward) -> Material | None:
    """A badge of this installation is taken as it stands in the database, with both forms of its picture."""
    row = db.session.get(Award, award.own) if award.own else None
    badge = badge_facts(row.badge_id) if row else None
    if badge is None:
        return None
    return _with(ready, badge.words, kept_picture(badge.png_key), kept_picture(badge.svg_key), ())


def _foreign(ready: Material, award: FoundAward, given: Given) -> Material:
    words, cuts = our_words(award.badge)
    picture = award.badge.picture or (given.content if isinstance(given.content, bytes) else None)
    if picture is None:
        return _with(ready, words, None, None, (*cuts, _("It has no picture: the present picture stays.")))
    try:
        cleaned = cleaned_picture(picture)
    except Problem as refused:
        raise Problem(refused.code, _("That badge's picture: %(why)s", why=refused.message)) from None
    return _with(ready, words, cleaned.png, cleaned.svg, cuts)


def _with(
    ready: Material, words: BadgeWords, png: bytes | None, svg: bytes | None, notes: tuple[str, ...]
) -> Material:  # fmt: skip
    return replace(ready, words=words, png=png, svg=svg, notes=(*ready.notes, *notes))
