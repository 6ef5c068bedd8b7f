"""The audit log: written with the deed, turned page by page, and without anybody's name."""

import ast

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.audit import _DEEDS, Fact, audit_page, name_deeds, note, turn_from
from lti_tool.places import PACKAGE
from tests.make.admin import make_admin


def write(number: int, subject: str = "thing") -> None:
    with transaction():
        note("test.deed", actor_kind="command", subject=subject, facts={"number": number})


def test_a_deed_is_noted_with_who_what_and_when(app: Flask) -> None:
    name_deeds({"test.deed": "Did something"})
    with transaction():
        note("test.deed", actor_kind="visitor", actor="abc", organization="org", subject="thing", facts={"n": 1})

    [line] = audit_page().lines
    assert (line.what, line.actor_kind, line.actor, line.organization) == ("Did something", "visitor", "abc", "org")
    assert (line.subject, line.facts) == ("thing", {"n": 1})


def test_a_deed_that_is_rolled_back_was_none(app: Flask) -> None:
    def fail() -> None:
        with transaction():
            note("test.deed", actor_kind="command")
            raise Problem("bad_request")

    with pytest.raises(Problem):
        fail()

    assert audit_page().lines == []


@pytest.mark.parametrize("fact", ["Ada Lovelace", "ada@example.org", "two\nlines", "x" * 201])
def test_a_fact_that_may_be_somebody_is_refused(app: Flask, fact: Fact) -> None:
    def try_it() -> None:
        with transaction():
            note("test.deed", actor_kind="command", facts={"who": fact})

    with pytest.raises(ValueError, match="names no person"):
        try_it()

    assert db.session.scalars(select(AuditEntry)).all() == []


def test_the_log_is_turned_without_gap_or_double(app: Flask) -> None:
    for number in range(25):
        write(number)

    seen: list[object] = []
    older: str | None = ""
    while older is not None:
        page = audit_page(before=turn_from(older), limit=10)
        seen += [line.facts["number"] for line in page.lines]
        older = page.older

    assert seen == list(range(24, -1, -1))


def test_the_log_of_one_thing_is_shown_alone(app: Flask) -> None:
    write(1)
    write(2, subject="other")

    assert [line.facts["number"] for line in audit_page(subject="other").lines] == [2]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.text() | st.datetimes(timezones=st.none() | st.timezones()).map(lambda at: f"{at.isoformat()}_x"))
def test_any_place_in_an_address_is_one_of_ours_or_none(word: str) -> None:
    turn = turn_from(word)

    assert turn is None or turn.at.tzinfo is not None


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_a_place_beyond_every_calendar_is_none(at: str) -> None:
    assert turn_from(f"{at}_x") is None


def test_the_page_shows_who_did_what(app: Flask) -> None:
    browser = make_admin(app)
    write(7)

    page = browser.get("/audit").text

    assert ("Signed in" in page, "Robin Root" in page, "the command line" in page) == (True, True, True)
    assert 'href="/admin/audit?subject=thing"' in page
    assert "All activity" in browser.get("/audit?subject=thing").text
    assert "Nothing yet" in browser.get("/audit?subject=nothing").text


def test_every_deed_that_is_noted_has_words(app: Flask) -> None:
    noted = {
        part.value
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args
        if call.func.id in ("note", "note_here", "_note")
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }

    assert len(noted) > 10
    assert noted <= set(_DEEDS)
