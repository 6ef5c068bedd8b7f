"""The administrator's verbs at the door: what they print, and what they refuse in words."""

import json

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from lti_tool.badges.model import Issuer
from lti_tool.cli import main
from lti_tool.db import db
from lti_tool.launch.keys import published_keys
from lti_tool.launch.model import Deployment, Registration, ToolKey
from lti_tool.people.model import Organization

LMS = "https://lms.example"


def command(*words: str) -> Result:
    db.session.rollback()
    result = CliRunner().invoke(main, list(words))
    db.session.rollback()
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def add(*more: str, **changed: str) -> Result:
    words = {
        "--issuer": LMS, "--client-id": "one", "--auth-url": f"{LMS}/auth", "--token-url": f"{LMS}/token",
        "--jwks-url": f"{LMS}/jwks", **{f"--{name.replace('_', '-')}": value for name, value in changed.items()},
    }  # fmt: skip
    return command("platform", "add", *[part for pair in words.items() for part in pair], *more)


def test_adding_a_platform_prints_what_it_made(app: Flask) -> None:
    printed = json.loads(add("--json", "--deployment", "1", "--deployment", "2", "--deployment", "1").stdout)

    assert set(printed) == {"id", "organization", "issuer"}
    assert printed["issuer"] == LMS
    registration = db.session.get_one(Registration, printed["id"])
    assert registration.organization_id == printed["organization"]
    assert {(one.deployment_id, one.status) for one in db.session.scalars(select(Deployment))} == {
        ("1", "active"), ("2", "active")
    }  # fmt: skip
    assert db.session.scalars(select(ToolKey.registration_id)).all() == [printed["id"]]


def test_the_organization_and_its_first_issuer_are_named_after_the_platform(app: Flask) -> None:
    add(name="Example University")

    assert db.session.scalars(select(Organization.name)).all() == ["Example University"]
    issuer = db.session.scalars(select(Issuer)).one()
    assert (issuer.name, issuer.url, issuer.email) == ("Example University", LMS, "badges@example.org")


def test_a_platform_without_a_name_goes_by_its_host(app: Flask) -> None:
    assert "Registered lms.example as " in add().stdout


def test_the_token_audience_is_kept(app: Flask) -> None:
    add(token_audience="https://lms.example/audience")

    assert db.session.scalars(select(Registration.token_audience)).one() == "https://lms.example/audience"


def test_a_platform_is_added_once(app: Flask) -> None:
    add()
    again = add(name="Another name")

    assert again.exit_code == 1
    assert again.output.startswith("Error: This platform is registered already.")
    assert db.session.query(Registration).count() == db.session.query(Organization).count() == 1


def test_one_platform_may_know_the_tool_by_two_client_ids(app: Flask) -> None:
    assert [add().exit_code, add(client_id="two").exit_code] == [0, 0]


@pytest.mark.parametrize(
    "changed",
    [
        {"jwks_url": "http://lms.example/jwks"},
        {"token_url": "https://10.0.0.1/token"},
        {"auth_url": "ftp://lms.example/auth"},
        {"jwks_url": "https://[::1]/jwks"},
        {"token_url": "https://user:word@lms.example/token"},
    ],
)
def test_an_address_that_may_not_be_reached_is_refused_in_words(app: Flask, changed: dict[str, str]) -> None:
    refused = add(**changed)

    assert (refused.exit_code, refused.output.splitlines()[-1][:34]) == (1, "Error: This address cannot be used")
    assert db.session.query(Registration).count() == db.session.query(Organization).count() == 0


@pytest.mark.parametrize("changed", [{"client_id": ""}, {"issuer": ""}, {"client_id": "x" * 256}])
def test_a_platform_needs_an_issuer_and_a_client_id(app: Flask, changed: dict[str, str]) -> None:
    refused = add(**changed)

    assert (refused.exit_code, "needs an issuer and a client id" in refused.output) == (1, True)


def test_the_list_names_every_platform(app: Flask) -> None:
    added = [json.loads(add("--json", client_id=client).stdout)["id"] for client in ("one", "two")]

    printed = json.loads(command("platform", "list", "--json").stdout)
    lines = command("platform", "list").stdout.splitlines()

    assert [one["id"] for one in printed] == added
    assert {tuple(sorted(one)) for one in printed} == {("client_id", "id", "issuer", "name", "on", "organization")}
    assert [line.split()[0] for line in lines] == added


def test_an_empty_list_says_so(app: Flask) -> None:
    assert command("platform", "list").stdout == "No platform is registered yet.\n"
    assert json.loads(command("platform", "list", "--json").stdout) == []


def test_a_deployment_that_waits_is_approved_and_a_new_one_named(app: Flask) -> None:
    registration = json.loads(add("--json", "--deployment", "1").stdout)["id"]

    assert command("platform", "approve", registration, "1").exit_code == 0
    assert command("platform", "approve", registration, "new").stdout == "Deployment new is approved.\n"
    assert command("platform", "approve", registration, "-1:new").stdout == "Deployment -1:new is approved.\n"
    assert {(one.deployment_id, one.status) for one in db.session.scalars(select(Deployment))} == {
        ("1", "active"), ("new", "active"), ("-1:new", "active")
    }  # fmt: skip


def test_a_deployment_of_no_registration_is_refused_in_words(app: Flask) -> None:
    refused = command("platform", "approve", "nothing", "1")

    assert (refused.exit_code, refused.output.startswith("Error: There is nothing here.")) == (1, True)


def test_rotating_keys_names_the_new_key_of_every_platform(app: Flask) -> None:
    add(name="First")
    add(name="Second", client_id="two")
    before = {key["kid"] for key in published_keys()}

    printed = command("keys", "rotate").stdout

    fresh = {key["kid"] for key in published_keys()} - before
    assert len(fresh) == 2
    assert {line.split(": ")[1] for line in printed.splitlines()} == fresh


def test_one_platforms_key_is_rotated_at_once(app: Flask) -> None:
    registration = json.loads(add("--json").stdout)["id"]

    printed = command("keys", "rotate", registration, "--at-once").stdout

    assert [f"lms.example: {key['kid']}\n" for key in published_keys()] == [printed]


def test_rotated_keys_are_printed_as_json(app: Flask) -> None:
    registration = json.loads(add("--json").stdout)["id"]

    printed = json.loads(command("keys", "rotate", "--at-once", "--json").stdout)

    assert printed == [{"registration": registration, "kid": published_keys()[0]["kid"]}]


def test_rotating_the_keys_of_no_registration_is_refused_in_words(app: Flask) -> None:
    refused = command("keys", "rotate", "nothing")

    assert (refused.exit_code, "There is no such registration." in refused.output) == (1, True)
