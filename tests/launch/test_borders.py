"""Who gets where: every address of a visit, from the table of addresses, for everybody who should not be there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from lti_tool.badges.model import BadgeClass
from lti_tool.db import Row, db, transaction
from lti_tool.launch.model import Deployment, VisitRow
from lti_tool.people.access import Permission
from lti_tool.people.model import Person
from lti_tool.people.visit import Role
from lti_tool.spaces import completions
from lti_tool.spaces.evidence.handing_in import Typed, hand_in
from lti_tool.spaces.evidence.kinds import GoodFile
from lti_tool.spaces.evidence.model import Attachment
from lti_tool.spaces.model import Member, Objective
from lti_tool.spaces.pathways.following import add_pathway
from lti_tool.spaces.space import Space
from tests.make.evidence import make_evidence_objective
from tests.make.organization import make_organization
from tests.make.pathway import make_way
from tests.make.person import make_person
from tests.make.space import make_badge, make_member, make_objective, make_space
from tests.make.visit import Visitor, make_visit

OURS = "http://localhost:8000"
# Said here again and by hand, so that a route cannot be opened by a slip: what learners may ask for.
THEIR_OWN = {
    f"backpack.{page}"
    for page in """add ask_to_delete award backpack begin bring check_again collection collections delete imported move
    name_on_award original picture remove restore share take""".split()
} | {"people_home.addresses", "people_home.ask", "people_home.remove", "workshop.issuers"}
FOR_ANYBODY = THEIR_OWN | {
    "room.home", "room.evidence_file", "about.shown", "inside.pick", "inside.cancel_pick", "inside.lost",
    "inside.privacy", "looks.choose", "own_data.my_data", "own_data.my_file",
}  # fmt: skip
# Pages of an issuer let whoever has a role in it in; of those who build a Space they show its issuer and badges.
OF_ISSUERS = ("workshop.", "making.", "pathways.", "staffing.", "awarding.", "exporting.", "replacing.")
FOR_BUILDERS = {"workshop.issuer", "workshop.badge", "workshop.new_badge", "pathways.pathways", "pathways.pathway"}
UNKNOWN = "batch_id collection_id element_id entry_id imported_id invitation_id pathway_id person_id token".split()
FOR_LEARNERS = FOR_ANYBODY | {
    "room.my_awards", "room.objective", "room.objective_picture", "room.evidence", "room.withdraw_evidence",
    "room.leaderboard",
    "room.leaderboard_me", "room.pathways", "room.leave_view",
}  # fmt: skip
HOLDERS = {
    Permission.VISIT: {"teacher", "assistant", "designer", "learner", "mentor", "observer", "support", "guest"},
    Permission.SUPPORT: {"support"},
    Permission.SPACE_SEE: {"teacher", "assistant", "designer", "learner"},
    Permission.SPACE_FOLLOW: {"mentor"},
    Permission.SPACE_BUILD: {"teacher", "assistant", "designer"},
    Permission.SPACE_RUN: {"teacher", "assistant"},
    Permission.SPACE_SHAPE: {"teacher", "designer"},
    Permission.SPACE_LEAD: {"teacher"},
    Permission.SPACE_CREATE: {"teacher", "designer"},  # who is told that the course has its Space already
}


@dataclass
class Room:
    """A Space with everybody and everything in it."""

    organization: str
    space: str
    member: str
    objective: str
    issuer: str
    badge: str
    award: str
    submission: str
    attachment: str
    pathway: str
    visitors: dict[str, Visitor]

    @property
    def ids(self) -> dict[str, str]:
        return {
            "member_id": self.member, "objective_id": self.objective, "issuer_id": self.issuer, "badge_id": self.badge,
            "award_id": self.award, "submission_id": self.submission, "attachment_id": self.attachment,
            "pathway_id": self.pathway,
        }  # fmt: skip


@pytest.fixture
def room(app: Flask) -> Room:
    return furnish(app, "One School")


def furnish(app: Flask, name: str) -> Room:
    organization = make_organization(name)
    space = make_space(organization)
    member = make_member(space, organization, f"Pupil of {name}", f"pupil@{name.split()[0].lower()}.example")
    objective = make_objective(space, organization, f"Objective of {name}")
    with transaction():
        db.session.get_one(Space, space).leaderboard_on = True
        award = completions.complete(objective_id=objective, member_id=member, by=None).award
    badge = db.session.get_one(Objective, objective).badge_id
    issuer = db.session.get_one(BadgeClass, badge).issuer_id
    roles = {role.value: (role, False) for role in (Role.OBSERVER, Role.SUPPORT, Role.GUEST)}
    roles |= {"teacher": (Role.STAFF, False), "assistant": (Role.STAFF, True), "learner": (Role.MEMBER, False)}
    roles |= {"designer": (Role.DESIGNER, False), "mentor": (Role.OBSERVER, False)}
    submission, attachment = handed_in(space, organization, member, name)
    pathway = make_way(organization, [str(badge)], f"Pathway of {name}")
    with transaction():
        add_pathway(space, pathway, by=None)
    named = db.session.get_one(Member, make_member(space, organization, f"Mentee of {name}")).person_id
    visitors = {
        who: make_visit(app, organization=organization, person=make_person(organization, f"Some {who}"), space=space,
                        role=role, assistant=assistant, mentees=[str(named)] if who == "mentor" else [])
        for who, (role, assistant) in roles.items()
    }  # fmt: skip
    return Room(
        organization, space, member, objective, issuer, badge, str(award), submission, attachment, pathway, visitors
    )


def handed_in(space: str, organization: str, member: str, name: str) -> tuple[str, str]:
    """What the pupil has handed in for an objective of its own, and a file of it."""
    objective = make_evidence_objective(space, organization, f"Report of {name}")
    with transaction():
        file = GoodFile(f"Pupil of {name}.txt", "text/plain", f"Pupil of {name}".encode())
        submission = hand_in(objective, member, Typed(f"Written by a Pupil of {name}"), [file], send=True).id
    attachment = db.session.scalars(select(Attachment.id).where(Attachment.submission_id == submission)).one()
    db.session.rollback()
    return submission, attachment


def rules(app: Flask) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/v/")]
    assert len(found) > 15
    return found


def is_of_issuers(rule: Rule) -> bool:
    return rule.endpoint.startswith(OF_ISSUERS) and rule.endpoint not in THEIR_OWN


def page_of(rule: Rule, ids: dict[str, str]) -> str:
    """The page under the visit's path, with its ids filled in; a route with an id that this does not know fails."""
    page = rule.rule.split("/", 3)[3].replace("<why>", "nowhere")
    for name, value in {**dict.fromkeys(UNKNOWN, "unknown"), **ids}.items():
        page = page.replace(f"<{name}>", value)
    assert not re.search("<", page), f"say in this test what belongs into {rule.rule}"
    return page


