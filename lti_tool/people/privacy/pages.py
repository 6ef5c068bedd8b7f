"""The privacy desk at the console: find a person, see what is kept, hand it over, erase it."""

from flask import Response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from lti_tool.csvfile import content_disposition
from lti_tool.db import transaction
from lti_tool.people.access import Permission, needs
from lti_tool.people.organizations import all_organizations
from lti_tool.people.privacy.erasing import erase_person, note_export
from lti_tool.people.privacy.finding import MOST_FOUND, people_found
from lti_tool.people.privacy.keeping import Fate, Whose
from lti_tool.people.privacy.packing import export_name, packed
from lti_tool.people.privacy.whose import kept_of, person_facts, whose


@needs(Permission.ADMIN)
def people() -> ResponseReturnValue:
    """GET /admin/people?find=&organization=: the list, or at once the only one who fits"""
    wanted, organization = request.args.get("find", ""), request.args.get("organization", "")
    found = people_found(wanted, organization)
    if len(found) == 1:
        return redirect(url_for("privacy.person", person_id=found[0].id), 303)
    return render_template(
        "admin/people/list.html", organizations=all_organizations(), wanted=wanted, organization=organization,
        found=found[:MOST_FOUND], more=len(found) > MOST_FOUND,
    )  # fmt: skip


@needs(Permission.ADMIN)
def person(person_id: str) -> str:
    """GET /admin/people/<person_id>"""
    facts = person_facts(person_id)
    return render_template("admin/people/person.html", person=facts, kept=kept_of(whose(person_id)))


@needs(Permission.ADMIN)
def export(person_id: str) -> Response:
    """POST /admin/people/<person_id>/export: it is noted who took it"""
    with transaction():
        theirs = whose(person_id)
        note_export(person_id, theirs.organization)
    return file_of(theirs)


@needs(Permission.ADMIN)
def erasure(person_id: str) -> str:
    """GET /admin/people/<person_id>/erasure: what would go and what would stay; nothing goes yet"""
    return _dry_run(person_id)


@needs(Permission.ADMIN)
def erase(person_id: str) -> ResponseReturnValue:
    """POST /admin/people/<person_id>/erasure, `code` typed as it is shown"""
    facts = person_facts(person_id)
    if facts.erased_at is None and request.form.get("code", "").strip().upper() != facts.code:
        return _dry_run(person_id, wrong=True), 400
    with transaction():
        done = erase_person(person_id)
    return redirect(url_for("privacy.person", person_id=person_id, done="erased" if done else "before"), 303)


def file_of(theirs: Whose) -> Response:
    """What is kept, as a file to save; nobody on the way keeps a copy."""
    answer = Response(stream_with_context(packed(theirs)), mimetype="application/zip")
    answer.headers["Content-Disposition"] = content_disposition(export_name())
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _dry_run(person_id: str, *, wrong: bool = False) -> str:
    kept = [line for line in kept_of(whose(person_id)) if line.count]
    return render_template(
        "admin/people/erase.html", person=person_facts(person_id), wrong=wrong,
        goes=[line for line in kept if line.fate is Fate.GOES],
        nameless=[line for line in kept if line.fate is Fate.NAMELESS],
        stays=[line for line in kept if line.fate is Fate.STAYS],
    )  # fmt: skip
