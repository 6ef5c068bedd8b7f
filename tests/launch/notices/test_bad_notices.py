"""Bad input at the address for notices: each is answered in words, keeps nothing, and leaks no token."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt as pyjwt
import pytest
import requests
from jwt import PyJWS
from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.launch.messages import C
from lti_tool.launch.notices.model import Notice
from lti_tool.launch.notices.pages import LONGEST_BODY
from lti_tool.launch.notices.receiving import MOST_AT_ONCE, sweep_notices
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.logs import init_logs
from lti_tool.sandbox import vocabulary as words
from lti_tool.settings import Settings
from tests.make.lms import Campus, campus

HOUR = 3600
Change = Callable[[dict[str, Any]], object]


def send(school: Campus, body: bytes | dict[str, Any], **headers: str) -> requests.Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(
        f"{school.url}/lti/notices", data=data, headers={"Content-Type": "application/json", **headers}, timeout=60
    )


def send_jwts(school: Campus, *jwts: object) -> requests.Response:
    return send(school, {"notices": [{"jwt": jwt} for jwt in jwts]})


def claims(school: Campus, kind: str = words.HELLO_NOTICE, **told: Any) -> dict[str, Any]:
    return school.lms.notices.claims(school.lms.tools.first, kind, told)


def copied(school: Campus, **told: Any) -> dict[str, Any]:
    return claims(school, words.COPY_NOTICE, **{"context": {"id": "course-2"}, "origin_contexts": ["course-1"], **told})


def sign_anything(school: Campus, said: dict[str, Any]) -> str:
    """The library would not put its name to some of it."""
    key = school.lms.keys.current
    return PyJWS().encode(json.dumps(said).encode(), key.private, algorithm="RS256", headers={"kid": key.kid})


def kept() -> list[Notice]:
    db.session.rollback()
    return list(db.session.scalars(select(Notice)))


def without(*names: str) -> Change:
    return lambda said: [said.pop(name) for name in names]


def saying(**over: Any) -> Change:
    return lambda said: said.update({C + name[2:] if name.startswith("c_") else name: at for name, at in over.items()})


def at(**seconds: int) -> Change:
    return lambda said: said.update({name: int(time.time()) + much for name, much in seconds.items()})


BAD: dict[str, tuple[Change, int, str]] = {
    "another issuer": (saying(iss="https://elsewhere.example"), 401, "registration_mismatch"),
    "no issuer": (without("iss"), 401, "registration_mismatch"),
    "an issuer that is no text": (saying(iss=["https://lms.example"]), 401, "registration_mismatch"),
    "another audience": (saying(aud="somebody-else"), 401, "registration_mismatch"),
    "one audience more": (saying(aud=["spaces-sandbox", "somebody-else"]), 401, "registration_mismatch"),
    "no audience": (without("aud"), 401, "registration_mismatch"),
    "another authorized party": (saying(azp="somebody-else"), 401, "audience_wrong"),
    "no end": (without("exp"), 401, "token_time"),
    "no beginning": (without("iat"), 401, "token_time"),
    "over": (at(iat=-400, exp=-120), 401, "token_expired"),
    "issued long ago": (at(iat=-700), 401, "token_time"),
    "issued in the future": (at(iat=90, exp=HOUR), 401, "token_time"),
    "good for longer than a day": (at(exp=25 * HOUR), 401, "token_time"),
    "a time that is no number": (saying(exp="soon"), 401, "token_time"),
    "no version": (without(C + "version"), 400, "version_missing"),
    "LTI 1.1": (saying(c_version="LTI-1p0"), 400, "version_unsupported"),
    "no deployment": (without(C + "deployment_id"), 400, "claim_malformed"),
    "a deployment that is no text": (saying(c_deployment_id=["1"]), 400, "claim_malformed"),
    "a deployment of somebody else": (saying(c_deployment_id="99"), 403, "deployment_pending"),
    "no notice": (without(C + "notice"), 400, "claim_malformed"),
    "a notice that is text": (saying(c_notice="LtiHelloWorldNotice"), 400, "claim_malformed"),
    "a notice without an id": (saying(c_notice={"type": words.HELLO_NOTICE}), 400, "claim_malformed"),
    "an id that is too long": (saying(c_notice={"id": "x" * 256, "type": words.HELLO_NOTICE}), 400, "claim_malformed"),
    "an id with a NUL": (saying(c_notice={"id": "a\x00", "type": words.HELLO_NOTICE}), 400, "claim_malformed"),
    "a notice without a type": (saying(c_notice={"id": "n-1"}), 400, "claim_malformed"),
    "an unknown type": (saying(c_notice={"id": "n-1", "type": "LtiSomethingNotice"}), 400, "notice_unsupported"),
    "a type of markup": (saying(c_notice={"id": "n-1", "type": "<b>"}), 400, "notice_unsupported"),
    "no nonce": (without("nonce"), 401, "nonce_wrong"),
    "an empty nonce": (saying(nonce=""), 401, "nonce_wrong"),
    "a nonce that is no text": (saying(nonce=7), 401, "nonce_wrong"),
    "a nonce that is too long": (saying(nonce="n" * 256), 401, "nonce_wrong"),
}


def test_a_notice_that_is_not_wholly_right_is_refused_with_its_reason(school: Campus) -> None:
    for name, (change, status, code) in BAD.items():
        said = claims(school)
        change(said)

        answer = send_jwts(school, sign_anything(school, said))

        [refused] = answer.json()["refused"]
        assert (answer.status_code, refused["code"]) == (status, code), name
        assert answer.json()["taken"] == 0
        assert len(refused["reference"]) == 6
    assert kept() == []


def unsigned(claims: dict[str, Any], header: dict[str, Any], signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in (header, claims))
    return ".".join((*parts, signature))


def test_only_the_platforms_own_key_signs_a_notice(school: Campus) -> None:
    said, kid = claims(school), school.lms.keys.current.kid
    good = school.lms.sign(said)
    public = school.lms.keys.jwks()["keys"][0]["n"]
    bad = {
        unsigned(said, {"alg": "none", "kid": kid}): "algorithm_refused",
        pyjwt.encode(said, public, algorithm="HS256", headers={"kid": kid}): "algorithm_refused",
        school.lms.sign(said, {"kid": "unknown"}): "kid_unknown",
        school.lms.sign(said, {"kid": None}): "kid_missing",
        school.lms.sign(said, {"crit": ["exp"]}): "algorithm_refused",
        good[:-20] + "A" * 20: "signature_wrong",
        good + ".more": "token_malformed",
        good + "=": "token_malformed",
        "": "token_malformed",
        "x" * 70_000: "token_too_large",
    }
    for jwt, code in bad.items():
        assert send_jwts(school, jwt).json()["refused"][0]["code"] == code
    assert kept() == []
    assert send_jwts(school, good).status_code == 200


def test_a_notice_of_one_platform_proves_nothing_for_another(school: Campus) -> None:
    """The same issuer, another client: its own keys count."""
    lms = school.lms.settings
    with transaction():
        add_platform(
            PlatformWords(
                issuer=lms.url, client_id="another-client", auth_url=lms.auth_url, token_url=lms.token_url,
                jwks_url=f"{lms.url}/no/such/keys", deployments=("1",),
            )
        )  # fmt: skip
    said = {**claims(school), "aud": "another-client", "azp": "another-client"}

    assert send_jwts(school, school.lms.sign(said)).json()["refused"][0]["code"] == "keys_unavailable"


def test_a_jti_may_stand_for_the_nonce_and_an_azp_may_be_missing(school: Campus) -> None:
    said = {**claims(school), "jti": "once"}
    del said["nonce"], said["azp"]
    said["aud"] = [said["aud"]]

    assert send_jwts(school, school.lms.sign(said)).status_code == 200


DEEP = b'{"notices": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no json", b"[]", b"7", b"null", b"{}", b'"notices"', b'{"notices": {}}', b'{"notices": []}',
        b'{"notices": null}', b'{"notices": "jwt"}', b"\xff\xfe", b'{"notices": [{"jwt": "a"}], "notices": []}',
        json.dumps({"notices": [{"jwt": "a"}] * (MOST_AT_ONCE + 1)}).encode(), DEEP,
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)  # fmt: skip
def test_a_body_that_is_no_list_of_notices_is_refused_as_a_whole(school: Campus, body: bytes) -> None:
    answer = send(school, body)

    assert (answer.status_code, answer.json()["refused"][0]["code"]) == (400, "notice_unreadable")


def test_entries_that_are_none_are_refused_one_by_one(school: Campus) -> None:
    good = school.lms.sign(claims(school))

    answer = send(school, {"notices": [7, None, {}, {"jwt": 7}, {"jwt": None}, [good], {"jwt": good, "more": 1}]})

    assert (answer.status_code, answer.json()["taken"]) == (200, 1)
    assert {one["code"] for one in answer.json()["refused"]} == {"token_malformed"}


def test_a_body_that_is_too_long_is_not_read(school: Campus) -> None:
    answer = send(school, b" " * (LONGEST_BODY + 1))

    assert (answer.status_code, answer.json()["refused"][0]["code"]) == (413, "too_large")


def test_an_address_that_sends_without_end_is_asked_to_wait_and_another_one_is_heard(
    database_url: str, tmp_path: Path
) -> None:
    """Good and bad requests count alike: who sends is not known before anything is proven."""
    here, elsewhere = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    with campus(database_url, tmp_path / "data", notice_limit="3 per minute", trusted_proxies=1) as school:
        body = {"notices": [{"jwt": school.lms.sign(claims(school))}]}
        answers = [send(school, one, **here) for one in (body, b"no json", body, body, b"no json")]
        other = send(school, body, **elsewhere)

    assert [one.status_code for one in answers] == [200, 400, 200, 429, 429]
    assert (answers[3].json()["taken"], answers[3].json()["refused"][0]["code"]) == (0, "too_many")
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].headers["Cache-Control"] == "no-store"
    assert (other.status_code, other.json()["taken"]) == (200, 1)


def test_a_form_is_no_notice_and_nobody_looks_here(school: Campus) -> None:
    form = requests.post(f"{school.url}/lti/notices", data={"notices": "x"}, timeout=30)
    files = requests.post(f"{school.url}/lti/notices", files={"notices": b"x" * 1000}, timeout=30)

    assert (form.status_code, files.status_code) == (400, 400)
    assert requests.get(f"{school.url}/lti/notices", timeout=30).status_code == 405


def test_a_copy_notice_names_its_course_and_as_many_origins_as_can_be_kept(school: Campus) -> None:
    many = [f"course-{number}" for number in range(100)]
    cases: list[tuple[Any, list[str]]] = [
        (["course-1"], ["course-1"]), ([], []), (None, []), ("course-1", []), ({"id": "course-1"}, []),
        ([7, None, "", "a\x00", "x" * 256, "course-1", "course-1", "course-2"], ["course-1"]), (many, many[:20]),
    ]  # fmt: skip
    for origins, read in cases:
        assert send_jwts(school, school.lms.sign(copied(school, origin_contexts=origins))).status_code == 200
        [found] = kept()
        assert found.context_id == "course-2"
        assert [one for one in found.origins if one != "course-2"] == [one for one in read if one != "course-2"]
        with transaction():
            db.session.delete(db.session.merge(found))


def test_a_copy_notice_without_its_course_says_nothing(school: Campus) -> None:
    for context in (None, {}, {"id": 7}, "course-2", {"id": "x" * 256}):
        answer = send_jwts(school, school.lms.sign(copied(school, context=context)))

        assert answer.json()["refused"][0]["code"] == "claim_malformed"
    assert kept() == []


def test_no_token_ever_reaches_a_log(school: Campus, capfd: pytest.CaptureFixture[str]) -> None:
    good, forged = school.lms.sign(claims(school)), school.lms.sign(claims(school))[:-20] + "A" * 20
    init_logs(Settings(log_level="DEBUG"))

    send_jwts(school, good, forged, "planted-token")
    send(school, b'{"notices": "planted-token"}')

    init_logs(Settings(log_level="CRITICAL"))
    logged = "".join(capfd.readouterr())
    assert logged.count("notice_refused") == 2
    for secret in (good, forged, "planted-token", good.split(".")[1]):
        assert secret not in logged


def test_old_notices_are_forgotten(school: Campus) -> None:
    send_jwts(school, school.lms.sign(claims(school)))
    with transaction():
        for one in db.session.scalars(select(Notice)):
            one.received_at = one.received_at.replace(year=2020)

    sweep_notices()

    assert kept() == []
