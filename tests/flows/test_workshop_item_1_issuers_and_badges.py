"""Workshop item 1, issuers and badges: made, changed, archived and deleted, from the course on."""

import io
from typing import Any

import requests
from PIL import Image
from sqlalchemy import select

from lti_tool.badges.model import Issuer
from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from tests.flows.steps import add_objective, create_space_with_roster, mark_complete
from tests.make.hands import buttons, follow, heading, press
from tests.make.lms import Browser, Campus, words

BADGE = {"badge_name": "Laboratory safety", "description": "Works safely.", "criteria": "Pass the **test**."}


def star(color: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (90, 90), color).save(out, "PNG")
    return out.getvalue()


def owner(school: Campus) -> tuple[Browser, requests.Response]:
    """A teacher whom an administrator has made an owner of the school's issuer. Answers the page of the issuer."""
    teacher, overview = create_space_with_roster(school)
    with transaction():
        person = db.session.scalars(select(Person.id).where(Person.email.like("helena%"))).one()
        issuer = db.session.scalars(select(Issuer.id).where(Issuer.organization_id == school.organization)).one()
        db.session.add(IssuerStaff(issuer_id=issuer, person_id=person, role="owner"))
    issuers = follow(teacher, teacher.get(overview.url), "Issuers")
    return teacher, follow(teacher, issuers, "Sandbox LMS")


def document(page: requests.Response) -> Any:
    return requests.get(page.url, headers={"Accept": "application/json"}, timeout=20).json()


def center(address: str) -> Any:
    image = Image.open(io.BytesIO(requests.get(address, timeout=20).content)).convert("RGB")
    return image.getpixel((image.width // 2, image.height // 2))


def test_a_badge_is_made_and_changed_and_the_whole_world_sees_it_at_once(school: Campus) -> None:
    teacher, issuer = owner(school)
    form = press(teacher, follow(teacher, issuer, "New badge"), "Add an alignment", **BADGE)
    made = press(
        teacher, form, "Make the badge", tags="lab, safety", files={"picture": ("x.png", star("teal"), "image/png")},
        **{"alignment-0-name": "Skill", "alignment-0-url": "https://skills.example/1"},
    )  # fmt: skip
    public = document(follow(teacher, made, "Public page"))

    edit = follow(teacher, made, "Edit")
    saved = press(
        teacher, edit, "Save", badge_name="Safety first", files={"picture": ("x.png", star("navy"), "image/png")}
    )
    now = document(follow(teacher, saved, "Public page"))
    press(teacher, follow(teacher, issuer, "Profile"), "Save", name="The Laboratory", time_zone="Europe/Berlin")

    assert (public["name"], public["tags"], public["criteria"]["narrative"]) == (
        "Laboratory safety", ["lab", "safety"], "Pass the **test**.",
    )  # fmt: skip
    assert public["alignment"][0]["targetName"] == "Skill"
    assert (heading(saved), now["id"], now["name"]) == ("Safety first", public["id"], "Safety first")
    assert center(now["image"]) == (0, 0, 128)
    assert requests.get(now["issuer"], timeout=20).json()["name"] == "The Laboratory"


def test_the_empty_the_refused_and_the_undone_case(school: Campus) -> None:
    student, home = school.open("biology", "siobhan")
    teacher, issuer = owner(school)
    empty = words(issuer)
    nobody = student.get(home.url + "issuers")
    form = follow(teacher, issuer, "New badge")

    refused = press(
        teacher, form, "Make the badge", **{**BADGE, "files": {"picture": ("x.png", b"GIF89a", "image/png")}}
    )
    made = press(teacher, refused, "Make the badge", picture_from="draw")
    archived = press(teacher, made, "Archive the badge")
    restored = press(teacher, archived, "Restore the badge")
    deleted = press(teacher, follow(teacher, restored, "Delete the badge"), "Delete the badge for good")

    assert "There are no badges yet" in empty
    assert "You have to do with no issuer yet" in words(nobody)
    assert (refused.status_code, "This is a GIF picture" in words(refused)) == (422, True)
    assert "Choose the file once more" in words(refused)
    assert "This badge is archived" in words(archived)
    assert "There are no badges yet" in words(deleted)

    overview = teacher.get(deleted.url.split("issuers/")[0])
    add_objective(teacher, overview, "Cut an onion")
    mark_complete(teacher, overview, "O'Connor")
    used = follow(teacher, follow(teacher, teacher.get(issuer.url), "Cut an onion"), "Delete the badge")
    assert "1 award" in words(used)
    assert "An objective of your Space" in words(used)
    assert ("Delete the badge for good" in buttons(used), "Archive the badge" in buttons(used)) == (False, True)
