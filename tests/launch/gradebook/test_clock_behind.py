"""An LMS whose clock is behind takes no timestamp that lies in its future: a score waits until it does not."""

from datetime import timedelta

from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook.model import Score
from lti_tool.launch.model import Registration
from tests.launch.gradebook.moody_lms import Moods, said
from tests.launch.gradebook.term import Term


def fall_behind(term: Term, seconds: int) -> None:
    """A launch tells that the clock of the LMS is behind; the access tokens of before have run out."""
    term.school.lms.faults.clock_skew = -seconds
    with transaction():
        db.session.execute(update(Registration).values(launched_at=None))
    term.school.open("biology", "helena")
    term.school.app.extensions.pop("access_tokens", None)


def test_a_score_waits_until_the_lms_takes_its_timestamp(term: Term, moods: Moods) -> None:
    fall_behind(term, 90)
    term.complete("amelie")
    term.do_jobs()
    [run_at] = db.session.scalars(select(Job.run_at).where(Job.kind == "gradebook.send", Job.finished_at.is_(None)))
    assert (moods.of("POST", "/scores"), term.states()) == ([], {"amelie": "waiting"})
    assert timedelta(seconds=15) < run_at - clock.now() < timedelta(seconds=35)
    assert term.item().problem is None

    with transaction():  # half a minute has passed
        db.session.execute(update(Score).values(moved_at=clock.now() - timedelta(seconds=35)))
    term.do_jobs_later()

    assert (term.handed_in, term.states()) == ([("amelie", 1, 1)], {"amelie": "sent"})
    assert term.item().problem is None, "the LMS lets us in, though it thinks that we sign in its future"


def test_a_later_timestamp_is_none_of_its_future(term: Term, moods: Moods) -> None:
    fall_behind(term, 90)
    term.complete("amelie")
    before = clock.now() - timedelta(seconds=35)
    with transaction():
        db.session.execute(update(Score).values(moved_at=before))
    moods.instead["POST /scores"] = [said(409)]
    term.do_jobs()

    assert (term.handed_in, term.states()) == ([("amelie", 1, 1)], {"amelie": "sent"})
