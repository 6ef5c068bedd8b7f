"""The console: platforms and their switches, deployments that wait, invitations, launches."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.model import Issuer
from lti_tool.db import db, new_id, transaction
from lti_tool.launch.model import (
    Deployment,
    Identity,
    LegacyConsumer,
    LegacyLink,
    RefusedLaunch,
    Registration,
    VisitRow,
)
from lti_tool.launch.registration.invites import open_invites
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.model import Organization
from tests.make.admin import Administrating, make_admin
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.visit import make_registration, make_visit


@pytest.fixture
def admin(app: Flask) -> Administrating:
    return make_admin(app)


@pytest.fixture
def registration(organization: str) -> str:
    return make_registration(organization)


def deployment_of(registration: str, status: str = "active") -> str:
    return db.session.scalars(
        select(Deployment.id).where(Deployment.registration_id == registration, Deployment.status == status)
    ).one()


def wait(registration: str) -> str:
    with transaction():
        waiting = Deployment(registration_id=registration, deployment_id="second", status="pending")
        db.session.add(waiting)
        db.session.flush()
        return waiting.id


def deeds() -> list[str]:
    db.session.rollback()
    query = select(AuditEntry.deed).where(AuditEntry.deed.not_like("administrator.%")).order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def fresh(registration: str) -> Registration:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Registration, registration)


def test_an_empty_console_says_what_to_do_next(admin: Administrating) -> None:
    page = admin.get()

    assert "No LMS is connected yet" in page.text
    assert 'href="/lti/guides/"' in page.text
    assert "Make a registration URL" in page.text


def test_the_list_shows_every_platform_with_its_lamps(admin: Administrating, registration: str) -> None:
    page = admin.get()

    assert "Test LMS" in page.text
    assert "No launch yet" in page.text
    assert 'Registered<span class="visually-hidden">: yes' in page.text
    assert 'Launch<span class="visually-hidden">: not yet' in page.text


def test_an_invitation_is_shown_once_and_can_be_withdrawn(admin: Administrating) -> None:
    made = admin.post("/invitations", {"name": "North College"})

    [invite] = open_invites()
    assert "/lti/register/" in made.text
    assert invite.name == "North College"
    listed = admin.get()
    assert ("North College" in listed.text, "/lti/register/" in listed.text) == (True, False)
    admin.post(f"/invitations/{invite.id}/withdrawal")
    assert open_invites() == []
    assert deeds() == ["invite.made", "invite.withdrawn"]


def test_a_deployment_that_waits_is_let_in_by_one_click(admin: Administrating, registration: str) -> None:
    waiting = wait(registration)

    assert "1 deployment waits for your click" in admin.get().text
    admin.post(f"/platforms/{registration}/deployments/{waiting}/switch", {"to": "on"})

    db.session.rollback()
    assert db.session.get_one(Deployment, waiting).status == "active"
    assert "waits for your click" not in admin.get().text
    assert deeds() == ["deployment.approved"]


def test_a_deployment_is_kept_out_and_let_in_after_all(admin: Administrating, registration: str) -> None:
    waiting = wait(registration)
    address = f"/platforms/{registration}/deployments/{waiting}/switch"

    admin.post(address, {"to": "off"})
    assert "Switch on again" in admin.get(f"/platforms/{registration}").text
    admin.post(address, {"to": "on"})

    db.session.rollback()
    assert db.session.get_one(Deployment, waiting).status == "active"


def test_another_platforms_deployment_is_not_found(admin: Administrating, registration: str) -> None:
    other = make_registration(make_organization("Elsewhere"))

    answer = admin.post(f"/platforms/{other}/deployments/{deployment_of(registration)}/switch", {"to": "off"})

    assert answer.status_code == 404
    assert deeds() == []


def test_switching_a_platform_off_ends_its_visits_and_can_be_undone(
    app: Flask, admin: Administrating, organization: str
) -> None:
    visitor = make_visit(app, organization=organization, person=make_person(organization))
    registration = db.session.scalars(select(Registration.id)).one()
    assert visitor.get().status_code == 200

    admin.post(f"/platforms/{registration}/switch", {"to": "off"})
    assert visitor.get().status_code == 403
    assert "Switch on again" in admin.get(f"/platforms/{registration}").text
    assert "switched off" in admin.get().text
    admin.post(f"/platforms/{registration}/switch", {"to": "on"})

    assert visitor.get().status_code == 200
    assert deeds() == ["platform.switched_off", "platform.switched_on"]


def test_switching_off_what_is_off_changes_nothing(admin: Administrating, registration: str) -> None:
    admin.post(f"/platforms/{registration}/switch", {"to": "off"})
    first = fresh(registration).switched_off_at
    admin.post(f"/platforms/{registration}/switch", {"to": "off"})

    assert (fresh(registration).switched_off_at, deeds()) == (first, ["platform.switched_off"])


def test_a_platform_is_renamed(admin: Administrating, registration: str) -> None:
    admin.post(f"/platforms/{registration}/name", {"name": "  North   College "})
    refused = admin.post(f"/platforms/{registration}/name", {"name": " "})

    assert (fresh(registration).name, refused.status_code, deeds()) == ("North College", 400, ["platform.renamed"])


def test_a_deployment_is_given_to_a_new_organization_that_has_an_issuer(
    admin: Administrating, registration: str, organization: str
) -> None:
    deployment = deployment_of(registration)
    address = f"/platforms/{registration}/deployments/{deployment}/organization"

    admin.post(address, {"to": "new", "name": "West School"})

    db.session.rollback()
    made = db.session.scalars(select(Organization).where(Organization.name == "West School")).one()
    assert db.session.get_one(Deployment, deployment).organization_id == made.id
    assert db.session.scalars(select(Issuer.name).where(Issuer.organization_id == made.id)).all() == ["West School"]
    assert "West School" in admin.get(f"/platforms/{registration}").text

    admin.post(address, {"to": organization})
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Deployment, deployment).organization_id is None
    assert deeds() == ["organization.created", "deployment.given", "deployment.given"]


@pytest.mark.parametrize(("fields", "status"), [({"to": "nothing"}, 404), ({"to": "new", "name": " "}, 400)])
def test_a_deployment_is_given_to_no_organization_that_is_none(
    admin: Administrating, registration: str, fields: dict[str, str], status: int
) -> None:
    address = f"/platforms/{registration}/deployments/{deployment_of(registration)}/organization"

    assert admin.post(address, fields).status_code == status
    assert (deeds(), db.session.query(Organization).count()) == ([], 1)


def test_the_page_of_a_platform_says_what_the_lack_of_a_scope_switches_off(
    admin: Administrating, registration: str
) -> None:
    with transaction():
        found = db.session.get_one(Registration, registration)
        found.granted_scopes, found.clock_skew = [], -200

    page = admin.get(f"/platforms/{registration}").text

    assert "nobody is marked as gone" in page
    assert "no score reaches the LMS" in page
    assert "3 minutes behind ours" in page


def test_a_platform_that_is_none_is_not_found(admin: Administrating) -> None:
    for page in ("/platforms/none", "/platforms/none/launches", "/platforms/none/keys", "/platforms/none/keys/stop"):
        assert admin.get(page).status_code == 404


def visit(registration: str, minutes: int, **said: object) -> None:
    person = make_person(db.session.scalars(select(Organization.id).limit(1)).one())
    with transaction():
        db.session.add(
            VisitRow(
                id=new_id(), secret_hash="x", registration_id=registration, person_id=person,
                deployment_id=deployment_of(registration), created_at=clock.now() - timedelta(minutes=minutes),
                **{"role": "member", **said},
            )
        )  # fmt: skip


def refuse(registration: str, minutes: int, **said: str) -> None:
    with transaction():
        at, words = clock.now() - timedelta(minutes=minutes), {"code": "token_expired", "reference": "REFREF", **said}
        db.session.add(RefusedLaunch(registration_id=registration, at=at, **words))


def test_good_and_refused_launches_stand_in_one_list_in_order(admin: Administrating, registration: str) -> None:
    visit(registration, 3, proof="frame", sent={"roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]})
    refuse(registration, 2, reference="SECOND")
    visit(registration, 1, role="staff", message="LtiDeepLinkingRequest")

    page = admin.get(f"/platforms/{registration}/launches").text

    newest, refused, oldest = (page.index(words) for words in ("Staff of the course", "SECOND", "cookie in a frame"))
    assert newest < refused < oldest
    assert "The launch has expired" in page
    assert "<code>Learner</code>" in page
    assert "Ada" not in page


def test_only_refused_launches_are_shown_when_asked(admin: Administrating, registration: str) -> None:
    visit(registration, 3)
    refuse(registration, 2)

    page = admin.get(f"/platforms/{registration}/launches?show=refused").text

    assert ("The launch has expired" in page, "Learner" in page) == (True, False)


def test_a_long_list_is_turned_page_by_page_without_gap_or_double(admin: Administrating, registration: str) -> None:
    for number in range(120):
        refuse(registration, number // 3, reference=f"R{number:05}")

    seen: list[str] = []
    address = f"/platforms/{registration}/launches"
    while address:
        page = admin.get(address).text
        seen += [part[:6] for part in page.split("<code>R")[1:]]
        older = page.split('rel="next" href="/admin')
        address = older[1].split('"')[0].replace("&amp;", "&") if len(older) > 1 else ""

    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("before", ["nonsense", "2026-11-24_x", "2026-11-24T00:00:00+00:00_' OR 1", "%00"])
def test_a_place_in_the_list_that_is_none_of_ours_is_no_fault(
    admin: Administrating, registration: str, before: str
) -> None:
    for page in (f"/platforms/{registration}/launches", "/audit"):
        assert admin.get(f"{page}?before={before}").status_code in (200, 400)


def test_a_list_without_launches_says_what_to_do(admin: Administrating, registration: str) -> None:
    assert "Open the tool from a course" in admin.get(f"/platforms/{registration}/launches").text
    assert "None was refused" in admin.get(f"/platforms/{registration}/launches?show=refused").text


def test_a_consumer_of_lti_1_1_is_entered_and_its_secret_never_shown(admin: Administrating, registration: str) -> None:
    admin.post(f"/platforms/{registration}/consumers", {"key": "old-key", "shared_secret": "hush-hush"})

    page = admin.get(f"/platforms/{registration}").text
    kept = db.session.scalars(select(LegacyConsumer)).one()
    assert ("old-key" in page, "hush-hush" in page, "hush-hush" in kept.sealed_secret) == (True, False, False)
    admin.post(f"/platforms/{registration}/consumers/{kept.id}/removal")
    assert db.session.scalars(select(LegacyConsumer)).all() == []
    assert deeds() == ["legacy.consumer_added", "legacy.consumer_removed"]


def test_an_old_id_is_linked_by_a_click_and_the_click_taken_back(
    app: Flask, admin: Administrating, registration: str, organization: str
) -> None:
    link = make_legacy_link(registration, organization)
    assert "old-17" in admin.get(f"/platforms/{registration}").text

    answer = admin.post(f"/platforms/{registration}/legacy/{link}", {"linked": "yes"})
    strip = admin.client.get(answer.headers["Location"]).text
    assert "Do not link it after all" in strip
    admin.post(f"/platforms/{registration}/legacy/{link}", {"linked": "no"})

    db.session.rollback()
    assert db.session.get_one(LegacyLink, link).status == "refused"
    assert deeds() == ["legacy.approved", "legacy.refused"]


def make_legacy_link(registration: str, organization: str) -> str:
    person = make_person(organization)
    with transaction():
        identity = Identity(registration_id=registration, sub="new-17", person_id=person)
        db.session.add(identity)
        db.session.flush()
        link = LegacyLink(registration_id=registration, identity_id=identity.id, legacy_user_id="old-17")
        db.session.add(link)
        db.session.flush()
        return link.id
