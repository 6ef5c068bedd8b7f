"""Issuers: the profile that every badge names needs a name, a web address and an e-mail address."""

import pytest
from click.testing import CliRunner
from flask import Flask

from lti_tool.badges.issuers import create_issuer, edit_issuer, first_issuer_of, issuer_facts, issuers_page
from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.organizations import create_organization
from tests.make.organization import make_organization


def create(organization: str, **changed: str) -> str:
    words = {"name": "Faculty", "url": "https://faculty.example/", "email": "f@example.org", **changed}
    with transaction():
        return create_issuer(organization=organization, **words).id


def edit(issuer: str, **words: str | None) -> None:
    with transaction():
        edit_issuer(issuer, **words)


def test_the_first_issuer_is_the_one_that_came_first(organization: str) -> None:
    elsewhere, first = make_organization("Elsewhere"), first_issuer_of(organization)
    second = create(organization)

    assert first_issuer_of(organization) == first
    assert [one.id for one in issuers_page(organization, limit=9)] == [first, second]
    assert [one.organization for one in issuers_page(elsewhere, limit=9)] == [elsewhere]


def test_an_organization_without_an_issuer_is_told(app: Flask) -> None:
    with transaction():
        organization = create_organization(name="New").id

    with pytest.raises(Problem, match="not_found"):
        first_issuer_of(organization)


@pytest.mark.parametrize(
    "words",
    [
        {"name": " "},
        {"url": ""},
        {"url": "faculty.example"},
        {"url": "javascript:alert(1)"},
        {"url": "https://"},
        {"url": "https://[::1"},
        {"url": "https://x.example/" + "x" * 2000},
        {"email": "nobody"},
        {"email": ""},
    ],
)
def test_what_no_profile_can_carry_is_refused_and_changes_nothing(organization: str, words: dict[str, str]) -> None:
    before = issuer_facts(first_issuer_of(organization))
    assert before is not None

    for act in (lambda: create(organization, **words), lambda: edit(before.id, **words)):
        with pytest.raises(Problem, match="bad_request"):
            act()
    db.session.rollback()

    assert issuers_page(organization, limit=9) == [before]


def test_what_is_given_changes_and_the_rest_stays(organization: str) -> None:
    issuer = first_issuer_of(organization)
    edit(issuer, name=" New  name ", description=" We teach. ")

    facts = issuer_facts(issuer)
    assert facts is not None
    assert (facts.name, facts.description) == ("New name", "We teach.")
    assert (facts.url, facts.email) == ("https://example.org/", "badges@example.org")
    edit(issuer, description=" ")
    assert issuer_facts(issuer).description is None  # type: ignore[union-attr]


def test_the_operator_lists_and_edits_issuers(organization: str) -> None:
    issuer, runner = first_issuer_of(organization), CliRunner()
    db.session.rollback()

    edited = runner.invoke(main, ["issuer", "edit", "--name", "New name", "--", issuer])
    listed = runner.invoke(main, ["issuer", "list"])
    refused = runner.invoke(main, ["issuer", "edit", "--url", "nowhere", "--", issuer])
    unknown = runner.invoke(main, ["issuer", "edit", "nothing", "--name", "x"])

    assert (edited.exit_code, edited.output) == (0, "New name is up to date.\n")
    assert listed.output == f"{issuer}  New name  https://example.org/  badges@example.org\n"
    assert (refused.exit_code, "web address" in refused.output) == (1, True)
    assert (unknown.exit_code, unknown.output.startswith("Error: There is nothing here.")) == (1, True)
