"""What arrives malformed is answered in words that name the field; never with a fault of ours, never half done."""

import io
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.badges.model import BadgeClass
from lti_tool.db import db
from lti_tool.spaces.model import Objective
from tests.api.program import Program, code_of, make_program
from tests.make.space import make_badge, make_space

WORDS = '"name": "Explorer", "description": "Did it.", "criteria": "Do it."'


UNCLEAR_BODIES: list[tuple[bytes, str]] = [
    (b"{", "not JSON at line 1"),
    (b"\xff\xfe{}", "not UTF-8"),
    (b"\xef\xbb\xbf{}", "not JSON"),
    (b"[]", "must be a JSON object"),
    (b"null", "must be a JSON object"),
    (b'"name"', "must be a JSON object"),
    (b"{}", '"name" is missing'),
    (f'{{{WORDS}, "name": "Twice"}}'.encode(), '"name" occurs twice'),
    (f'{{{WORDS}, "colour": 1}}'.encode(), '"colour" is not a field'),
    (f'{{{WORDS}, "image": "https://example.org/a.png"}}'.encode(), '"image" is not a field'),
    (f'{{{WORDS}, "issuer": 7}}'.encode(), '"issuer" should be a valid string'),
    (f'{{{WORDS}, "issuer": "no id"}}'.encode(), '"issuer" does not have the form'),
    (f'{{{WORDS}, "issuer": {{"a": 1, "a": 2}}}}'.encode(), '"a" occurs twice'),
    (b'{"name": "A\\u0000B", "description": "d", "criteria": "c"}', '"name" holds a character'),
    (b'{"name": "A\\ud800B", "description": "d", "criteria": "c"}', '"name" holds a character'),
    (b'{"name": "x", "\\u0000": "d"}', '"a name" holds a character'),
    (b'{"name": NaN}', "NaN is not a number"),
    (b'{"name": -Infinity}', "-Infinity is not a number"),
    (b'{"name": 1e999}', "number in the body is too large"),
    (b'{"name": ' + b"9" * 5000 + b"}", "not JSON"),
    (b'{"name": ' + b"[" * 20 + b"]" * 20 + b"}", "nested too deeply"),
    (b'{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    (b'{"name": "' + b"x" * 200 + b'", "description": "d", "criteria": "c"}', '"name" string should have at most'),
    (b'{"name": "\\u200b \\u202e", "description": "d", "criteria": "c"}', "A badge needs a name"),
    (b'{"name": "x", "description": " ", "criteria": "c"}', "needs a description"),
]


def test_a_body_that_is_unclear_is_refused_in_words(program: Program) -> None:
    for body, said in UNCLEAR_BODIES:
        refused = program.post("/badges", data=body, content_type="application/json")

        assert (refused.status_code, code_of(refused)) == (400, "bad_request"), body[:80]
        assert said in refused.json["error"]["message"], body[:80]
    assert db.session.query(BadgeClass).count() == 0


def test_a_body_of_another_media_type_is_refused(program: Program) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "", "json"):
        refused = program.post("/badges", data=f"{{{WORDS}}}", content_type=kind)

        assert (refused.status_code, code_of(refused)) == (415, "api_media_type"), kind
    assert program.post("/badges").status_code == 415


def test_json_with_its_charset_is_json(program: Program) -> None:
    made = program.post("/badges", data=f"{{{WORDS}}}", content_type="application/json; charset=utf-8")

    assert made.status_code == 201


def test_only_badges_are_read_from_forms(program: Program) -> None:
    refused = program.post("/issuers", data={"name": "Library"}, content_type="multipart/form-data")

    assert (refused.status_code, code_of(refused)) == (415, "api_media_type")


def test_a_megabyte_of_json_is_the_limit(program: Program) -> None:
    refused = program.post("/badges", data=b'{"name": "' + b"x" * 1024 * 1024 + b'"}', content_type="application/json")

    assert (refused.status_code, code_of(refused)) == (413, "too_large")


