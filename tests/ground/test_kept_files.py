"""Files are kept once for everybody, and forgotten when nobody names them any more."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import delete

from lti_tool.db import after_commit, db, transaction
from lti_tool.jobs import drain
from lti_tool.kept_files import file_columns, forget_files, forget_now, make_sure_of
from lti_tool.spaces.evidence.model import Attachment
from lti_tool.storage import storage_here
from tests.make.crowd import together
from tests.make.evidence import make_evidence_objective, make_handed_in
from tests.make.space import make_member

NOTES = b"The same notes"


def attach(submission: str, data: bytes = NOTES) -> str:
    """A row that names a file, and the file."""
    key = storage_here().put(data)
    with transaction():
        make_sure_of(key, data)
        db.session.add(Attachment(submission_id=submission, kind="file", name="notes.txt", file_key=key, size=14))
    return key


def detach(submission: str, key: str) -> None:
    with transaction():
        db.session.execute(delete(Attachment).where(Attachment.submission_id == submission))
        forget_files({key})


def detach_and_end(submission: str, key: str) -> None:
    """The process is ended right after the commit, before it forgets the file."""
    with transaction():
        after_commit(end_here)
        db.session.execute(delete(Attachment).where(Attachment.submission_id == submission))
        forget_files({key})


def end_here() -> None:
    raise KeyboardInterrupt


def test_every_column_that_names_files_is_known() -> None:
    assert {f"{column.table.name}.{column.name}" for column in file_columns()} == {
        "attachment.file_key", "award_batch.file_key", "badge_revision.png_key", "badge_revision.svg_key",
        "imported_badge.original_key", "imported_badge.picture_key", "issuer.png_key", "issuer.svg_key",
        "objective.badge_picture_key",
    }  # fmt: skip


def test_a_file_goes_with_the_last_row_that_names_it(app: Flask, organization: str, space: str) -> None:
    objective = make_evidence_objective(space, organization)
    one, two = (make_handed_in(objective, make_member(space, organization, name)) for name in ("Ada", "Bo"))
    key = attach(one)
    assert attach(two) == key
    detach(one, key)
    forget_now({key})
    assert storage_here().exists(key)
    detach(two, key)
    assert not storage_here().exists(key)


def test_a_file_goes_though_its_process_ended_right_after_the_commit(
    app: Flask, organization: str, space: str
) -> None:
    submission = make_handed_in(make_evidence_objective(space, organization), make_member(space, organization, "Ada"))
    key = attach(submission)
    with pytest.raises(KeyboardInterrupt):
        detach_and_end(submission, key)
    still = storage_here().exists(key)
    drain(app)

    assert (still, storage_here().exists(key)) == (True, False)


def test_who_brings_a_file_while_it_is_forgotten_keeps_it(app: Flask, organization: str, space: str) -> None:
    objective = make_evidence_objective(space, organization)
    one, two = (make_handed_in(objective, make_member(space, organization, name)) for name in ("Ada", "Bo"))
    for number in range(5):
        data = f"Notes {number}".encode()
        key = attach(one, data)
        together(app, [partial(detach, one, key), partial(attach, two, data)])
        assert storage_here().exists(key)
