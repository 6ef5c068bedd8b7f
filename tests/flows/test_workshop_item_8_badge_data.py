"""Issue 4, item 8: Data Management of a badge class, by a teacher in the course and by a program."""

import json
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from lti_tool.badges.awards import Recipient
from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.pictures_kept import drawn_picture
from lti_tool.db import transaction
from lti_tool.spaces.completions import complete
from tests.api.program import Program, make_program
from tests.make.award import make_award
from tests.make.elsewhere import elsewhere, make_png
from tests.make.everything import everything
from tests.make.home import make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge, make_member, make_objective, make_space
from tests.make.staff import make_staff
from tests.make.visit import make_visit


@pytest.fixture
def program(app: Flask, organization: str) -> Program:
    return make_program(app, organization)


def test_a_teacher_replaces_the_badge_that_she_made_while_only_her_space_uses_it(app: Flask, organization: str) -> None:
    space, teacher = make_space(organization), make_person(organization, "Tess Teacher")
    visit = make_visit(app, organization=organization, person=teacher, space=space)
    with transaction():
        badge = create_badge(
            issuer=first_issuer_of(organization), name="Mine", description="A badge.", criteria="Do it.",
            created_by=teacher, picture=drawn_picture(),
        ).id  # fmt: skip
    objective, member = make_objective(space, organization, badge=badge), make_member(space, organization)
    with transaction():
        complete(objective_id=objective, member_id=member, by=teacher)
    reader = Reader(visit.client).open(f"{visit.path}/badges/{badge}/data")
    assert "1 of 1 award shows the badge as it is now." in reader.says

    with elsewhere() as foreign:
        reader.press("Continue", url=foreign.award(picture=make_png("crimson")))
    assert "Awarded on" in reader.says
    assert "Ada Lovelace" not in reader.says  # who is no staff of the issuer reads no names of holders here
    reader.press("Replace Badge")

    assert "The badge was replaced." in reader.says
    assert "Navigator" in reader.open(f"{visit.path}/objectives/{objective}").says
    make_objective(make_space(organization, "Another course"), organization, badge=badge)
    assert reader.open(f"{visit.path}/badges/{badge}/data").answer.status_code == 403


def test_a_badge_that_nobody_holds_is_replaced_as_well(app: Flask, organization: str) -> None:
    issuer, badge, editor = first_issuer_of(organization), make_badge(organization), make_person(organization)
    make_staff(issuer, editor, "editor")
    reader = Reader(make_home(app, editor).client).open(f"/home/badges/{badge}/data")
    assert "Nobody was awarded this badge yet." in reader.says

    with elsewhere() as foreign:
        reader.press("Continue", url=foreign.award())
    assert "0 awards 0 people 0 Spaces" in reader.says
    reader.press("Replace Badge")

    assert "The badge was replaced." in reader.says


def test_the_same_badge_again_would_change_nothing_and_says_so(app: Flask, organization: str) -> None:
    issuer, badge, editor = first_issuer_of(organization), make_badge(organization), make_person(organization)
    make_staff(issuer, editor, "editor")
    award = make_award(badge, Recipient(email="ada@example.org"))
    reader = Reader(make_home(app, editor).client).open(f"/home/badges/{badge}/data")

    reader.press("Continue", url=f"http://localhost:8000/public/assertions/{award}")

    assert "replacing it would change nothing" in reader.says
    assert "Replace Badge" not in reader.says


def test_a_program_looks_first_and_replaces_once(program: Program, organization: str) -> None:
    badge, other = make_badge(organization, "Explorer"), make_badge(make_organization("Other School"), "Pathfinder")
    make_award(badge, Recipient(email="ada@example.org"))
    source = make_award(other, Recipient(email="bo@example.org"))
    before = everything()

    preview = program.post(f"/badges/{badge}/replacement", {"url": f"http://localhost:8000/public/assertions/{source}"})
    assert preview.status_code == 201, preview.json
    assert everything() == before
    assert (preview.json["old"]["name"], preview.json["new"]["name"]) == ("Explorer", "Pathfinder")
    assert preview.json["changes"] == ["description", "name", "picture"]
    assert preview.json["reach"] == {"awards": 1, "people": 1, "spaces": 0}
    place = f"/badges/{badge}/replacement/{preview.json['token']}"
    first, second = program.post(place), program.post(place)

    assert first.json == {"badge": badge, "revision": 2, "already": False}
    assert second.json == {"badge": badge, "revision": 2, "already": True}
    assert make_program(program.client.application, organization).post(place).status_code == 410


def test_a_program_gives_json_as_it_is_or_as_text_or_a_picture(program: Program, organization: str) -> None:
    place = f"/badges/{make_badge(organization)}/replacement"
    with elsewhere() as foreign:
        address = foreign.award()
        document = foreign.read(address)

        answers = [
            program.post(place, {"json": document}),
            program.post(place, {"json": json.dumps(document)}, key="again"),
            program.post(place, {"json": json.dumps(document)}, key="again"),
            program.call("POST", place, data={"image": (BytesIO(foreign.baked(address)), "badge.png")}),
        ]

    assert [answer.status_code for answer in answers] == [201] * 4, [answer.json for answer in answers]
    assert {answer.json["new"]["name"] for answer in answers} == {"Navigator"}
    assert answers[1].json["token"] == answers[2].json["token"]


def test_what_cannot_take_a_badges_place_is_refused_with_its_reasons(app: Flask, organization: str) -> None:
    issuer, badge, editor = first_issuer_of(organization), make_badge(organization), make_person(organization)
    make_staff(issuer, editor, "editor")
    home = make_home(app, editor)
    before = everything()
    with elsewhere() as foreign, elsewhere() as thief:
        expired = foreign.award(expires="2026-04-01T00:00:00Z")
        given: dict[str, dict[str, Any]] = {
            "The award is dated in the future.": {"issuedOn": "2099-01-01T00:00:00Z"},
            "The issuer has revoked this award": {"revoked": True},
            "is on another server than its issuer": {"badge": thief.badge()},
        }
        warned = Reader(home.client).open(f"/home/badges/{badge}/data").press("Continue", url=expired)
        assert "it has expired" in warned.says
        assert "Replace Badge" in warned.says
        for reason, words in given.items():
            document = {**foreign.read(foreign.award()), **words}
            foreign.put("award", document)
            page = Reader(home.client).open(f"/home/badges/{badge}/data").press("Continue", url=f"{foreign.url}/award")

            assert page.answer.status_code == 422, reason
            assert reason in page.says
        too_much = Reader(home.client).open(f"/home/badges/{badge}/data").press("Continue", json="[" * 100_000)
        assert too_much.answer.status_code == 422

    assert everything() == before