def test_a_body_of_no_stated_length_is_not_cut_off_in_silence(program: Program) -> None:
    def stream(body: bytes) -> TestResponse:
        return program.post(
            "/badges", input_stream=io.BytesIO(body), content_type="application/json",
            environ_overrides={"wsgi.input_terminated": True},
        )  # fmt: skip

    short, long = stream(f"{{{WORDS}}}".encode()), stream(f"{{{WORDS}}}".encode() + b" " * 1024 * 1024)

    assert (short.status_code, long.status_code, code_of(long)) == (201, 413, "too_large")
    assert db.session.query(BadgeClass).count() == 1


def test_a_form_that_is_unclear_is_refused_in_words(program: Program) -> None:
    unclear: list[tuple[dict[str, Any], str]] = [
        ({"name": "Explorer"}, '"description" is missing'),
        ({"name": ["One", "Two"]}, '"name" occurs twice'),
        ({"name": "E", "description": "d", "criteria": "c", "colour": "red"}, '"colour" is not a field'),
        ({"name": "E\0", "description": "d", "criteria": "c"}, '"name" holds a character'),
        ({"name": (io.BytesIO(b"E"), "name.txt"), "description": "d", "criteria": "c"}, '"name" should be'),
    ]
    for fields, said in unclear:
        refused = program.post("/badges", data=fields, content_type="multipart/form-data")

        assert refused.status_code == 400, said
        assert said in refused.json["error"]["message"]
    assert db.session.query(BadgeClass).count() == 0


def test_a_form_without_a_boundary_is_an_empty_one(program: Program) -> None:
    refused = program.post("/badges", data=b"--x\r\n", content_type="multipart/form-data")

    assert (refused.status_code, code_of(refused)) == (400, "bad_request")


def test_a_limit_lies_between_one_and_two_hundred(program: Program) -> None:
    for said in ("0", "201", "-1", "1e2", "", "٣", "1&limit=2", "9" * 30):
        refused = program.get(f"/badges?limit={said}")

        assert (refused.status_code, code_of(refused)) == (400, "bad_request"), said
        assert '"limit"' in refused.json["error"]["message"], said
    assert {program.get("/badges", limit=limit).status_code for limit in (1, 200)} == {200}


def test_a_question_that_is_unclear_is_refused_by_its_name(program: Program) -> None:
    unclear = {
        "/awards?bagde=x": "bagde", "/awards?badge=": "badge", "/awards?after=%FF": "after",
        "/spaces?context=": "context", "/spaces?context=" + "x" * 256: "context",
    }  # fmt: skip
    for path, named in unclear.items():
        refused = program.get(path)

        assert refused.status_code == 400, path
        assert f'"{named}"' in refused.json["error"]["message"], path


def test_a_sign_that_no_text_may_hold_is_refused_in_every_address(program: Program) -> None:
    for path in ("/awards?badge=%00", "/spaces?context=%00", "/awards/%00", "/spaces/a%00/members"):
        refused = program.get(path)

        assert (refused.status_code, code_of(refused)) == (400, "bad_request"), path


def test_an_id_that_cannot_be_one_is_nobodys(program: Program) -> None:
    for identity in ("a%20b", "%F0%9F%A6%89", "..", "x" * 65, "'; DROP TABLE award; --"):
        refused = program.get(f"/awards/{identity}")

        assert (refused.status_code, code_of(refused)) == (404, "not_found"), identity


WRONG_OBJECTIVES: list[tuple[dict[str, Any], str]] = [
    ({"points": -1}, "points"),
    ({"points": 10_001}, "points"),
    ({"points": 10**30}, "points"),
    ({"points": 2.5}, "points"),
    ({"points": "10"}, "points"),
    ({"points": True}, "points"),
    ({"points": None}, "points"),
    ({"revoke_with_objective": "yes"}, "revoke_with_objective"),
    ({"revoke_with_objective": 1}, "revoke_with_objective"),
    ({"kind": "pathway"}, "kind"),
    ({"title": ["x"]}, "title"),
    ({"title": "x" * 201}, "title"),
    ({"private_criteria": "x" * 10_001}, "private_criteria"),
    ({"position": 1}, "position"),
]


def test_an_objective_of_wrong_types_is_refused_by_the_name_of_its_field(program: Program, organization: str) -> None:
    space, badge = make_space(organization), make_badge(organization)

    for said, named in WRONG_OBJECTIVES:
        refused = program.post(f"/spaces/{space}/objectives", {"title": "Explore", "badge": badge, **said})

        assert (refused.status_code, code_of(refused)) == (400, "bad_request"), said
        assert f'"{named}"' in refused.json["error"]["message"], said
    assert db.session.query(Objective).count() == 0


