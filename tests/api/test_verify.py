"""A program has a badge checked: by its address, its JSON, its signed text or its picture, and exactly one of them."""

from io import BytesIO
from typing import Any

from flask import Flask

from lti_tool.badges.awards import Recipient
from lti_tool.badges.verifying.verdict import Standard
from tests.api.program import Program, code_of, make_program
from tests.make.award import make_award
from tests.make.foreign_badge import EMAIL, Reply, as_json, foreign_platform, picture
from tests.make.space import make_badge


def image(content: bytes) -> dict[str, Any]:
    return {"data": {"image": (BytesIO(content), "badge.png")}}


def test_a_badge_is_checked_in_every_way_that_a_program_has_it(program: Program) -> None:
    with foreign_platform() as platform:
        hosted = platform.issue(name="Welding")
        token = platform.issue(Standard.V3_JWT, name="Welding")
        answers = [
            program.post("/verify", {"url": hosted.url}), program.post("/verify", {"json": hosted.text}),
            program.post("/verify", {"json": hosted.document}), program.post("/verify", **image(hosted.png)),
            program.post("/verify", **image(hosted.svg)), program.post("/verify", {"jwt": token.text}),
        ]  # fmt: skip

    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert (answer.json["valid"], answer.json["award"]["name"]) == (True, "Welding")
        assert answer.json["award"]["issued_on"] == "2024-05-01T12:00:00Z"
        assert {check["outcome"] for check in answer.json["checks"]} <= {"passed", "not asked"}
    assert {answer.json["standard"] for answer in answers[:5]} == {"2.0 hosted"}
    assert answers[5].json["standard"] == "3.0 JWT"
    assert answers[5].json["award"]["issuer_name"] == "Foreign College"


def test_a_badge_that_does_not_hold_is_an_answer_with_its_reasons(program: Program) -> None:
    with foreign_platform() as platform:
        award = platform.issue()
        platform.change("/awards/1", revoked=True)
        revoked = program.post("/verify", {"url": award.url}).json
        platform.replies["/awards/1"] = Reply(b'{"revoked": true}', status=410)
        gone = program.post("/verify", {"url": award.url}).json

    reasons = [check["reason"] for check in revoked["checks"] if check["outcome"] == "failed"]
    assert (revoked["valid"], reasons) == (False, ["The issuer has revoked this award."])
    assert (gone["valid"], gone["award"], gone["standard"]) == (False, None, "2.0 hosted")


def test_what_is_not_exactly_one_badge_is_refused(program: Program) -> None:
    for body in (
        {}, {"url": "https://badges.example/1", "jwt": "a.b.c"}, {"url": None}, {"url": 5}, {"url": ""}, {"json": []},
        {"json": None}, {"url": "https://badges.example/" + "x" * 4_000}, {"image": "x"}, [], "text", 5,
    ):  # fmt: skip
        answer = program.post("/verify", body)
        assert (answer.status_code, code_of(answer)) == (400, "bad_request"), body
    for body in ({"json": {"a": "\ud800"}}, {"url": "https://\ud800/"}, {"json": "{" * 9_000}, {"jwt": "a.b.c"}):
        assert 400 <= program.post("/verify", body).status_code <= 422, body
    for raw in (
        b'{"url": "https://x/", "url": "https://y/"}',
        b'{"json": {"a": NaN}}',
        b"{",
        b"\xff",
        b'{"json":' * 900,
    ):
        answer = program.post("/verify", data=raw, content_type="application/json")
        assert answer.status_code in (400, 422), raw[:20]
        assert code_of(answer)
    assert program.post("/verify", data={}, content_type="multipart/form-data").status_code == 400
    assert program.post("/verify", data=b"x", content_type="text/plain").status_code == 415


def test_nothing_to_judge_is_a_refusal_and_no_verdict(program: Program) -> None:
    with foreign_platform() as platform:
        platform.issue()
        bare = as_json(platform.document("/badges/1")).decode()
        codes = [
            code_of(program.post("/verify", body)) for body in (
                {"url": f"{platform.url}/badges/1"}, {"json": bare}, {"url": f"{platform.url}/nobody"},
                {"url": "http://10.0.0.1/award"}, {"json": "{}"}, {"jwt": "ey.ey.ey"},
            )
        ]  # fmt: skip
        no_award = program.post("/verify", **image(picture()))

    assert codes == ["badge_not_award"] * 2 + ["badge_unreachable"] * 2 + ["badge_unreadable"] * 2
    assert (no_award.status_code, code_of(no_award)) == (422, "badge_not_award")


def test_a_program_that_may_only_read_may_ask_and_nobody_without_a_token(app: Flask, organization: str) -> None:
    award = make_award(make_badge(organization), Recipient(email=EMAIL))
    reader = make_program(app, organization, read_only=True)

    asked = reader.post("/verify", {"url": f"http://localhost:8000/public/assertions/{award}"})
    stranger = Program(app.test_client(), "nobody").post("/verify", {"url": "https://badges.example/1"})

    assert (asked.status_code, asked.json["valid"]) == (200, True)
    assert stranger.status_code == 401
