"""The page of our keys: rotation in peace, at once, and by hand where the LMS stores a copy."""

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.launch.keys import make_key, signing_key, waiting_key
from lti_tool.launch.model import Registration, ToolKey
from tests.launch.console.test_console import deeds
from tests.make.admin import Administrating, make_admin
from tests.make.visit import make_registration


@pytest.fixture
def admin(app: Flask) -> Administrating:
    return make_admin(app)


@pytest.fixture
def registration(organization: str) -> str:
    registration = make_registration(organization)
    with transaction():
        make_key(registration)
    return registration


def kids(registration: str) -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(ToolKey.kid).where(ToolKey.registration_id == registration)))


def signs(registration: str) -> str:
    db.session.rollback()
    db.session.expire_all()
    return signing_key(registration).kid


def store(admin: Administrating, registration: str, *, static: bool) -> None:
    admin.post(f"/platforms/{registration}/keys/storing", {"static": "yes" if static else "no"})


def waiting(registration: str) -> str:
    db.session.rollback()
    return waiting_key(registration) or ""


def test_rotating_publishes_ahead_and_says_when(admin: Administrating, registration: str) -> None:
    old = signs(registration)

    admin.post(f"/platforms/{registration}/keys/rotation")

    page = admin.get(f"/platforms/{registration}/keys").text
    assert ("published, signs later" in page, "published until" in page) == (True, True)
    assert (signs(registration), len(kids(registration)), deeds()) == (old, 2, ["keys.rotated"])


def test_while_a_new_key_is_on_its_way_no_other_one_is_offered(admin: Administrating, registration: str) -> None:
    rotation = f'action="/admin/platforms/{registration}/keys/rotation"'
    before = admin.get(f"/platforms/{registration}/keys").text

    admin.post(f"/platforms/{registration}/keys/rotation")

    page = admin.get(f"/platforms/{registration}/keys").text
    assert (rotation in before, rotation in page, "A new key is on its way" in page) == (True, False, True)
    assert "A key got into wrong hands" in page


def test_a_stolen_key_is_stopped_only_after_one_more_question(admin: Administrating, registration: str) -> None:
    old = signs(registration)

    asked = admin.get(f"/platforms/{registration}/keys/stop")
    assert ("Stop all old keys now" in asked.text, signs(registration)) == (True, old)
    admin.post(f"/platforms/{registration}/keys/stop")

    assert signs(registration) != old
    assert deeds() == ["keys.stopped"]
    assert "stopped" in admin.get(f"/platforms/{registration}/keys").text


def test_a_key_that_was_stopped_before_its_turn_never_signed(admin: Administrating, registration: str) -> None:
    admin.post(f"/platforms/{registration}/keys/rotation")
    admin.post(f"/platforms/{registration}/keys/stop")

    page = admin.get(f"/platforms/{registration}/keys").text
    assert (page.count("never signed"), page.count("signed from")) == (1, 1)


def test_an_lms_that_stores_our_key_is_never_rotated_behind_its_back(
    admin: Administrating, registration: str
) -> None:
    old = signs(registration)
    store(admin, registration, static=True)

    admin.post(f"/platforms/{registration}/keys/rotation")
    admin.post(f"/platforms/{registration}/keys/stop")

    page = admin.get(f"/platforms/{registration}/keys").text
    assert "-----BEGIN PUBLIC KEY-----" in page
    assert f'"kid": "{waiting(registration)}"' in page
    assert (signs(registration), len(kids(registration))) == (old, 2)
    assert deeds() == ["keys.stored", "keys.prepared"]


def test_the_new_key_signs_once_somebody_says_that_the_lms_has_it(admin: Administrating, registration: str) -> None:
    store(admin, registration, static=True)
    admin.post(f"/platforms/{registration}/keys/rotation")
    old, new = signs(registration), waiting(registration)

    unticked = admin.post(f"/platforms/{registration}/keys/{new}/entered")
    assert (unticked.status_code, signs(registration)) == (400, old)
    admin.post(f"/platforms/{registration}/keys/{new}/entered", {"entered": "yes"})

    assert signs(registration) == new
    again = admin.post(f"/platforms/{registration}/keys/{new}/entered", {"entered": "yes"})
    assert (again.status_code, "key_waits_not" in again.text) == (409, True)
    assert deeds() == ["keys.stored", "keys.prepared", "keys.entered"]


def test_a_prepared_key_is_dropped_as_if_it_had_never_been(admin: Administrating, registration: str) -> None:
    store(admin, registration, static=True)
    admin.post(f"/platforms/{registration}/keys/rotation")

    admin.post(f"/platforms/{registration}/keys/{waiting(registration)}/drop")

    assert kids(registration) == {signs(registration)}


def test_another_platforms_key_is_not_started_from_here(
    admin: Administrating, registration: str, organization: str
) -> None:
    other = make_registration(organization)
    store(admin, registration, static=True)
    admin.post(f"/platforms/{registration}/keys/rotation")

    answer = admin.post(f"/platforms/{other}/keys/{waiting(registration)}/entered", {"entered": "yes"})

    assert (answer.status_code, waiting(registration) != "") == (409, True)


def test_a_platform_reads_our_key_set_again_once_somebody_says_so(admin: Administrating, registration: str) -> None:
    store(admin, registration, static=True)
    store(admin, registration, static=True)
    store(admin, registration, static=False)

    db.session.expire_all()
    assert db.session.get_one(Registration, registration).keeps_static_key is False
    assert deeds() == ["keys.stored", "keys.fetched"]


def test_a_platform_without_any_key_has_a_page(admin: Administrating, organization: str) -> None:
    assert admin.get(f"/platforms/{make_registration(organization)}/keys").status_code == 200
