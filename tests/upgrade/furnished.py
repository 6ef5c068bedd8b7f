"""A database as people leave it, and what they and the public see of it: which page, and which of their words on it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool.badges.issuers import first_issuer_of
from lti_tool.people.visit import Role
from tests.api.program import make_program
from tests.make.admin import make_admin
from tests.make.every_table import fill_every_table
from tests.make.home import make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.staff import make_staff
from tests.make.tenant import Tenant, make_tenant
from tests.make.visit import make_visit

WORD = "Elm"
SAID = (
    f"Space {WORD}", f"Badge {WORD}", f"Objective {WORD}", f"Report {WORD}", f"Pupil {WORD}", f"Pathway {WORD}",
    f"Group {WORD}", f"Collection {WORD}", f"Brought {WORD}", f"Written about {WORD}", f"Only for staff: {WORD}",
    f"pupil@{WORD.lower()}.example", f"guest@{WORD.lower()}.example", f"clerk@{WORD.lower()}.example",
)  # fmt: skip
_VARIABLE = re.compile(r"<(?:[^<>]*:)?(\w+)>")

Get = Callable[[str], TestResponse]


@dataclass(frozen=True)
class Furnished:
    """The ids of what was put in: of a Space with all that belongs to it, and of its issuer's owner."""

    tenant: Tenant
    owner: str

    @property
    def ids(self) -> dict[str, str]:
        kept = {name: value for name, value in vars(self.tenant).items() if name.endswith("_id")}
        return {**kept, "form": "png", "person_id": self.owner}


def furnish() -> Furnished:
    """Three rows in every table, a Space with one of everything, and an owner of its issuer."""
    fill_every_table()
    organization = make_organization("Elm School")
    issuer = first_issuer_of(organization)
    tenant = make_tenant(organization, issuer, WORD)
    owner = make_person(organization, "Olga Owner", "olga@elm.example")
    make_staff(issuer, owner, "owner")
    return Furnished(tenant, owner)


def looked_at(app: Flask, there: Furnished) -> Iterator[tuple[str, str, TestResponse]]:
    """Everybody at every address that leads to it: who, the address without what is of this visit, the answer."""
    for who, begin, get in _browsers(app, there):
        for rule in app.url_map.iter_rules():
            if rule.rule.startswith(begin) and "GET" in (rule.methods or ()) and _is_known(rule, there):
                path = _VARIABLE.sub(lambda found: there.ids[found[1]], rule.rule.removeprefix(begin))
                answer = get(path)
                answer.get_data()  # one that streams is read to its end at once
                answer.close()
                yield who, path, answer


def words_on(answer: TestResponse) -> list[str]:
    return [said for said in SAID if said in answer.text] if answer.mimetype.startswith("text/") else []


def facts_in(answer: TestResponse) -> Any:
    """What a public document says, without the proof that is made anew."""
    if "json" not in answer.mimetype:
        return None
    said = json.loads(answer.text)
    return {name: value for name, value in said.items() if name != "proof"} if isinstance(said, dict) else said


def _browsers(app: Flask, there: Furnished) -> Iterator[tuple[str, str, Get]]:
    tenant, organization = there.tenant, there.tenant.organization
    visits = {"owner": (there.owner, {}), "learner": (tenant.pupil, {"role": Role.MEMBER})}
    for who, (person, said) in visits.items():
        visit = make_visit(app, organization=organization, person=person, space=tenant.space_id, **said)
        yield f"{who} in a visit", "/v/<visit_id>/", visit.get
        home = make_home(app, person)
        yield f"{who} at home", "/home/", home.get
    yield "administrator", "/admin", make_admin(app).get
    program = make_program(app, organization)
    yield "program", "/api/v1", program.get
    anybody = app.test_client()
    yield "anybody", "/public/", lambda path: anybody.get(f"/public/{path}", headers={"Accept": "application/json"})


def _is_known(rule: Rule, there: Furnished) -> bool:
    return rule.arguments - {"visit_id"} <= there.ids.keys()

