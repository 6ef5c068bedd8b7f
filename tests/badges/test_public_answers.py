"""What the public addresses say to programs: documents, negotiation, freshness, open to every origin."""

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.issuers import edit_issuer, first_issuer_of
from lti_tool.badges.openbadge.recipient import hashed_email, hashed_url
from lti_tool.db import db, transaction
from tests.make.award import make_award
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge

HERE = "http://localhost:8000/public"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGE, LINKED, PLAIN = "text/html", "application/ld+json", "application/json"
MISSING = [
    "issuers/none", "badges/none", "assertions/none", "issuers/none.json", "assertions/none.json", "revocations/none",
    "issuers/none/image.png", "badges/none/image.png", "assertions/none/image.svg",
]  # fmt: skip


@pytest.fixture
def badge(organization: str) -> str:
    return make_badge(organization)


@pytest.fixture
def award(badge: str) -> str:
    """An award to an address."""
    return make_award(badge, Recipient(email="Ada@example.org"))


def revoked(award: str, reason: str | None = None) -> str:
    with transaction():
        revoke_award(award, reason=reason)
    return award


def test_an_award_leads_to_its_badge_and_that_to_its_issuer(
    client: FlaskClient, award: str, badge: str, organization: str
) -> None:
    issuer = first_issuer_of(organization)

    documents = [client.get(f"/public/{path}").get_json() for path in (f"assertions/{award}", f"badges/{badge}")]
    documents.append(client.get(f"/public/issuers/{issuer}").get_json())

    assert [document["type"] for document in documents] == ["Assertion", "BadgeClass", "Issuer"]
    assert documents[0]["id"] == f"{HERE}/assertions/{award}"
    assert documents[0]["badge"] == documents[1]["id"] == f"{HERE}/badges/{badge}"
    assert documents[1]["issuer"] == documents[2]["id"] == f"{HERE}/issuers/{issuer}"
    assert documents[0]["image"] == f"{HERE}/assertions/{award}/image.png"
    assert documents[0]["related"] == [f"{HERE}/credentials/{award}"]
    assert documents[1]["criteria"] == {"id": f"{HERE}/badges/{badge}#criteria", "narrative": "Do it."}
    assert documents[1]["related"] == [f"{HERE}/achievements/{badge}"]
    assert not {"image", "revocationList"} & set(documents[2])


def test_ids_never_follow_the_name_that_a_request_used(client: FlaskClient, award: str) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}

    for accept in (LINKED, PAGE):
        said = client.get(f"/public/assertions/{award}", headers={"Accept": accept, **headers}).text
        assert f"{HERE}/assertions/{award}" in said
        assert "evil.example" not in said


def test_an_address_is_only_told_as_a_salted_hash_of_its_small_letters(client: FlaskClient, award: str) -> None:
    answer = client.get(f"/public/assertions/{award}")

    recipient = answer.get_json()["recipient"]
    assert recipient["type"] == "email"
    assert recipient["identity"] == hashed_email("ada@example.org", recipient["salt"])
    assert "ada@" not in answer.text.lower()


def test_awards_without_an_address_are_each_for_another_address_of_ours(
    client: FlaskClient, organization: str, badge: str
) -> None:
    person = make_person(organization)
    first = make_award(badge, Recipient(person=person))
    second = make_award(make_badge(organization, "Second"), Recipient(person=person))

    recipients = [client.get(f"/public/assertions/{award}").get_json()["recipient"] for award in (first, second)]

    assert {recipient["type"] for recipient in recipients} == {"url"}
    assert recipients[0]["identity"] != recipients[1]["identity"]
    assert recipients[0]["identity"] != hashed_url(person, recipients[0]["salt"])


NEGOTIATED = [
    (None, LINKED),
    ("*/*", LINKED),
    ("application/ld+json", LINKED),
    ("application/*", LINKED),
    ("application/json", PLAIN),
    ("application/json;q=0.5", PLAIN),
    ("application/json, application/ld+json", LINKED),
    ("application/json, text/plain, */*", LINKED),
    ("application/json, text/html", PLAIN),
    ("application/json;q=0.9, text/html", PAGE),
    ("application/ld+json, text/html;q=0.9", LINKED),
    ("text/html", PAGE),
    ("text/html;q=0", LINKED),
    ("image/png", LINKED),
    ("nonsense", LINKED),
    (CHROME, PAGE),
    (FIREFOX, PAGE),
]


def test_the_answer_is_json_ld_unless_a_page_is_preferred(
    client: FlaskClient, award: str, badge: str, organization: str
) -> None:
    issuer = first_issuer_of(organization)
    for accept, kind in NEGOTIATED:
        headers = {"Accept": accept} if accept else {}
        for path in (f"assertions/{award}", f"badges/{badge}", f"issuers/{issuer}"):
            answer = client.get(f"/public/{path}", headers=headers)
            assert (answer.status_code, answer.mimetype) == (200, kind), (path, accept)
            assert "Accept" in answer.headers["Vary"]
            as_file = client.get(f"/public/{path}.json", headers=headers)
            assert (as_file.status_code, as_file.mimetype in (LINKED, PLAIN)) == (200, True), (path, accept)
            assert as_file.get_json() == client.get(f"/public/{path}").get_json()


def every_address(award: str, badge: str, issuer: str) -> list[str]:
    return [
        *(f"/public/{path}" for path in MISSING),
        f"/public/revocations/{issuer}",
        "/public/recipients/somebody",
        *(f"/public/issuers/{issuer}{end}" for end in ("", ".json")),
        *(f"/public/badges/{badge}{end}" for end in ("", ".json", "/image.png", "/image.svg")),
        *(f"/public/assertions/{award}{end}" for end in ("", ".json", "/image.png", "/image.svg")),
    ]


