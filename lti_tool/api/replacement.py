"""Another badge in the place of one: first a preview, which changes nothing, then the replacement, once."""

import json as jsons
from datetime import datetime
from typing import Annotated, Any

from flask import Response
from pydantic import Field, StringConstraints, model_validator

from lti_tool.api.admission import holder_here
from lti_tool.api.describing import writes
from lti_tool.api.fields import Asked, Shown, Upload
from lti_tool.api.once import answered_before, once
from lti_tool.api.own import own_badge
from lti_tool.badges.badge_reads import BadgeFacts
from lti_tool.badges.exporting.switch import ask_for_data
from lti_tool.badges.replacing.preparing import prepare, the_one
from lti_tool.badges.replacing.preview_reads import changes, touched_by
from lti_tool.badges.replacing.previews import Material, keep_material, material_for
from lti_tool.badges.replacing.replacement import count_awards, lay_pictures_ready, replace_badge
from lti_tool.badges.revisions import BadgeWords
from lti_tool.badges.verifying.finding import Given
from lti_tool.people.access import Permission, needs

_MOST_JSON = 1024 * 1024


class ReplacementSource(Asked):
    """An award of the new badge: its public address or its JSON, exactly one of both."""

    model_config = {"json_schema_extra": {"minProperties": 1, "maxProperties": 1}}

    url: Annotated[str, StringConstraints(min_length=1, max_length=4000)] | None = Field(
        default=None, description="the public address of an awarded badge"
    )
    award: Annotated[str, StringConstraints(min_length=1, max_length=_MOST_JSON)] | dict[str, Any] | None = Field(
        default=None, alias="json", description="an awarded badge: its JSON, as it is or as text, or its signed text"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "ReplacementSource":
        if (self.url is None) == (self.award is None):
            raise ValueError('needs either "url" or "json"')
        return self


class ReplacementPicture(Asked):
    """An award of the new badge as the picture that it is baked into."""

    image: Upload = Field(description="a PNG or SVG with an award baked in")


class Said(Shown):
    """What a badge says."""

    name: str
    description: str
    criteria: str = Field(description="in Markdown; empty where there is only a link")
    criteria_url: str | None
    tags: list[str]
    alignments: list[dict[str, str]]
    achievement_type: str | None


class Reach(Shown):
    """What a replacement reaches."""

    awards: int
    people: int
    spaces: int


class ReplacementPreview(Shown):
    """How the badge would appear. Nothing is changed yet."""

    token: str = Field(description="for the second call; of use for an hour, to this token of the API only")
    until: datetime
    old: Said
    new: Said
    changes: list[str] = Field(description="the names of the fields that become others, and `picture`")
    notes: list[str] = Field(description="what could not be taken over as it is, and warnings")
    reach: Reach


class Replacement(Shown):
    """The badge was replaced, and cannot be brought back."""

    badge: str
    revision: int
    already: bool = Field(description="it had been replaced by this very preview before")


@needs(Permission.TOKEN)
@writes("Badges", ReplacementPreview, status=201)
def preview(badge_id: str, json: ReplacementSource, form: ReplacementPicture) -> Response:
    """Look how a badge would appear with another badge in its place

    Give an award of the other badge: its address or JSON, or as multipart/form-data the picture `image` that it is
    baked into. It is fetched and checked; nothing is changed. The picture of a badge that was not awarded is refused.
    """
    badge = _badge(badge_id)
    if (answer := answered_before()) is not None:
        return answer
    material = prepare(badge, _given(json, form), who=_who())
    return once(lambda: _shown(badge, material, keep_material(material)), status=201)


@needs(Permission.TOKEN)
@writes("Badges", Replacement, refusals=(404, 409, 410))
def replace(badge_id: str, token: str) -> Response:
    """Replace a badge for good

    Every award of the badge shows the new one from then on. A preview that is older than the badge is refused; the
    same one twice replaces once.
    """
    badge = _badge(badge_id)
    if (answer := answered_before()) is not None:
        return answer
    material = material_for(token, badge=badge.id, who=_who())
    lay_pictures_ready(material)
    awards = count_awards(badge.id)

    def act() -> Replacement:
        done = replace_badge(badge, material, awards=awards, by=None)
        return Replacement(badge=badge.id, revision=done.revision, already=done.already)

    return once(act)


def _badge(badge_id: str) -> BadgeFacts:
    badge = own_badge(badge_id)
    ask_for_data(badge.organization)
    return badge


def _who() -> str:
    return f"program:{holder_here().token}"


def _given(json: ReplacementSource, form: ReplacementPicture) -> Given:
    if form:
        return the_one(image=form.image.stream.read())  # type: ignore[attr-defined]  # a file of werkzeug's
    award = jsons.dumps(json.award) if isinstance(json.award, dict) else json.award
    return the_one(url=json.url, json=award)


def _shown(badge: BadgeFacts, material: Material, token: str) -> ReplacementPreview:
    touched = touched_by(badge.id)
    return ReplacementPreview(
        token=token, until=material.until, old=_said(badge.words), new=_said(material.words),
        changes=sorted(changes(badge, material)), notes=list(material.notes),
        reach=Reach(awards=touched.awards, people=touched.people, spaces=len(touched.spaces)),
    )  # fmt: skip


def _said(words: BadgeWords) -> Said:
    return Said(
        name=words.name, description=words.description, criteria=words.criteria, criteria_url=words.criteria_url,
        tags=list(words.tags), alignments=[dict(one) for one in words.alignments],
        achievement_type=words.achievement_type,
    )  # fmt: skip
