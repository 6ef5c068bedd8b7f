"""The operator makes tokens, looks at them and ends them on the command line."""

import json
from datetime import datetime, timedelta

from click.testing import CliRunner, Result
from flask import Flask

from lti_tool import clock
from lti_tool.api.model import ApiToken
from lti_tool.cli import main
from lti_tool.db import db
from tests.api.program import Program, code_of
from tests.make.organization import make_organization


def command(*words: str) -> Result:
    """`lti-tool token …` in the application of this test."""
    return CliRunner().invoke(main, ["token", *words])


def test_a_token_is_shown_once_with_the_day_it_ends(app: Flask) -> None:
    make_organization()

    said = json.loads(command("create", "--days", "7", "--json").output)

    assert set(said) == {"token", "expires"}
    assert timedelta(days=6, hours=23) < datetime.fromisoformat(said["expires"]) - clock.now() <= timedelta(days=7)
    assert Program(app.test_client(), said["token"]).post("/issuers", {}).status_code == 400
    assert said["token"] not in command("list").output + command("list", "--json").output


def test_a_token_lasts_ninety_days_unless_said_otherwise(app: Flask) -> None:
    make_organization()

    answer = command("create")

    secret, sentence = answer.output.splitlines()
    assert sentence.startswith(f"It is valid until {(clock.now() + timedelta(days=90)).date()}")
    assert Program(app.test_client(), secret).get("/spaces").status_code == 200


def test_a_token_for_reading_may_read(app: Flask) -> None:
    make_organization()

    program = Program(app.test_client(), json.loads(command("create", "--read-only", "--json").output)["token"])

    assert program.get("/issuers").status_code == 200
    assert code_of(program.post("/issuers", {})) == "api_read_only"


def test_where_there_are_several_organizations_one_must_be_named(app: Flask) -> None:
    first, second = make_organization(), make_organization("Other School")

    refused, named = command("create"), command("create", "--organization", second, "--json")

    assert refused.exit_code == 1
    assert first in refused.output
    assert f"{second}  Other School" in refused.output
    [issuer] = Program(app.test_client(), json.loads(named.output)["token"]).all_of("/issuers")
    assert issuer["name"] == "Other School"


def test_without_an_organization_there_is_nothing_to_make_a_token_for(app: Flask) -> None:
    empty, unknown = command("create"), command("create", "--organization", "nobody")

    assert (empty.exit_code, unknown.exit_code) == (1, 1)
    assert "add a platform first" in empty.output
    assert "no organization nobody" in unknown.output
    assert command("list").output == "There is no token yet.\n"


def test_a_token_lasts_between_a_day_and_two_years(app: Flask) -> None:
    make_organization()

    assert {command("create", "--days", days).exit_code for days in ("0", "-1", "731", "soon")} == {2}
    assert db.session.query(ApiToken).count() == 0


def test_a_revoked_token_is_over_at_once_and_stays_in_the_list(app: Flask) -> None:
    make_organization()
    secret = json.loads(command("create", "--json").output)["token"]
    program = Program(app.test_client(), secret)
    [before] = json.loads(command("list", "--json").output)

    command("revoke", before["id"])
    again = command("revoke", before["id"])

    assert code_of(program.get("/issuers")) == "api_token_wrong"
    assert "over since" in command("list").output
    assert again.exit_code == 0
    assert command("revoke", "unknown").exit_code == 1
