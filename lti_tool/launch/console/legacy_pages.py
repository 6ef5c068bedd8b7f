"""Ids and secrets of LTI 1.1: who was whom before the LMS moved to LTI 1.3, as far as nobody vouched for it yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.launch.legacy import (
    ConsumerLine,
    WaitingLink,
    add_consumer,
    consumers_of,
    decide_link,
    remove_consumer,
    waiting_links,
)
from lti_tool.launch.platforms import known_platform
from lti_tool.people.access import Permission, needs
from lti_tool.people.admin.administrators import note_here
from lti_tool.people.audit import name_deeds
from lti_tool.words import to_say

name_deeds(
    {
        "legacy.consumer_added": to_say("Entered an LTI 1.1 consumer"),
        "legacy.consumer_removed": to_say("Removed an LTI 1.1 consumer"),
        "legacy.approved": to_say("Linked an LTI 1.1 id"),
        "legacy.refused": to_say("Refused to link an LTI 1.1 id"),
    }
)


@dataclass(frozen=True)
class Legacy:
    """What a platform's page shows of its past."""

    consumers: Sequence[ConsumerLine]
    waiting: Sequence[WaitingLink]


@dataclass(frozen=True)
class Decided:
    """A link that was decided a moment ago, for the strip that offers the other word."""

    id: str
    linked: bool


def decided_just_now() -> Decided | None:
    link_id = request.args.get("decided")
    return Decided(link_id, request.args.get("linked") == "yes") if link_id else None


def legacy_of(registration_id: str) -> Legacy:
    return Legacy(consumers_of(registration_id), waiting_links(registration_id))


@needs(Permission.ADMIN)
def consumer(registration_id: str) -> Response:
    """POST /admin/platforms/<registration_id>/consumers"""
    with transaction():
        made = add_consumer(
            registration_id, key=request.form.get("key", "").strip(), secret=request.form.get("shared_secret", "")
        )
        note_here("legacy.consumer_added", subject=registration_id, facts={"consumer": made.id})
    return _back(registration_id)


@needs(Permission.ADMIN)
def no_consumer(registration_id: str, consumer_id: str) -> Response:
    """POST /admin/platforms/<registration_id>/consumers/<consumer_id>/removal"""
    with transaction():
        if consumer_id not in {one.id for one in consumers_of(known_platform(registration_id).id)}:
            raise Problem("not_found")
        remove_consumer(consumer_id)
        note_here("legacy.consumer_removed", subject=registration_id, facts={"consumer": consumer_id})
    return _back(registration_id)


@needs(Permission.ADMIN)
def link(registration_id: str, link_id: str) -> Response:
    """POST /admin/platforms/<registration_id>/legacy/<link_id>, `linked` yes or no"""
    linked = request.form.get("linked") == "yes"
    with transaction():
        if decide_link(link_id, linked=linked).registration_id != registration_id:
            raise Problem("not_found")
        note_here(
            "legacy.approved" if linked else "legacy.refused", subject=registration_id, facts={"link": link_id}
        )  # fmt: skip
    return _back(registration_id, Decided(link_id, linked))


def _back(registration_id: str, decided: Decided | None = None) -> Response:
    address = url_for(
        "console.platform", registration_id=registration_id, _anchor="legacy", decided=decided.id if decided else None,
        linked=("yes" if decided.linked else "no") if decided else None,
    )  # fmt: skip
    return redirect(address, 303)
