"""Why not yet? The conditions in their order, which are met, who can act; read in one statement."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from lti_tool.db import db, transaction
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.model import Space
from lti_tool.spaces.space import space_facts
from lti_tool.spaces.why import why_not_yet, whys_of
from lti_tool.spaces.why_rules import Facts, conditions, first_unmet
from tests.make.evidence import learner_visit, make_evidence_objective, make_handed_in
from tests.make.organization import make_organization
from tests.make.space import make_member, make_objective, make_space

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = MONDAY + timedelta(days=1)
SENT = {"submission": "s", "submitted_at": MONDAY}


@pytest.mark.parametrize(
    ("facts", "met", "unmet", "who"),
    [
        ({}, ["open", "counted"], ["marks"], "staff"),
        ({"evidence": "allowed"}, ["open", "counted"], ["marks_or_evidence"], "staff"),
        ({"evidence": "required"}, ["open", "counted"], ["hand_in", "then_reviewed"], "learner"),
        ({"evidence": "required", "attempt": "draft"}, ["open", "counted"], ["draft", "then_reviewed"], "learner"),
        ({"evidence": "required", "attempt": "withdrawn"}, ["open", "counted"], ["hand_in", "then_reviewed"],
         "learner"),
        ({"evidence": "allowed", "attempt": "waiting", **SENT}, ["open", "counted", "handed_in"], ["waiting"], "staff"),
        ({"attempt": "waiting", "opened_at": LATER, **SENT}, ["open", "counted", "handed_in"], ["in_review"], "staff"),
        ({"attempt": "returned", **SENT}, ["open", "counted", "handed_in"], ["returned"], "learner"),
        ({"kind": "badge"}, ["open", "counted"], ["badge_ours"], "issuer"),
        ({"kind": "badge", "ours": False}, ["open", "counted"], ["badge_foreign"], "learner"),
        ({"kind": "badge", "state": "taken_back", "how": "badge"}, ["open", "counted"], ["badge_gone"], "issuer"),
        ({"kind": "badge", "state": "taken_back", "how": "marked"}, ["open", "counted"], ["taken_back"], "staff"),
        ({"state": "taken_back", "taken_back_at": LATER, "attempt": "accepted", **SENT}, ["open", "counted"],
         ["taken_back"], "staff"),
        ({"state": "taken_back", "taken_back_at": MONDAY, "attempt": "waiting", "submitted_at": LATER},
         ["open", "counted", "handed_in"], ["taken_back", "waiting"], "staff"),
        ({"has_ended": True}, ["counted"], ["ended", "marks"], "nobody"),
        ({"is_put_away": True}, ["open", "counted"], ["put_away", "marks"], "staff"),
        ({"standing": "preview"}, ["open"], ["preview", "marks"], "nobody"),
        ({"standing": "staff"}, ["open"], ["staff", "marks"], "nobody"),
        ({"standing": "left"}, ["open"], ["left", "marks"], "nobody"),
        ({"standing": "open"}, ["open"], ["open_place", "marks"], "learner"),
        ({"state": "complete", "how": "evidence", "has_ended": True}, ["complete_evidence"], [], None),
    ],
)  # fmt: skip
def test_every_case_has_its_conditions_and_somebody_who_can_act(
    facts: dict[str, Any], met: list[str], unmet: list[str], who: str | None
) -> None:
    found = conditions(Facts(**{"kind": "manual", "evidence": "none", "standing": "learner", **facts}))
    assert [one.what for one in found if one.met] == met
    assert [one.what for one in found if not one.met] == unmet
    first = first_unmet(found)
    assert (first.who if first else None) == who


def test_it_is_read_in_one_statement_and_staff_see_no_draft(app: Flask) -> None:
    organization = make_organization()
    space, seen = make_space(organization), []
    member, other = (make_member(space, organization, name) for name in ("Ada", "Bo"))
    objective = make_evidence_objective(space, organization)
    make_objective(space, organization, "Another")
    make_handed_in(objective, member, send=False)
    make_handed_in(objective, other)
    facts = space_facts(space)
    assert facts is not None

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    mine = why_not_yet(facts, member, objective, for_staff=False).next
    theirs = why_not_yet(facts, member, objective, for_staff=True).next
    every = whys_of(facts, other)
    event.remove(db.engine, "before_cursor_execute", note)

    assert len(seen) == 3
    assert (mine and mine.what, theirs and theirs.what) == ("draft", "hand_in")
    assert [(one.title, one.next and one.next.what) for one in every] == [
        ("Explore the lab", "waiting"), ("Another", "marks"),
    ]  # fmt: skip


def test_a_day_is_one_of_the_spaces_own_calendar(app: Flask, organization: str, space: str) -> None:
    """Half past ten in the evening in UTC is the next day in Berlin."""
    member = make_member(space, organization)
    handed_in = make_handed_in(make_evidence_objective(space, organization), member)
    with transaction():
        db.session.get_one(Space, space).time_zone = "Europe/Berlin"
        sent = db.session.get_one(Submission, handed_in)
        sent.submitted_at = datetime(2026, 7, 6, 22, 30, tzinfo=UTC)
        objective = sent.objective_id

    page = learner_visit(app, organization, space, member).get(f"objectives/{objective}").text

    assert "Evidence was handed in on Tue 7 Jul 2026." in page
    assert "Waiting for review since Tue 7 Jul 2026." in page
    assert "Mon 6 Jul" not in page.replace("Mon 6 Jul 2026, 22:30 UTC", "")
