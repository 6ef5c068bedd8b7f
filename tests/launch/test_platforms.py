"""Platforms and their deployments: the first one is taken at its word, later unknown ones wait for an administrator."""

import pytest
from flask import Flask

from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.model import Deployment, Registration
from lti_tool.launch.platforms import (
    PlatformWords,
    add_platform,
    all_platforms,
    approve_deployment,
    registration_for,
    registrations_of,
    settle_deployment,
)

LMS = "https://lms.example"


def add(client: str = "one", issuer: str = LMS, deployments: tuple[str, ...] = ()) -> str:
    with transaction():
        return add_platform(
            PlatformWords(issuer, client, f"{LMS}/auth", f"{LMS}/token", f"{LMS}/jwks", deployments)
        ).id  # fmt: skip


def settle(registration: str, deployment: str) -> str:
    with transaction():
        return settle_deployment(registration, deployment).status


def test_a_registration_is_found_by_issuer_and_client_exactly(app: Flask) -> None:
    first, second = add("one"), add("two")

    found = registration_for(LMS, "two")
    assert found is not None
    assert found.id == second
    assert registration_for(f"{LMS}/", "one") is registration_for(LMS, "ONE") is None
    assert {one.id for one in registrations_of(LMS)} == {first, second}
    assert [one.id for one in all_platforms()] == [first, second]


def test_the_first_deployment_of_a_platform_without_any_is_learned(app: Flask) -> None:
    registration = add()

    assert [settle(registration, "a"), settle(registration, "a")] == ["active", "active"]
    assert db.session.query(Deployment).count() == 1


def test_a_later_unknown_deployment_waits_until_it_is_approved(app: Flask) -> None:
    registration = add(deployments=("a",))

    before = [settle(registration, "b"), settle(registration, "b")]
    with transaction():
        approve_deployment(registration, "b")

    assert (before, settle(registration, "b")) == (["pending", "pending"], "active")


def test_a_deployment_id_means_something_in_its_own_registration_alone(app: Flask) -> None:
    one, two = add("one", deployments=("a",)), add("two", deployments=("b",))

    assert (settle(one, "a"), settle(two, "a")) == ("active", "pending")


def test_a_deployment_that_was_switched_off_stays_off(app: Flask) -> None:
    registration = add(deployments=("a",))
    with transaction():
        db.session.query(Deployment).one().status = "off"

    assert settle(registration, "a") == "off"


def test_a_platform_that_is_known_is_not_overwritten(app: Flask) -> None:
    add()

    with pytest.raises(Problem, match="platform_known"):
        add()
    db.session.rollback()

    assert db.session.query(Registration).count() == 1


def test_an_issuer_that_is_no_web_address_is_registered_all_the_same(app: Flask) -> None:
    add(issuer="urn:lms:one")

    registration = registration_for("urn:lms:one", "one")
    assert registration is not None
    assert registration.name == "urn:lms:one"
