"""The addresses of Open Badges 3.0: what each answers, to whom, and what it answers when it cannot."""

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lti_tool.badges.awards import Recipient, award_badge, revoke_award
from lti_tool.badges.badge_reads import badge_facts
from lti_tool.badges.issuers import edit_issuer, first_issuer_of
from lti_tool.badges.model import Award
from lti_tool.badges.openbadge.data_integrity import check_proof
from lti_tool.badges.openbadge.multikey import from_multikey
from lti_tool.badges.openbadge.status_list import ENTRIES, decode_bits
from lti_tool.badges.openbadge.unbaking import read_png, read_svg
from lti_tool.badges.openbadge.vc_jwt import check_jwt, read_jwt
from lti_tool.badges.revisions import BadgeWords, revise
from lti_tool.badges.signing import credentials
from lti_tool.badges.signing.keys import published_keys
from lti_tool.badges.signing.model import IssuerKey
from lti_tool.db import db, transaction
from tests.make.award import make_award
from tests.make.keys import make_rotation, without_keys
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge

HERE = "http://localhost:8000/public"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def issuer(organization: str) -> str:
    return first_issuer_of(organization)


@pytest.fixture
def badge(organization: str) -> str:
    return make_badge(organization, "Welding")


@pytest.fixture
def award(badge: str) -> str:
    return make_award(badge, Recipient(email="ada@example.org"), narrative="Held. 溶接")


def revoke(award: str) -> None:
    with transaction():
        revoke_award(award, reason="By mistake")


def bits(client: FlaskClient, issuer: str, number: int = 0) -> set[int]:
    document = client.get(f"/public/status/{issuer}-{number}").get_json(force=True)
    found = decode_bits(document["credentialSubject"]["encodedList"])
    return {index for index in range(200) if index in found}


def place(award: str) -> int:
    return db.session.get_one(Award, award).number % ENTRIES


def test_an_award_is_answered_in_the_form_that_is_asked_for(client: FlaskClient, award: str) -> None:
    kinds = {
        accept: client.get(f"/public/credentials/{award}", headers={"Accept": accept})
        for accept in ("*/*", "application/vc+ld+json", "application/json", "application/vc+jwt", "text/plain", BROWSER)
    }

    assert {accept: answer.mimetype for accept, answer in kinds.items() if answer.status_code == 200} == {
        "*/*": "application/vc+ld+json",
        "application/vc+ld+json": "application/vc+ld+json",
        "application/json": "application/json",
        "application/vc+jwt": "application/vc+jwt",
        "text/plain": "text/plain",
    }
    assert (kinds[BROWSER].status_code, kinds[BROWSER].headers["Location"]) == (303, f"{HERE}/assertions/{award}")
    assert kinds["application/vc+jwt"].data == client.get(f"/public/credentials/{award}.jwt").data
    assert kinds["*/*"].data == client.get(f"/public/credentials/{award}.json").data
    assert len({answer.headers["ETag"] for answer in kinds.values() if "ETag" in answer.headers}) == 4


def test_whoever_reads_it_finds_every_key_by_following_its_address(client: FlaskClient, award: str) -> None:
    document = client.get(f"/public/credentials/{award}.json").get_json(force=True)
    token = client.get(f"/public/credentials/{award}.jwt").text
    method, kid = document["proof"][0]["verificationMethod"], read_jwt(token)[0]["kid"]
    profile = client.get(document["issuer"]["id"].removeprefix("http://localhost:8000")).get_json(force=True)

    methods = {one["id"]: one for one in profile["verificationMethod"]}
    assert set(profile["assertionMethod"]) == methods.keys() == {method, kid}
    assert method == f"{document['issuer']['id']}#{methods[method]['publicKeyMultibase']}"
    check_proof(document, document["proof"][0], from_multikey(methods[method]["publicKeyMultibase"]))
    bare = client.get(kid.removeprefix("http://localhost:8000"))
    assert bare.mimetype == "application/json"
    assert check_jwt(token, bare.get_json()) == {name: document[name] for name in document if name != "proof"}


def test_both_standards_name_each_other_and_share_no_address(
    client: FlaskClient, award: str, badge: str, issuer: str
) -> None:
    document = client.get(f"/public/credentials/{award}").get_json(force=True)
    achievement = document["credentialSubject"]["achievement"]

    assert achievement["related"][0]["id"] == f"{HERE}/badges/{badge}"
    assert document["issuer"]["otherIdentifier"][0]["identifier"] == f"{HERE}/issuers/{issuer}"
    answered = client.get(f"/public/achievements/{badge}").get_json(force=True)
    assert {name: value for name, value in answered.items() if name != "@context"} == achievement
    older = client.get(f"/public/assertions/{award}").get_json(force=True)
    assert not {older["id"], older["badge"]} & {document["id"], achievement["id"]}


