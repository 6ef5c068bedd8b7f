"""How long scores have waited, as the operator is told: for an LMS that is away, and not for what nobody can send."""

from datetime import timedelta

from sqlalchemy import update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.sendable import oldest_on_its_way
from lti_tool.launch.model import Registration
from lti_tool.spaces.model import Member
from tests.launch.gradebook.moody_lms import Moods, said
from tests.launch.gradebook.term import Term


def let_hours_pass(hours: int) -> None:
    with transaction():
        db.session.execute(update(Score).values(moved_at=clock.now() - timedelta(hours=hours)))


def hours_waited() -> int | None:
    db.session.rollback()
    oldest = oldest_on_its_way()
    return round((clock.now() - oldest).total_seconds() / 3600) if oldest else None


def tell(row: type[LineItem] | type[Registration] | type[Member], **values: object) -> None:
    with transaction():
        db.session.execute(update(row).values(**values))


def test_a_score_that_waits_for_an_lms_that_is_away_is_told_until_it_has_arrived(term: Term, moods: Moods) -> None:
    moods.instead["POST /scores"] = [said(503)] * 9
    term.complete("amelie")
    term.do_jobs()
    let_hours_pass(7)
    while_away = hours_waited()

    moods.instead.clear()
    term.do_jobs_later()

    assert (while_away, term.states(), hours_waited()) == (7, {"amelie": "sent"}, None)


def test_what_nobody_can_send_is_not_told(term: Term) -> None:
    term.complete("amelie")
    let_hours_pass(9)
    told = [hours_waited()]
    for row, name, off, on in (
        (LineItem, "is_off", True, False), (Registration, "switched_off_at", clock.now(), None),
        (Member, "status", "inactive", "active"),
    ):  # fmt: skip
        tell(row, **{name: off})
        told.append(hours_waited())
        tell(row, **{name: on})

    assert [*told, hours_waited()] == [9, None, None, None, 9]


def test_a_column_that_is_refused_for_good_is_told_by_itself(term: Term, moods: Moods) -> None:
    term.complete("ngozi")
    term.do_jobs()
    moods.instead["POST /scores"] = [said(403, {"message": "no"})] * 9
    term.complete("amelie", "dmitri")
    term.do_jobs()
    let_hours_pass(9)

    assert term.states() == {"ngozi": "sent", "amelie": "waiting", "dmitri": "waiting"}
    assert (term.item().problem, hours_waited()) == ("service_forbidden", None)
    assert term.item().refused_since is not None
