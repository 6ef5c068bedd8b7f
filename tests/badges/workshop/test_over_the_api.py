"""Issuers and badge classes as programs change them."""

import io
from pathlib import Path

import pytest
from flask import Flask

from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import BadgeClass
from lti_tool.db import db
from lti_tool.people.admin.model import AuditEntry
from tests.api.program import Program, code_of, make_program
from tests.badges.workshop.pictures import BAD_PICTURES, PNG
from tests.make.organization import make_organization
from tests.make.space import make_badge, make_objective

SAID = {
    "name": "Safety", "description": "Works safely.", "criteria_url": "https://example.org/criteria",
    "tags": ["lab", "safety"], "achievement_type": "ext:Induction", "expires_after_days": 365, "allows_repeats": True,
    "alignments": [{"name": "Skill", "url": "https://skills.example/1", "code": "S1"}],
}  # fmt: skip


@pytest.fixture
def program(app: Flask, organization: str) -> Program:
    return make_program(app, organization)


def patch(program: Program, badge: str, said: dict[str, object], **kwargs: object) -> object:
    return program.call("PATCH", f"/badges/{badge}", json=said, **kwargs)


def test_a_program_says_all_of_a_badge_changes_a_part_and_empties_another(program: Program) -> None:
    made = program.post("/badges", SAID).json

    changed = program.call("PATCH", f"/badges/{made['id']}", json={"criteria": "Do it.", "achievement_type": None})
    again = program.call("PATCH", f"/badges/{made['id']}", json={"criteria": "Do it."})

    assert made | {"criteria": "Do it.", "achievement_type": None, "revision": 2} == changed.json
    assert (made["tags"], made["revision"], made["archived"]) == (["lab", "safety"], 1, False)
    assert made["alignments"][0]["code"] == "S1"
    assert program.get(f"/badges/{made['id']}").json == again.json == changed.json
    assert {one.actor_kind for one in db.session.query(AuditEntry)} == {"program"}


def test_a_change_counts_only_for_the_revision_that_was_seen(program: Program) -> None:
    badge = program.post("/badges", SAID).json["id"]

    answers = [
        program.call("PATCH", f"/badges/{badge}", json={"name": "A", "revision": 1}),
        program.call("PATCH", f"/badges/{badge}", json={"name": "B", "revision": 1}),
        program.call("PATCH", f"/badges/{badge}", json={"name": "C"}, headers={"If-Match": '"1"'}),
        program.call("PATCH", f"/badges/{badge}", json={"name": "D"}, headers={"If-Match": '"2"'}),
        program.call("PATCH", f"/badges/{badge}", json={"name": "E", "revision": 2}, headers={"If-Match": '"3"'}),
        program.call("PATCH", f"/badges/{badge}", json={"name": None}),
    ]

    assert [one.status_code for one in answers] == [200, 409, 409, 200, 400, 400]
    assert code_of(answers[1]) == "badge_changed"
    assert program.get(f"/badges/{badge}").json["name"] == "D"


def test_a_badge_is_archived_found_among_those_and_deleted_only_when_nothing_stands_on_it(
    program: Program, organization: str, space: str
) -> None:
    free, used = program.post("/badges", SAID).json["id"], make_badge(organization)
    make_objective(space, organization, badge=used)

    program.call("PATCH", f"/badges/{free}", json={"archived": True})
    listed, away = program.all_of("/badges"), program.all_of("/badges", archived="true")
    refused, deleted = program.delete(f"/badges/{used}"), program.delete(f"/badges/{free}")

    assert ([one["id"] for one in listed], [one["id"] for one in away]) == ([used], [free])
    assert (refused.status_code, code_of(refused)) == (409, "badge_in_the_way")
    assert "1 Space that uses it" in refused.json["error"]["message"]
    assert (deleted.status_code, program.get(f"/badges/{free}").status_code) == (204, 404)


def test_a_picture_is_changed_by_a_form_and_a_bad_one_changes_nothing(app: Flask, program: Program) -> None:
    badge = program.post("/badges", SAID).json["id"]
    form = {"image": (io.BytesIO(PNG), "x.png"), "tags": "a, b", "revision": "1"}
    folder = Path(app.extensions["settings"].data_dir) / "files"

    changed = program.call("PATCH", f"/badges/{badge}", data=form, content_type="multipart/form-data")
    before = sorted(folder.rglob("*"))
    for kind, (picture, _) in BAD_PICTURES.items():
        bad = {"image": (io.BytesIO(picture), "x.png")}
        refused = program.call("PATCH", f"/badges/{badge}", data=bad, content_type="multipart/form-data")
        assert (refused.status_code, code_of(refused)) == (422, "picture_refused"), kind

    assert (changed.json["tags"], changed.json["revision"]) == (["a", "b"], 2)
    assert program.get(f"/badges/{badge}").json == changed.json
    assert sorted(folder.rglob("*")) == before


def test_an_issuer_is_changed_archived_and_restored_and_gets_a_picture(program: Program, organization: str) -> None:
    issuer = first_issuer_of(organization)

    changed = program.call(
        "PATCH", f"/issuers/{issuer}", json={"name": "New", "time_zone": "Asia/Tokyo", "archived": True}
    ).json
    refused = program.post("/badges", SAID)
    pictured = program.call(
        "PATCH", f"/issuers/{issuer}", data={"image": (io.BytesIO(PNG), "x")}, content_type="multipart/form-data"
    ).json
    wrong = program.call("PATCH", f"/issuers/{issuer}", json={"time_zone": "Mars/Olympus"})
    program.call("PATCH", f"/issuers/{issuer}", json={"archived": False})

    assert (changed["name"], changed["time_zone"], changed["archived"], changed["image"]) == (
        "New", "Asia/Tokyo", True, None,
    )  # fmt: skip
    assert (refused.status_code, code_of(refused), db.session.query(BadgeClass).count()) == (409, "issuer_archived", 0)
    assert pictured["image"] == f"{pictured['public_url']}/image.png"
    assert wrong.status_code == 400
    assert program.get(f"/issuers/{issuer}").json["archived"] is False


def test_what_belongs_to_others_is_not_there(app: Flask, program: Program) -> None:
    other = make_organization("Elsewhere")
    badge, issuer = make_badge(other), first_issuer_of(other)

    for method, path in (
        ("GET", f"/badges/{badge}"), ("PATCH", f"/badges/{badge}"), ("DELETE", f"/badges/{badge}"),
        ("GET", f"/issuers/{issuer}"), ("PATCH", f"/issuers/{issuer}"),
    ):  # fmt: skip
        answer = program.call(method, path, json={"name": "Mine"} if method == "PATCH" else None)
        assert (answer.status_code, code_of(answer)) == (404, "not_found"), path
    assert make_program(app, other, read_only=True).call("PATCH", f"/badges/{badge}", json={}).status_code == 403