@pytest.mark.parametrize("path", ["achievements/{badge}", "profiles/{issuer}"])
def test_people_are_led_to_the_page_about_the_same(client: FlaskClient, badge: str, issuer: str, path: str) -> None:
    answer = client.get("/public/" + path.format(badge=badge, issuer=issuer), headers={"Accept": BROWSER})

    assert answer.status_code == 303
    assert client.get(answer.headers["Location"], headers={"Accept": BROWSER}).status_code == 200


def test_every_answer_may_be_read_from_anywhere_and_asked_for_again(
    client: FlaskClient, award: str, badge: str, issuer: str
) -> None:
    kid = published_keys(issuer)[0].id
    paths = [
        f"credentials/{award}", f"credentials/{award}.jwt", f"achievements/{badge}", f"profiles/{issuer}",
        f"keys/{kid}", f"status/{issuer}-0", f"revoked-credentials/{issuer}",
    ]  # fmt: skip
    for path in paths:
        first = client.get(f"/public/{path}")
        again = client.get(f"/public/{path}", headers={"If-None-Match": first.headers["ETag"]})
        head = client.head(f"/public/{path}")

        assert (first.status_code, again.status_code, again.data) == (200, 304, b""), path
        assert (head.headers["ETag"], head.data) == (first.headers["ETag"], b"")
        assert first.headers["Access-Control-Allow-Origin"] == again.headers["Access-Control-Allow-Origin"] == "*"


def test_to_know_that_nothing_changed_nothing_is_signed(client: FlaskClient, award: str, issuer: str) -> None:
    """The private halves are gone: whoever asks again for what they have is answered all the same."""
    paths = [f"credentials/{award}.{form}" for form in ("json", "jwt")]
    paths += [f"assertions/{award}/image.png", f"status/{issuer}-0"]
    tags = [client.get(f"/public/{path}").headers["ETag"] for path in paths]
    with transaction():
        db.session.execute(update(IssuerKey).values(sealed_private_key="nobody opens this"))
    forget_what_was_signed()

    again = [
        client.get(f"/public/{path}", headers={"If-None-Match": tag}).status_code
        for path, tag in zip(paths, tags, strict=True)
    ]

    assert again == [304] * 4
    assert client.get(f"/public/{paths[0]}").status_code == 503


def forget_what_was_signed() -> None:
    """As in another process."""
    credentials._signed.__init__(credentials._MOST_BYTES, len)  # type: ignore[misc]


def test_every_process_signs_the_same_bytes(client: FlaskClient, award: str) -> None:
    forms = [f"/public/credentials/{award}.{form}" for form in ("json", "jwt")]
    first = [client.get(form).data for form in forms]
    forget_what_was_signed()

    assert [client.get(form).data for form in forms] == first


def test_a_change_of_class_issuer_or_key_is_signed_anew_under_the_same_id(
    client: FlaskClient, award: str, badge: str, issuer: str
) -> None:
    address = f"/public/credentials/{award}.json"
    seen = [client.get(address)]
    with transaction():
        facts = badge_facts(badge)
        assert facts is not None
        revise(badge, BadgeWords("Brazing", "D", "C"), facts.pictures, expected=1, by=None)
    seen.append(client.get(address))
    with transaction():
        edit_issuer(issuer, name="New Guild").changed_at += timedelta(seconds=5)
    seen.append(client.get(address))
    make_rotation(issuer)
    seen.append(client.get(address))

    documents = [json.loads(one.data) for one in seen]
    assert len({one.headers["ETag"] for one in seen}) == 4
    assert len({one["proof"][0]["proofValue"] for one in documents}) == 4
    assert len({(one["id"], one["awardedDate"], one["credentialSubject"]["id"]) for one in documents}) == 1
    assert [one["credentialSubject"]["achievement"]["name"] for one in documents] == ["Welding"] + ["Brazing"] * 3
    assert documents[2]["issuer"]["name"] == "New Guild"
    assert documents[1]["validFrom"] < documents[2]["validFrom"] == documents[3]["validFrom"]


def test_an_award_of_long_ago_is_valid_from_then_until_something_changes(client: FlaskClient, badge: str) -> None:
    long_ago = datetime.fromisoformat("2020-02-02T10:00:00+00:00")
    with transaction():
        old = award_badge(badge=badge, recipient=Recipient(email="bob@example.org"), issued_on=long_ago).id

    document = client.get(f"/public/credentials/{old}").get_json(force=True)

    assert document["validFrom"] == document["awardedDate"] == "2020-02-02T10:00:00Z"
    assert document["proof"][0]["created"] > "2026"


