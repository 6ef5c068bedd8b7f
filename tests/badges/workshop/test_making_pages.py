"""Making and changing a badge class in its form, which works without any script."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from lti_tool.badges.badge_reads import badge_facts
from lti_tool.badges.model import BadgeClass
from lti_tool.db import db
from lti_tool.people.visit import Role
from tests.badges.workshop.pictures import BAD_PICTURES
from tests.make.issuer import Worker, make_worker
from tests.make.person import make_person
from tests.make.space import make_badge, make_objective, make_space
from tests.make.visit import make_visit

WORDS = {
    "badge_name": "Laboratory safety", "description": "Works safely.", "criteria": "Pass the **test**.",
    "picture_from": "draw", "seed": "one",
}  # fmt: skip
EVERYTHING = {
    **WORDS, "criteria_url": "https://example.org/criteria", "tags": "lab, safety,, lab",
    "achievement_type": "Certification",
    "expires_count": "2", "expires_unit": "years", "allows_repeats": "y",
    "alignment-0-name": "Skill", "alignment-0-url": "https://skills.example/1", "alignment-0-code": "S1",
    "alignment-3-name": "", "alignment-3-url": " ",
}  # fmt: skip

WRONG: list[dict[str, str]] = [
    {"badge_name": " "}, {"description": ""}, {"criteria": "", "criteria_url": ""}, {"criteria_url": "ftp://x"},
    {"badge_name": "x" * 121}, {"criteria": "x" * 10_001}, {"tags": ",".join(f"t{n}" for n in range(31))},
    {"achievement_type": "Nonsense"}, {"expires_count": "0"}, {"expires_count": "9" * 5000}, {"expires_count": "101"},
    {"expires_unit": "decades"}, {"alignment-0-url": ""}, {"alignment-0-url": "javascript:alert(1)"},
    {"picture_from": "upload"},
]  # fmt: skip


@pytest.fixture
def editor(app: Flask, organization: str) -> Worker:
    return make_worker(app, organization, "editor")


def make(worker: Worker, fields: dict[str, Any]) -> TestResponse:
    return worker.browser.post(f"issuers/{worker.issuer}/badges/new", fields)


def made(worker: Worker, fields: dict[str, Any] = EVERYTHING) -> str:
    answer = make(worker, dict(fields))
    assert answer.status_code == 303, answer.text
    return re.search(r"/badges/([^?]+)", answer.location)[1]  # type: ignore[index]


def stored(app: Flask) -> list[str]:
    folder = Path(app.extensions["settings"].data_dir) / "files"
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_badge_says_all_that_was_filled_in(app: Flask, editor: Worker) -> None:
    facts = badge_facts(made(editor))

    assert facts is not None
    assert (facts.tags, facts.achievement_type) == (("lab", "safety"), "Certification")
    assert facts.alignments == ({"name": "Skill", "url": "https://skills.example/1", "code": "S1"},)
    assert (facts.expires_after_days, facts.allows_repeats, facts.created_by) == (730, True, editor.person)
    page = editor.browser.get(f"badges/{facts.id}?made=1").text
    for words in ("<strong>test</strong>", "2 years", "Certification", "S1", 'rel="noopener nofollow"', "No Space"):
        assert words in page
    assert b"<svg" in app.extensions["storage"].get(facts.svg_key)


def test_what_is_missing_or_wrong_is_said_and_nothing_is_kept(app: Flask, editor: Worker) -> None:
    for wrong in WRONG:
        refused = make(editor, {**EVERYTHING, **wrong})

        assert refused.status_code == 422, wrong
        assert "Nothing was saved yet" in refused.text
        assert "Works safely." in refused.text or "description" in wrong
    assert (db.session.query(BadgeClass).count(), stored(app)) == (0, [])


def test_odd_fields_are_no_fault(editor: Worker) -> None:
    odd = {
        "revision": "9" * 4000, "seed": "<script>", "picture_from": "elsewhere", "alignment-²-name": "x",
        "alignment-99999999999999999999-name": "x", "act": "drop-²",
    }  # fmt: skip

    page = make(editor, {**EVERYTHING, **odd})

    assert page.status_code == 200
    assert "<script>" not in page.text.split("<main", 1)[1]


def test_the_buttons_beside_save_change_the_form_only(app: Flask, editor: Worker) -> None:
    preview, other, more, less = (
        make(editor, {**EVERYTHING, "act": act}).text for act in ("preview", "draw", "add", "drop-0")
    )

    assert "<strong>test</strong>" in preview
    assert 'value="one"' not in other
    assert ("alignment-2-name" in more, "alignment-0-name" in less, "alignment-1-name" in less) == (True, True, False)
    assert (db.session.query(BadgeClass).count(), stored(app)) == (0, [])


def test_an_edit_is_shown_at_once_and_a_stale_one_keeps_what_was_typed(app: Flask, editor: Worker) -> None:
    badge = made(editor)
    first = editor.browser.post(f"badges/{badge}/edit", {**EVERYTHING, "badge_name": "Mine", "revision": "1"})

    stale = editor.browser.post(
        f"badges/{badge}/edit", {**EVERYTHING, "badge_name": "Yours", "description": "Typed.", "revision": "1"}
    )
    public = app.test_client().get(f"/public/badges/{badge}", headers={"Accept": "application/json"}).json
    again = editor.browser.post(f"badges/{badge}/edit", {**EVERYTHING, "badge_name": "Yours", "revision": "2"})

    assert (first.status_code, stale.status_code, again.status_code) == (303, 409, 303)
    assert public["name"] == "Mine"
    for words in ("Somebody else changed this badge", "Mine", 'value="Yours"', "Typed.", 'value="2"'):
        assert words in stale.text
    assert badge_facts(badge).name == "Yours"  # type: ignore[union-attr]


def test_saving_without_a_change_makes_no_revision_and_what_is_not_said_stays_stays(editor: Worker) -> None:
    badge = made(editor)
    kept = {**EVERYTHING, "picture_from": "keep", "revision": "1"}

    editor.browser.post(f"badges/{badge}/edit", kept)
    unchanged = badge_facts(badge)
    editor.browser.post(f"badges/{badge}/edit", {**kept, "expires_count": ""})
    only_giving = badge_facts(badge)

    assert unchanged is not None
    assert only_giving is not None
    assert (unchanged.revision, unchanged.expires_after_days) == (1, 730)
    assert (only_giving.revision, only_giving.expires_after_days) == (1, None)
    assert editor.browser.post(f"badges/{badge}/edit", {**kept, "revision": ""}).status_code == 409


def test_a_picture_of_ones_own_takes_the_place_of_the_drawn_one(app: Flask, editor: Worker) -> None:
    badge, out = made(editor), io.BytesIO()
    Image.new("RGB", (90, 90), "teal").save(out, "PNG")

    editor.browser.post(
        f"badges/{badge}/edit", {**EVERYTHING, "revision": "1", "picture": (io.BytesIO(out.getvalue()), "x.png")}
    )

    picture = app.test_client().get(f"/public/badges/{badge}/image.png").data
    assert Image.open(io.BytesIO(picture)).convert("RGB").getpixel((45, 45)) == (0, 128, 128)


def test_a_bad_picture_is_refused_with_a_sentence_and_nothing_is_kept(app: Flask, editor: Worker) -> None:
    for kind, (picture, sentence) in BAD_PICTURES.items():
        refused = make(editor, {**WORDS, "picture": (io.BytesIO(picture), "badge.png")})

        assert refused.status_code == 422, kind
        assert sentence in refused.text, kind
    assert (db.session.query(BadgeClass).count(), stored(app)) == (0, [])


def test_an_operator_may_allow_less_of_a_picture(app: Flask, editor: Worker) -> None:
    tight = {"picture_pixels": 10_000, "picture_elements": 100, "picture_depth": 8}
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=tight)
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
    large = io.BytesIO()
    Image.new("RGB", (101, 101), "teal").save(large, "PNG")

    for picture, sentence in (
        (large.getvalue(), "up to 0.01 million"),
        (drawing.format("<g/>" * 101).encode(), "more parts than"),
        (drawing.format("<g>" * 9 + "</g>" * 9).encode(), "nested more deeply"),
    ):
        assert sentence in make(editor, {**WORDS, "picture": (io.BytesIO(picture), "x")}).text


def test_a_teacher_makes_badges_of_the_space_and_changes_them_while_only_the_own_space_uses_them(
    app: Flask, organization: str
) -> None:
    here, there = make_space(organization, "Here"), make_space(organization, "There")
    teacher = make_worker(app, organization, None, space=here)
    badge = made(teacher, WORDS)
    other = make_badge(organization, "Of somebody else")
    learner = make_visit(app, organization=organization, person=make_person(organization), space=here, role=Role.MEMBER)

    make_objective(here, organization, "Ours", badge=badge)
    assert teacher.browser.get(f"badges/{badge}/edit").status_code == 200
    make_objective(there, organization, "Theirs", badge=badge)

    assert teacher.browser.get(f"badges/{badge}/edit").status_code == 403
    page = teacher.browser.get(f"badges/{badge}").text
    assert ("Here" in page, "There" in page, "1 other Space" in page) == (True, False, True)
    assert teacher.browser.get(f"badges/{other}").status_code == 200
    assert teacher.browser.get(f"badges/{other}/edit").status_code == 403
    assert learner.get(f"issuers/{teacher.issuer}/badges/new").status_code == 403
    assert learner.get(f"badges/{badge}").status_code == 403
