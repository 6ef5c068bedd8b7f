"""The self-test's browser: cookies where they belong, forms as people send them, and never off our own address."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response, redirect, request
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.fetch import Fetcher
from lti_tool.launch.selftest.browser import Browser, shown
from lti_tool.launch.selftest.record import Mismatch, Trace
from tests.make.serving import free_port, serving

PAGE = """<!doctype html><title>t</title><h1>A  page</h1>
<form method="post" action="/v/1/space"><input type="hidden" name="form_token" value="tok"><textarea name="notes">
</textarea><textarea name="criteria">
Two lines</textarea><input type="file" name="picture"><input type="checkbox" name="on" checked>
<input type="checkbox" name="off"></form>
<table><tr><td>Ada</td><td><button formaction="/v/1/a/complete">Mark</button></td></tr>
<tr><td>Ben</td><td><button formaction="/v/1/b/complete">Mark</button></td></tr></table>"""


def make_site(seen: list[str]) -> Flask:
    site = Flask("site")

    @site.before_request
    def note() -> None:
        seen.append(f"{request.method} {request.path} {request.headers.get('Cookie', '')}".strip())

    @site.route("/set")
    def put() -> Response:
        answer = Response("ok")
        answer.set_cookie("visit", "1", path="/v/1/", secure=True, httponly=True, samesite="None", partitioned=True)
        answer.set_cookie("login", "2", path="/", max_age=300)
        return answer

    @site.route("/forget")
    def forget() -> Response:
        answer = Response("ok")
        answer.delete_cookie("login", path="/")
        return answer

    site.add_url_rule("/v/1/", "page", lambda: PAGE)
    site.add_url_rule("/v/1/space", "made", lambda: redirect("/v/1/#objectives", 303), methods=["POST"])
    site.add_url_rule("/away", "away", lambda: redirect("https://elsewhere.example/auth?state=s", 303))
    site.add_url_rule("/run", "run", lambda: redirect("/lti/self-test/secret/auth?state=s", 303))
    site.add_url_rule("/round", "round", lambda: redirect("/round", 303))
    return site


@pytest.fixture
def seen() -> list[str]:
    return []


@pytest.fixture
def browser(seen: list[str]) -> Iterator[Browser]:
    port = free_port()
    with serving(make_site(seen), port):
        yield Browser(Fetcher(frozenset({"127.0.0.1"}), "t"), f"http://127.0.0.1:{port}", Trace())


def test_cookies_go_to_the_paths_that_they_are_for(browser: Browser, seen: list[str]) -> None:
    for path in ("/set", "/v/1/", "/v/10/", "/other", "/forget", "/v/1/"):
        browser.get(path)

    assert seen == [
        "GET /set", "GET /v/1/ visit=1; login=2", "GET /v/10/ login=2", "GET /other login=2", "GET /forget login=2",
        "GET /v/1/ visit=1",
    ]  # fmt: skip
    assert browser.holds("visit")
    assert not browser.holds("login")


def test_a_form_is_sent_as_a_browser_would_send_it(browser: Browser) -> None:
    form = browser.get("/v/1/").form("/space")

    assert form.fields == {"form_token": "tok", "notes": "", "criteria": "Two lines", "on": "on"}


def test_a_form_leads_on_as_long_as_it_stays_with_us(browser: Browser, seen: list[str]) -> None:
    page = browser.submit(browser.get("/v/1/"), "/space")

    assert (page.status, page.heading) == (200, "A page")
    assert seen == ["GET /v/1/", "POST /v/1/space", "GET /v/1/"]


def test_a_button_is_found_beside_the_words_of_its_row(browser: Browser) -> None:
    page = browser.get("/v/1/")

    assert page.button_beside("Ben", "/complete") == f"{browser.origin}/v/1/b/complete"
    with pytest.raises(Mismatch, match="no button"):
        page.button_beside("Cleo", "/complete")


@pytest.mark.parametrize("path", ["/away", "/run"])
def test_where_the_tool_sends_it_to_the_platform_it_stays(browser: Browser, seen: list[str], path: str) -> None:
    page = browser.get(path)

    assert page.status == 303
    assert page.location.endswith("auth?state=s")
    assert len(seen) == 1


def test_a_circle_of_redirects_is_left(browser: Browser) -> None:
    with pytest.raises(Mismatch, match="circle"):
        browser.get("/round")


def test_a_page_without_the_form_says_which_page_it_was(browser: Browser) -> None:
    with pytest.raises(Mismatch, match=r"no form for /pick on the page “A page” \(status 200\)"):
        browser.get("/v/1/").form("/pick")


def test_evidence_shows_no_query_no_visit_and_no_run() -> None:
    assert shown("http://localhost/v/01a2/pick?secret=1") == "/v/…/pick"
    assert shown("http://localhost/lti/self-test/sEcr_et-1/token") == "/lti/self-test/…/token"
    assert shown("https://lms.example?state=s") == "/"


@settings(max_examples=50, deadline=None)
@given(st.text() | st.from_regex(r"[a-z]{0,5}=?[a-z]{0,5}(; ?[A-Za-z-]{0,8}=?[a-z0-9/]{0,5}){0,4}", fullmatch=True))
def test_whatever_a_cookie_says_it_is_kept_or_dropped(line: str) -> None:
    browser = Browser(Fetcher(frozenset(), "t"), "http://localhost", Trace())

    browser._keep(line)

    assert len(browser.cookies) <= 1
