"""What has left the house: scores in the LMS's gradebook, and mails."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.model import Identity
from lti_tool.sandbox.gradebook import Score as Shown
from lti_tool.spaces.model import Completion, Member, Objective
from tests.make.mailbox import Mailbox
from tests.soak.day.ledger import Ledger
from tests.soak.day.university import Lecture, University


def outside(school: University, ledger: Ledger) -> Iterator[str]:
    """Everything that the world was told, and should not have been, or was not told."""
    db.session.rollback()
    for lecture in school.lectures:
        yield from _gradebook(school, lecture)
    yield from _order(school)
    yield from _mails(ledger, school.box)


def _gradebook(school: University, lecture: Lecture) -> Iterator[str]:
    """One column for the course, which shows how many objectives everybody has completed, counted from the rows."""
    columns = school.lms.gradebook.items(lecture.key)
    if len(columns) != 1:
        yield f"{lecture.key} has {len(columns)} columns in the LMS"
    completed = _completed(lecture.space)
    whole = len(lecture.marked) + len(lecture.handed_in)
    for name, member in lecture.learners.items():
        sub, should = school.lms.world.people[name].sub, completed.get(member, 0)
        shown = [one for column in columns if (one := school.lms.gradebook.score(column, sub)) is not None]
        if not shown and not should:
            continue  # who has nothing to show is sent nothing
        if [(one.given, one.maximum) for one in shown] != [(should, whole)]:
            yield f"the LMS shows {_said(shown)} for {name}: {should} of {whole}; the tool says {_row(lecture, sub)}"


def _completed(space: str) -> dict[str, int]:
    counted = select(Completion.member_id, func.count()).join(Objective, Objective.id == Completion.objective_id)
    counted = counted.join(Member, Member.id == Completion.member_id)
    counted = counted.where(Completion.state == "complete", Completion.space_id == space)
    return dict(db.session.execute(counted.group_by(Completion.member_id)).all())


def _order(school: University) -> Iterator[str]:
    """No score is older than the one before it, and none made a second submission."""
    last: dict[tuple[str, str], datetime] = {}
    for column, score in school.lms.gradebook.history:
        before = last.get((column, score.sub))
        if before is not None and score.timestamp <= before:
            yield f"a timestamp of {score.sub} stepped back"
        last[column, score.sub] = score.timestamp
    yield from (f"{number} submissions" for number in school.lms.gradebook.attempts.values() if number > 1)


def _mails(ledger: Ledger, box: Mailbox) -> Iterator[str]:
    """Each invitation by one mail: a repeat of it bears the same Message-ID."""
    known = defaultdict[str, set[str]](set)
    for mail in box.mails:
        known[str(mail["To"])].add(str(mail["Message-ID"]))
    for thing in ledger.things("invitation"):
        may, number = ledger.may_stand(thing), len(known[thing[1]])
        if number > 1 or (number == 0 and "untouched" not in may) or (number == 1 and may == {"untouched"}):
            yield f"{number} different mails to {thing[1]}, whose invitation is {' or '.join(sorted(map(str, may)))}"


def repeated_mails(box: Mailbox) -> int:
    """How many mails came again under their own Message-ID."""
    counted = Counter(str(mail["Message-ID"]) for mail in box.mails)
    return len(box.mails) - len(counted)


def _said(shown: list[Shown]) -> str:
    return ", ".join(f"{one.given} of {one.maximum}" for one in shown) or "nothing"


def _row(lecture: Lecture, sub: str) -> str:
    rows = select(Score.given, Score.maximum, Score.state, Score.problem)
    rows = rows.join(LineItem, LineItem.id == Score.line_item_id)
    rows = rows.join(Identity, Identity.person_id == Score.person_id)
    found = db.session.execute(rows.where(LineItem.course_id == lecture.course, Identity.sub == sub)).all()
    return ", ".join(map(str, found)) or "nothing"
