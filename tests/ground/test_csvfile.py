"""Tables for spreadsheets: read back what was written, run nothing, keep memory flat."""

import csv
import io
import re
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.csvfile import Cell, content_disposition, rows_to_csv, separator_for
from lti_tool.errors import Problem
from lti_tool.table.reading import Bounds, open_table

SIGNS = "=+-@\t\r\n＝＋－＠"
SMALL_SIGNS = "﹢﹣﹦﹫−"
BEGINNINGS = re.compile(r"(\A|[,;\t\r\n])'*")  # of a cell, for some spreadsheet


def written(rows: Sequence[Sequence[Cell]], header: Sequence[str] = ("h",), separator: str = ",") -> str:
    return b"".join(rows_to_csv(header, rows, separator=separator)).decode("utf-8")


def read_back(text: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator, strict=True))


def only_cell(cell: Cell) -> str:
    return read_back(written([["first", cell, "last"]]))[1][1]


def test_a_table_starts_with_a_byte_order_mark_and_ends_its_lines_as_rfc_4180_says() -> None:
    table = b"".join(rows_to_csv(["Name", "Points"], [["Zoë", 3], ["李", 4]]))

    assert table == "\ufeffName,Points\r\nZoë,3\r\n李,4\r\n".encode()


def test_a_table_without_rows_is_its_header() -> None:
    assert written([], ["Name", "Points"]) == "\ufeffName,Points\r\n"


def test_quotes_separators_and_line_breaks_inside_a_cell_are_kept() -> None:
    assert written([['say "hi"', "a,b", "two\r\nlines", "a;b"]]).splitlines(keepends=True)[1:] == [
        '"say ""hi""","a,b","two\r\n',
        'lines",a;b\r\n',
    ]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    "before", ["", " ", "   ", "'", '"', "\u00a0", "“", "\u200b", "\ufeff", "\u202e", " \"'", "\0"]
)
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(sign: str, before: str) -> None:
    text = f"{before}{sign}1+1"

    assert only_cell(text) == "'" + text.replace("\0", "")
    assert read_back(written([[text]], separator="\t"), "\t")[1] == ["'" + text.replace("\0", "")]
    assert read_back(written([], [text]))[0] == ["'" + text.replace("\0", "")]


@pytest.mark.parametrize(
    "text",
    [
        "Ada",
        "a=b",
        "ada@example.org",
        "2026-11-24",
        "2026-11-24 08:05:00",
        "Anna - Maria",
        "it's +1",
        "1+1",
        "",
        " ",
        "'Twas",
        "Zoë-Ann",
        "Explore; then write, slowly",
        "1,5;2,5",
        "two\r\nlines, 3\tand more",
        "a,;b\n\nc",
    ],
)
def test_an_honest_text_is_left_alone(text: str) -> None:
    assert only_cell(text) == text


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("cut", [",", ";", "\t", "\n", "\r", "\r\n"])
@pytest.mark.parametrize("before", ["", " ", '"', "'", "“", " \u200b\"'"])
def test_a_text_is_no_formula_behind_a_separator_that_it_brings_either(separator: str, cut: str, before: str) -> None:
    for sign in SIGNS.replace("\t\r\n", ""):
        text, safe = (f"Ada{cut}{mark}{before}{sign}cmd|' /C calc'!A0" for mark in ("\0", "'"))

        table = written([["1", text], [text, "x"]], [text, "x"], separator)

        assert read_back(table, separator) == [[safe, "x"], ["1", safe], [safe, "x"]]
        assert [cell for cells in every_reading(table) for cell in cells if runs(cell)] == []


