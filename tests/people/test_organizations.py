"""Organizations: made with a name, renamed by the operator."""

import pytest
from click.testing import CliRunner
from flask import Flask

from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.model import Organization
from lti_tool.people.organizations import create_organization, rename_organization
from tests.make.organization import make_organization


def test_a_new_organization_may_use_everything(app: Flask) -> None:
    with transaction():
        made = create_organization(name="  Example \n University ")

    assert made.name == "Example University"
    assert (made.may_use_spaces, made.may_manage_data, made.may_weigh_points) == (True, True, True)


@pytest.mark.parametrize("name", ["", " \u200b "])
def test_an_organization_needs_a_name(app: Flask, name: str) -> None:
    organization = make_organization("Kept")

    def rename() -> None:
        with transaction():
            rename_organization(organization, name=name)

    with pytest.raises(Problem) as refused:
        rename()
    db.session.rollback()

    assert (refused.value.code, db.session.get_one(Organization, organization).name) == ("bad_request", "Kept")


def test_the_operator_lists_and_renames(app: Flask) -> None:
    organization = make_organization("Before")
    db.session.rollback()
    runner = CliRunner()

    renamed = runner.invoke(main, ["organization", "rename", organization, "After"])
    listed = runner.invoke(main, ["organization", "list"])
    unknown = runner.invoke(main, ["organization", "rename", "nothing", "After"])

    assert (renamed.exit_code, renamed.output) == (0, "It is called After now.\n")
    assert listed.output == f"{organization}  After\n"
    assert (unknown.exit_code, unknown.output) == (1, "Error: There is nothing here. There is no such organization.\n")
