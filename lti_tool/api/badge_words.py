"""What a program sends and reads of a badge."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from lti_tool.api.describing import PageOf
from lti_tool.api.fields import Asked, Id, Listing, Shown, Upload
from lti_tool.api.once import WritingHeaders
from lti_tool.badges.achievement_types import ACHIEVEMENT_TYPES
from lti_tool.badges.badge_classes import LONGEST_DAYS
from lti_tool.badges.model import BADGE_NAME_LENGTH, TEXT_LENGTH
from lti_tool.badges.revisions import MOST_ALIGNMENTS, MOST_TAGS, TAG_LENGTH

Name = Annotated[str, StringConstraints(min_length=1, max_length=BADGE_NAME_LENGTH)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LENGTH)]
Text = Annotated[str, StringConstraints(max_length=TEXT_LENGTH)]
Url = Annotated[str, StringConstraints(max_length=2000)]
Tag = Annotated[str, StringConstraints(max_length=TAG_LENGTH)]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]
TagLine = Annotated[str, StringConstraints(max_length=MOST_TAGS * (TAG_LENGTH + 2))]
Kind = Annotated[
    str, StringConstraints(max_length=60, pattern=rf"^({'|'.join(sorted(ACHIEVEMENT_TYPES))}|ext:[A-Za-z0-9_.-]+)$")
]
Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS)]
Revision = Annotated[int, Field(ge=1, le=999_999_999)]
RevisionText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$")]

_CRITERIA = "how it is earned, in Markdown; needed where there is no criteria_url"
_CRITERIA_URL = "a page that says how it is earned, https:// or http://"
_KIND = "one of the list of Open Badges 3.0, or one of your own that begins with ext:"
_DAYS = "after how many days an award is offered to expire"
_REPEATS = "one person may be given it several times"
_IMAGE = "a PNG or a plain SVG"
_SEEN = "the revision that you have seen: it is changed only while it stands there"


class Alignment(Shown):
    """A skill or standard of a framework that a badge belongs to."""

    name: str
    url: str
    description: str | None
    framework: str | None
    code: str | None


class Badge(Shown):
    """What can be earned."""

    id: str
    issuer: str = Field(description="the id of its issuer")
    name: str
    description: str
    criteria: str = Field(description="how it is earned, in Markdown; empty where it stands at criteria_url alone")
    criteria_url: str | None
    tags: list[str]
    alignments: list[Alignment]
    achievement_type: str | None = Field(description=_KIND)
    expires_after_days: int | None = Field(description=_DAYS)
    allows_repeats: bool = Field(description=_REPEATS)
    archived: bool = Field(description="it is not offered any more; objectives that give it already go on")
    revision: int = Field(description="grows whenever words or picture change")
    image: str = Field(description="the address of its picture as PNG; with .svg the same as SVG")
    public_url: str = Field(description="its Open Badges 2.0 badge class")


class BadgePage(PageOf[Badge]):
    """Badges, oldest first."""


class BadgesAsked(Listing):
    """Which badges."""

    issuer: Id | None = Field(default=None, description="only those of this issuer")
    archived: Literal["true", "false"] = Field(default="false", description="the archived ones instead")


class AskedAlignment(Asked):
    """A skill or standard of a framework that a badge belongs to."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    framework: Annotated[str, StringConstraints(max_length=200)] | None = None
    code: Annotated[str, StringConstraints(max_length=100)] | None = None


Alignments = Annotated[list[AskedAlignment], Field(max_length=MOST_ALIGNMENTS)]


_HOW_IT_IS_EARNED: ConfigDict = {
    "json_schema_extra": {"anyOf": [{"required": ["criteria"]}, {"required": ["criteria_url"]}]}
}


class NewBadge(Asked):
    """A badge to make; its picture is drawn."""

    model_config = _HOW_IT_IS_EARNED

    issuer: Id | None = Field(default=None, description="the organization's first issuer where none is named")
    name: Name
    description: Prose
    criteria: Text | None = Field(default=None, description=_CRITERIA)
    criteria_url: Url | None = Field(default=None, description=_CRITERIA_URL)
    tags: Tags | None = None
    alignments: Alignments | None = None
    achievement_type: Kind | None = Field(default=None, description=_KIND)
    expires_after_days: Days | None = Field(default=None, description=_DAYS)
    allows_repeats: bool = Field(default=False, description=_REPEATS)


class NewBadgeWithPicture(Asked):
    """A badge to make with a picture of its own. What a form cannot say is said by a change afterwards."""

    model_config = _HOW_IT_IS_EARNED

    issuer: Id | None = Field(default=None, description="the organization's first issuer where none is named")
    name: Name
    description: Prose
    criteria: Text | None = Field(default=None, description=_CRITERIA)
    criteria_url: Url | None = Field(default=None, description=_CRITERIA_URL)
    tags: TagLine | None = Field(default=None, description="separated by commas")
    achievement_type: Kind | None = Field(default=None, description=_KIND)
    image: Upload | None = Field(default=None, description=f"{_IMAGE}; without it a picture is drawn")


class ChangedBadge(Asked):
    """What is to be changed of a badge."""

    revision: Revision | None = Field(default=None, description=_SEEN)
    name: Name | None = None
    description: Prose | None = None
    criteria: Text | None = Field(default=None, description=_CRITERIA)
    criteria_url: Url | None = Field(default=None, description=_CRITERIA_URL)
    tags: Tags | None = None
    alignments: Alignments | None = None
    achievement_type: Kind | None = Field(default=None, description=_KIND)
    expires_after_days: Days | None = Field(default=None, description=_DAYS)
    allows_repeats: bool | None = Field(default=None, description=_REPEATS)
    archived: bool | None = Field(default=None, description="true archives the badge, false restores it")


class ChangedBadgeWithPicture(Asked):
    """What is to be changed of a badge, and its picture."""

    revision: RevisionText | None = Field(default=None, description=_SEEN)
    name: Name | None = None
    description: Prose | None = None
    criteria: Text | None = Field(default=None, description=_CRITERIA)
    criteria_url: Url | None = Field(default=None, description=_CRITERIA_URL)
    tags: TagLine | None = Field(default=None, description="separated by commas")
    achievement_type: Kind | None = Field(default=None, description=_KIND)
    image: Upload | None = Field(default=None, description=_IMAGE)


class ChangingHeaders(WritingHeaders):
    """What a request that changes a badge may carry."""

    match: str | None = Field(default=None, alias="If-Match", pattern=r'^"[0-9]{1,9}"$', description=f'{_SEEN}: "3"')
