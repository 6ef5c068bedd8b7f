"""An administrator and the notices of a deployment: asked again by a click, noted, and of this platform only."""

from flask import Flask
from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.model import Deployment
from lti_tool.launch.notices.model import NoticeService
from lti_tool.launch.notices.offer import COPY
from lti_tool.launch.notices.registering import sweep_handlers
from lti_tool.people.admin.model import AuditEntry
from tests.make.admin import make_admin
from tests.make.visit import make_registration


def offering(registration: str, **said: str) -> str:
    """The registration's deployment, which offers a notice. Answers its id."""
    with transaction():
        found = db.session.scalars(select(Deployment).where(Deployment.registration_id == registration)).one()
        url = "https://lms.example/notices"
        db.session.add(NoticeService(deployment_id=found.id, url=url, offered=[COPY], registered={}, **said))
        return found.id


def asked() -> list[str]:
    return list(db.session.scalars(select(Job.kind).where(Job.kind == "notices.register")))


def test_try_again_asks_the_lms_once_more_and_is_noted(app: Flask, organization: str) -> None:
    admin, registration = make_admin(app), make_registration(organization)
    deployment = offering(registration, problem="service_forbidden", problem_said="No.")

    before = admin.get(f"/platforms/{registration}").text
    admin.post(f"/platforms/{registration}/deployments/{deployment}/notices")

    db.session.rollback()
    assert ("Not registered." in before, "The LMS says: “No.”" in before) == (True, True)
    assert asked() == ["notices.register"]
    assert db.session.get_one(NoticeService, deployment).problem is None
    assert "notices.asked" in set(db.session.scalars(select(AuditEntry.deed)))


def test_a_deployment_of_another_platform_is_not_found(app: Flask, organization: str) -> None:
    admin, registration = make_admin(app), make_registration(organization)
    other = offering(make_registration(organization))

    answers = [
        admin.post(f"/platforms/{registration}/deployments/{deployment}/notices") for deployment in (other, "x")
    ]

    assert [one.status_code for one in answers] == [404, 404]
    assert asked() == []


def test_nobody_but_an_administrator_asks(app: Flask, organization: str) -> None:
    registration = make_registration(organization)
    deployment = offering(registration)

    app.test_client().post(f"/admin/platforms/{registration}/deployments/{deployment}/notices")

    assert asked() == []


def test_the_schedule_asks_for_what_no_job_knows_of_and_leaves_refusals_to_people(
    app: Flask, organization: str
) -> None:
    offering(make_registration(organization))
    offering(make_registration(organization), problem="service_forbidden")

    sweep_handlers()

    assert asked() == ["notices.register"]
