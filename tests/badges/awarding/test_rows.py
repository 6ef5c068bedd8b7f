"""What a row becomes: which column is what, dates as people write them, and a sentence for each bad row."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from lti_tool.badges.awarding import days
from lti_tool.badges.awarding.columns import DAY_FIRST, FIELDS, MONTH_FIRST, Columns, chosen, guess, remembered
from lti_tool.badges.awarding.rows import Given, Judge, Judged, day_written
from lti_tool.badges.time_zones import day_of, zone_of
from lti_tool.table.reading import Line
from lti_tool.table.unused import Bad, Doubled

NOW = datetime(2027, 3, 10, 23, 30, tzinfo=UTC)
BERLIN, KIRITIMATI, HONOLULU = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Honolulu")


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("E-Mail-Adresse|Vorname|Nachname|Gültig bis", {"email": 0, "given_name": 1, "family_name": 2, "expires": 3}),
        ("Name|Vorname|E-Mail", {"email": 2, "given_name": 1, "family_name": 0}),
        ("Correo electrónico|Nombre completo", {"email": 0, "name": 1}),
        ("Prénom|NOM|Courriel|Date d’émission", {"email": 2, "given_name": 0, "family_name": 1, "issued_on": 3}),
        ("氏名|メールアドレス", {"name": 0, "email": 1}),
        ("Имя|Фамилия|Электронная почта", {"email": 2, "given_name": 0, "family_name": 1}),
        ("Recipient Identifier|Evidence URL|Narrative", {"email": 0, "evidence": 1, "narrative": 2}),
        ("Email|Email|Comment|URL|Date", {"email": 0}),  # what might become public is not guessed
    ],
)
def test_headings_are_known_in_several_languages(header: str, found: dict[str, int]) -> None:
    assert guess(header.split("|")) == found


def test_without_a_heading_the_addresses_are_found_where_they_stand() -> None:
    assert guess(["a", "b"], ["Ada", "ada@example.org"]) == {"email": 1}
    assert guess(["a", "b"], ["Ada", "Lovelace"]) == {}


def test_a_choice_takes_nothing_but_fields_and_columns() -> None:
    said = {"email": "1", "name": "9", "issued_on": "-1", "expires": "x", "narrative": "", "evil": "0", "name ": None}

    assert chosen(said, "month", 3) == Columns({"email": 1}, MONTH_FIRST)
    assert chosen({}, "or 1=1", 3) == Columns({}, DAY_FIRST)


def test_a_mapping_is_remembered_for_the_very_same_header() -> None:
    kept = Columns({"email": 1}, MONTH_FIRST).kept(["a", "b"])

    assert remembered(kept, ("a", "b")) == Columns({"email": 1}, MONTH_FIRST)
    assert remembered(kept, ("a", "c")) is None


@pytest.mark.parametrize(
    ("text", "month_first", "day"),
    [
        ("2027-01-31", False, date(2027, 1, 31)), ("2027-1-3T10:00:00Z", True, date(2027, 1, 3)),
        ("31.01.2027", True, date(2027, 1, 31)), ("3/4/2027", False, date(2027, 4, 3)),
        ("3/4/2027", True, date(2027, 3, 4)), ("2027/01/31", False, date(2027, 1, 31)),
        ("2027年1月31日", False, date(2027, 1, 31)), ("٢٠٢٧-٠١-٣١", False, date(2027, 1, 31)), ("", False, None),
    ],
)  # fmt: skip
def test_dates_are_read_as_spreadsheets_write_them(text: str, month_first: bool, day: date | None) -> None:
    assert day_written(text, month_first) == day


@pytest.mark.parametrize("text", ["31/02/2027", "46023", "1/2/27", "soon", "2027-13-01", "0000-01-01"])
def test_what_is_no_date_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match="Write it as 2027-01-31"):
        day_written(text, False)


@effort(max_examples=50, deadline=None)
@given(st.dates(days.FIRST_DAY, date(2027, 3, 10)), st.sampled_from([BERLIN, KIRITIMATI, HONOLULU, ZoneInfo("UTC")]))
def test_a_day_is_the_same_day_for_the_issuer_and_for_every_reader(day: date, zone: ZoneInfo) -> None:
    issued, ends = days.issued_on_day(day, zone, NOW), days.expires_on_day(day, zone)

    assert day_of(issued, zone) == day_of(ends, zone) == days.day_read(ends) == day
    assert days.day_read(issued) == day or day == day_of(NOW, zone)
    assert issued <= ends or day == day_of(NOW, zone)


def test_today_is_now_in_the_zone_of_the_issuer() -> None:
    assert days.issued_on_day(date(2027, 3, 11), BERLIN, NOW) == NOW
    assert days.day_problem(date(2027, 3, 11), None, day_of(NOW, HONOLULU))
    assert zone_of("Mars/Olympus").key == "UTC"


def judged(*rows: str, repeats: bool = False, after: int | None = None) -> list[Judged]:
    places = {field: place for place, field in enumerate(FIELDS)}
    judge = Judge(Columns(places), BERLIN, NOW, after, repeats)

    def lines() -> Iterator[Line]:
        for number, row in enumerate(rows, 2):
            yield Line(number, tuple(row.split("|")))

    return list(judge.judge(lines()))


def test_a_whole_row_becomes_an_award() -> None:
    [row] = judged(" Ada@Example.org |Ada L.|||2027-03-01|2028-03-01|First.\r\nLast.|https://lab.example/x?y=1#z")

    assert row == Given(
        2, "ada@example.org", "Ada L.", "First.\nLast.", "https://lab.example/x?y=1#z",
        datetime(2027, 3, 1, tzinfo=UTC), datetime(2028, 3, 1, 22, 59, 59, tzinfo=UTC),
    )  # fmt: skip


def test_what_the_table_does_not_say_comes_from_the_badge_and_from_today() -> None:
    given_today, _, past = judged("a@b.example", "c@d.example||Ada|L.", "e@f.example||||2027-01-01", after=30)

    assert isinstance(given_today, Given)
    assert isinstance(past, Given)
    assert (given_today.issued_on, given_today.name) == (NOW, None)
    assert given_today.expires is not None
    assert past.expires is not None
    assert (days.day_read(given_today.expires), days.day_read(past.expires)) == (date(2027, 4, 10), date(2027, 1, 31))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("|Ada", "no e-mail address"), ("ada@", "“ada@” is not an e-mail"), ("a@b.example, c@d.example", "is not an"),
        ("a@b.example||||2027-03-12", "not in the future"), ("a@b.example||||soon", "Write it as"),
        ("a@b.example||||2027-03-01|2027-03-01", "expires later"), ("a@b.example||||1969-01-01", "that long ago"),
        ("a@b.example|||||3000-01-01", "expires later"), ("a@b.example|||||||javascript:alert(1)", "https://"),
        ("a@b.example|||||||https://", "https://"), ("a@b.example|||||||https://x.example/" + "x" * 2000, "https://"),
    ],
)  # fmt: skip
def test_a_bad_row_says_why(row: str, told: str) -> None:
    [found] = judged(row)

    assert isinstance(found, Bad)
    assert told in found.reason


def test_an_address_that_stands_twice_is_doubled_and_a_repeat_only_when_it_says_the_same() -> None:
    rows = "a@b.example|A", "A@B.example|B", "c@d.example|C", "a@b.example|A"

    assert [type(one) for one in judged(*rows)] == [Given, Doubled, Given, Doubled]
    assert [type(one) for one in judged(*rows, repeats=True)] == [Given, Given, Given, Doubled]


def test_a_row_that_could_not_be_read_stays_bad() -> None:
    judge = Judge(Columns({"email": 0}), BERLIN, NOW, None, repeats=False)

    assert list(judge.judge(iter([Line(7, (), "A cell is too long."), Line(8, ())]))) == [
        Bad(7, "A cell is too long."), Bad(8, "There is no e-mail address in this row."),
    ]  # fmt: skip
