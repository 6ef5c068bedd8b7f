"""The review queue: one item at a time, decided by one click, and the next one is there."""

from collections.abc import Mapping

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit
from lti_tool.spaces.evidence.model import REASON_LENGTH
from lti_tool.spaces.evidence.reads import attempts_of, takes_evidence
from lti_tool.spaces.groups.reads import groups_of
from lti_tool.spaces.here import space_here
from lti_tool.spaces.progress.view import GROUP_LENGTH
from lti_tool.spaces.review.deciding import accept, claim, claim_next, give_back, undo
from lti_tool.spaces.review.presets import presets
from lti_tool.spaces.review.queue import (
    NOT_HANDED_IN,
    not_handed_in,
    objectives_with_evidence,
    waiting_count,
    waiting_lines,
    where_it_stands,
)
from lti_tool.spaces.review.reads import item, just_decided, recent_decisions
from lti_tool.words import to_say
from lti_tool.work import Work, takes_work

_ON_THE_PAGE = {"review_decided", "review_claimed", "review_reason_missing"}


@needs(Permission.SPACE_RUN)
def review() -> ResponseReturnValue:
    """GET /review: what waits, what was decided lately, and who has not handed in anything."""
    space, chosen, group, me = space_here(), _chosen(), _group(), current_visit().person
    waiting = waiting_count(space.id, chosen, group)
    return render_template(
        "spaces/review/queue.html", space=space, waiting=waiting, lines=waiting_lines(space.id, chosen, group),
        objectives=objectives_with_evidence(space.id), chosen=chosen, recent=recent_decisions(space.id),
        silent=[] if waiting else not_handed_in(space.id, chosen, group), most_silent=NOT_HANDED_IN,
        groups=groups_of(space.id), group=group,
        just=just_decided(space.id, request.args.get("done"), me), me=me,
    )  # fmt: skip


@needs(Permission.SPACE_RUN)
def review_next() -> ResponseReturnValue:
    """POST /review/next: open the next item; `way` next, previous or skip from the one `beside`."""
    way = request.form.get("way", "next")
    with transaction():
        found = claim_next(
            space_here().id, _chosen(), by=current_visit().person, group=_group(), beside=request.form.get("beside"),
            backwards=way == "previous", lets_go=way == "skip",
        )  # fmt: skip
    if found is None:
        return redirect(page_url("room.review", **_filter(), others=0 if request.form.get("beside") else None), 303)
    return redirect(page_url("room.review_item", submission_id=found, **_filter()), 303)


@needs(Permission.SPACE_RUN)
def review_item(submission_id: str) -> ResponseReturnValue:
    """GET /review/<submission_id>: looking opens nothing; a button does."""
    return _page(submission_id)


@needs(Permission.SPACE_RUN)
def review_claim(submission_id: str) -> ResponseReturnValue:
    """POST /review/<submission_id>/claim"""
    kept = _filter()
    try:
        with transaction():
            claim(space_here().id, submission_id, by=current_visit().person)
    except Problem as refused:
        return _told(submission_id, refused)
    return redirect(page_url("room.review_item", submission_id=submission_id, **kept), 303)


@takes_work(Work(lambda settings: 0, {"reason": to_say("Your reason")}))
@needs(Permission.SPACE_RUN)
def review_decide(submission_id: str) -> ResponseReturnValue:
    """POST /review/<submission_id>/decide: `do` accept or return, and the next item is opened"""
    space, me = space_here(), current_visit().person
    try:
        with transaction():
            if request.form.get("do") == "return":
                give_back(space.id, submission_id, by=me, reason=_reason())
            elif request.form.get("do") == "accept":
                accept(space.id, submission_id, by=me)
            else:
                raise Problem("bad_request")
            found = claim_next(space.id, _chosen(), by=me, group=_group(), beside=submission_id)
    except Problem as refused:
        return _told(submission_id, refused)
    told = {**_filter(), "done": submission_id}
    to = page_url("room.review_item", submission_id=found, **told) if found else page_url("room.review", **told)
    return redirect(to, 303)


@needs(Permission.SPACE_RUN)
def review_undo(submission_id: str) -> ResponseReturnValue:
    """POST /review/<submission_id>/undo"""
    kept = _filter()
    with transaction():
        undo(space_here().id, submission_id, by=current_visit().person)
    return redirect(page_url("room.review_item", submission_id=submission_id, **kept, undone=1), 303)


def _told(submission_id: str, refused: Problem) -> ResponseReturnValue:
    """The item as it is now, with the refusal in words and the reason as it was typed."""
    if refused.code not in _ON_THE_PAGE:
        raise refused
    return _page(submission_id, refused), refused.status


def _page(submission_id: str, refused: Problem | None = None) -> str:
    space, me = space_here(), current_visit().person
    found = item(space.id, submission_id)
    attempts = attempts_of(found.objective, found.member, for_staff=True)
    here = next((one for one in attempts if one.id == found.id), None)
    return render_template(
        "spaces/review/item.html", space=space, item=found, me=me, here=here,
        earlier=[one for one in attempts if one.number < found.attempt], refused=refused,
        where=where_it_stands(space.id, found.id, _chosen(), _group()), chosen=_chosen(), group=_group(),
        presets=presets(),
        just=just_decided(space.id, request.args.get("done"), me), most_reason=REASON_LENGTH,
        reason=request.form.get("reason", ""),
    )  # fmt: skip


def _reason() -> str:
    """What was written, or else the reason that was chosen."""
    return request.form.get("reason", "").strip() or request.form.get("preset", "")


def _chosen() -> str | None:
    """The objective that the queue is filtered by. Raises `Problem` not_found for another Space's."""
    chosen = request.values.get("objective") or None
    if chosen and takes_evidence(current_visit().space or "", chosen) is None:
        raise Problem("not_found")
    return chosen


def _group() -> str | None:
    """The group that the queue is filtered by; one that is gone, or is not of this Space, has nothing waiting."""
    return request.values.get("group", "")[:GROUP_LENGTH] or None


def _filter() -> Mapping[str, str]:
    said = {"objective": _chosen(), "group": _group()}
    return {word: value for word, value in said.items() if value}