def test_what_was_written_is_read_by_our_own_import_as_it_stands() -> None:
    rows = [["ada@example.org", "Ada;=1"], ["bo@example.org", "+1,-1"], ["cy@example.org", "say\n- one\n- two"]]

    for separator in ",;\t":
        table = open_table(written(rows, ["E-mail", "Name"], separator).encode(), Bounds(10_000, 10))

        assert table.separator == separator
        assert [line.cells[1] for line in table.lines()] == ["Ada;'=1", "'+1,'-1", "say\n'- one\n'- two"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (-5, "-5"), (3, "3"), (-0.5, "-0.5"), (Decimal("-1.50"), "-1.50"), (None, ""), (True, "True"),
        (date(2026, 11, 24), "2026-11-24"), (datetime(2026, 11, 24, 8, 5, tzinfo=UTC), "2026-11-24T08:05:00+00:00"),
    ],
)  # fmt: skip
def test_numbers_stay_numbers_and_dates_are_iso(cell: Cell, expected: str) -> None:
    assert only_cell(cell) == expected
    assert read_back(written([["=1", cell]]))[1] == ["'=1", expected]


def test_nul_and_broken_characters_do_not_stop_a_table() -> None:
    assert only_cell("a\0b") == "ab"
    assert only_cell("a\ud800b") == "a?b"


def begins_like_a_formula(text: str) -> bool:
    return text.lstrip(" \u00a0'\"“\u200b\u202e")[:1] in set(SIGNS)


def every_reading(text: str) -> Iterator[list[str]]:
    """The cells as whichever spreadsheet finds them: by each separator, and by all of them where no quote is heeded."""
    plain = text.removeprefix("\ufeff")
    for separator in ",;\t":
        yield from csv.reader(io.StringIO(plain, newline=""), delimiter=separator)
    yield re.split(r"[,;\t\r\n]", plain)


def runs(cell: str) -> bool:
    """Is it a formula, once what nobody sees is gone? An apostrophe makes it a text."""
    return cell.lstrip(' \u00a0"“\u200b\u202e\t\r\n')[:1] in set("=+-@＝＋－＠")


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.dates(),
    st.datetimes(),
    st.text(max_size=12),
    st.text(alphabet=SIGNS + " '\"“\u200b\u202eax1,;\0é", max_size=6),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=5), max_size=12), st.sampled_from([",", ";", "\t"]))
def test_any_table_is_read_back_with_nothing_lost_and_nothing_to_run(rows: list[list[Cell]], separator: str) -> None:
    back = read_back(written(rows, ["a", "b"], separator), separator)[1:]

    assert len(back) == len(rows)
    for row, cells in zip(rows, back, strict=True):
        for cell, text in zip(row, cells, strict=True):
            if isinstance(cell, str):
                kept = cell.replace("\0", "").encode("utf-8", "replace").decode()
                assert BEGINNINGS.sub(r"\1", text) == BEGINNINGS.sub(r"\1", kept), "nothing else is changed"
                assert 0 <= text.count("'") - kept.count("'") <= len(BEGINNINGS.findall(kept))
                assert text == kept or not set(SIGNS + SMALL_SIGNS).isdisjoint(kept)
                assert not begins_like_a_formula(kept) or text[:2] == f"'{kept[0]}"
                assert not kept[:1].isalnum() or text[:1] == kept[:1]
            elif isinstance(cell, date):
                assert text == cell.isoformat()
            else:
                assert text == ("" if cell is None else str(cell))


TEXTS = st.one_of(
    st.text(max_size=12),
    st.text(alphabet=SIGNS + " '\"“\u200b\u202eax1,;\0é", max_size=12),
    st.integers(0, 10**9),
    st.none(),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=1, max_size=5), max_size=12), st.sampled_from([",", ";", "\t"]))
def test_no_table_runs_anything_whatever_the_spreadsheet_separates_by(rows: list[list[Cell]], separator: str) -> None:
    table = written(rows, ["a", "b"], separator)

    assert [cell for cells in every_reading(table) for cell in cells if runs(cell)] == []


@pytest.mark.parametrize("separator", ["", "|", ",,", '"', "\n"])
def test_another_separator_is_refused_before_anything_is_written(separator: str) -> None:
    with pytest.raises(ValueError, match="comma, a semicolon or a tab"):
        rows_to_csv(["a"], [], separator=separator)


