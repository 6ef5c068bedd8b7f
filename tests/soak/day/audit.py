"""The auditor: holds what everybody was told against the rows and the files, in the house itself or in a backup of it.

Counts come from the rows alone, and never from what the tool keeps of them.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from lti_tool.badges.awarding.model import AwardBatch
from lti_tool.badges.model import CURRENT_REVISION, Award, BadgeClass, BadgeRevision
from lti_tool.db import db
from lti_tool.kept_files import file_columns
from lti_tool.launch.model import Identity
from lti_tool.settings import Settings
from lti_tool.spaces.evidence.model import Attachment, Submission
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.staffing.model import SpaceInvitation
from lti_tool.storage import key_of
from tests.make.recount import standing_faults
from tests.soak.day.learning import work_of
from tests.soak.day.ledger import Ledger, Moment, Standing, Thing
from tests.soak.day.programs import HELD, REVOKED
from tests.soak.day.teaching import DONE, OPEN
from tests.soak.day.university import University


def inside(school: University, ledger: Ledger, at: Moment | None = None) -> Iterator[str]:
    """Everything that is not as it must be, in the installation whose context this is."""
    db.session.rollback()
    facts = Facts(ledger, at)
    yield from _completions(facts)
    yield from _awards(facts)
    yield from _tables(facts, at)
    yield from _evidence(facts)
    yield from _replacements(school, ledger, at)
    yield from _people(facts)
    yield from _invitations(facts)
    yield from _one_award_for_each(school)
    yield from _files()
    for lecture in school.lectures:
        yield from standing_faults(lecture.space)


class Facts:
    """The ledger at a moment."""

    def __init__(self, ledger: Ledger, at: Moment | None) -> None:
        self._ledger, self._at = ledger, at

    def compare(self, kind: str, stands: dict[Thing, Standing], otherwise: Standing) -> Iterator[str]:
        """Each thing of a kind as it stands, and `otherwise` where no row tells of it."""
        for thing in {*self._ledger.things(kind), *stands}:
            may = {otherwise if one == "untouched" else one for one in self._ledger.may_stand(thing, self._at)}
            if (found := stands.get(thing, otherwise)) not in may:
                yield f"{' '.join(map(str, thing))} is {found}; it should be {' or '.join(sorted(map(str, may)))}"


def _completions(facts: Facts) -> Iterator[str]:
    """Of what staff mark by hand; what evidence earned is held against the decision."""
    rows = select(Completion.objective_id, Completion.member_id, Completion.state, Completion.how)
    found = {
        ("completion", objective, member): DONE if state == "complete" else OPEN
        for objective, member, state, how in db.session.execute(rows) if how == "marked"
    }  # fmt: skip
    yield from facts.compare("completion", dict(found), OPEN)


def _awards(facts: Facts) -> Iterator[str]:
    """What programs gave, each to one address: how many of them there are, and whether they are revoked."""
    rows = db.session.execute(
        select(Award.badge_id, Award.recipient_email, Award.revoked_at)
        .where(Award.recipient_email.like("%@recipients.example"))
    ).all()  # fmt: skip
    yield from _twice(Counter((badge, email) for badge, email, _ in rows), "awards")
    found = {("award", badge, email): REVOKED if revoked else HELD for badge, email, revoked in rows}
    yield from facts.compare("award", dict(found), "untouched")


def _tables(facts: Facts, at: Moment | None) -> Iterator[str]:
    """Whose giving was promised is given to the last row (in a backup it may still be under way), and nobody twice."""
    counted = select(func.count()).where(Award.batch_id == AwardBatch.id).scalar_subquery()
    stands: dict[Thing, Standing] = {}
    for batch, state, rows, done, awards in db.session.execute(
        select(AwardBatch.id, AwardBatch.state, AwardBatch.rows, AwardBatch.done, counted)
    ):
        stands["table", batch] = "untouched" if state == "preview" else "given"
        if awards != done:
            yield f"table {batch} is at row {done}, and {awards} awards are there"
        if at is None and state != "preview" and (state, done) != ("done", rows):
            yield f"table {batch} stopped at row {done} of {rows}: {state}"
    yield from facts.compare("table", {thing: one for thing, one in stands.items() if one == "given"}, "untouched")
    doubled = select(Award.recipient_email, func.count()).where(Award.batch_id.is_not(None))
    for email, number in db.session.execute(doubled.group_by(Award.recipient_email).having(func.count() > 1)):
        yield f"{number} awards for {email}"


def _evidence(facts: Facts) -> Iterator[str]:
    """Each attempt once, with the very file that was sent with it; decided as reviewers were told, and no other way."""
    query = select(
        Submission.id, Submission.objective_id, Submission.member_id, Submission.text, Submission.state,
        Attachment.file_key, Completion.state,
    ).outerjoin(Attachment, Attachment.submission_id == Submission.id).outerjoin(Completion, (
        (Completion.objective_id == Submission.objective_id) & (Completion.member_id == Submission.member_id)
    ))  # fmt: skip
    rows = db.session.execute(query.where(Submission.text != "")).all()
    yield from _twice(Counter(row.text for row in rows), "attempts or files")
    handed_in: dict[Thing, Standing] = {}
    decided: dict[Thing, Standing] = {}
    accepted, earned = set(), set()
    for submission, objective, member, words, state, key, completed in rows:
        handed_in["evidence", objective, member, words] = "handed in"
        if state in ("accepted", "returned"):
            decided["decision", submission] = state
        accepted |= {(objective, member)} if state == "accepted" else set()
        earned |= {(objective, member)} if completed == "complete" else set()
        if key != key_of(work_of(words)):
            yield f"“{words}” has another file: {key}"
    yield from facts.compare("evidence", handed_in, "untouched")
    yield from facts.compare("decision", decided, "untouched")
    yield from (f"evidence accepted, but not complete: {one}" for one in accepted - earned)
    yield from (f"complete, but no evidence accepted: {one}" for one in earned - accepted)


def _replacements(school: University, ledger: Ledger, at: Moment | None) -> Iterator[str]:
    for target in school.targets:
        query = select(BadgeClass.revision, BadgeRevision.name).where(BadgeClass.id == target, CURRENT_REVISION)
        revision, name = db.session.execute(query).one()
        rows = db.session.scalar(select(func.count()).where(BadgeRevision.badge_id == target))
        may = {"" if one == "untouched" else one for one in ledger.may_stand(("replacement", target), at)}
        if (name if revision > 1 else "") not in may:
            yield f"badge {target} says {name}; it should be {sorted(map(str, may))}"
        stand = [ledger.may_stand(one, at) for one in ledger.things("replaced") if one[1] == target]
        least, most = sum(one == {"once"} for one in stand), sum("once" in one for one in stand)
        if rows != revision or not least <= revision - 1 <= most:
            yield f"badge {target} has {rows} revisions and says {revision}; replaced {least} to {most} times"


def _people(facts: Facts) -> Iterator[str]:
    """Who came is in their course, as one person."""
    subs = db.session.scalars(select(Identity.sub)).all()
    yield from _twice(Counter(subs), "identities")
    places = db.session.execute(select(Member.space_id, Member.person_id).where(Member.person_id.is_not(None))).all()
    yield from _twice(Counter(map(tuple, places)), "places in one Space")


def _invitations(facts: Facts) -> Iterator[str]:
    rows = db.session.scalars(select(SpaceInvitation.email)).all()
    yield from _twice(Counter(rows), "invitations")
    yield from facts.compare("invitation", {("invitation", email): "sent" for email in rows}, "untouched")


def _one_award_for_each(school: University) -> Iterator[str]:
    """No completion without its award, and no award of a Space's own without its completion."""
    badges = {one.id: one.badge_id for one in db.session.scalars(select(Objective))}
    people = {one.id: one.person_id for one in db.session.scalars(select(Member))}
    done = select(Completion.objective_id, Completion.member_id, Completion.award_id)
    done = done.where(Completion.state == "complete")
    should = {(badges[objective], people[member]): award for objective, member, award in db.session.execute(done)}
    held = select(Award.badge_id, Award.person_id, Award.id)
    held = held.where(Award.badge_id.in_(set(badges.values())), Award.revoked_at.is_(None))
    found = [(badge, person, award) for badge, person, award in db.session.execute(held)]
    yield from _twice(Counter((badge, person) for badge, person, _ in found), "awards held")
    there = {(badge, person): award for badge, person, award in found}
    yield from (f"complete without its award: {one}" for one, award in should.items() if there.get(one) != award)
    yield from (f"an award without its completion: {one}" for one in there if one not in should)


def _files() -> Iterator[str]:
    """Every file that a row names lies there, and is what its name says."""
    settings: Settings = current_app.extensions["settings"]
    there = whole_files(settings.data_dir)
    for column in file_columns():
        for key in db.session.scalars(select(column).where(column.is_not(None)).distinct()):
            if key not in there:
                yield f"{column.table.name}.{column.name} names {key}, which lies nowhere"


def whole_files(data_dir: Path) -> set[str]:
    """The keys of those that came whole: what a killed process was writing has another name."""
    found = {path.name: path for path in (data_dir / "files").rglob("*") if path.is_file()}
    return {name for name, path in found.items() if key_of(path.read_bytes()) == name}


def half_written(data_dir: Path) -> int:
    """Files that a killed process was writing. They lie there for nobody."""
    return len(list((data_dir / "files").rglob("arriving-*")))


def _twice(counted: "Counter[object]", what: str) -> Iterator[str]:
    yield from (f"{number} {what}: {one}" for one, number in counted.items() if number > 1)
