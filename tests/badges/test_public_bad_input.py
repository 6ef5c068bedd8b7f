"""Whatever a stranger asks a public address with, the answer is one of ours: never a fault, never somebody's data."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from lti_tool.badges.awards import Recipient
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.sharing import Shared, linkedin_link, mail_link
from tests.make.award import make_award
from tests.make.space import make_badge

IDS = ["x" * 10_000, "..", "...", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%00", "a%00b", "%ed%a0%80", "%ff%fe",
       "%F0%9F%8E%93", "%E2%80%AE", "'%20OR%20'1'='1", "-1", "none.json", ".json", "none.json.json",
       "%0d%0aX-Evil:%201", "{{7*7}}", "none;x=y", "none%3Fdownload"]  # fmt: skip
KINDS = ["issuers/{}", "badges/{}", "assertions/{}", "assertions/{}.json", "assertions/{}/image.png",
         "badges/{}/image.svg", "issuers/{}/image.png", "revocations/{}"]  # fmt: skip
ACCEPTS = ["text/html;q=nan", "text/html;q=inf, application/json;q=-1", "text/html;q=1e999", "*/*;q=0", ",,,;;;=",
           "text", "a/b" * 3_400, "text/html;" + "a=b;" * 2_500, '"', "application/json;q=\u00e9", "text/html, " * 900,
           "text/html;q=0.0000000001, application/ld+json;q=0"]  # fmt: skip


@pytest.fixture
def award(organization: str) -> str:
    return make_award(make_badge(organization), Recipient(email="ada@example.org"))


def test_an_id_that_is_none_is_not_found_whatever_it_holds(client: FlaskClient, award: str) -> None:
    for kind in KINDS:
        for identity in IDS:
            answer = client.get(f"/public/{kind.format(identity)}")
            assert answer.status_code in (400, 404), (kind, identity[:40])
            assert "X-Evil" not in answer.headers
            assert "ada@example.org" not in answer.text


def test_odd_words_about_what_is_accepted_get_one_of_the_two_answers(
    client: FlaskClient, award: str, organization: str
) -> None:
    for accept in ACCEPTS:
        for path in (f"assertions/{award}", f"issuers/{first_issuer_of(organization)}", "badges/none"):
            answer = client.get(f"/public/{path}", headers={"Accept": accept})
            assert answer.status_code in (200, 404), accept[:40]
            assert answer.mimetype in ("text/html", "application/ld+json", "application/json"), accept[:40]


def test_conditions_and_ranges_that_nobody_can_keep_get_the_whole_answer(client: FlaskClient, award: str) -> None:
    address = f"/public/assertions/{award}/image.png"
    whole = client.get(address)
    for headers in (
        {"Range": "bytes=0-9"}, {"Range": "bytes=99999999-"}, {"Range": "bytes=" + "0-1," * 2_000}, {"Range": "x"},
        {"If-None-Match": "nonsense"}, {"If-None-Match": '"' + "x" * 9_000 + '"'}, {"If-None-Match": 'W/"",,'},
        {"If-Modified-Since": "Tue, 99 Nov 9999 99:99:99 GMT"}, {"If-Range": '"x"', "Range": "bytes=5-1"},
    ):  # fmt: skip
        answer = client.get(address, headers=headers)
        assert (answer.status_code, answer.data) == (200, whole.data), headers
    tag = whole.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"another", {tag}', "*"):
        assert client.get(address, headers={"If-None-Match": known}).status_code == 304, known


def test_questions_behind_an_address_change_nothing(client: FlaskClient, award: str, organization: str) -> None:
    page = {"Accept": "text/html"}
    issuer = first_issuer_of(organization)
    for query in ("after=%ed%a0%80", "after=" + "x" * 5_000, "after=", "after[]=1", "after=1&after=2"):
        assert client.get(f"/public/issuers/{issuer}?{query}", headers=page).status_code in (200, 400), query[:30]
    odd = client.get(f"/public/assertions/{award}/image.png?download=%0d%0aX-Evil:1&download")
    assert odd.headers["Content-Disposition"] == 'attachment; filename="explorer.png"'


def test_names_of_any_kind_make_links_of_one_line() -> None:
    name = 'A&B "溶接" \r\nBcc: eve@example.org?x#y %41'
    shared = Shared(name, name, date(2026, 1, 2), None, "id", "https://example.org/a?b=c&d=e#f")

    mail, linkedin = mail_link(shared, "Look & see:"), linkedin_link(shared)

    for link in (mail, linkedin):
        assert link.isascii()
        assert not set(link) & set(' "<>\r\n#')
    fields = parse_qs(urlsplit(mail).query)
    assert set(fields) == {"subject", "body"}
    assert fields["subject"] == [name]
    assert fields["body"] == ["Look & see:\r\n\r\nhttps://example.org/a?b=c&d=e#f\r\n"]
    asked = parse_qs(urlsplit(linkedin).query)
    assert asked["name"] == [name]
    assert (asked["issueYear"], asked["issueMonth"]) == (["2026"], ["1"])
    assert "expirationYear" not in asked
