"""Noting a deed of whoever is here: a person, an administrator, a program with a token, or the command line."""

from flask import g, has_request_context

from lti_tool.people.admin.session import admin_or_none
from lti_tool.people.audit import Fact, note
from lti_tool.people.visit import visit_or_none


def note_deed(
    deed: str, *, subject: str, organization: str | None = None, scope: str | None = None,
    facts: dict[str, Fact] | None = None,
) -> None:  # fmt: skip
    """Write the deed into the audit log, in the surrounding transaction. `scope` is the issuer that it belongs to."""
    kind, actor = actor_here()
    note(
        deed, actor_kind=kind, actor=actor, organization=organization, subject=subject, scope=scope, facts=facts
    )  # fmt: skip


def a_program_acts(token_id: str) -> None:
    """The API says whose token this request carries."""
    g.program = token_id


def actor_here() -> tuple[str, str | None]:
    """Who acts: `person`, `administrator`, `program` or `command`, and the id."""
    if not has_request_context():
        return "command", None
    visit, admin = visit_or_none(), admin_or_none()
    if visit is not None:
        return "person", visit.person
    if admin is not None:
        return "administrator", admin.id
    return ("program", g.program) if "program" in g else ("command", None)


def person_here() -> str | None:
    """The person of the guest book who acts, if it is one."""
    kind, actor = actor_here()
    return actor if kind == "person" else None
