"""The description is complete and true: an independent reader of it finds no answer that it does not describe."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as effort

from lti_tool import clock
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.settings import Settings
from tests.api.program import ROOT, Program, make_program
from tests.make.organization import make_organization
from tests.make.space import make_badge, make_member, make_objective, make_space

# A description cannot say that a date must lie ahead or that a name needs a letter: what fits it may still be refused.
positive_data_acceptance = schemathesis.checks.positive_data_acceptance
FITTING, NOT_FITTING = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
EXAMPLES = 12  # for each address; the whole stays well under a minute


def description(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get(f"{ROOT}/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json
    return document


def test_every_address_is_described_with_its_methods(app: Flask) -> None:
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    described = {(path, method) for path, operations in description(app)["paths"].items() for method in operations}

    assert described == there


def test_every_address_names_its_security_and_its_refusals(app: Flask) -> None:
    document = description(app)
    public = {f"{ROOT}/openapi.json"}

    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path in public:
                assert operation["security"] == []
                continue
            assert operation["security"] == [{"token": []}], path
            assert {"400", "401", "403", "429", "503"} <= set(operation["responses"]), path
            assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]
            for code, answer in operation["responses"].items():
                if code.startswith("4"):
                    reference = answer["content"]["application/json"]["schema"]["$ref"]
                    assert reference == "#/components/schemas/Refused", (path, code)
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_whatever_changes_something_takes_a_key(app: Flask) -> None:
    for path, operations in description(app)["paths"].items():
        for method, operation in operations.items():
            names = {one["name"] for one in operation["parameters"] if one["in"] == "header"}

            changes = method != "get" and path != f"{ROOT}/verify"
            assert names - {"If-Match"} == ({"Idempotency-Key"} if changes else set()), path


def test_a_picture_is_described_as_a_file_of_a_form(app: Flask) -> None:
    document = description(app)
    content = document["paths"][f"{ROOT}/badges"]["post"]["requestBody"]["content"]

    assert set(content) == {"application/json", "multipart/form-data"}
    form = document["components"]["schemas"]["NewBadgeWithPicture"]
    assert {"type": "string", "format": "binary"} in form["properties"]["image"]["anyOf"]


def test_every_word_that_is_referred_to_is_there_and_every_field_of_an_answer_is_promised(app: Flask) -> None:
    document = description(app)
    schemas = document["components"]["schemas"]

    referred = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))

    assert referred <= set(schemas)
    for name in ("Space", "Member", "Objective", "Badge", "Award", "Issuer", "BoardLine"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name


def test_the_description_is_the_same_for_everybody_and_names_our_address(app: Flask) -> None:
    first, second = description(app), make_program(app, make_organization()).get("/openapi.json").json

    assert first == second
    assert first["servers"] == [{"url": "http://localhost:8000"}]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As everywhere, but for a reader that asks faster than any program may."""
    fast = "100000 per minute"
    return settings.model_copy(update={"api_caller_limit": fast, "api_address_limit": fast})


def test_no_answer_is_one_that_the_description_does_not_know(app: Flask) -> None:
    organization = make_organization()
    known, program = _one_of_everything(app, organization), make_program(app, organization)
    schema = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", app)
    seen: dict[str, set[int]] = {}

    for found in schema.get_all_operations():
        operation = found.ok()
        statuses = seen.setdefault(operation.label, set())
        spare = {"badge_id": make_badge(organization, "Nobody has it")} if operation.method == "delete" else {}
        spare |= _to_be_replaced(program, organization) if "/replacement" in operation.label else {}
        spare |= _to_be_checked(program, organization) if "/verify" in operation.label else {}
        spare |= {"evidence": "none"} if operation.label.endswith("/objectives") else {}  # a badge objective has none
        spare |= _to_be_corrected(program, organization) if "/correction" in operation.label else {}
        _try_out(operation, known | spare, program, statuses)

    assert len(seen) == 30
    never_right = [label for label, statuses in seen.items() if not statuses & {200, 201, 204}]
    assert never_right == []


def _try_out(operation: Any, known: dict[str, Any], program: Program, statuses: set[int]) -> None:
    """Call one address with what fits its description, with ids that exist and with others, and with what does not."""
    passes: list[tuple[Any, dict[str, Any]]] = [(FITTING, known), (FITTING, {})]
    if list(operation.iter_parameters()) or operation.body:  # elsewhere there is nothing that could not fit
        passes.append((NOT_FITTING, {}))
    for mode, used in passes:
        _call_often(operation.as_strategy(generation_mode=mode), used, program, statuses)


def _call_often(cases: Any, known: dict[str, Any], program: Program, statuses: set[int]) -> None:
    @seed(20261124)
    @effort(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases)
    def call(case: Any) -> None:
        _use(case, known)
        answer = case.call_and_validate(
            headers={"Authorization": f"Bearer {program.token}"}, excluded_checks=[positive_data_acceptance]
        )
        statuses.add(answer.status_code)

    call()


def _to_be_replaced(program: Program, organization: str) -> dict[str, Any]:
    """A badge, the address of an award to replace it with, and the token of a preview of that."""
    award = program.post(
        "/awards", {"badge": make_badge(organization, "Better"), "recipient": {"email": "ada@example.org"}}
    ).json  # fmt: skip
    badge = make_badge(organization, "To be replaced")
    preview = program.post(f"/badges/{badge}/replacement", {"url": award["public_url"]}).json
    return {"badge_id": badge, "url": award["public_url"], "token": preview["token"]}


def _to_be_checked(program: Program, organization: str) -> dict[str, Any]:
    said = {"badge": make_badge(organization, "To be checked"), "recipient": {"email": "ada@example.org"}}
    return {"url": program.post("/awards", said).json["public_url"]}


def _to_be_corrected(program: Program, organization: str) -> dict[str, Any]:
    """An award that no other address needs any more."""
    said = {"badge": make_badge(organization, "Misspelt"), "recipient": {"email": "ada@example.org"}}
    return {"award_id": program.post("/awards", said).json["id"], "recipient": {"email": "grace@example.org"}}


def _use(case: Any, known: dict[str, Any]) -> None:
    for name in set(case.path_parameters or {}) & set(known):
        case.path_parameters[name] = known[name]
    for holder in (case.query, case.body):
        if isinstance(holder, dict):
            holder.update({name: known[name] for name in set(known) & set(holder)})
            if known:
                holder.pop("expires", None)


def _one_of_everything(app: Flask, organization: str) -> dict[str, Any]:
    space, badge = make_space(organization), make_badge(organization)
    member = make_member(space, organization)
    objective = make_objective(space, organization, badge=badge)
    program = make_program(app, organization)
    award = program.post("/awards", {"badge": badge, "recipient": {"email": "ada@example.org"}}).json["id"]
    return {
        "space_id": space, "objective_id": objective, "member_id": member, "award_id": award, "badge": badge,
        "badge_id": badge, "issuer": first_issuer_of(organization), "issuer_id": first_issuer_of(organization),
        "recipient": {"member": member},
        "ends_on": (clock.now() + timedelta(days=30)).date().isoformat(), "url": "https://example.org/",
        "email": "grace@example.org", "issued_on": "2026-01-31T00:00:00Z", "evidence": "https://example.org/notes",
        "kind": "manual", "name": "Grace", "title": "Explore", "description": "Did it.", "criteria": "Do it.",
        "separator": "tab", "archived": False,  # or nothing of the issuer could be given any more
    }  # fmt: skip
