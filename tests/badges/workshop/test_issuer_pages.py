"""The pages of issuers: the list, one with its badges, and the profile."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from lti_tool.badges.issuers import issuer_facts
from lti_tool.badges.model import BadgeClass, BadgeRevision
from lti_tool.badges.time_zones import time_zones
from lti_tool.db import db, transaction
from lti_tool.people.visit import Role
from tests.make.issuer import Worker, make_worker
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge, make_objective, make_space
from tests.make.visit import make_visit

PROFILE = {"name": "Faculty", "url": "https://faculty.example/", "email": "f@example.org", "time_zone": "Europe/Berlin"}


def save(worker: Worker, **changed: Any) -> TestResponse:
    return worker.browser.post(f"issuers/{worker.issuer}/profile", {**PROFILE, **changed})


def test_who_has_to_do_with_no_issuer_is_told_who_can_help(app: Flask, organization: str) -> None:
    nobody = make_visit(app, organization=organization, person=make_person(organization))

    page = nobody.get("issuers")

    assert page.status_code == 200
    assert "Ask an owner of the issuer to invite you" in page.text


def test_everybody_sees_the_issuers_of_their_own_and_a_teacher_the_one_of_the_space(app: Flask) -> None:
    organization, elsewhere = make_organization("Here"), make_organization("Elsewhere")
    space = make_space(organization)
    owner, teacher = (make_worker(app, organization, role, space=space) for role in ("owner", None))
    make_objective(space, organization, "Cut an onion")
    stranger = make_worker(app, elsewhere)
    learner = make_visit(
        app, organization=organization, person=make_person(organization), space=space, role=Role.MEMBER
    )

    for worker in (owner, teacher):
        assert "Here" in worker.browser.get("issuers").text
        assert "Used in <bdi>Biology 101</bdi>" in worker.browser.get(f"issuers/{owner.issuer}").text
    assert "You are an owner" in owner.browser.get("issuers").text
    assert "Elsewhere" not in owner.browser.get("issuers").text
    assert owner.browser.get(f"issuers/{stranger.issuer}").status_code == 404
    refused = learner.get(f"issuers/{owner.issuer}")
    assert (refused.status_code, "Ask an owner of the issuer, or go back" in refused.text) == (403, True)
    assert teacher.browser.get(f"issuers/{owner.issuer}/profile").status_code == 403


def test_badges_are_found_by_name_or_tag_turned_by_fifty_and_archived_ones_stand_apart(
    app: Flask, organization: str
) -> None:
    worker, badges = make_worker(app, organization, "awarder"), [make_badge(organization, f"B {n:02}") for n in (1, 2)]
    with transaction():
        db.session.get_one(BadgeClass, badges[1]).archived_at = db.session.get_one(BadgeClass, badges[1]).created_at
        for number in range(55):  # rows alone: drawing so many pictures would take long
            twin = BadgeClass(issuer_id=worker.issuer)
            db.session.add(twin)
            db.session.flush()
            db.session.add(_said(twin.id, f"Twin {number:02}", ["Äpfel"]))
    here = f"issuers/{worker.issuer}"

    first, found, none, away = (
        worker.browser.get(here + ask).text for ask in ("", "?q=äpfel", "?q=zzz", "?archived=1")
    )
    last = worker.browser.get(f"{here}?after={_last(first)}").text

    assert (first.count('class="shelf-row"'), last.count('class="shelf-row"')) == (50, 6)
    assert ("B 01" in first, "B 02" in first, "B 02" in away, "B 01" in found) == (True, False, True, False)
    assert ("Previous" in first, "Previous" in last, "Next" in last) == (False, True, False)
    assert "No badge here matches “zzz”" in none
    assert worker.browser.get(f"{here}?after=nothing").status_code == 404
    assert "New badge" not in first


def test_the_profile_says_what_is_wrong_and_keeps_what_was_typed(app: Flask, organization: str) -> None:
    worker = make_worker(app, organization, "editor")
    before = issuer_facts(worker.issuer)

    for wrong in (
        {"name": ""}, {"url": "javascript:alert(1)"}, {"email": "nobody"}, {"time_zone": "Mars/Olympus"},
        {"name": "x" * 300}, {"description": "x" * 10_001}, {"url": "https://[::1"},
        {"picture": (io.BytesIO(b"GIF89a"), "a.png")},
    ):  # fmt: skip
        refused = save(worker, **{"description": "Kept words", **wrong})
        assert refused.status_code == 422, wrong
        assert "Nothing was saved yet" in refused.text
    assert save(worker, name="a\0b").status_code == 400
    db.session.rollback()

    assert issuer_facts(worker.issuer) == before


def test_a_profile_is_saved_with_its_picture_and_tells_when(app: Flask, organization: str) -> None:
    worker, out = make_worker(app, organization, "editor"), io.BytesIO()
    Image.new("RGB", (64, 32), "teal").save(out, "PNG")
    before = issuer_facts(worker.issuer)

    saved = save(worker, description="We teach.", picture=(io.BytesIO(out.getvalue()), "../../x.exe"))
    db.session.rollback()
    facts = issuer_facts(worker.issuer)

    assert saved.status_code == 303
    assert facts is not None
    assert before is not None
    assert (facts.name, facts.description, facts.time_zone) == ("Faculty", "We teach.", "Europe/Berlin")
    assert app.extensions["storage"].get(facts.png_key).startswith(b"\x89PNG")
    assert b"<svg" in app.extensions["storage"].get(facts.svg_key)
    assert facts.changed_at > before.changed_at  # type: ignore[operator]
    save(worker, description="We teach.", drop_picture="y")
    db.session.rollback()
    assert issuer_facts(worker.issuer).png_key is None  # type: ignore[union-attr]


def test_a_stale_profile_keeps_what_was_typed_and_shows_what_somebody_else_saved(
    app: Flask, organization: str
) -> None:
    worker = make_worker(app, organization, "editor")
    page = worker.browser.get(f"issuers/{worker.issuer}/profile").text
    seen = re.findall(r'name="changed_at"[^>]*value="([^"]+)"', page)[0]
    save(worker, name="Theirs", changed_at=seen)

    stale = save(worker, name="Mine", changed_at=seen)
    db.session.rollback()
    kept = issuer_facts(worker.issuer)
    known = re.findall(r'name="changed_at"[^>]*value="([^"]+)"', stale.text)[0]

    assert (stale.status_code, kept.name) == (409, "Theirs")  # type: ignore[union-attr]
    assert "Somebody else changed this profile" in stale.text
    assert 'value="Mine"' in stale.text
    assert "<dd class=\"prose\" dir=\"auto\">Theirs</dd>" in stale.text
    assert save(worker, name="Mine", changed_at="nonsense").status_code == 409
    assert save(worker, name="Mine", changed_at=known).status_code == 303


def test_only_an_owner_archives_an_issuer_and_an_archived_one_makes_no_badges(app: Flask, organization: str) -> None:
    owner, editor = make_worker(app, organization, "owner"), make_worker(app, organization, "editor")
    badge = make_badge(organization)
    page = f"issuers/{owner.issuer}"

    assert editor.browser.post(f"{page}/archive", {"archived": "yes"}).status_code == 403
    assert owner.browser.post(f"{page}/archive", {"archived": "yes"}).status_code == 303

    assert "This issuer is archived" in editor.browser.get(page).text
    assert editor.browser.get(f"{page}/badges/new").status_code == 409
    assert app.test_client().get(f"/public/badges/{badge}").status_code == 200
    assert app.test_client().get(f"/public/issuers/{owner.issuer}").status_code == 200
    owner.browser.post(f"{page}/archive", {"archived": "no"})
    assert editor.browser.get(f"{page}/badges/new").status_code == 200


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_time_zones_are_places(zone: str) -> None:
    assert zone in time_zones()
    assert not [one for one in time_zones() if one.startswith("Etc/") or Path(one).is_absolute()]


def _last(page: str) -> str:
    return page.rsplit('class="shelf-row"', 1)[1].split("/badges/", 2)[2].split('"')[0]


def _said(badge: str, name: str, tags: list[str]) -> Any:
    return BadgeRevision(
        badge_id=badge,
        number=1,
        name=name,
        description="d",
        criteria="c",
        tags=tags,
        png_key="0" * 64,
        svg_key="0" * 64,
    )