def test_a_day_that_is_none_makes_no_space(program: Program) -> None:
    for day in ("2027-02-30", "2027-1-1", "1798761600", "2027-01-01T00:00:00Z", "tomorrow", 20270101):
        refused = program.post("/spaces", {"name": "Biology", "ends_on": day})

        assert refused.status_code == 400, day
        assert '"ends_on" should be a date' in refused.json["error"]["message"], day


def test_what_is_no_address_adds_nobody(program: Program, organization: str) -> None:
    space = make_space(organization)

    for email in ("ada", "a b@c", "ada@example.org\nBcc: x@y.zz", "x" * 250 + "@example.org", "@.."):
        refused = program.post(f"/spaces/{space}/members", {"email": email})

        assert (refused.status_code, code_of(refused)) == (400, "bad_request"), email


def test_a_completion_takes_no_words(program: Program, organization: str) -> None:
    refused = program.put("/spaces/a/objectives/b/completions/c", json={"points": 1000})

    assert refused.status_code == 400
    assert '"points" is not a field' in refused.json["error"]["message"]


def test_other_methods_and_addresses_are_refused_in_the_same_form(program: Program) -> None:
    patched, nowhere, asked = (
        program.call("PATCH", "/badges"), program.get("/nowhere"), program.call("OPTIONS", "/badges"),
    )  # fmt: skip

    assert (patched.status_code, code_of(patched)) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(patched.headers["Allow"].split(", "))
    assert (nowhere.status_code, code_of(nowhere)) == (404, "not_found")
    assert asked.status_code == 405


def test_no_answer_sets_a_cookie_or_may_be_kept(program: Program, organization: str) -> None:
    answers = [
        program.get("/openapi.json"), program.get("/badges"), program.get("/awards/unknown"),
        program.post("/badges", {"name": "E", "description": "d", "criteria": "c"}), program.get("/nowhere"),
        program.post("/badges", {}), program.put("/badges"), Program(program.client, "wrong").get("/badges"),
    ]  # fmt: skip

    assert not [answer for answer in answers if "Set-Cookie" in answer.headers]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert {answer.mimetype for answer in answers} == {"application/json"}


def test_a_page_on_another_site_may_read_the_description_and_nothing_else(program: Program) -> None:
    headers = {"Origin": "https://elsewhere.example"}

    assert program.call("GET", "/openapi.json", headers=headers).headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in program.call("GET", "/badges", headers=headers).headers


def limited(app: Flask, **limits: str) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=limits)


def test_a_program_that_asks_too_often_is_told_to_wait_and_another_is_not(app: Flask, organization: str) -> None:
    limited(app, api_caller_limit="3 per minute")
    first, second = make_program(app, organization), make_program(app, organization)

    codes = [first.get("/badges").status_code for _ in range(4)]
    refused = first.get("/badges")

    assert codes == [200, 200, 200, 429]
    assert (code_of(refused), refused.headers["Retry-After"]) == ("too_many", "60")
    assert second.get("/badges").status_code == 200


def test_a_programs_calls_of_different_pages_are_counted_together(app: Flask, organization: str) -> None:
    limited(app, api_caller_limit="3 per minute")
    program, pages = make_program(app, organization), ("/badges", "/issuers", "/spaces", "/awards")

    assert [program.get(page).status_code for page in pages] == [200] * 3 + [429]


def test_tokens_tried_at_different_pages_are_counted_together(app: Flask) -> None:
    limited(app, api_address_limit="3 per minute")
    guesses = [Program(app.test_client(), f"guess-{number}") for number in range(4)]
    pages = ("/badges", "/issuers", "/spaces", "/awards")

    assert [one.get(page).status_code for one, page in zip(guesses, pages, strict=True)] == [401] * 3 + [429]


def test_an_address_that_tries_tokens_without_end_is_told_to_wait(app: Flask) -> None:
    limited(app, api_address_limit="3 per minute")

    tried = [Program(app.test_client(), f"guess-{number}").get("/badges").status_code for number in range(4)]

    assert tried == [401, 401, 401, 429]
