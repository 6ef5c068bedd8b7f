"""A refusal inside a Space, whose pages ask the database where one may go from here: a fault may have taken it away."""

import re

import pytest
from flask import Flask
from sqlalchemy import text

from lti_tool.db import db
from tests.html_guard import page_faults
from tests.make.visit import make_staff_visit

GOES_AWAY = "SELECT pg_terminate_backend(pg_backend_pid())"
BREAKS_OFF = "SELECT nothing FROM nowhere"


@pytest.mark.parametrize(
    ("statement", "statuses"),
    [(GOES_AWAY, {"sqlite": 503, "postgresql": 503}), (BREAKS_OFF, {"sqlite": 503, "postgresql": 500})],
)
def test_a_fault_of_the_database_is_told_in_words_inside_a_space_too(
    app: Flask, organization: str, space: str, statement: str, statuses: dict[str, int], database_kind: str
) -> None:
    def ask(**_: str) -> str:
        return str(db.session.scalar(text(statement)))

    app.add_url_rule("/v/<visit_id>/asking", view_func=ask)
    visit = make_staff_visit(app, organization, space)
    page = visit.get("asking", headers={"Accept": "text/html"})

    assert (page.status_code, page_faults(page.text)) == (statuses[database_kind], [])
    assert re.search(r"Reference</dt><dd><code>[A-Z2-9]{6}</code>", page.text)
    db.session.remove()  # as at the end of every request
    assert visit.get("").status_code == 200
