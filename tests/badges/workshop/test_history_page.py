"""The history of an issuer: the audit log in sentences, with names that are looked up when it is shown."""

import re

from flask import Flask

from lti_tool.badges.badge_classes import archive_badge
from lti_tool.db import db, transaction
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.audit import note
from lti_tool.people.model import Person
from tests.api.program import make_program
from tests.make.home import make_home
from tests.make.issuer import Worker, make_worker
from tests.make.organization import make_organization
from tests.make.space import make_badge


def deeds(worker: Worker, ask: str = "") -> list[str]:
    """The sentences of the page, the newest first."""
    page = worker.browser.get(f"issuers/{worker.issuer}/history{ask}")
    assert page.status_code == 200
    found = re.findall(r'<p class="deed">(.*?)</p>', page.text, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", one)).strip() for one in found]


def test_an_issuer_that_did_nothing_has_an_empty_history(app: Flask, organization: str) -> None:
    page = make_worker(app, organization, "editor")

    assert deeds(page) == []
    assert "Nothing is in the log yet" in page.browser.get(f"issuers/{page.issuer}/history").text


def test_everybody_is_named_as_they_are_known_and_a_deleted_badge_has_no_name(app: Flask, organization: str) -> None:
    owner, program = make_worker(app, organization), make_program(app, organization)
    badge = program.post("/badges", {"name": "Made", "description": "d", "criteria": "c"}).json["id"]
    make_home(app, owner.person).post(f"badges/{badge}/archive", {"archived": "yes"})
    owner.browser.post(f"badges/{badge}/archive", {"archived": "no"})
    with app.app_context():  # nobody of the requests before is here any more
        program.call("PATCH", f"/badges/{badge}", json={"name": "Renamed"})

    before = deeds(owner)
    owner.browser.post(f"badges/{badge}/delete")
    with transaction():
        db.session.get_one(Person, owner.person).name = None

    assert before[0].startswith("A program (token …")
    assert before[0].endswith("changed the badge Renamed (words).")
    assert before[1:3] == ["Olga Owner restored the badge Renamed.", "Olga Owner archived the badge Renamed."]
    assert deeds(owner)[0] == "Somebody of the LMS deleted a badge that nobody had."
    assert deeds(owner)[2] == "Somebody of the LMS restored a badge that is deleted."


def test_the_history_is_turned_by_fifty_and_shows_one_badge_alone(app: Flask, organization: str) -> None:
    owner, badge, other = make_worker(app, organization), make_badge(organization), make_badge(organization, "Other")
    with transaction():
        for number in range(60):
            archive_badge(badge, archived=number % 2 == 0)
    page = owner.browser.get(f"issuers/{owner.issuer}/history").text
    older = re.search(r'rel="next" href="[^"]*(\?before=[^"]+)"', page)

    assert older is not None
    assert len(deeds(owner)) == 50
    assert len(deeds(owner, older[1].replace("&amp;", "&"))) == 12
    assert deeds(owner, f"?badge={other}") == ["The tool, or its operator, made the badge Other."]
    assert deeds(owner, "?badge=nothing&before=nonsense") == []


def test_nothing_of_another_issuer_and_no_name_of_another_organization_is_shown(app: Flask, organization: str) -> None:
    owner, stranger = make_worker(app, organization), make_worker(app, make_organization("Elsewhere"), name="Xaver")
    with transaction():
        note("issuer.edited", actor_kind="person", actor=stranger.person, subject=owner.issuer, scope=owner.issuer)
        note("a.deed", actor_kind="administrator", actor="x", subject="y", scope=owner.issuer)
        note("issuer.archived", actor_kind="person", actor=owner.person, subject="z", scope=stranger.issuer)

    assert sorted(deeds(owner)) == ["An administrator: a.deed.", "Somebody of the LMS changed the profile."]
    assert make_worker(app, organization, "awarder").browser.get(f"issuers/{owner.issuer}/history").status_code == 403


def test_the_log_holds_ids_and_plain_facts_alone(app: Flask, organization: str) -> None:
    owner = make_worker(app, organization, name="Olga Geheim")
    owner.browser.post(
        f"issuers/{owner.issuer}/profile",
        {"name": "Geheim", "url": "https://geheim.example/", "email": "geheim@example.org", "time_zone": "UTC"},
    )

    [entry] = db.session.query(AuditEntry).all()

    assert (entry.deed, entry.actor, entry.scope) == ("issuer.edited", owner.person, owner.issuer)
    assert entry.facts == {"name": True, "url": True, "email": True}
    assert "geheim" not in repr(vars(entry)).lower()


def test_a_deed_of_the_rooms_is_called_by_its_name(app: Flask, organization: str) -> None:
    owner = make_worker(app, organization)
    deed = {"actor_kind": "person", "actor": owner.person, "organization": organization, "scope": owner.issuer}
    with transaction():
        note("members.brought", subject="a-space", **deed)

    assert deeds(owner)[0] == "Olga Owner: Added a table of people to a Space."


def test_a_deed_of_the_rooms_by_the_operator_is_a_sentence_too(app: Flask, organization: str) -> None:
    owner = make_worker(app, organization)
    with transaction():
        note("pathway.made", actor_kind="command", subject="p", organization=organization, scope=owner.issuer)

    assert deeds(owner)[0] == "The tool, or its operator: A pathway was made."
