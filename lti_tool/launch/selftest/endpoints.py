"""The temporary platform's key sets, its token endpoint, its roster, and where a deep linking response goes back to."""

import time
from typing import Any

import jwt
from flask import Response, request

from lti_tool.digests import digest, fresh_secret
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.keys import published_keys
from lti_tool.launch.messages import C
from lti_tool.launch.selftest.deep_link import findings_of
from lti_tool.launch.selftest.lms import LEARNERS, TEACHER, Person
from lti_tool.launch.selftest.service import (
    TOKEN_SECONDS,
    Run,
    calls_of,
    json_answer,
    keep,
    known_scopes,
    need_header,
    need_scope,
    refuse,
    run_of,
)
from lti_tool.launch.selftest.words import MEMBERS_TYPE, ROSTER_SCOPE
from lti_tool.people.access import Permission, needs
from lti_tool.words import to_say

_FORM = "application/x-www-form-urlencoded"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LEEWAY, _LONGEST_ASSERTION = 60, 3600
_PAGE = 3
COURSE = "course"
_NO_FORM = Sentence(to_say("the Content-Type is not %(type)s"))


@needs(Permission.PUBLIC)
def key_set(secret: str) -> Response:
    """GET /lti/self-test/<secret>/jwks.json"""
    return json_answer({"keys": run_of(secret).world["jwks"]}, "application/json")


@needs(Permission.PUBLIC)
def other_key_set(secret: str) -> Response:
    """GET /lti/self-test/<secret>/other/jwks.json: of the platform that must not sign for this one"""
    return json_answer({"keys": run_of(secret).world["other_jwks"]}, "application/json")


@needs(Permission.PUBLIC)
def token(secret: str) -> Response:
    """POST /lti/self-test/<secret>/token (Security Framework 1.0, section 4.1)"""
    run = run_of(secret)
    if request.mimetype != _FORM:
        refuse(run, "token", 400, _NO_FORM(type=_FORM))
    said = request.form
    if said.get("grant_type") != "client_credentials" or said.get("client_assertion_type") != _ASSERTION:
        refuse(run, "token", 400, to_say("no client_credentials with a JWT assertion"))
    kid = _check_assertion(run, said.get("client_assertion", ""))
    scopes = known_scopes(said.get("scope", ""))
    if not scopes:
        refuse(run, "token", 400, to_say("no scope that this platform knows"))
    given = fresh_secret()
    keep(run, "token", token_hash=digest(given), scopes=scopes, until=time.time() + TOKEN_SECONDS, kid=kid)
    answer = {"access_token": given, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(scopes)}
    return json_answer(answer, "application/json")


@needs(Permission.PUBLIC)
def memberships(secret: str, course: str) -> Response:
    """GET /lti/self-test/<secret>/<course>/memberships?page= (NRPS 2.0, section 2.4)"""
    run = run_of(secret)
    scope = need_scope(run, "roster", {ROSTER_SCOPE})
    need_header(run, "roster", "Accept", MEMBERS_TYPE, 406)
    if course != COURSE:
        refuse(run, "roster", 404, to_say("no such course"))
    page, everybody = request.args.get("page", "0"), (TEACHER, *LEARNERS)
    number = int(page) if page in ("0", "1", "2") else len(everybody)
    shown, rest = everybody[number * _PAGE : (number + 1) * _PAGE], everybody[(number + 1) * _PAGE :]
    here = f"{run.base}/{course}/memberships"
    keep(run, "roster", page=number, people=len(shown), last=not rest, scope=scope, accept=MEMBERS_TYPE)
    following = f'<{here}?page={number + 1}>; rel="next"' if rest else ""
    document = {"id": here, "context": {"id": course}, "members": [_member(one) for one in shown]}
    return json_answer(document, MEMBERS_TYPE, link=following)


@needs(Permission.PUBLIC)
def deep_link_return(secret: str) -> Response:
    """POST /lti/self-test/<secret>/deep-link-return, from the teacher's browser: judged, never kept"""
    run = run_of(secret)
    findings = findings_of(
        request.form.get("JWT", ""), keys=published_keys(), issuer=run.base, client_id=str(run.world["client_id"])
    )
    keep(run, "deep_link", **findings)
    return json_answer({"received": True}, "application/json")


def _member(person: Person) -> dict[str, Any]:
    return {
        "status": "Active", "user_id": person.sub, "roles": [person.role], "name": person.name,
        "given_name": person.given, "family_name": person.family, "email": person.email,
    }  # fmt: skip


def _check_assertion(run: Run, assertion: str) -> str:
    """The kid of an assertion that is good in every point. Refuses any other."""
    try:
        kid = str(jwt.get_unverified_header(assertion).get("kid"))
        [key] = [jwt.PyJWK(one) for one in published_keys() if one["kid"] == kid]
        claims = jwt.decode(
            assertion, key, algorithms=["RS256"], audience=f"{run.base}/token", leeway=_LEEWAY,
            options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"]},
        )  # fmt: skip
    except (jwt.PyJWTError, ValueError):
        refuse(run, "token", 401, to_say("the assertion is not signed by a published key, or lacks or breaks a claim"))
    client = run.world["client_id"]
    if claims["iss"] != client or claims["sub"] != client:
        refuse(run, "token", 401, to_say("iss and sub of the assertion are not the client id"))
    if claims["exp"] - claims["iat"] > _LONGEST_ASSERTION:
        refuse(run, "token", 401, to_say("the assertion lives for more than an hour"))
    _use_once(run, str(claims["jti"]))
    if claims.get(C + "deployment_id") is None:
        keep(run, "note", said="the assertion names no deployment")
    return kid


def _use_once(run: Run, jti: str) -> None:
    hashed = digest(jti)
    if any(one.get("jti_hash") == hashed for one in calls_of(run.id, "assertion")):
        refuse(run, "token", 401, to_say("the assertion was used before"))
    keep(run, "assertion", jti_hash=hashed)
