"""Lists come in parts, each item once, in an order that stays, whatever is added meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.badges.issuers import create_issuer
from lti_tool.badges.model import Award, BadgeClass, Issuer
from lti_tool.db import db, transaction
from lti_tool.spaces.model import Member, Objective
from tests.api.program import Program
from tests.make.space import make_badge, make_member, make_objective, make_space

MANY = 7


@pytest.fixture
def lists(program: Program, organization: str) -> dict[str, str]:
    """{the list's address: what names one of its items}, each list with seven of them, equal where they can be."""
    space = make_space(organization)
    for _ in range(MANY - 1):
        make_space(organization)
    with transaction():
        for _ in range(MANY - 1):
            create_issuer(organization=organization, name="Same", url="https://example.org/", email="a@example.org")
    badges = [make_badge(organization, "Same") for _ in range(MANY)]
    for badge in badges:
        make_member(space, organization, None, None)
        make_objective(space, organization, badge=badge)
        program.post("/awards", {"badge": badge, "recipient": {"email": "ada@example.org"}})
    with transaction():  # what was made at one moment stands in the order of its ids
        for table, column in ((Issuer, "created_at"), (BadgeClass, "created_at"), (Award, "issued_on")):
            db.session.query(table).update({column: clock.now()})
        db.session.query(Objective).update({"position": 1})
    return {
        "/spaces": "id", "/issuers": "id", "/badges": "id", "/awards": "id", f"/spaces/{space}/members": "id",
        f"/spaces/{space}/objectives": "id", f"/spaces/{space}/leaderboard": "alias",
    }  # fmt: skip


def test_every_list_is_read_in_parts_of_any_size_without_gaps_or_doubles(
    program: Program, lists: dict[str, str]
) -> None:
    for path, name in lists.items():
        whole = program.get(path, limit=200)
        assert whole.json["next"] is None
        for limit in (1, 3, MANY - 1, MANY):
            parts = program.all_of(path, limit=limit)

            assert parts == whole.json["items"], (path, limit)
        assert len({one[name] for one in whole.json["items"]}) == MANY, path


def test_the_next_part_keeps_limit_and_filter_and_has_our_public_address(
    program: Program, lists: dict[str, str]
) -> None:
    issuer = program.get("/badges").json["items"][0]["issuer"]

    following = program.get("/badges", limit=2, issuer=issuer).json["next"]

    assert following.startswith("http://localhost:8000/api/v1/badges?limit=2&issuer=")
    assert len(program.get(following).json["items"]) == 2


def test_what_is_added_between_two_parts_shifts_nothing(program: Program, organization: str) -> None:
    space = make_space(organization)
    for name in ("Bea B", "Cid C", "Eva E", "Fay F"):
        make_member(space, organization, name)
    first = program.get(f"/spaces/{space}/members", limit=2).json
    make_member(space, organization, "Ada A")
    make_member(space, organization, "Dan D")

    rest = program.get(first["next"]).json

    names = [one["name"] for one in (*first["items"], *rest["items"])]
    assert names == ["Bea B", "Cid C", "Dan D", "Eva E"]


def test_awards_stand_in_the_order_of_their_dates(program: Program, organization: str) -> None:
    badge = make_badge(organization)
    days = [3, 1, 2]
    for day in days:
        said: dict[str, Any] = {"badge": badge, "recipient": {"email": f"p{day}@example.org"}}
        program.post("/awards", {**said, "issued_on": (clock.now() - timedelta(days=day)).isoformat()})

    listed = program.all_of("/awards", limit=1)

    assert [one["recipient"]["email"] for one in listed] == ["p3@example.org", "p2@example.org", "p1@example.org"]


def test_a_long_list_of_members_costs_as_many_questions_as_a_short_one(
    app: Flask, program: Program, organization: str
) -> None:
    space = make_space(organization)
    with transaction():
        for number in range(300):
            db.session.add(
                Member(space_id=space, email=f"p{number}@example.org", status="open", sort_name=f"{number:03}",
                       alias=f"Alias {number}")
            )  # fmt: skip

    assert len(program.all_of(f"/spaces/{space}/members", limit=200)) == 300
    assert len(program.get(f"/spaces/{space}/members").json["items"]) == 50
