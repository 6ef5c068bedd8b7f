"""The learner's page of evidence for one objective: write, save, hand in, take back; and the files themselves."""

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit
from lti_tool.spaces.evidence.handing_in import Typed, hand_in, withdraw
from lti_tool.spaces.evidence.kinds import TAKEN, FileRefused, GoodFile, checked_file
from lti_tool.spaces.evidence.reads import Attempt, Part, attempts_of, takes_evidence
from lti_tool.spaces.evidence.rules import TEXT_LENGTH, own_state
from lti_tool.spaces.evidence.serving import evidence_response
from lti_tool.spaces.here import space_here
from lti_tool.spaces.members import member_of
from lti_tool.spaces.objective_reads import OwnObjective, own_objectives
from lti_tool.words import megabytes, said, to_say
from lti_tool.work import Work, takes_work

_INLINE = {"evidence_refused", "evidence_changed"}
_WORK = Work(
    lambda settings: settings.evidence_total_bytes, {"text": to_say("Your text"), "links": to_say("Your links")}
)


@dataclass(frozen=True)
class OwnEvidence:
    """What the learner has of one objective: `takes` none, allowed or required, and the attempts, the latest first."""

    takes: str
    attempts: list[Attempt]

    @property
    def latest(self) -> Attempt | None:
        return self.attempts[0] if self.attempts else None

    @property
    def state(self) -> str | None:
        """What the learner is told at a glance, while it is open."""
        return own_state(self.latest.state, is_opened=self.latest.opened_at is not None) if self.latest else None

    @property
    def undecided(self) -> Attempt | None:
        return self.latest if self.latest and self.latest.state in ("draft", "waiting") else None

    @property
    def files(self) -> list[Part]:
        """What the next attempt begins with."""
        return self.latest.files if self.latest else []


def own_evidence(space_id: str, member_id: str | None, objective_id: str) -> OwnEvidence:
    """For the learner's page of an objective; without a member (a preview) there are no attempts."""
    takes = takes_evidence(space_id, objective_id) or "none"
    return OwnEvidence(takes, attempts_of(objective_id, member_id, for_staff=_looks_in()) if member_id else [])


def _looks_in() -> bool:
    """Whoever else sees this learner's pages sees no draft: it is the learner's own."""
    return current_visit().is_seen_by_another


@takes_work(_WORK)
@needs(Permission.SPACE_SEE)
def evidence(objective_id: str) -> ResponseReturnValue:
    """GET and POST /objectives/<objective_id>/evidence: `do` save or send, or `remove` a file. A refusal comes back
    with all that was typed.
    """
    member_id, objective = _mine(objective_id)
    if request.method == "GET":
        return _page(member_id, objective)
    typed, send = _typed(), request.form.get("do") == "send"
    try:
        files = _files()
        with transaction():
            hand_in(objective_id, member_id, typed, files, send=send)
    except Problem as refused:
        if refused.code not in _INLINE:
            raise
        return _page(member_id, objective, typed, refused), refused.status
    if send:
        return redirect(page_url("room.objective", objective_id=objective_id, sent=1), 303)
    return redirect(page_url("room.evidence", objective_id=objective_id, saved=1), 303)


@needs(Permission.SPACE_SEE)
def withdraw_evidence(objective_id: str) -> ResponseReturnValue:
    """POST /objectives/<objective_id>/evidence/withdraw"""
    member_id, _ = _mine(objective_id)
    with transaction():
        withdraw(objective_id, member_id)
    return redirect(page_url("room.evidence", objective_id=objective_id, withdrawn=1), 303)


@needs(Permission.VISIT)
def evidence_file(attachment_id: str) -> Response:
    """GET /evidence/<attachment_id>"""
    return evidence_response(current_visit(), attachment_id)


def _page(
    member_id: str, objective: OwnObjective, typed: Typed | None = None, wrong: Problem | None = None
) -> str:  # fmt: skip
    space, settings = space_here(), current_app.extensions["settings"]
    own = own_evidence(space.id, member_id, objective.id)
    return render_template(
        "spaces/evidence/form.html", space=space, objective=objective, own=own,
        typed=typed or _typed_before(own), wrong=wrong, taken=said(TAKEN), most_text=TEXT_LENGTH,
        most_files=settings.evidence_files, most_megabytes=megabytes(settings.evidence_bytes),
    )  # fmt: skip


def _typed_before(own: OwnEvidence) -> Typed:
    """What was saved, or else what the earlier attempt said: it is improved, and not written anew."""
    if own.latest is None:
        return Typed("")
    return Typed(
        own.latest.text, "\n".join(part.url or "" for part in own.latest.links),
        tuple(part.id for part in own.files), own.latest.shares, own.undecided.base if own.undecided else "",
    )  # fmt: skip


def _typed() -> Typed:
    form = request.form
    removed = set(form.getlist("remove"))
    return Typed(
        form.get("text", ""), form.get("links", ""),
        tuple(one for one in form.getlist("kept") if one not in removed), "shares" in form, form.get("base", ""),
    )  # fmt: skip


def _files() -> list[GoodFile]:
    """Nothing reaches the storage before all of it was looked at. Raises `Problem` evidence_refused."""
    settings: Any = current_app.extensions["settings"]
    chosen = [file for file in request.files.getlist("files") if file.filename]
    if len(chosen) > settings.evidence_files:
        most = settings.evidence_files
        raise Problem("evidence_refused", _("You can hand in %(most)s files; choose fewer.", most=most))
    good, refused = [], []
    for file in chosen:
        try:
            good.append(_checked(file, settings.evidence_bytes))
        except FileRefused as wrong:
            refused.append(str(wrong))
    if refused:
        raise Problem("evidence_refused", " ".join(refused))
    return good


def _checked(file: FileStorage, most: int) -> GoodFile:
    return checked_file(file.filename or "", file.stream.read(most + 1), most_bytes=most)


def _mine(objective_id: str) -> tuple[str, OwnObjective]:
    """The learner's place, and the objective as they see it. Raises `Problem` not_found, or not_a_learner for staff."""
    visit = current_visit()
    space_id = visit.space or ""
    if takes_evidence(space_id, objective_id) is None:
        raise Problem("not_found")
    me = member_of(space_id, visit.person)
    if me is None or me.role != "member":
        raise Problem("not_a_learner")
    found = own_objectives(space_id, me.id, objective_id)
    if not found:
        raise Problem("not_found")
    return me.id, found[0]
