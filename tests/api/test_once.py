"""The same request twice, or twenty times at once: it acts once, and everybody gets the first answer."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import requests
from flask import Flask

from lti_tool import clock
from lti_tool.api.model import ApiToken, GivenAnswer
from lti_tool.api.tokens import sweep_tokens
from lti_tool.badges.awards import Recipient
from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.model import Award, BadgeClass, Issuer
from lti_tool.badges.pictures_kept import drawn_picture
from lti_tool.badges.replacing.previews import discard_material
from lti_tool.db import db, transaction
from lti_tool.digests import digest
from lti_tool.spaces.model import Member
from tests.api.program import ROOT, Program, code_of, make_program, make_token
from tests.make.award import make_award
from tests.make.serving import free_port, serving
from tests.make.space import make_badge, make_member, make_objective, make_space

AT_ONCE = 20
LIBRARY = {"name": "Library", "url": "https://library.example/", "email": "badges@library.example"}


def test_a_repeat_gets_the_first_answer_again_and_changes_nothing(program: Program) -> None:
    first = program.post("/issuers", LIBRARY, key="one")

    again = program.post("/issuers", dict(reversed(LIBRARY.items())), key="one")

    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert db.session.query(Issuer).count() == 2


def test_without_a_key_everything_is_done_again(program: Program) -> None:
    program.post("/issuers", LIBRARY)
    program.post("/issuers", LIBRARY)

    assert db.session.query(Issuer).count() == 3


def test_a_key_stands_for_one_body_and_one_address(program: Program, organization: str) -> None:
    program.post("/issuers", LIBRARY, key="one")
    said = {"badge": make_badge(organization), "recipient": {"email": "ada@example.org"}}

    refused = [
        program.post("/issuers", {**LIBRARY, "name": "Archive"}, key="one"), program.post("/awards", said, key="one"),
    ]  # fmt: skip

    assert [(one.status_code, code_of(one)) for one in refused] == [(422, "idempotency_key_reused")] * 2
    assert (db.session.query(Issuer).count(), db.session.query(Award).count()) == (2, 0)


def test_a_key_belongs_to_its_token(app: Flask, program: Program, organization: str) -> None:
    program.post("/issuers", LIBRARY, key="one")

    other = make_program(app, organization).post("/issuers", {**LIBRARY, "name": "Archive"}, key="one")

    assert other.status_code == 201


def test_a_refusal_uses_up_no_key(program: Program) -> None:
    refused = program.post("/issuers", {**LIBRARY, "email": "none"}, key="one")

    made = program.post("/issuers", LIBRARY, key="one")

    assert (refused.status_code, made.status_code) == (400, 201)
    assert db.session.query(GivenAnswer).count() == 1


def test_a_picture_sent_again_is_the_same_request_whatever_its_boundary(program: Program) -> None:
    def send(picture: bytes) -> Any:
        data = {"name": "E", "description": "d", "criteria": "c", "image": (io.BytesIO(picture), "e.svg")}
        return program.post("/badges", data=data, content_type="multipart/form-data", key="one")

    square = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
    first, again, other = send(square), send(square), send(square.replace(b"rect ", b"rect x='1' "))

    assert (first.status_code, again.data) == (201, first.data)
    assert code_of(other) == "idempotency_key_reused"
    assert db.session.query(BadgeClass).count() == 1


def test_an_answer_without_a_body_is_repeated_too(program: Program, organization: str) -> None:
    space = make_space(organization)
    ada, objective = make_member(space, organization), make_objective(space, organization)
    address = f"/spaces/{space}/objectives/{objective}/completions/{ada}"
    program.put(address, key="done")
    first = program.delete(address, key="undone")
    program.put(address, key="done again")

    again = program.delete(address, key="undone")

    assert (again.status_code, again.data, first.status_code) == (204, b"", 204)
    assert program.all_of(f"/spaces/{space}/members")[0]["completed"] == 1
    assert program.put(address, key="done").headers["Idempotent-Replayed"] == "true"


def test_a_replacement_is_answered_again_when_its_preview_is_gone(program: Program, organization: str) -> None:
    old, new = make_badge(organization, "Old"), make_badge(organization, "New")
    source = {"url": f"http://localhost:8000/public/assertions/{make_award(new, Recipient(email='ada@example.org'))}"}
    token = program.post(f"/badges/{old}/replacement", source, key="look").json["token"]
    first = program.post(f"/badges/{old}/replacement/{token}", key="act")
    discard_material(token)

    again = program.post(f"/badges/{old}/replacement/{token}", key="act")
    looked = program.post(f"/badges/{old}/replacement", source, key="look")

    assert (first.status_code, again.status_code, again.data) == (200, 200, first.data)
    assert looked.json["token"] == token
    assert program.post(f"/badges/{old}/replacement/{token}", key="other").status_code == 410


def test_a_batch_is_repeated_whole(program: Program, organization: str) -> None:
    badge = make_badge(organization)
    said = {"items": [{"badge": badge, "recipient": {"email": "ada@example.org"}}] * 2}

    first, again = program.post("/awards/batch", said, key="one"), program.post("/awards/batch", said, key="one")

    assert [bool(one["award"]) for one in first.json["items"]] == [True, False]
    assert again.data == first.data
    assert db.session.query(Award).count() == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "schl\u00fcssel", "tab\there"])
def test_a_key_that_is_none_is_refused(program: Program, key: str) -> None:
    refused = program.post("/issuers", LIBRARY, key=key)

    assert (refused.status_code, code_of(refused)) == (400, "bad_request")
    assert '"Idempotency-Key"' in refused.json["error"]["message"]


def test_answers_are_forgotten_after_a_day_and_tokens_a_month_after_they_are_over(
    app: Flask, program: Program, organization: str
) -> None:
    program.post("/issuers", LIBRARY, key="old")
    with transaction():
        db.session.query(GivenAnswer).one().created_at = clock.now() - timedelta(hours=25)
    program.post("/issuers", LIBRARY, key="new")
    make_token(organization)
    over = make_program(app, organization)
    over.post("/issuers", LIBRARY, key="of a token that is over")
    with transaction():
        row = db.session.query(ApiToken).filter_by(token_hash=digest(over.token)).one()
        row.expires_at = clock.now() - timedelta(days=31)

    sweep_tokens()

    assert [given.key for given in db.session.query(GivenAnswer)] == ["new"]
    assert db.session.query(ApiToken).count() == 2


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    port = free_port()
    with serving(app, port):
        yield f"http://127.0.0.1:{port}{ROOT}"


def _at_once(url: str, method: str, token: str, bodies: list[Any], key: str | None = None) -> list[requests.Response]:
    """Every body from a thread and a connection of its own, all let go at the same moment."""
    gate = Barrier(len(bodies))
    headers = {"Authorization": f"Bearer {token}", **({"Idempotency-Key": key} if key else {})}

    def send(body: Any) -> requests.Response:
        gate.wait(timeout=30)
        return requests.request(method, url, json=body, headers=headers, timeout=60)

    with ThreadPoolExecutor(len(bodies)) as threads:
        return list(threads.map(send, bodies))


def test_of_twenty_requests_at_once_with_one_key_exactly_one_acts(app: Flask, organization: str) -> None:
    token = make_token(organization)
    with _served(app) as url:
        answers = _at_once(f"{url}/issuers", "POST", token, [LIBRARY] * AT_ONCE, key="one")

    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert sum("Idempotent-Replayed" in one.headers for one in answers) == AT_ONCE - 1
    assert db.session.query(Issuer).count() == 2


def test_of_twenty_different_requests_at_once_with_one_key_one_is_taken(app: Flask, organization: str) -> None:
    token = make_token(organization)
    bodies = [{**LIBRARY, "name": f"Library {number}"} for number in range(AT_ONCE)]
    with _served(app) as url:
        answers = _at_once(f"{url}/issuers", "POST", token, bodies, key="one")

    assert sorted(one.status_code for one in answers) == [201] + [422] * (AT_ONCE - 1)
    assert db.session.query(Issuer).count() == 2


def test_twenty_completions_at_once_count_once(app: Flask, organization: str) -> None:
    space = make_space(organization)
    ada, objective = make_member(space, organization), make_objective(space, organization)
    token = make_token(organization)
    with _served(app) as url:
        address = f"{url}/spaces/{space}/objectives/{objective}/completions/{ada}"
        answers = _at_once(address, "PUT", token, [None] * AT_ONCE)

    assert {(one.status_code, one.text) for one in answers} == {(200, answers[0].text)}
    db.session.rollback()
    assert (db.session.get_one(Member, ada).points, db.session.query(Award).count()) == (10, 1)


def test_of_twenty_awards_at_once_to_one_address_one_is_given(app: Flask, organization: str) -> None:
    token = make_token(organization)
    said = {"badge": make_badge(organization), "recipient": {"email": "ada@example.org"}}
    with _served(app) as url:
        answers = _at_once(f"{url}/awards", "POST", token, [said] * AT_ONCE)

    assert sorted(one.status_code for one in answers) == [201] + [409] * (AT_ONCE - 1)
    assert db.session.query(Award).count() == 1


def test_the_same_place_added_twenty_times_at_once_is_there_once(app: Flask, organization: str) -> None:
    space, token = make_space(organization), make_token(organization)
    with _served(app) as url:
        answers = _at_once(f"{url}/spaces/{space}/members", "POST", token, [{"email": "ada@example.org"}] * AT_ONCE)

    assert sorted(one.status_code for one in answers) == [201] + [409] * (AT_ONCE - 1)
    assert db.session.query(Member).count() == 1


def test_batches_at_once_in_opposite_orders_do_not_wait_for_each_other_for_ever(app: Flask, organization: str) -> None:
    token, first = make_token(organization), make_badge(organization)
    with transaction():
        issuer = db.session.query(Issuer).one().id
        second = create_badge(issuer=issuer, name="Second", description="d", criteria="c", picture=drawn_picture()).id
    people = [{"email": f"p{number}@example.org"} for number in range(5)]
    items = [{"badge": badge, "recipient": one} for one in people for badge in (first, second)]
    with _served(app) as url:
        answers = _at_once(f"{url}/awards/batch", "POST", token, [{"items": items}, {"items": items[::-1]}] * 4)

    assert {one.status_code for one in answers} == {200}
    assert db.session.query(Award).count() == len(items)
