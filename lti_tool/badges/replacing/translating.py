"""The words of another platform's badge, as one of ours holds them. What does not fit is cut, and every cut is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _

from lti_tool.badges.model import BADGE_NAME_LENGTH, TEXT_LENGTH
from lti_tool.badges.revisions import MOST_ALIGNMENTS, MOST_TAGS, TAG_LENGTH, BadgeWords, clean_words
from lti_tool.badges.texts import clean_link, clean_prose
from lti_tool.badges.verifying.verdict import FoundBadge
from lti_tool.errors import Problem
from lti_tool.words import numeral, to_say

_CUT = "…"


@dataclass
class Translation:
    """Words under way, with a sentence for each thing that was left out."""

    notes: list[str] = field(default_factory=list)

    def cut(self, text: str, length: int, what: str) -> str:
        if len(text) <= length:
            return text
        text = _("%(what)s is longer than %(most)s characters: its end is left out.", what=what, most=numeral(length))
        self.notes.append(text)
        return text[: length - len(_CUT)].rstrip() + _CUT

    def link(self, address: str | None, what: str) -> str | None:
        try:
            return clean_link(address, what)
        except Problem:
            self.notes.append(_("%(what)s is no web address and is left out.", what=what))
            return None

    def tags(self, tags: tuple[str, ...]) -> tuple[str, ...]:
        fitting = [tag for tag in tags if len(tag.strip()) <= TAG_LENGTH][:MOST_TAGS]
        if len(fitting) < len(tags):
            left_out = len(tags) - len(fitting)
            self.notes.append(_("%(count)s of its tags are too long or too many and are left out.", count=left_out))
        return tuple(fitting)

    def alignments(self, found: tuple[Mapping[str, str], ...]) -> tuple[Mapping[str, str], ...]:
        fitting = [one for one in found if _is_alignment(one)][:MOST_ALIGNMENTS]
        if len(fitting) < len(found):
            text = _(
                "%(count)s of its alignments have no name or web address, or are too many, and are left out.",
                count=len(found) - len(fitting),
            )
            self.notes.append(text)
        return tuple(fitting)


def our_words(found: FoundBadge) -> tuple[BadgeWords, tuple[str, ...]]:
    """The words and what was cut. Raises `Problem` replacement_refused where one of ours would need more."""
    said = Translation()
    words = BadgeWords(
        name=said.cut(found.name.strip(), BADGE_NAME_LENGTH, _("Its name")),
        description=said.cut(clean_prose(found.description), TEXT_LENGTH, _("Its description")),
        criteria=said.cut(clean_prose(found.criteria), TEXT_LENGTH, _("The text of its criteria")),
        criteria_url=said.link(found.criteria_url, _("The link of its criteria")),
        tags=said.tags(found.tags),
        alignments=said.alignments(found.alignments),
        achievement_type=found.achievement_type,
    )
    try:
        return clean_words(words), tuple(said.notes)
    except Problem as wrong:
        raise Problem("replacement_refused", _("That badge lacks something. %(what)s", what=wrong.message)) from None


def _is_alignment(given: Mapping[str, str]) -> bool:
    try:
        return bool(given.get("name", "").strip() and clean_link(given.get("url"), to_say("An alignment")))
    except Problem:
        return False