def test_a_million_cells_are_written_in_small_pieces_with_flat_memory() -> None:
    def learners() -> Iterator[list[Cell]]:
        for number in range(20_000):
            yield [f"Learner {number}", "=1" if number % 500 == 0 else None, *range(48)]

    total = largest = 0
    tracemalloc.start()
    for piece in rows_to_csv(["name"] * 50, learners()):
        total += len(piece)
        largest = max(largest, len(piece))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert total > 2_900_000
    assert largest < 100_000
    assert peak < 2_000_000


def test_rows_are_not_read_far_ahead_of_what_is_sent() -> None:
    taken: list[int] = []

    def rows() -> Iterator[list[Cell]]:
        for number in range(100_000):
            taken.append(number)
            yield [number]

    pieces = rows_to_csv(["n"], rows())
    first = next(pieces)

    assert first.startswith(b"\xef\xbb\xbf")
    assert len(taken) == 0
    next(pieces)
    assert len(taken) < 2000


@pytest.mark.parametrize(
    ("locale", "separator"),
    [
        *((language, ";") for language in "de de-CH de_AT DE fr fr-CA es it nl pt-BR pl ru sv da nb fi cs".split()),
        *((language, ",") for language in "en en-GB en_US ja zh zh-Hant ko es-MX he xx".split()),
        ("en-ZA", ";"),
        ("", ","),
        (None, ","),
    ],
)
def test_the_separator_follows_the_language_of_the_reader(locale: str | None, separator: str) -> None:
    assert separator_for(locale, None) == separator
    assert separator_for(locale, "") == separator


@pytest.mark.parametrize(
    ("asked", "separator"),
    [("comma", ","), (",", ","), ("semicolon", ";"), (";", ";"), ("tab", "\t"), ("\t", "\t")],
)
def test_a_separator_that_is_asked_for_wins(asked: str, separator: str) -> None:
    assert separator_for("de", asked) == separator
    assert separator_for("en", asked) == separator


@pytest.mark.parametrize("asked", ["pipe", "|", "COMMA", " ", ",;"])
def test_an_unknown_separator_is_refused_with_a_sentence(asked: str) -> None:
    with pytest.raises(Problem) as refused:
        separator_for("de", asked)

    assert refused.value.message == "The separator can be comma, semicolon or tab."


def saved_as(filename: str) -> str | None:
    """What a mail and HTTP header parser makes of our header."""
    message = EmailMessage()
    message["Content-Disposition"] = content_disposition(filename)
    assert message.get_content_disposition() == "attachment"
    return message.get_filename()


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("progress.csv", 'attachment; filename="progress.csv"'),
        ("Zoë.csv", "attachment; filename=\"Zoe.csv\"; filename*=UTF-8''Zo%C3%AB.csv"),
        ("进度.csv", "attachment; filename=\"download.csv\"; filename*=UTF-8''%E8%BF%9B%E5%BA%A6.csv"),
        ("100%.csv", "attachment; filename=\"100_.csv\"; filename*=UTF-8''100%25.csv"),
    ],
)
def test_a_download_has_its_name_and_a_plain_one_for_old_browsers(filename: str, header: str) -> None:
    assert content_disposition(filename) == header


@pytest.mark.parametrize(
    ("filename", "safe"),
    [
        ("../../etc/passwd", "-..-etc-passwd"),
        ("C:\\boot.ini", "C--boot.ini"),
        ('a"; x="b.csv', "a-; x=-b.csv"),
        ("a\r\nX-Evil: 1.csv", "a X-Evil- 1.csv"),
        ("in\u202evsc.exe", "in vsc.exe"),
        (".csv", "download.csv"),
        ("", "download"),
        ("..", "download"),
        ("\ud800.csv", "download.csv"),
        ("a" * 500 + ".csv", "a" * 80 + ".csv"),
    ],
)
def test_a_file_name_is_never_a_path_or_a_second_header(filename: str, safe: str) -> None:
    assert saved_as(filename) == safe


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_file_name_makes_one_plain_header(filename: str) -> None:
    header = content_disposition(filename)

    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert "/" not in header
    assert "\\" not in header
