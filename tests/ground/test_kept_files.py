"""Files are kept once for everybody, and forgotten when nobody names them any more."""

import errno
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, event, text

from lti_tool import kept_files, wiring
from lti_tool.db import after_commit, db, transaction
from lti_tool.jobs import RetryLater, drain
from lti_tool.kept_files import file_columns, forget_files, forget_now, forget_unnamed, keep_file, make_sure_of
from lti_tool.spaces.evidence.model import Attachment
from lti_tool.storage import FolderStorage, StorageAway, key_of, storage_here
from tests.make.crowd import together
from tests.make.evidence import make_evidence_objective, make_handed_in
from tests.make.failing import come_to_nothing
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


class NoRoomForTheSecond(FolderStorage):
    """A place of which something else is wrong as soon as one file is in."""

    def __init__(self, root: Path, fault: Exception) -> None:
        super().__init__(root)
        self._fault, self._has_one = fault, False

    def put(self, data: bytes) -> str:
        if self._has_one:
            raise self._fault
        self._has_one = True
        return super().put(data)


def root(app: Flask) -> Path:
    folder: Path = app.extensions["settings"].data_dir / "files"
    return folder


def files(app: Flask) -> set[str]:
    return {path.name for path in root(app).glob("*/*/*")}


@pytest.fixture
def submission(app: Flask, organization: str, space: str) -> str:
    return make_handed_in(make_evidence_objective(space, organization), make_member(space, organization, "Ada"))


def bring(submission: str, *several: bytes) -> None:
    """Files with their rows, in one transaction."""
    with transaction():
        for data in several:
            row = Attachment(submission_id=submission, kind="file", name="n.txt", file_key=keep_file(data), size=1)
            db.session.add(row)
            db.session.flush()


@pytest.mark.parametrize("fault", [StorageAway("bucket"), OSError(errno.ENOSPC, "No space left on device")])
def test_where_the_second_file_finds_no_place_the_first_goes_again(
    app: Flask, submission: str, fault: Exception
) -> None:
    before = files(app)
    app.extensions["storage"] = NoRoomForTheSecond(root(app), fault)
    with pytest.raises(type(fault)):
        bring(submission, b"one", b"two")

    assert files(app) == before


def test_a_file_goes_again_where_the_commit_fails(app: Flask, submission: str) -> None:
    def fail(_session: object) -> None:
        raise RuntimeError("no commit today")

    before = files(app)
    event.listen(db.session(), "before_commit", fail, once=True)
    with pytest.raises(RuntimeError, match="no commit today"):
        bring(submission, b"one", b"two")

    assert files(app) == before
    bring(submission, b"one", b"two")
    assert files(app) == before | {key_of(b"one"), key_of(b"two")}


def test_a_file_that_somebody_else_named_stays_though_a_transaction_with_it_comes_to_nothing(
    app: Flask, submission: str
) -> None:
    bring(submission, NOTES)
    come_to_nothing(lambda: keep_file(NOTES))

    assert storage_here().exists(key_of(NOTES))


def test_what_went_wrong_first_is_told_though_its_file_cannot_be_taken_back(
    app: Flask, submission: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_key: str) -> bytes:
        raise StorageAway("bucket")

    monkeypatch.setattr(storage_here(), "get", away)

    assert come_to_nothing(lambda: keep_file(NOTES))


def test_whoever_keeps_a_file_finds_it_though_it_was_forgotten_before_their_commit(app: Flask, submission: str) -> None:
    with transaction():
        key = keep_file(NOTES)
        db.session.add(Attachment(submission_id=submission, kind="file", name="n.txt", file_key=key, size=14))
        storage_here().delete(key)

    assert storage_here().get(key) == NOTES


def grow_old(app: Flask) -> None:
    """Whatever lies there has lain there for two days."""
    then = time.time() - timedelta(days=2).total_seconds()
    for path in root(app).glob("*/*/*"):
        os.utime(path, (then, then))


def test_what_a_killed_process_left_goes_after_a_day_and_nothing_else_does(app: Flask, submission: str) -> None:
    """It was killed between a file and its row; in the middle of a file, too."""
    bring(submission, b"one", b"two", b"three")
    left = storage_here().put(b"nobody's")
    unfinished = root(app) / left[:2] / left[2:4] / "arriving-x1y2z3"
    unfinished.touch()
    named = files(app) - {left, unfinished.name}
    forget_unnamed()
    on_the_same_day = files(app)
    grow_old(app)
    fresh = storage_here().put(b"on its way")
    forget_unnamed()

    assert on_the_same_day == named | {left, unfinished.name}
    assert files(app) == named | {fresh}


def test_the_files_of_nobody_go_every_night(app: Flask) -> None:
    assert wiring.SCHEDULE["files.of_nobody"] == (86_400.0, forget_unnamed)


class Listed(FolderStorage):
    """It tells its old files in this order."""

    def __init__(self, root: Path, keys: list[str]) -> None:
        super().__init__(root)
        self._keys = keys

    def older_than(self, age: timedelta) -> Iterator[str]:
        return (key for key in self._keys if self.exists(key))


def test_some_go_at_a_turn_and_the_rest_at_the_next(
    app: Flask, submission: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, nobodys = ([f"{whose} {number}".encode() for number in range(6)] for whose in ("Ada", "Nobody"))
    bring(submission, *named)
    keys = [storage_here().put(data) for pair in zip(named, nobodys, strict=True) for data in pair]
    app.extensions["storage"] = Listed(root(app), keys)
    monkeypatch.setattr(kept_files, "_AT_ONCE", 2)
    monkeypatch.setattr(kept_files, "_OF_ONE_TURN", 2)
    left = []
    for _ in range(4):
        forget_unnamed()
        left.append(sum(map(storage_here().exists, map(key_of, nobodys))))

    assert left == [4, 2, 0, 0]


def test_where_most_files_are_nobodys_all_stay_for_this_may_not_be_their_database(app: Flask, submission: str) -> None:
    bring(submission, NOTES)
    for number in range(60):
        storage_here().put(f"Of another school {number}".encode())
    grow_old(app)
    before = files(app)
    forget_unnamed()

    assert files(app) == before


def test_a_version_that_does_not_know_every_table_forgets_nothing(app: Flask, submission: str) -> None:
    bring(submission, NOTES, b"two", b"three")
    key = storage_here().put(b"named in a table of the newer version")
    grow_old(app)
    with transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    forget_unnamed()

    assert storage_here().exists(key)


def test_a_bucket_that_is_away_at_night_is_asked_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_age: timedelta) -> None:
        raise StorageAway("bucket")

    monkeypatch.setattr(storage_here(), "older_than", away)
    with pytest.raises(RetryLater):
        forget_unnamed()


def test_who_brings_an_old_file_of_nobody_in_the_moment_in_which_it_goes_keeps_it(app: Flask, submission: str) -> None:
    bring(submission, b"one", b"two", b"three")
    for number in range(5):
        data = f"Notes {number}".encode()
        key = storage_here().put(data)
        grow_old(app)
        together(app, [forget_unnamed, partial(bring, submission, data)])
        assert storage_here().get(key) == data