def ask(visitor: Visitor, method: str, page: str) -> Any:
    return visitor.get(page) if method == "GET" else visitor.post(page, {"title": "T", "points": "1", "choice": "hide"})


def everything() -> dict[str, list[tuple[Any, ...]]]:
    db.session.rollback()
    return {
        table.name: sorted((tuple(map(str, row)) for row in db.session.execute(select(table))), key=str)
        for table in Row.metadata.sorted_tables
    }


def methods(rule: Rule) -> Iterator[str]:
    yield from sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"})


@pytest.mark.parametrize(
    "who", ["teacher", "assistant", "designer", "learner", "mentor", "observer", "support", "guest"]
)
def test_nobody_gets_past_what_their_role_includes(app: Flask, room: Room, who: str) -> None:
    visitor, before = room.visitors[who], everything()
    for rule in rules(app):
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        page = page_of(rule, room.ids)
        for method in methods(rule) if who not in HOLDERS[permission] else ():
            answer = ask(visitor, method, page)
            assert (answer.status_code, b"not_allowed" in answer.data) == (403, True), (who, method, rule.rule)
            assert b"Pupil of" not in answer.data
    assert everything() == before


@pytest.mark.parametrize("who", ["teacher", "assistant", "designer", "learner", "mentor", "support"])
def test_everybody_gets_as_far_as_their_role_reaches(app: Flask, room: Room, who: str) -> None:
    for rule in rules(app):
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        page = page_of(rule, room.ids)
        for method in methods(rule) if who in HOLDERS[permission] and not is_of_issuers(rule) else ():
            assert ask(room.visitors[who], method, page).status_code != 403, (who, method, rule.rule)