def test_both_pictures_carry_both_standards_as_they_are_answered(client: FlaskClient, award: str) -> None:
    hosted = client.get(f"/public/assertions/{award}").get_json(force=True)
    credential = client.get(f"/public/credentials/{award}.json").text

    png, svg = (client.get(f"/public/assertions/{award}/image.{form}").data for form in ("png", "svg"))

    for found in (read_png(png), read_svg(svg)):
        assert json.loads(found["openbadges"]) == hosted
        assert found["openbadgecredential"] == credential


def test_a_revoked_award_is_gone_and_found_in_both_lists(
    client: FlaskClient, award: str, badge: str, issuer: str
) -> None:
    other = make_award(badge, Recipient(email="bob@example.org"))
    had = client.get(f"/public/credentials/{award}.json").headers["ETag"]
    before = client.get(f"/public/status/{issuer}-0")
    assert bits(client, issuer) == set()

    revoke(award)

    for path in (f"credentials/{award}", f"credentials/{award}.json", f"credentials/{award}.jwt"):
        gone = client.get(f"/public/{path}", headers={"If-None-Match": had})
        assert (gone.status_code, gone.get_json()["error"]["code"]) == (410, "award_revoked")
        assert "mistake" not in gone.text
    after = client.get(f"/public/status/{issuer}-0")
    assert after.headers["ETag"] != before.headers["ETag"]
    assert bits(client, issuer) == {place(award)}
    assert client.get(f"/public/revoked-credentials/{issuer}").get_json() == {
        "id": f"{HERE}/revoked-credentials/{issuer}",
        "issuer": f"{HERE}/profiles/{issuer}",
        "revokedCredential": [{"id": f"{HERE}/credentials/{award}", "revoked": True, "revocationReason": "By mistake"}],
    }
    assert client.get(f"/public/credentials/{other}").status_code == 200


def test_lists_tell_of_their_own_issuer_and_of_their_own_stretch_alone(
    client: FlaskClient, award: str, badge: str, issuer: str
) -> None:
    elsewhere = make_organization("Elsewhere")
    foreign = make_award(make_badge(elsewhere), Recipient(email="ada@example.org"))
    far = make_award(badge, Recipient(email="far@example.org"))
    with transaction():
        db.session.execute(update(Award).where(Award.id == far).values(number=3 * ENTRIES + 5))
    for one in (award, foreign, far):
        revoke(one)

    assert bits(client, issuer) == {place(award)}
    assert bits(client, first_issuer_of(elsewhere)) == {place(foreign)}
    assert (bits(client, issuer, 3), bits(client, issuer, 1)) == ({5}, set())
    status = client.get(f"/public/status/{issuer}-3").get_json(force=True)
    assert (status["id"], status["issuer"]) == (f"{HERE}/status/{issuer}-3", f"{HERE}/profiles/{issuer}")


def test_what_nobody_has_made_is_not_there(client: FlaskClient, award: str, badge: str, issuer: str) -> None:
    paths = [
        "credentials/x", "credentials/x.json", "credentials/x.jwt", f"credentials/{award}.pdf", "achievements/x",
        "profiles/x", "keys/x", "status/x", "status/x-0", f"status/{issuer}", f"status/{issuer}-1",
        f"status/{issuer}-00", f"status/{issuer}-\u0661", f"status/{issuer}-{'9' * 30}", f"status/{issuer}--1",
        "revoked-credentials/x",
    ]  # fmt: skip
    for path in paths:
        answer = client.get(f"/public/{path}")
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "public_unknown"), path


def test_an_award_from_before_there_were_keys_waits_for_them_in_words(
    client: FlaskClient, award: str, issuer: str
) -> None:
    without_keys(issuer)

    for path in (f"credentials/{award}", f"credentials/{award}.jwt", f"status/{issuer}-0"):
        answer = client.get(f"/public/{path}")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
        assert answer.get_json()["error"]["code"] == "issuer_has_no_key"
    picture = client.get(f"/public/assertions/{award}/image.png")
    assert read_png(picture.data).keys() == {"openbadges"}
    assert "assertionMethod" not in client.get(f"/public/profiles/{issuer}").get_json(force=True)


def test_an_award_without_an_address_names_a_random_address_of_ours_in_a_hash(app: Flask, client: FlaskClient) -> None:
    organization = make_organization("Other")
    award = make_award(make_badge(organization), Recipient(person=make_person(organization)))

    subject = client.get(f"/public/credentials/{award}").get_json(force=True)["credentialSubject"]

    assert subject["id"].startswith("urn:uuid:")
    assert subject["identifier"][0]["identityType"] == "identifier"
