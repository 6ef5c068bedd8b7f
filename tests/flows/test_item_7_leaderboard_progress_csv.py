"""Item 7, leaderboard, progress and CSV: everybody sees what is theirs to see, in any spreadsheet too."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lti_tool.sandbox import vocabulary
from lti_tool.sandbox.world import Person
from tests.flows.steps import add_objective, create_space, create_space_with_roster, mark_complete
from tests.make.hands import follow, heading, press, rows
from tests.make.lms import Browser, Campus, campus, words

BOM = b"\xef\xbb\xbf"


@pytest.fixture
def school_of_120(database_url: str, tmp_path: Path) -> Iterator[Campus]:
    with campus(database_url, tmp_path / "data", learners=120) as connected:
        yield connected


def table(answer: requests.Response, separator: str = ",") -> list[dict[str, str]]:
    """The file as a program reads it."""
    assert answer.content.startswith(BOM)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=separator))


def switch_on(teacher: Browser, overview: requests.Response, **options: str | None) -> requests.Response:
    return press(teacher, follow(teacher, overview, "Leaderboard"), "Turn the leaderboard on", **options)


def pages(browser: Browser, first: requests.Response) -> Iterator[requests.Response]:
    """A list, page by page, to its end."""
    page = first
    while True:
        yield page
        if "Next" not in words(page).split():
            return
        page = follow(browser, page, "Next")


def test_the_learner_sees_own_progress_and_once_it_is_on_the_board_under_aliases(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut an onion", points="30")
    mark_complete(teacher, overview, "O'Connor")
    learner, home = school.open("biology", "siobhan")
    before = learner.get(f"{home.url}leaderboard")

    switch_on(teacher, overview)
    home = learner.get(home.url)
    board = follow(learner, home, "Leaderboard")
    everybody = follow(learner, board, "Show the whole board")

    assert before.status_code == 404
    places = rows(everybody, "board")
    assert [place for place, _, _ in places] == ["1"] + ["2 shared by 9"] * 9
    assert places[0][1].endswith("you")
    for name in ("Siobhán", "O'Connor", "Dubois", "Соколов", "sandbox.example.edu"):
        assert name not in everybody.text
    assert "1 of 1 objective complete" in words(home)


def test_a_name_is_shown_only_by_its_own_choice_and_can_be_taken_back(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    switch_on(teacher, overview, names="choice")
    learner, home = school.open("biology", "siobhan")
    classmate, other = school.open("biology", "dmitri")

    def board_of_classmate() -> str:
        return words(classmate.get(f"{other.url}leaderboard?view=all"))

    hidden = board_of_classmate()
    shown = press(learner, follow(learner, home, "Leaderboard"), "Show my name")
    seen = board_of_classmate()
    press(learner, shown, "Show my alias")
    again = board_of_classmate()

    assert ["Siobhán O'Connor" in said for said in (hidden, seen, again)] == [False, True, False]


def test_the_board_switched_off_is_gone_for_learners_at_once(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    switch_on(teacher, overview)
    learner, home = school.open("biology", "siobhan")
    board = follow(learner, home, "Leaderboard")

    off = press(teacher, follow(teacher, overview, "Leaderboard"), "Turn the leaderboard off")

    assert "The leaderboard is off: learners see nothing of it." in words(off)
    assert learner.get(board.url).status_code == 404
    assert heading(learner.get(home.url)) == "My progress"


def test_only_teachers_switch_the_board_and_only_staff_see_everybodys_progress(school: Campus) -> None:
    create_space_with_roster(school)
    assistant, overview = school.open("biology", "jun")
    learner, home = school.open("biology", "siobhan")

    options = assistant.post(f"{overview.url}leaderboard/options", {"do": "on", "names": "aliases"})
    refused = [learner.get(f"{home.url}{page}") for page in ("progress", "progress.csv")]

    assert "Edit options" not in words(follow(assistant, overview, "Leaderboard"))
    assert options.status_code == 403
    assert [answer.status_code for answer in refused] == [403, 403]
    assert heading(follow(assistant, overview, "Progress")) == "Progress"


def test_an_empty_space_has_an_empty_board_and_a_table_of_titles(school: Campus) -> None:
    school.lms.faults.without_roster = True
    teacher, overview = create_space(school)
    add_objective(teacher, overview, "Cut an onion")
    board = switch_on(teacher, overview)
    grid = follow(teacher, overview, "Progress")

    exported = follow(teacher, grid, "Export as CSV")
    [titles] = list(csv.reader(io.StringIO(exported.content.decode("utf-8-sig"))))

    assert "Nobody is on the board yet." in words(board)
    assert "Nobody has opened this yet." in words(grid)
    assert titles[-1] == "Cut an onion"


def test_staff_walk_through_120_learners_and_find_each_one_once(school_of_120: Campus) -> None:
    school = school_of_120
    teacher, overview = create_space_with_roster(school, "data-literacy")
    add_objective(teacher, overview, "Read a chart")
    add_objective(teacher, overview, "Draw a chart")

    walked = list(pages(teacher, follow(teacher, overview, "Progress")))
    people = [row[0].split(" 0 of 2")[0] for page in walked for row in rows(page, "progress-grid")]
    back = follow(teacher, follow(teacher, walked[-1], "Previous"), "Previous")
    late = follow(teacher, walked[-1], "Export as CSV")

    assert [len(rows(page, "progress-grid")) for page in walked] == [50, 50, 20]
    assert sorted(people) == sorted(f"{row['Name']} {row['E-mail']}".strip() for row in table(late))
    assert [row[0] for row in rows(back, "progress-grid")] == [row[0] for row in rows(walked[0], "progress-grid")]


def test_one_click_on_the_last_page_comes_back_to_the_last_page(school_of_120: Campus) -> None:
    school = school_of_120
    teacher, overview = create_space_with_roster(school, "data-literacy")
    add_objective(teacher, overview, "Read a chart")
    *_, last = pages(teacher, follow(teacher, overview, "Progress"))

    marked = press(teacher, last, "Mark complete")
    undone = press(teacher, marked, "Undo")

    assert "Marked complete: Read a chart" in words(marked)
    assert "Taken back: Read a chart" in words(undone)
    before, after = ([row[0].split(" 0 of 1")[0] for row in rows(page, "progress-grid")] for page in (last, undone))
    assert [name.split("Taken back:")[0] for name in after] == before
    found = follow(teacher, overview, "Progress")
    assert len(rows(press(teacher, found, "Search", q="learner-0042"), "progress-grid")) == 1
    assert "Nobody here matches" in words(press(teacher, found, "Search", q="Zaphod"))


def test_the_table_reads_back_with_everybody_every_objective_and_nothing_to_run(school: Campus) -> None:
    hostile = school.lms.world.add_person(Person("formula", '=HYPERLINK("http://evil.example")', "@SUM(A1)", None))
    school.lms.world.enrol("biology", hostile.key, vocabulary.LEARNER)
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, 'Cut; slice, "peel"', points="30")
    add_objective(teacher, overview, "-1+1", points="5")
    mark_complete(teacher, overview, "O'Connor")
    press(teacher, mark_complete(teacher, overview, "Соколов"), "Undo")

    exported = follow(teacher, follow(teacher, overview, "Progress"), "Export as CSV")
    by_name = {row["Name"]: row for row in table(exported)}

    assert exported.headers["Content-Type"].startswith("text/csv")
    assert exported.headers["Content-Disposition"].startswith('attachment; filename="Biology 101 progress ')
    assert len(table(exported)) == 11
    siobhan, dmitri = by_name["Siobhán O'Connor"], by_name["Дмитрий Соколов"]
    assert (siobhan['Cut; slice, "peel"'], siobhan["'-1+1"]) == ("complete", "not started")
    assert (siobhan["Points"], siobhan["Completed"]) == ("30", "1")
    assert dmitri['Cut; slice, "peel"'] == "taken back"
    assert (dmitri["Points"], dmitri["Completed"]) == ("0", "0")
    assert by_name["小明 王"]["E-mail"] == "wang.xiaoming@sandbox.example.edu"
    cells = [cell for row in table(exported) for cell in row.values()]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert sum(cell.startswith("'=HYPERLINK") for cell in cells) == 2, "name and given name"


@pytest.mark.parametrize(("asked", "other"), [("comma", ";"), ("semicolon", ","), ("tab", ","), ("tab", ";")])
def test_a_name_is_no_formula_in_a_spreadsheet_that_separates_by_another_sign(
    school: Campus, asked: str, other: str
) -> None:
    """With German settings Excel cuts a file with commas at every semicolon, whatever quotation marks stand there."""
    attack = "=cmd|' /C calc'!A0"
    hostile = school.lms.world.add_person(Person("formula", f'Ada;{attack},"{attack}', f"x, {attack};{attack}", None))
    school.lms.world.enrol("biology", hostile.key, vocabulary.LEARNER)
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, f"Lab; {attack}, {attack}")

    exported = teacher.get(f"{overview.url}progress.csv?separator={asked}")

    lines = csv.reader(io.StringIO(exported.content.decode("utf-8-sig"), newline=""), delimiter=other)
    cells = [cell for line in lines for cell in line]
    assert sum(attack in cell for cell in cells) >= 3
    assert [cell for cell in cells if cell.strip(' "').startswith(("=", "+", "-", "@"))] == []


def test_the_separator_is_that_of_the_readers_language_or_the_one_asked_for(school: Campus) -> None:
    create_space_with_roster(school)

    for locale, asked, separator, status in [
        ("de", "", ";", "aktiv"), ("de", "?separator=tab", "\t", "aktiv"), ("fr-CA", "", ";", "active"),
        ("en", "", ",", "active"), ("en", "?separator=semicolon", ";", "active"),
    ]:  # fmt: skip
        school.lms.world.people["helena"].locale = locale
        teacher, overview = school.open("biology", "helena")
        exported = teacher.get(f"{overview.url}progress.csv{asked}")

        assert {row["Status"] for row in table(exported, separator)} == {status}, (locale, asked)
    refused = teacher.get(f"{overview.url}progress.csv?separator=pipe")
    assert (refused.status_code, "The separator can be comma, semicolon or tab." in words(refused)) == (400, True)
