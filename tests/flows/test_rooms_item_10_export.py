"""Rooms item 10, export: exactly what the grid shows or everything, and a finished Space as one file to keep."""

import csv
import io
import zipfile
from datetime import date

import requests
from sqlalchemy import update

from lti_tool.db import db, transaction
from lti_tool.spaces.model import Space
from tests.flows.steps import add_objective, create_space, create_space_with_roster, mark_complete
from tests.make.hands import follow, press
from tests.make.lms import Campus, words


def table(answer: requests.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def unpacked(answer: requests.Response) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def test_what_the_grid_shows_is_exported_or_everything_under_a_name_of_ones_own(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut an onion", points="30")
    mark_complete(teacher, overview, "Соколов")
    grid = follow(teacher, overview, "Progress")
    sorted_grid = press(teacher, grid, "Search", sort="points")
    waiting = follow(teacher, grid, "Have not started")

    by_points = table(follow(teacher, sorted_grid, "Export as CSV"))
    shown = table(follow(teacher, waiting, "Export as CSV"))
    everything = table(follow(teacher, waiting, "Export everybody as CSV"))
    named = press(teacher, waiting, "Export under this name", name="Who sleeps")

    assert (by_points[0]["Points"], len(by_points)) == ("30", 10)
    assert {row["Cut an onion"] for row in shown} == {"not started"}
    assert (len(shown), len(everything)) == (9, 10)
    assert named.headers["Content-Disposition"] == 'attachment; filename="Who sleeps.csv"'
    assert table(named) == shown


def test_a_finished_space_is_kept_as_one_file_that_opens_without_a_network(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut ../../an <b>onion</b>", private_criteria="Look at the fingers.")
    grid = mark_complete(teacher, overview, "O'Connor")
    press(teacher, mark_complete(teacher, overview, "Соколов"), "Undo")
    with transaction():
        db.session.execute(update(Space).values(ends_on=date(2020, 1, 1)))

    archive = unpacked(follow(teacher, teacher.get(grid.url), "Download archive"))
    page = archive.read("index.html").decode()
    pictures = [name for name in archive.namelist() if name.startswith("badges/")]

    assert [name for name in archive.namelist() if name not in pictures] == ["index.html", "progress.csv"]
    assert pictures == ["badges/0001 Siobhán O Connor - Cut an b onion b.png"]
    assert b"openbadges" in archive.read(pictures[0])
    assert len(list(csv.reader(io.StringIO(archive.read("progress.csv").decode("utf-8-sig"))))) == 11
    assert ("Siobhán O&#39;Connor" in page, "Show your notes." in page, "&lt;b&gt;onion" in page) == (True, True, True)
    for absent in ("Look at the fingers", "<script", "http://", "https://"):
        assert absent not in page


def test_the_empty_and_the_refused_case(school: Campus) -> None:
    school.lms.faults.without_roster = True
    teacher, overview = create_space(school)
    grid = follow(teacher, overview, "Progress")
    student, home = school.open("biology", "siobhan")

    archive = unpacked(follow(teacher, grid, "Download archive"))
    refused = [student.get(f"{home.url}{page}") for page in ("archive.zip", "progress.csv?show=stuck")]

    assert archive.namelist() == ["index.html", "progress.csv"]
    assert "There are no objectives." in archive.read("index.html").decode()
    assert [answer.status_code for answer in refused] == [403, 403]
    assert "There are no objectives yet." in words(grid)
