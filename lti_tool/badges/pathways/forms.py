"""What editors fill in for a pathway. The actions check everything again, in words."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from lti_tool.badges.badge_reads import badges_of_issuer
from lti_tool.badges.model import TEXT_LENGTH
from lti_tool.badges.pathways.model import PATHWAY_NAME_LENGTH
from lti_tool.badges.pathways.pathways import PathwayWords
from lti_tool.badges.pathways.reads import PathwayFacts
from lti_tool.badges.pathways.rules import MOST_STEPS, Step
from lti_tool.errors import Problem
from lti_tool.web import PageForm
from lti_tool.words import said, to_say

NO_BADGE = ""
_NEEDS = {"all": to_say("All of its steps"), "any": to_say("Any one of its steps"), "some": to_say("Some of its steps")}
_NUMBER = _l("Enter a number from 1 to %(most)s.", most=MOST_STEPS)


class _Seen(PageForm):
    """Knows which revision whoever writes has seen."""

    revision = HiddenField()

    @property
    def seen(self) -> int:
        return revision_said(self.revision.data)

    def tell(self, refused: Problem) -> None:
        """What cannot be is told above the form; any other refusal is raised again."""
        if refused.code not in ("bad_request", "pathway_refused"):
            raise refused
        self.form_errors.append(refused.message)


class PathwayForm(_Seen):
    """A pathway's words, and the badge that completing it gives."""

    name = StringField("Name", [DataRequired("A pathway needs a name."), Length(max=PATHWAY_NAME_LENGTH)])
    description = TextAreaField("Description", [Optional(), Length(max=TEXT_LENGTH)])
    completion_badge = SelectField("Badge for completing it (optional)", default=NO_BADGE)

    def __init__(self, issuer: str, pathway: PathwayFacts | None = None) -> None:
        super().__init__(data=_as_written(pathway) if pathway else None)
        offered = {one.id: one.name for one in badges_of_issuer(issuer)}
        if pathway and pathway.completion_badge:
            offered.setdefault(pathway.completion_badge, pathway.completion_name or "")
        self.completion_badge.choices = {NO_BADGE: _("No badge"), **offered}

    @property
    def words(self) -> PathwayWords:
        badge = self.completion_badge.data or None
        return PathwayWords(self.name.data or "", self.description.data or "", badge)


class GroupForm(_Seen):
    """A group that has steps: its title, and how many of them are needed."""

    title = StringField("Title", [DataRequired("A group needs a title."), Length(max=PATHWAY_NAME_LENGTH)])
    needs = SelectField("What it needs", choices=lambda: {need: said(words) for need, words in _NEEDS.items()})
    needed = IntegerField("How many of them", [Optional(), NumberRange(1, MOST_STEPS, _NUMBER)])

    def __init__(self, step: Step, revision: int) -> None:
        said: dict[str, Any] = {"title": step.title, "needs": step.needs, "needed": step.needed}
        super().__init__(data={**said, "revision": str(revision)})


def revision_said(said: str | None) -> int:
    """The revision that a page showed; 0, which none has, where it says nothing sensible."""
    return int(said) if said and said.isascii() and said.isdecimal() and len(said) < 10 else 0


def _as_written(pathway: PathwayFacts) -> dict[str, Any]:
    return {
        "name": pathway.name, "description": pathway.description, "revision": str(pathway.revision),
        "completion_badge": pathway.completion_badge or NO_BADGE,
    }  # fmt: skip
