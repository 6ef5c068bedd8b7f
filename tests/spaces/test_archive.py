"""The archive of a Space: what is in it, that its names are ours, and what is said when there are too many badges."""

import io
import zipfile

import pytest
from flask import Flask

from lti_tool.db import transaction
from lti_tool.spaces.completions import complete
from lti_tool.spaces.progress import archive
from lti_tool.spaces.progress.archive import file_word, given_here
from tests.make.space import make_member, make_objective
from tests.make.visit import make_staff_visit


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("C:\\Windows\\ name", "C Windows name"),
        ("花子 山田", "花子 山田"),
        ("\u202egnp.exe", "gnp exe"),
        ("...", "nameless"),
        ("x" * 500, "x" * 60),
    ],
)
def test_nothing_that_people_typed_becomes_a_path(text: str, word: str) -> None:
    assert file_word(text) == word


def test_too_many_badges_are_left_out_and_that_is_said(
    app: Flask, organization: str, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = [make_member(space, organization, name) for name in ("Ada A", "Bo B", "Cy C")]
    objective = make_objective(space, organization, "First")
    for member in members:
        with transaction():
            complete(objective_id=objective, member_id=member, by=None)
    monkeypatch.setattr(archive, "MOST_BADGES", 2)
    teacher = make_staff_visit(app, organization, space)

    answer = teacher.get("archive.zip?name=Autumn")
    kept = zipfile.ZipFile(io.BytesIO(answer.data))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="Autumn.zip"'
    assert [name[:12] for name in kept.namelist()] == ["index.html", "progress.csv", "badges/0001 ", "badges/0002 "]
    assert [one.learner for one in given_here(space).pictures] == ["Cy C", "Bo B"]
    page = kept.read("index.html").decode()
    assert "3 badges were given here, too many for this file: the latest 2 are in it." in page
