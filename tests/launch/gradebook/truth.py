"""What must be true of the LMS's gradebook, whatever happened on the way: counted anew from the completions."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.model import Identity
from lti_tool.spaces.model import Completion, Member, Objective
from tests.launch.gradebook.moody_lms import Moods
from tests.launch.gradebook.term import Term


def differences(term: Term) -> Iterator[str]:
    """Where the LMS shows something else than the Space, in the columns that are written into."""
    db.session.remove()
    columns = Counter((one.members["resourceId"], one.members["tag"]) for one in term.columns)
    yield from (f"{number} columns of {which}" for which, number in columns.items() if number > 1)
    there = {one.members["resourceId"]: one for one in term.columns}
    rows = {(item, sub) for item, sub in db.session.execute(
        select(Score.line_item_id, Identity.sub).join(Identity, Identity.person_id == Score.person_id)
    )}  # fmt: skip
    for item in db.session.scalars(select(LineItem).where(LineItem.is_off.is_(False))):
        for sub, (given, maximum) in _expected(term, item).items():
            if not given and (item.id, sub) not in rows:
                continue  # who has nothing to show is sent nothing, and what a teacher typed for them is theirs
            column = there.get(item.resource_id)
            shown = term.school.lms.gradebook.score(column, sub) if column else None
            found = (shown.given, shown.maximum) if shown else (0, maximum)
            if found != (given, maximum):
                yield f"{item.label}: {found} instead of {(given, maximum)}"


def doubled(term: Term, moods: Moods) -> Iterator[str]:
    """Timestamps that step back, repeats that say something else, second submissions and comments."""
    gradebook = term.school.lms.gradebook
    last: dict[tuple[str, str], datetime] = {}
    for column, score in gradebook.history:
        before = last.get((column, score.sub))
        if before is not None and score.timestamp <= before:
            yield f"a timestamp of {score.sub} stepped back"
        last[column, score.sub] = score.timestamp
    bodies, newest = defaultdict(set), defaultdict[tuple[str, str], str](str)
    for one in moods.of("POST", "/scores"):
        said, where = one.document, (one.path, one.document["userId"])
        bodies[*where, said["timestamp"]].add(one.body)
        if said["timestamp"] < newest[where]:
            yield f"an older score was sent after a newer one: {said['timestamp']}"
        newest[where] = said["timestamp"]
    yield from (f"one timestamp, {len(those)} scores" for those in bodies.values() if len(those) > 1)
    yield from (f"{number} submissions" for number in gradebook.attempts.values() if number > 1)


def _expected(term: Term, item: LineItem) -> dict[str, tuple[int, int]]:
    """By the LMS's id of each learner."""
    heads = {one.id: one for one in db.session.scalars(select(Objective).where(Objective.space_id == term.space))}
    counted = [one for one in heads.values() if one.archived_at is None]
    found = {}
    members = select(Member, Identity.sub).join(Identity, Identity.person_id == Member.person_id)
    for member, sub in db.session.execute(members.where(Member.space_id == term.space, Member.role == "member")):
        query = select(Completion).where(Completion.member_id == member.id, Completion.state == "complete")
        done = {one.objective_id: one for one in db.session.scalars(query)}
        if item.resource_id in heads:
            whole = max(heads[item.resource_id].points, 1)
            found[sub] = (whole if item.resource_id in done else 0, whole)
        elif item.shows == "points":
            points = sum(one.points for one in done.values())
            found[sub] = (points, max(sum(one.points for one in counted), 1))
        else:
            found[sub] = (sum(one.id in done for one in counted), max(len(counted), 1))
    return found
