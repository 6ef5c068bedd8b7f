"""The page where anybody checks a badge: what it shows, what it keeps (nothing), and what it puts up with."""

import base64
import re
from io import BytesIO
from threading import BoundedSemaphore

import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from lti_tool.badges.awards import Recipient
from lti_tool.badges.openbadge.baking import ASSERTION
from lti_tool.badges.openbadge.png import SIGNATURE
from lti_tool.db import Row, db
from lti_tool.limits import limiter
from tests.make.award import make_award
from tests.make.foreign_badge import EMAIL, baked, foreign_platform
from tests.make.reader import Reader
from tests.make.space import make_badge

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4" cy="4" r="4"/>%b</svg>"""


def check(client: FlaskClient, **fields: object) -> TestResponse:
    return client.post("/verify", data=fields, content_type="multipart/form-data")


def sent(said: str | tuple[bytes, str]) -> str | tuple[BytesIO, str]:
    return said if isinstance(said, str) else (BytesIO(said[0]), said[1])


def rows() -> int:
    db.session.rollback()
    return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in Row.metadata.sorted_tables)


def test_an_address_in_the_link_fills_in_the_form_and_nobody_is_asked(client: FlaskClient) -> None:
    with foreign_platform() as platform:
        award = platform.issue()
        page = client.get("/verify", query_string={"url": award.url})

    assert award.url in page.text
    assert platform.asked == []
    assert "Set-Cookie" not in page.headers


def test_what_a_stranger_wrote_is_shown_as_text(client: FlaskClient) -> None:
    with foreign_platform() as platform:
        award = platform.issue(name=SCRIPT)
        platform.change("/badges/1", description=f"{SCRIPT}\u202e{{{{7*7}}}}")
        platform.change("/issuer", name=SCRIPT, **{f"<b>{SCRIPT}</b>": 1})
        page = check(client, text=award.url)

    assert "This badge is valid" in page.text
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "{{7*7}}" in page.text


def test_the_picture_is_cleaned_and_inside_the_page(client: FlaskClient) -> None:
    with foreign_platform() as platform:
        award = platform.issue()
        pages = []
        for picture in (baked(**{ASSERTION: award.text}), SVG % b"", SVG % b"<script>alert(3)</script>"):
            platform.put("/badges/1/image", picture, kind="image/png")
            pages.append(check(client, text=award.url))

    raster, drawing, refused = (re.findall(r'<img[^>]*src="data:image/([^"]+)"', page.text) for page in pages)
    png, svg = (base64.b64decode(found[0].partition(";base64,")[2]) for found in (raster, drawing))
    assert (png.startswith(SIGNATURE), b"openbadges" in png) == (True, False)
    assert svg.startswith(b"<svg ")
    assert "img-src 'self' data:" in pages[0].headers["Content-Security-Policy"]
    assert refused == []
    assert "This badge is valid" in pages[2].text


def test_nothing_is_written_and_nothing_is_logged_of_whom_somebody_asks_about(
    app: Flask, client: FlaskClient, organization: str
) -> None:
    ours = make_award(make_badge(organization), Recipient(email=EMAIL))
    before, statements = rows(), []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(str(args[2]).split()[0].upper()))
    with foreign_platform() as platform, structlog.testing.capture_logs() as logged:
        pages = [
            check(client, text=text, recipient="eve@example.net")
            for text in (f"http://localhost:8000/public/assertions/{ours}", platform.issue().url, "nonsense", "{}")
        ]

    assert [page.status_code for page in pages] == [200, 200, 422, 422]
    assert ["The award does not belong to the address" in page.text for page in pages] == [True, True, False, False]
    assert not any("eve@example.net" in page.text for page in pages)
    assert "eve@example.net" not in str(logged)
    assert not {"INSERT", "UPDATE", "DELETE"} & set(statements)
    assert rows() == before