def test_every_answer_is_open_to_other_sites_keeps_no_cookie_and_is_hidden_from_search(
    client: FlaskClient, award: str, badge: str, organization: str
) -> None:
    addresses = every_address(award, badge, first_issuer_of(organization))
    for address, accept in [(address, accept) for address in addresses for accept in (LINKED, PAGE)]:
        answer = client.get(address, headers={"Accept": accept, "Origin": "https://verifier.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*", address
        assert answer.headers["X-Robots-Tag"] == "noindex", address
        assert "Set-Cookie" not in answer.headers, address
        if answer.status_code == 200 and answer.mimetype != PAGE:
            assert "ETag" in answer.headers["Access-Control-Expose-Headers"], address
            assert answer.headers["ETag"].startswith('"'), address
            assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate", address


def test_a_browser_may_ask_first_and_nothing_can_be_written(
    client: FlaskClient, award: str, badge: str, organization: str
) -> None:
    for address in every_address(award, badge, first_issuer_of(organization)):
        first = client.options(address, headers={"Access-Control-Request-Headers": "if-none-match"})
        assert first.status_code == 200, address
        assert first.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS", address
        assert first.headers["Access-Control-Allow-Headers"] == "*", address
        for way in (client.post, client.put, client.patch, client.delete):
            refused = way(address)
            assert refused.status_code == 405, address
            assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}, address


def test_reading_public_addresses_writes_nothing(
    client: FlaskClient, award: str, badge: str, organization: str
) -> None:
    addresses = every_address(award, badge, first_issuer_of(organization))
    db.session.remove()
    written: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if re.match(r"\s*(INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)", statement, re.IGNORECASE):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    for address in addresses:
        client.get(address, headers={"Accept": PAGE})
        client.get(address)
    event.remove(db.engine, "before_cursor_execute", note)

    assert written == []


def test_head_says_what_get_would_say_without_the_body(
    client: FlaskClient, award: str, badge: str, organization: str
) -> None:
    for address in every_address(award, badge, first_issuer_of(organization)):
        head, get = client.head(address), client.get(address)
        assert head.data == b"", address
        assert head.status_code == get.status_code, address
        for name in ("Content-Type", "ETag", "Cache-Control", "Content-Disposition"):
            assert head.headers.get(name) == get.headers.get(name), address
        if get.status_code == 200:
            assert head.content_length == len(get.data), address


def test_whoever_has_it_already_is_told_so_without_sending_it_again(
    client: FlaskClient, award: str, badge: str, organization: str
) -> None:
    for address in every_address(award, badge, first_issuer_of(organization)):
        had = client.get(address)
        if had.status_code != 200 or had.mimetype == PAGE:
            continue
        again = client.get(address, headers={"If-None-Match": had.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), address
        assert again.headers["ETag"] == had.headers["ETag"], address
        assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200, address


def test_a_changed_issuer_is_sent_again(client: FlaskClient, organization: str) -> None:
    issuer = first_issuer_of(organization)
    had = client.get(f"/public/issuers/{issuer}")
    with transaction():
        edit_issuer(issuer, name="Renamed")

    again = client.get(f"/public/issuers/{issuer}", headers={"If-None-Match": had.headers["ETag"]})

    assert again.status_code == 200
    assert again.get_json()["name"] == "Renamed"


def test_a_revoked_award_is_gone_even_for_whoever_has_it(client: FlaskClient, award: str) -> None:
    address = f"/public/assertions/{award}"
    had = client.get(address).headers["ETag"]
    revoked(award, reason="Given by mistake")

    gone = client.get(address, headers={"If-None-Match": had})

    assert (gone.status_code, gone.mimetype) == (410, LINKED)
    assert gone.get_json() == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": HERE + address.removeprefix("/public"),
        "revoked": True,
        "revocationReason": "Given by mistake",
    }


def test_an_unknown_address_is_refused_in_the_form_that_was_asked_for(client: FlaskClient) -> None:
    for path in MISSING:
        for accept, kind in ((LINKED, PLAIN), ("*/*", PLAIN), (CHROME, PAGE)):
            answer = client.get(f"/public/{path}", headers={"Accept": accept})
            assert (answer.status_code, answer.mimetype) == (404, kind)
            assert "Accept" in answer.headers["Vary"]
        assert client.get(f"/public/{path}").get_json()["error"]["code"] == "public_unknown"
        assert "course" not in client.get(f"/public/{path}", headers={"Accept": PAGE}).text


def test_the_revocation_list_names_each_revoked_award_of_this_issuer_and_nobody(
    client: FlaskClient, organization: str, badge: str, award: str
) -> None:
    other = make_organization("Elsewhere")
    revoked(make_award(make_badge(other), Recipient(email="eve@example.org")))
    silent = revoked(make_award(badge, Recipient(email="bob@example.org")))
    spoken = revoked(make_award(badge, Recipient(email="cy@example.org")), reason="By mistake")

    listed = client.get(f"/public/revocations/{first_issuer_of(organization)}").get_json()

    assert listed["type"] == "RevocationList"
    said = listed["revokedAssertions"]
    assert {one for one in said if isinstance(one, str)} == {f"{HERE}/assertions/{one}" for one in (silent, spoken)}
    assert {"id": f"{HERE}/assertions/{spoken}", "revocationReason": "By mistake"} in said
    assert {"id": f"{HERE}/assertions/{silent}"} in said
    assert len(said) == 4
    assert "@example.org" not in json.dumps(listed)


def test_an_issuer_that_revoked_nothing_has_an_empty_list(client: FlaskClient, organization: str, award: str) -> None:
    listed = client.get(f"/public/revocations/{first_issuer_of(organization)}")

    assert listed.status_code == 200
    assert listed.get_json()["revokedAssertions"] == []
