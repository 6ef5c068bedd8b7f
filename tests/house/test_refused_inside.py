"""A refusal inside a Space, whose pages ask the database where one may go from here: a fault may have taken it away."""

import re
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from flask import Flask, Response
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


def in_a_context_of_its_own(app: Flask, path: str) -> tuple[int, str]:
    """In a thread, where no test holds the application's context open, so that the request ends its own."""
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(lambda: app.test_client().get(path)).result()
    return answer.status_code, answer.text


def test_who_has_their_answer_gets_it_though_the_database_goes_away_behind_it(app: Flask, database_url: str) -> None:
    """What was read is let go of at the end of a request, and there is nobody to let go of it any more."""

    def read() -> Response:
        if database_url.startswith("postgresql"):
            mine = db.session.scalar(text("SELECT pg_backend_pid()"))
            with psycopg.connect(database_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
        return Response("read", mimetype="text/plain")

    app.add_url_rule("/reading", view_func=read)
    db.session.remove()
    answer = in_a_context_of_its_own(app, "/reading")

    assert answer == (200, "read")
