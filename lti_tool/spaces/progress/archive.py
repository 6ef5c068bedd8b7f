"""A Space to keep: a ZIP file with a page that any browser opens without a network, the table, and the badges.

What it says of an objective is what learners read: private criteria are in none of it. The names of its files are ours:
nothing that people typed becomes a path.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, select

from lti_tool import clock
from lti_tool.badges.hosted import public_award
from lti_tool.badges.model import Award
from lti_tool.badges.pictures_shown import baked_picture
from lti_tool.db import db
from lti_tool.people.model import Person
from lti_tool.people.names import code_of
from lti_tool.spaces.export import progress_csv, progress_rows
from lti_tool.spaces.member_reads import SHOWN_EMAIL, SHOWN_NAME
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.progress.learners import is_listed, learners_of
from lti_tool.spaces.progress.reads import objective_heads
from lti_tool.spaces.progress.view import View
from lti_tool.spaces.space import SpaceFacts
from lti_tool.zipped import zipped

MOST_BADGES = 500


@dataclass(frozen=True)
class Picture:
    """An award that was given here, and the file that its picture becomes."""

    award: str
    learner: str
    title: str
    at: datetime
    file: str


@dataclass(frozen=True)
class Given:
    """The pictures that go along, the latest first, of `all` that were given here and still count."""

    pictures: list[Picture]
    all: int


def space_archive(space: SpaceFacts, *, separator: str = ",") -> tuple[str, Iterator[bytes]]:
    """A file name and the archive in pieces, which are read while the request still stands."""
    given = given_here(space.id)
    name = _("%(space)s archive %(day)s.zip", space=space.name, day=f"{clock.now():%Y-%m-%d}")
    return name, zipped(_files(space, given, separator))


def given_here(space_id: str) -> Given:
    """The awards that completions of this Space gave to learners."""
    ours = _gave(space_id)
    query = (
        select(Award.id, SHOWN_NAME, SHOWN_EMAIL, Member.id, Objective.title, Award.issued_on)
        .select_from(Completion)
        .join(Award, Award.id == Completion.award_id)
        .join(Member, Member.id == Completion.member_id)
        .join(Objective, Objective.id == Completion.objective_id)
        .outerjoin(Person, Person.id == Member.person_id)
        .where(ours)
    )
    counted = select(func.count()).select_from(Completion).join(Award, Award.id == Completion.award_id)
    counted = counted.join(Member, Member.id == Completion.member_id).where(ours)
    latest = db.session.execute(query.order_by(Award.issued_on.desc(), Award.id).limit(MOST_BADGES))
    pictures = [
        Picture(award, learner, title, at, f"badges/{number:04} {file_word(learner)} - {file_word(title)}.png")
        for number, (award, learner, title, at) in enumerate(
            ((award, name or email or _("Learner %(code)s", code=code_of(member)), title, at)
             for award, name, email, member, title, at in latest), start=1)
    ]  # fmt: skip
    return Given(pictures, db.session.scalar(counted) or 0)


def file_word(text: str) -> str:
    """What of a text may stand in a file's name: letters and digits of any script, in one line."""
    return re.sub(r"[^\w]+", " ", text)[:60].strip() or _("nameless")


def _files(space: SpaceFacts, given: Given, separator: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield "index.html", _page(space, given)
    yield "progress.csv", progress_csv(space, separator=separator)[1]
    for picture in given.pictures:
        yield picture.file, _picture(picture.award)


def _page(space: SpaceFacts, given: Given) -> Iterator[bytes]:
    heads = objective_heads(space.id)
    rows = progress_rows(db.engine, learners_of(space, View(), len(heads)), heads)
    criteria = dict[str, str]()
    for objective, text in db.session.execute(
        select(Objective.id, Objective.public_criteria).where(Objective.space_id == space.id)
    ):
        criteria[objective] = text
    template = current_app.jinja_env.get_template("spaces/progress/archive.html")
    said: dict[str, Any] = {
        "space": space, "heads": heads, "criteria": criteria, "rows": rows, "given": given, "made_at": clock.now(),
    }  # fmt: skip
    current_app.update_template_context(said)
    stream = template.stream(said)
    stream.enable_buffering(200)
    return (piece.encode() for piece in stream)


def _picture(award_id: str) -> Iterator[bytes]:
    """Read one by one: between two of them no transaction is open."""
    award = public_award(award_id)
    if award is not None and not award.revoked:
        yield baked_picture(award, "png")
    db.session.remove()


def _gave(space_id: str) -> ColumnElement[bool]:
    return and_(
        Completion.space_id == space_id, Completion.state == "complete", Completion.gave_award,
        Award.revoked_at.is_(None), Award.erased_at.is_(None), is_listed(space_id),
    )  # fmt: skip
