"""No room for a file: the limit of a process's own on how large a file may grow stands for the disk's."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.spaces.evidence.model import Submission
from lti_tool.storage import FolderStorage
from tests.html_guard import page_faults
from tests.make.evidence import learner_visit, make_evidence_objective
from tests.make.space import make_member
from tests.make.visit import Visitor

ROOM = 4096


@contextmanager
def little_room() -> Iterator[None]:
    before, told = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, told)


class FullDisk(FolderStorage):
    """A folder on a disk with little room left."""

    def put(self, data: bytes) -> str:
        with little_room():
            return super().put(data)


def a_learner(app: Flask, organization: str, space: str) -> tuple[Visitor, str]:
    """And where they hand in."""
    objective = make_evidence_objective(space, organization)
    learner = learner_visit(app, organization, space, make_member(space, organization))
    return learner, f"objectives/{objective}/evidence"


def work(lines: int) -> dict[str, object]:
    return {"do": "send", "text": "I saw newts.", "files": (BytesIO(b"newts\n" * lines), "newts.txt")}


def test_who_hands_in_what_has_no_room_is_told_so_and_keeps_their_words(
    app: Flask, organization: str, space: str
) -> None:
    learner, place = a_learner(app, organization, space)
    root = app.extensions["settings"].data_dir / "files"
    disk = app.extensions["storage"]
    app.extensions["storage"] = FullDisk(root)
    refused = learner.post(place, work(ROOM))
    db.session.remove()
    kept = db.session.scalar(select(func.count()).select_from(Submission))
    left = list(root.rglob("arriving-*"))
    app.extensions["storage"] = disk

    assert (refused.status_code, kept, left, page_faults(refused.text)) == (507, 0, [], [])
    assert "There is no room left" in refused.text
    assert "I saw newts." in refused.text
    assert learner.post(place, work(ROOM)).status_code == 303


def test_of_several_files_of_which_one_has_no_room_none_stays(app: Flask, organization: str, space: str) -> None:
    learner, place = a_learner(app, organization, space)
    root = app.extensions["settings"].data_dir / "files"
    before = set(root.rglob("*/*/*"))
    app.extensions["storage"] = FullDisk(root)
    small, large = (BytesIO(b"frogs\n" * 9), "frogs.txt"), (BytesIO(b"newts\n" * ROOM), "newts.txt")
    refused = learner.post(place, {"do": "send", "text": "I saw both.", "files": [small, large]})

    assert (refused.status_code, page_faults(refused.text)) == (507, [])
    assert {path for path in set(root.rglob("*/*/*")) - before if path.is_file()} == set()


def test_a_form_that_has_no_room_on_its_way_in_is_refused_in_the_same_words(
    app: Flask, organization: str, space: str
) -> None:
    """Files are laid aside while a form is read. Nothing of it can be read then, and no words can be shown back."""
    learner, place = a_learner(app, organization, space)
    with Path("/dev/full").open("r+b", buffering=0) as full:

        class LaidAside(app.request_class):  # type: ignore[misc, name-defined]
            def _get_file_stream(self, *_: object, **__: object) -> object:
                return full

        app.request_class = LaidAside
        refused = learner.post(place, work(ROOM))

    assert (refused.status_code, page_faults(refused.text)) == (507, [])
    assert "There is no room left" in refused.text