def test_a_file_is_read_by_what_is_in_it(client: FlaskClient) -> None:
    with foreign_platform() as platform:
        award = platform.issue()
        for name, content in {"a.txt": award.png, "a.png": award.svg, "a.gif": award.text.encode()}.items():
            page = check(client, file=(BytesIO(content), name))
            assert "This badge is valid" in page.text, name


def test_whatever_is_sent_is_answered_in_words(client: FlaskClient) -> None:
    for fields, sentence in (
        ({"text": "x" * 200_001}, "Please look at this again"),
        ({"text": "https://badges.example/" + "x" * 5_000}, "This is no web address"),
        ({"text": '{"a": "\\ud800"}'}, "it has half a letter"),
        ({"text": '{"a": "\\u0000"}'}, "a character that no text may hold"),
        ({"text": "{}", "recipient": "nobody"}, "This is no e-mail address"),
        ({"text": "{}", "recipient": "\0@example.org"}, "This is no e-mail address"),
        ({"text": "{}", "file": (b"{}", "a.json")}, "Give one thing only"),
        ({"file": (b"", "a.png")}, "This file is empty"),
        ({"file": (b"\x89PNG\r\n\x1a\n" + b"\xff" * 40, "a.png")}, "This is no PNG or SVG picture that can be read"),
        ({"file": (b"<svg", "a.svg")}, "This is no PNG or SVG picture that can be read"),
        ({"file": (b"GIF89a\xff", "a.png")}, "This is no PNG or SVG picture, and no text either"),
        ({"file": (b"hello", "a.png")}, "This file holds no badge"),
        ({"text": (b"{}", "a file in the place of a text")}, "Paste an address or a text"),
        ({"file": "a text in the place of a file"}, "Paste an address or a text"),
    ):  # fmt: skip
        page = check(client, **{name: sent(said) for name, said in fields.items()})
        assert page.status_code == 422, sentence
        assert sentence in page.text


def test_what_is_too_large_or_no_form_is_not_read_at_all(client: FlaskClient) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n--x--\r\n'
    for name, rest, size in ((b"file", b'; filename="a.png"', 3_000_000), (b"text", b"", 400_000)):
        body = part % (name, rest, b"x" * size)
        answer = client.post("/verify", data=body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 413, name
    assert client.post("/verify", data={"text": "x" * 400_000}).status_code == 413
    for body in ([1], {"text": 5}, {"text": ["{}"]}, "text"):
        assert client.post("/verify", json=body).status_code == 422
    assert client.post("/verify", data=b"text", content_type="text/plain").status_code == 422
    assert client.put("/verify").status_code == 405


def test_nobody_uses_the_page_to_ask_others_without_end(app: Flask) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"verify_limit": "3 per minute"})
    limiter.reset()
    reader = Reader(app.test_client()).open("/verify")
    with foreign_platform() as platform:
        award = platform.issue()
        statuses = [reader.press("Check the badge", text=award.url).answer.status_code for _ in range(3)]
        asked = len(platform.asked)
        refused = check(app.test_client(), text=award.url)

    assert statuses == [200, 200, 200]
    assert refused.status_code == 429
    assert len(platform.asked) == asked
    assert reader.open("/verify").answer.status_code == 200
    limiter.reset()


def test_when_many_are_checked_at_once_one_more_is_asked_to_wait(app: Flask, client: FlaskClient) -> None:
    with foreign_platform() as platform:
        award = platform.issue()
        assert check(client, text=award.url).status_code == 200
        places = app.extensions["verify_places_of_strangers"]
        while places.acquire(blocking=False):
            pass
        busy = check(client, text=award.url)
        places.release()
        again = check(client, text=award.url)

    assert (busy.status_code, again.status_code) == (503, 200)
    assert "Many badges are being checked right now" in busy.text


def test_when_all_places_are_taken_somebody_is_told_when_to_come_again(app: Flask, client: FlaskClient) -> None:
    places = app.extensions["verify_places_of_strangers"] = BoundedSemaphore(1)
    with places:
        answer = client.post("/verify", data={"text": '{"type": "Assertion"}'})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
