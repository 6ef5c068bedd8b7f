"""Learners by table: what each row would do, what it did, and that nobody comes twice (SP-18)."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool.db import db, transaction
from lti_tool.spaces.bringing.rows import Learner, judge
from lti_tool.spaces.members import remove_member
from lti_tool.spaces.model import Member
from lti_tool.table.headings import guess
from lti_tool.table.reading import Bounds, open_table
from lti_tool.table.unused import Bad, Doubled
from tests.make.house import house
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.recount import standing_faults
from tests.make.space import make_member_of, make_space
from tests.make.visit import Visitor, make_staff_visit


def read(data: bytes) -> list[Any]:
    table = open_table(data, Bounds(10_000, 10))
    first = next(table.lines())
    return list(judge(table.lines(), guess(table.header, first.cells)))


@pytest.mark.parametrize(
    "data",
    [
        b"email,name\nAda@Example.org,Ada Lovelace\n",
        "\ufeffVorname;Nachname;E-Mail\nAda;Lovelace;ada@example.org\n".encode(),
        "Name\tE-Mail\nAda Lovelace\tada@example.org\n".encode("utf-16"),
        b"ada@example.org,Ada Lovelace\n",
    ],
)
def test_a_table_is_read_however_it_is_written(data: bytes) -> None:
    [found] = read(data)
    assert (type(found), found.email) == (Learner, "ada@example.org")
    assert found.name in ("Ada Lovelace", None)  # without a heading nobody knows what the other column is


def test_rows_that_say_nothing_useful_are_told_with_their_line() -> None:
    found = read(b"email,name\nada@example.org,A\nADA@example.org,B\n,C\nno address,D\na@b.c\r\nBcc: x@y.z,E\n")
    assert [(type(one), one.line) for one in found[:4]] == [(Learner, 2), (Doubled, 3), (Bad, 4), (Bad, 5)]
    assert "no e-mail address" in found[2].reason
    assert "“no address” is not" in found[3].reason
    assert all("\n" not in one.email for one in found if isinstance(one, Learner))


def bring(visitor: Visitor, text: str, name: str = "class.csv") -> str:
    """Upload a table. Answers the page of its preview."""
    fields = {"table": (io.BytesIO(text.encode()), name)}
    answer = visitor.post("members/table", fields, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return re.sub(r"^/v/\w+/|#.*", "", answer.headers["Location"])


def figures(text: str) -> list[int]:
    return [int(one) for one in re.findall(r"<strong>(\d+)</strong>", text)]


def test_each_row_is_told_before_and_after_and_a_second_upload_changes_nothing(
    app: Flask, organization: str, space: str
) -> None:
    known = make_person(organization, "Kim Known", "kim@example.org")
    make_member_of(space, make_person(organization, "Hal Here", "hal@example.org"))
    left = make_member_of(space, make_person(organization, "Lea Left", "lea@example.org"))
    with transaction():
        remove_member(space, left)
    teacher = make_staff_visit(app, organization, space)
    text = "Mail,Name\nkim@example.org,Kim\nnew@example.org,=cmd()\nhal@example.org\nlea@example.org\n"
    text += "NEW@example.org\nx\n"

    preview = bring(teacher, text)
    shown, before = teacher.get(preview), db.session.scalar(select(func.count()).select_from(Member))
    told = teacher.post(f"{preview}/add").headers["Location"].split("/", 3)[3]
    page, again = teacher.get(told), teacher.post(f"{preview}/add")
    file = list(csv.reader(io.StringIO(teacher.get(f"{told}/outcomes.csv").get_data().decode("utf-8-sig"))))

    assert (figures(shown.text), before) == ([1, 1, 1, 1, 1, 1], 2)
    assert (figures(page.text), again.status_code) == ([1, 1, 1, 1, 1, 1], 404)
    assert [(row[0], row[1], row[3]) for row in file[1:]] == [
        ("2", "kim@example.org", "added"), ("3", "new@example.org", "added"), ("4", "hal@example.org", "not added"),
        ("5", "lea@example.org", "not added"), ("6", "new@example.org", "not added"), ("7", "", "not added"),
    ]  # fmt: skip
    assert file[2][2] == "'=cmd()"
    members = select(Member.email, Member.person_id, Member.status, Member.on_board).where(Member.space_id == space)
    rows = {email: rest for email, *rest in db.session.execute(members.where(Member.email.is_not(None)))}
    assert rows == {"kim@example.org": [known, "active", True], "new@example.org": [None, "open", False]}
    assert standing_faults(space) == []

    second = teacher.get(bring(teacher, text)).text
    assert (figures(second), "Nobody in this table would be added" in second) == ([0, 0, 3, 1, 1, 1], True)


def test_headings_that_say_nothing_are_chosen_and_a_table_can_be_forgotten(
    app: Flask, organization: str, space: str
) -> None:
    teacher = make_staff_visit(app, organization, space)
    preview = bring(teacher, "x,x\nAda Lovelace,none\nBo Baker,bo@example.org\n")
    asked = teacher.get(preview).text
    mapped = teacher.post(f"{preview}/mapping", {"email": "1", "name": "0"}).headers["Location"].split("/", 3)[3]
    mapped = mapped.split("#")[0]

    assert "in which column the e-mail addresses stand" in asked
    assert figures(teacher.get(mapped).text) == [0, 1, 0, 0, 0, 1]
    assert teacher.get(preview).status_code == 404
    assert teacher.post(f"{mapped}/drop").status_code == 303
    assert teacher.get(mapped).status_code == 404


def test_nobody_else_reaches_a_table_that_waits(app: Flask, organization: str, space: str) -> None:
    teacher = make_staff_visit(app, organization, space)
    preview = bring(teacher, "email\nada@example.org\n")
    others = [
        make_staff_visit(app, organization, space, "Another Teacher"),
        make_staff_visit(app, organization, make_space(organization, "Chemistry")),
    ]
    for other in others:
        for page in ("", "/outcomes.csv"):
            assert other.get(preview + page).status_code == 404
        for page in ("/add", "/mapping", "/drop"):
            assert other.post(preview + page).status_code == 404
    assert teacher.get(preview).status_code == 200


def test_more_rows_than_the_settings_allow_are_refused_before_anything_is_kept(
    database_url: str, tmp_path: Path
) -> None:
    with house(tmp_path, database_url=database_url, table_rows=3, private_hosts=frozenset({"127.0.0.1"})) as app:
        organization = make_organization()
        teacher = make_staff_visit(app, organization, make_space(organization))
        rows = "".join(f"p{number}@example.org\n" for number in range(4))
        answers = [teacher.post("members/table", {"pasted": text}) for text in (f"email\n{rows}", "email\n", "")]
        assert [answer.status_code for answer in answers] == [422] * 3
        assert "more than 3 rows" in answers[0].text
        assert "nobody is in it" in answers[1].text
        assert "Choose a file" in answers[2].text