def test_what_learners_may_ask_for_is_a_short_list(app: Flask) -> None:
    asked = {
        rule.endpoint: app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        for rule in rules(app)
        if not is_of_issuers(rule)
    }

    assert {name for name, permission in asked.items() if "learner" in HOLDERS[permission]} == FOR_LEARNERS
    assert {name for name, permission in asked.items() if "guest" in HOLDERS[permission]} == FOR_ANYBODY


@pytest.mark.parametrize(
    "who", ["teacher", "assistant", "designer", "learner", "mentor", "observer", "support", "guest"]
)
def test_without_a_role_in_the_issuer_nobody_works_with_it(app: Flask, room: Room, who: str) -> None:
    shown = FOR_BUILDERS if who in HOLDERS[Permission.SPACE_BUILD] else set()
    before = everything()
    for rule in rules(app):
        page = page_of(rule, room.ids)
        for method in methods(rule) if is_of_issuers(rule) and rule.endpoint not in shown else ():
            answer = ask(room.visitors[who], method, page)
            assert (answer.status_code, b"not_allowed" in answer.data) == (403, True), (who, method, rule.rule)
        if rule.endpoint in shown:
            assert room.visitors[who].get(page).status_code == 200, (who, rule.rule)
    assert everything() == before


def test_staff_of_one_space_reach_nothing_of_another(app: Flask, room: Room) -> None:
    other = furnish(app, "Other School")
    before = everything()
    asked = 0

    for rule, (member, objective) in product(rules(app), product((room.member, other.member), repeat=2)):
        objective = room.objective if objective == room.member else other.objective
        foreign = [name for name, value in (("member_id", member), ("objective_id", objective)) if
                   name in rule.arguments and value in (other.member, other.objective)]  # fmt: skip
        for method in methods(rule) if foreign else ():
            page = page_of(rule, {"member_id": member, "objective_id": objective})
            answer = ask(room.visitors["teacher"], method, page)
            permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
            expected = 404 if "teacher" in HOLDERS[permission] else 403
            assert answer.status_code == expected, (method, rule.rule, foreign)
            assert b"Other School" not in answer.data
            asked += 1

    assert asked > 10
    assert everything() == before


def test_nobody_reaches_evidence_of_another_space(app: Flask, room: Room) -> None:
    other, asked = furnish(app, "Other School"), 0
    before = everything()
    for rule in rules(app):
        if rule.arguments & {"submission_id", "attachment_id"}:
            page = page_of(rule, {**room.ids, "submission_id": other.submission, "attachment_id": other.attachment})
            for who, method in product(("teacher", "learner"), methods(rule)):
                permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
                fields = {"do": "accept", "reason": "R"}
                visitor = room.visitors[who]
                answer = visitor.get(page) if method == "GET" else visitor.post(page, fields)
                assert answer.status_code == (404 if who in HOLDERS[permission] else 403), (who, method, rule.rule)
                asked += 1
    assert asked > 8
    assert everything() == before


def test_no_page_of_one_school_names_another(app: Flask, room: Room) -> None:
    other = furnish(app, "Other School")

    for rule in rules(app):
        if "GET" in (rule.methods or ()):
            page = page_of(rule, room.ids)
            query = f"?done=complete&member={other.member}&objective={other.objective}&q=Other"
            for visitor in (room.visitors["teacher"], room.visitors["learner"]):
                text = visitor.get(page + query).get_data().decode(errors="replace")
                assert "Other School" not in text, rule.rule
                assert "other.example" not in text, rule.rule


def test_a_badge_of_another_school_cannot_be_awarded(app: Flask, room: Room) -> None:
    foreign = make_badge(make_organization("Other School"))
    before = everything()

    answer = room.visitors["teacher"].post("objectives/new", {"title": "T", "points": "1", "badge": foreign})

    assert answer.status_code in (404, 422)
    assert everything() == before


def test_a_learner_sees_no_other_learner_and_no_note_for_staff(app: Flask, room: Room) -> None:
    with transaction():
        db.session.get_one(Objective, room.objective).private_criteria = "Only for staff"

    for rule in rules(app):
        if rule.endpoint in FOR_LEARNERS and "GET" in (rule.methods or ()):
            page = page_of(rule, room.ids)
            text = room.visitors["learner"].get(page).get_data().decode(errors="replace")
            assert "Pupil of" not in text, rule.rule
            assert "pupil@" not in text, rule.rule
            assert "Only for staff" not in text, rule.rule


