"""Badge classes of the organization."""

import re
from dataclasses import replace
from typing import Any

from flask import Response, request

from lti_tool.api.admission import holder_here
from lti_tool.api.badge_words import (
    Alignment,
    Badge,
    BadgePage,
    BadgesAsked,
    ChangedBadge,
    ChangedBadgeWithPicture,
    ChangingHeaders,
    NewBadge,
    NewBadgeWithPicture,
)
from lti_tool.api.describing import page_of, reads, writes
from lti_tool.api.once import once
from lti_tool.api.own import own_badge, own_issuer
from lti_tool.api.pictures import picture_of
from lti_tool.badges.badge_classes import archive_badge, define_badge, edit_badge
from lti_tool.badges.badge_reads import BadgeFacts, Giving, badges_page
from lti_tool.badges.hosted import address
from lti_tool.badges.pictures_kept import drawn_picture
from lti_tool.badges.removing import delete_badge
from lti_tool.badges.revisions import BadgeWords
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs

_WORDS = ("name", "description", "criteria", "criteria_url", "tags", "alignments", "achievement_type")
_GIVING = ("allows_repeats", "expires_after_days")
_TEXTS = {"description": "", "criteria": "", "tags": (), "alignments": ()}


@needs(Permission.TOKEN)
@reads("Badges", BadgePage, refusals=(404,))
def badges(query: BadgesAsked) -> BadgePage:
    """List the organization's badges"""
    issuer = own_issuer(query.issuer).id if query.issuer is not None else None
    lines = badges_page(
        holder_here().organization, issuer=issuer, archived=query.archived == "true", after=query.after,
        limit=query.limit + 1,
    )  # fmt: skip
    return page_of(BadgePage, lines, query.limit, _shown)


@needs(Permission.TOKEN)
@reads("Badges", Badge, refusals=(404,))
def show(badge_id: str) -> Badge:
    """Show one badge"""
    return _shown(own_badge(badge_id))


@needs(Permission.TOKEN)
@writes("Badges", Badge, status=201)
def create(json: NewBadge, form: NewBadgeWithPicture) -> Response:
    """Make a badge

    As JSON its picture is drawn; as multipart/form-data it may bring one as the file `image`.
    """
    asked = form or json
    picture = (picture_of(form.image) if form else None) or drawn_picture()

    def act() -> Badge:
        issuer = own_issuer(asked.issuer).id
        words = BadgeWords(asked.name, asked.description, **_said(asked, _WORDS[2:]))
        made = define_badge(issuer, words, picture=picture, giving=Giving(**_said(asked, _GIVING)))
        return _shown(own_badge(made.id))

    return once(act, status=201)


@needs(Permission.TOKEN)
@writes("Badges", Badge, headers=ChangingHeaders)
def edit(badge_id: str, json: ChangedBadge, form: ChangedBadgeWithPicture) -> Response:
    """Change, archive or restore a badge

    What is not named stays; null empties. Every award shows the change at once. With a `revision`, or as `If-Match`,
    it is changed only while it stands there. As multipart/form-data it may bring a picture as the file `image`.
    """
    asked = form or json
    picture = picture_of(form.image) if form else None
    expected = _expected(asked)

    def act() -> Badge:
        found = own_badge(badge_id)
        words = replace(found.words, **_said(asked, _WORDS))
        giving = replace(found.giving, **_said(asked, _GIVING))
        stands_at = found.revision if expected is None else expected
        edit_badge(found.id, words, expected=stands_at, picture=picture, giving=giving)
        if json and json.archived is not None:
            archive_badge(found.id, archived=json.archived)
        return _shown(own_badge(badge_id))

    return once(act)


@needs(Permission.TOKEN)
@writes("Badges", None, status=204)
def delete(badge_id: str) -> Response:
    """Delete a badge that nobody was ever given

    Refused with what stands in the way: awards, Spaces, collections and backpacks. Such a badge can be archived.
    """

    def act() -> None:
        delete_badge(own_badge(badge_id).id)

    return once(act, status=204)


def _said(asked: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields that the request names, as the house keeps them; a text or list that is null is empty."""
    said = {name: getattr(asked, name) for name in names if name in asked.model_fields_set}
    for name, empty in _TEXTS.items():
        if name in said and said[name] is None:
            said[name] = empty
    for name in ("name", "allows_repeats"):
        if name in said and said[name] is None:
            raise Problem("bad_request", f'"{name}" cannot be null.')
    if isinstance(said.get("tags"), str):  # of a form
        said["tags"] = tuple(said["tags"].split(","))
    if "tags" in said:
        said["tags"] = tuple(said["tags"])
    if "alignments" in said:
        said["alignments"] = tuple(one.model_dump(exclude_none=True) for one in said["alignments"])
    return said


def _expected(asked: Any) -> int | None:
    """The revision that the program saw, in the body or as `If-Match`; None where it does not say."""
    named = [int(asked.revision)] if asked.revision is not None else []
    match = re.fullmatch(r'"([0-9]{1,9})"', request.headers.get("If-Match", ""))
    named += [int(match[1])] if match else []
    if len(set(named)) > 1:
        raise Problem("bad_request", '"revision" and If-Match name different revisions.')
    return named[0] if named else None


def _shown(facts: BadgeFacts) -> Badge:
    here = address("badges", facts.id)
    return Badge(
        id=facts.id, issuer=facts.issuer, name=facts.name, description=facts.description, criteria=facts.criteria,
        criteria_url=facts.criteria_url, tags=list(facts.tags),
        alignments=[Alignment(**{"description": None, "framework": None, "code": None, **one})
                    for one in facts.alignments],
        achievement_type=facts.achievement_type, expires_after_days=facts.expires_after_days,
        allows_repeats=facts.allows_repeats, archived=facts.archived_at is not None, revision=facts.revision,
        image=f"{here}/image.png", public_url=here,
    )  # fmt: skip
