"""Reading a table of recipients: every spelling of a spreadsheet, and everything that is none."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from lti_tool.table.reading import Bounds, Table, TableRefused, open_table

BOUNDS = Bounds(size=4_000_000, rows=1000)
EFFORT = effort(max_examples=50, deadline=None)


def opened(data: str | bytes, bounds: Bounds = BOUNDS) -> Table:
    return open_table(data.encode() if isinstance(data, str) else data, bounds)


def cells(data: str | bytes) -> list[tuple[str, ...]]:
    return [line.cells for line in opened(data).lines()]


def refusal(data: str | bytes, bounds: Bounds = BOUNDS) -> str:
    with pytest.raises(TableRefused) as refused:
        list(opened(data, bounds).lines())
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_table_is_read_in_every_spelling_of_a_spreadsheet(encoding: str, separator: str, ending: str) -> None:
    rows = [("Straße", "é-mail"), ("“x”; y, z", "q\tr"), ("", "zwei")]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=ending).writerows(rows)

    table = opened(out.getvalue().encode(encoding))

    assert (table.header, table.has_header, table.separator) == (rows[0], True, separator)
    assert [line.cells for line in table.lines()] == rows[1:]


def test_utf_16_of_either_end_is_told_by_its_mark() -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert cells(mark + "name,mail\nÄda,a@b.example".encode(encoding)) == [("Äda", "a@b.example")]


def test_a_line_keeps_its_number_through_empty_lines_and_line_breaks_inside_cells() -> None:
    data = 'mail,name\r\n\r\na@b.example,"two\nlines"\r,,\n\nc@d.example,C'

    assert [(line.number, line.cells[1]) for line in opened(data).lines()] == [(3, "two\nlines"), (7, "C")]


def test_the_separator_that_a_spreadsheet_writes_above_the_header_is_believed() -> None:
    table = opened("sep=;\nmail;na,me,x\na@b.example;1")

    assert (table.header, [line.number for line in table.lines()]) == (("mail", "na,me,x"), [3])


def test_a_list_of_addresses_needs_no_header() -> None:
    table = opened("a@b.example\nc@d.example\n")

    assert (table.header, table.has_header) == (("Column 1",), False)
    assert len(list(table.lines())) == 2


def test_formulas_are_texts_and_stay_as_they_are() -> None:
    assert cells('mail,name\na@b.example,"=HYPERLINK(""http://x"")"') == [("a@b.example", '=HYPERLINK("http://x")')]


def test_one_bad_row_keeps_none_of_the_others_back() -> None:
    wide, long = ",".join("x" * 101), "x" * 10_001
    data = f'mail,name\n"a@b.example"x,1\n{wide}\na@b.example,{long}\nok@b.example,2{"," * 150}\n'

    lines = list(opened(data).lines())

    assert [line.wrong for line in lines] == [
        "A quotation mark stands where none can be.", "The row has more than 100 cells.",
        "A cell is longer than 10,000 characters.", None,
    ]  # fmt: skip
    assert lines[3].cells[0] == "ok@b.example"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "The table is empty"),
        (b"\xef\xbb\xbf \r\n ; ; \n", "The table is empty"),
        (b"PK\x03\x04\x14\x00", "Save the sheet as CSV first"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Save the sheet as CSV first"),
        (b"\x89PNG\r\n\x1a\n", "a picture or a document"),
        (b"%PDF-1.7", "a picture or a document"),
        (b"mail\na\x00b", "This file is no text"),
        (b"\xff\xfea", "This file is no text"),
        (b"\xff\xfe\x00\xd8a\x00", "This file is no text"),
        ("mail\n".encode("utf-16-le"), "This file is no text"),
        (b"mail\n\x81\x8d\x8f", "This file is no text"),
        (b"mail,name\na@b.example,x\n\"c@d.example,y\nz,z\n", "begins in line 3 and does not end"),
        (b"mail,name\n" + b"x" * 1_000_000 + b",y\n", "begins in line 2 and does not end"),
        (b'"' + b"x" * 1_000_000, "begins in line 1 and does not end"),
        (b",".join([b"column"] * 100_000), "The first row cannot be read"),
        (b"mail\n" + b"x\n" * 1001, "more than 1,000 rows"),
        (b"x" * 4_000_001, "larger than 3.81 MB"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_a_sentence(data: bytes, told: str) -> None:
    assert told in refusal(data)


@EFFORT
@given(st.binary(max_size=400) | st.text(alphabet='",;\t\r\n\0=a@é“', max_size=200).map(str.encode))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        lines = list(opened(data).lines())
    except TableRefused:
        return
    assert all(line.wrong or any(cell.strip(",; \t\n\r") for cell in line.cells) for line in lines)


_CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.sampled_from(['a"b', "x\ny", ";,\t"])


@EFFORT
@given(st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_what_is_read(rows: list[list[str]], separator: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([["mail", "name", "x"], *rows])

    read = cells(out.getvalue())

    assert read == [tuple(row) for row in rows if any(cell.strip(",; \t\n\r") for cell in row)]