@pytest.mark.parametrize("who", ["designer", "mentor", "observer", "support", "guest"])
def test_whoever_does_not_work_with_people_sees_no_learners_name(app: Flask, room: Room, who: str) -> None:
    for rule in rules(app):
        if "GET" in (rule.methods or ()):
            page = page_of(rule, room.ids)
            text = room.visitors[who].get(page, follow_redirects=True).get_data().decode(errors="replace")
            assert "Pupil of" not in text, rule.rule
            assert "pupil@" not in text, rule.rule


def test_a_stolen_address_without_its_cookie_opens_nothing(app: Flask, room: Room) -> None:
    victim, thief = room.visitors["teacher"], app.test_client()
    before = everything()

    for rule in rules(app):
        page = page_of(rule, room.ids)
        for method in methods(rule):
            fields = {"form_token": victim.form_token} if method == "POST" else None
            answer = thief.open(f"{victim.path}/{page}", method=method, data=fields, headers={"Origin": OURS})
            assert (answer.status_code, b"visit_over" in answer.data) == (401, True), rule.rule
            assert b"lms.example" not in answer.data  # not even where the visit would lead back to
    assert everything() == before


def test_the_cookie_of_one_visit_opens_no_other(app: Flask, room: Room) -> None:
    learner, teacher = room.visitors["learner"], room.visitors["teacher"]
    [cookie] = learner.client._cookies.values()
    learner.client.set_cookie("visit", cookie.value, path=f"{teacher.path}/", domain="localhost")

    answer = learner.client.get(f"{teacher.path}/members")

    assert (answer.status_code, b"visit_over" in answer.data) == (401, True)


FORGERIES = [
    (None, "own"), ("null", "own"), ("https://lms.example", "own"), ("http://localhost:8000.evil.example", "own"),
    ("http://localhost", "own"), ("https://localhost:8000", "own"), (OURS, "other"), (OURS, "none"),
    (OURS, "in the address"),
]  # fmt: skip


def test_no_form_is_taken_from_elsewhere_or_without_its_token(app: Flask, room: Room) -> None:
    visitor, before = room.visitors["teacher"], everything()
    tokens = {"own": visitor.form_token, "other": room.visitors["learner"].form_token}
    forgeries = cycle(FORGERIES)  # every one is tried somewhere, and two of them everywhere
    forms = [(rule, method) for rule in rules(app) for method in set(methods(rule)) - {"GET"}]
    assert len(forms) * 2 > len(FORGERIES)
    for rule, method in forms:
        page = page_of(rule, room.ids)
        for origin, token in (next(forgeries), next(forgeries)):
            query = f"?form_token={visitor.form_token}" if token == "in the address" else ""
            answer = visitor.client.open(
                f"{visitor.path}/{page}{query}", method=method,
                data={"form_token": tokens[token]} if token in tokens else {},
                headers={"Origin": origin} if origin else {},
            )  # fmt: skip
            assert (answer.status_code, b"form_expired" in answer.data) == (403, True), (origin, token, rule.rule)
    assert everything() == before


@pytest.mark.parametrize("ended", ["deployment", "person", "idle", "old"])
def test_a_visit_ends_at_once_for_every_address(app: Flask, room: Room, ended: str) -> None:
    visitor = room.visitors["teacher"]
    with transaction():
        visit = db.session.get_one(VisitRow, visitor.path.rsplit("/", 1)[1])
        match ended:
            case "deployment":
                db.session.get_one(Deployment, visit.deployment_id).status = "off"
            case "person":
                db.session.get_one(Person, visit.person_id).disabled_at = visit.created_at
            case "idle":
                visit.last_seen_at = visit.last_seen_at.replace(year=2020)
            case "old":
                visit.created_at = visit.created_at.replace(year=2020)
    before = everything()

    for rule in rules(app):
        page = page_of(rule, room.ids)
        for method in methods(rule):
            answer = ask(visitor, method, page)
            assert answer.status_code in (401, 403), rule.rule
            assert b"not_allowed" not in answer.data
            assert b'href="https://lms.example/course"' in answer.data  # whoever proves the visit is led back
    assert everything() == before


def test_a_learner_speaks_only_for_themselves_on_the_leaderboard(app: Flask, room: Room) -> None:
    answer = room.visitors["learner"].post("leaderboard/me", {"choice": "hide", "member": room.member})

    assert answer.status_code == 404  # this visitor has no place in the list
    assert db.session.get_one(Member, room.member).hides is False
