"""Members, objectives, completions, leaderboard and table over the API."""

from datetime import UTC, datetime

import pytest

from lti_tool.badges.awards import Recipient
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.people.model import Organization
from lti_tool.spaces.members import share_name
from lti_tool.spaces.model import Completion, Member, Objective, Space
from tests.api.program import Program, code_of
from tests.make.award import make_award
from tests.make.person import make_person
from tests.make.space import make_badge, make_member, make_member_of, make_objective, make_space

PRIVATE = "Look into the log file yourself."


def test_learners_and_staff_are_listed_and_a_preview_is_not(program: Program, organization: str, space: str) -> None:
    ada = make_member(space, organization, "Ada Lovelace", "ada@example.org")
    make_member(space, organization, "Helena Brandt", "helena@example.org", role="staff")
    make_member(space, organization, "Test Student", preview=True)
    make_member(space, organization, None, None)

    listed = program.all_of(f"/spaces/{space}/members")

    assert listed[0] == {
        "id": ada, "name": "Ada Lovelace", "email": "ada@example.org", "role": "member", "status": "active",
        "points": 0, "completed": 0,
    }  # fmt: skip
    assert [(one["name"], one["role"]) for one in listed[1:]] == [(None, "member"), ("Helena Brandt", "staff")]


def test_a_place_added_by_address_is_open_until_its_person_comes(program: Program, space: str) -> None:
    added = program.post(f"/spaces/{space}/members", {"email": "Grace@Example.org", "name": "Grace Hopper"})

    assert added.status_code == 201
    assert (added.json["email"], added.json["status"], added.json["role"]) == ("grace@example.org", "open", "member")
    again = program.post(f"/spaces/{space}/members", {"email": "grace@example.org"})
    assert (again.status_code, code_of(again)) == (409, "already_member")
    assert program.all_of(f"/spaces/{space}/members") == [added.json]


def test_an_objective_is_added_with_everything_that_staff_can_say(
    program: Program, organization: str, space: str
) -> None:
    badge = make_badge(organization)
    said = {
        "kind": "manual", "title": "Explore the lab", "badge": badge, "points": 25, "public_criteria": "Show notes.",
        "private_criteria": PRIVATE, "evidence": "none", "revoke_with_objective": False,
    }  # fmt: skip

    made = program.post(f"/spaces/{space}/objectives", said)

    assert made.status_code == 201
    assert {name: value for name, value in made.json.items() if name != "id"} == {
        **said, "badge_ref": None, "archived": False,
    }  # fmt: skip
    assert program.all_of(f"/spaces/{space}/objectives") == [made.json]


def test_a_badge_objective_is_complete_for_whoever_holds_the_badge(
    program: Program, organization: str, space: str
) -> None:
    badge, ada = make_badge(organization), make_person(organization)
    make_award(badge, Recipient(person=ada))
    member = make_member_of(space, ada)

    made = program.post(f"/spaces/{space}/objectives", {"kind": "badge", "title": "Explorer", "badge": badge})
    required = program.post(f"/spaces/{space}/objectives", {"title": "E", "badge": badge, "evidence": "required"})

    assert (made.status_code, made.json["kind"], required.json["evidence"]) == (201, "badge", "required")
    assert [one["completed"] for one in program.all_of(f"/spaces/{space}/members") if one["id"] == member] == [1]


@pytest.mark.parametrize(
    "said",
    [{"evidence": "allowed"}, {"badge": "none"}],
)
def test_a_badge_objective_that_cannot_be_is_refused_in_words(
    program: Program, organization: str, space: str, said: dict[str, str]
) -> None:
    asked = {"kind": "badge", "title": "Explore", "badge": make_badge(organization), **said}

    refused = program.post(f"/spaces/{space}/objectives", asked)

    assert (refused.status_code, bool(refused.json["error"]["message"])) == (404 if "badge" in said else 400, True)
    assert db.session.query(Objective).count() == 0


def test_other_points_are_refused_where_every_objective_gives_the_same(
    program: Program, organization: str, space: str
) -> None:
    with transaction():
        db.session.get_one(Organization, organization).may_weigh_points = False
    asked = {"title": "Explore", "badge": make_badge(organization)}

    refused = program.post(f"/spaces/{space}/objectives", {**asked, "points": 25})

    assert (refused.status_code, code_of(refused)) == (403, "points_fixed")
    assert program.post(f"/spaces/{space}/objectives", asked).json["points"] == 10


def test_completing_awards_the_badge_once_however_often_it_is_put(
    program: Program, organization: str, space: str
) -> None:
    ada, objective = make_member(space, organization), make_objective(space, organization)
    address = f"/spaces/{space}/objectives/{objective}/completions/{ada}"

    first, second = program.put(address), program.put(address, json={})

    assert first.status_code == 200
    assert first.json == second.json
    [award] = db.session.query(Award)
    assert first.json == {"award": award.id}
    [line] = program.all_of(f"/spaces/{space}/members")
    assert (line["points"], line["completed"]) == (10, 1)


def test_taking_back_revokes_the_award_and_can_be_repeated(program: Program, organization: str, space: str) -> None:
    ada, objective = make_member(space, organization), make_objective(space, organization)
    address = f"/spaces/{space}/objectives/{objective}/completions/{ada}"
    award = program.put(address).json["award"]

    first, second = program.delete(address, {"reason": "Somebody else's notes."}), program.delete(address)

    assert (first.status_code, first.data, second.status_code) == (204, b"", 204)
    assert program.get(f"/awards/{award}").json["revoked"] is True
    assert db.session.query(Completion).one().reason == "Somebody else's notes."
    assert program.all_of(f"/spaces/{space}/members")[0]["points"] == 0
    assert program.put(address).json["award"] != award


def test_taking_back_what_was_never_done_changes_nothing(program: Program, organization: str, space: str) -> None:
    ada, objective = make_member(space, organization), make_objective(space, organization)

    answer = program.delete(f"/spaces/{space}/objectives/{objective}/completions/{ada}")

    assert answer.status_code == 204
    assert db.session.query(Completion).count() == 0


def test_staff_cannot_complete_an_objective(program: Program, organization: str, space: str) -> None:
    staff, objective = make_member(space, organization, role="staff"), make_objective(space, organization)

    refused = program.put(f"/spaces/{space}/objectives/{objective}/completions/{staff}")

    assert (refused.status_code, code_of(refused)) == (409, "not_a_learner")


def test_an_objective_of_another_space_of_ours_is_not_in_this_one(
    program: Program, organization: str, space: str
) -> None:
    elsewhere = make_space(organization, "Chemistry 101")
    ada, objective = make_member(elsewhere, organization), make_objective(elsewhere, organization)
    ours = make_member(space, organization, "Grace Hopper")

    answers = [
        program.put(f"/spaces/{space}/objectives/{objective}/completions/{ada}"),
        program.put(f"/spaces/{space}/objectives/{objective}/completions/{ours}"),
        program.delete(f"/spaces/{space}/objectives/{objective}/completions/{ada}"),
    ]

    assert [code_of(answer) for answer in answers] == ["not_found"] * 3
    assert db.session.query(Completion).count() == 0


def test_the_leaderboard_shows_aliases_and_only_names_that_were_shared(
    program: Program, organization: str, space: str
) -> None:
    objective = make_objective(space, organization)
    ada, grace, _ = (make_member(space, organization, name) for name in ("Ada L", "Grace H", "Mary S"))
    for member in (ada, grace):
        program.put(f"/spaces/{space}/objectives/{objective}/completions/{member}")
    with transaction():
        db.session.get_one(Space, space).names_allowed = True
        share_name(grace, shares=True)

    board = program.all_of(f"/spaces/{space}/leaderboard", limit=1)

    assert [line["rank"] for line in board] == [1, 1, 3]
    assert [line["points"] for line in board] == [10, 10, 0]
    assert sorted(line["name"] or "" for line in board) == ["", "", "Grace H"]
    assert {line["alias"] for line in board} == {one.alias for one in db.session.query(Member)}
    assert set(board[0]) == {"rank", "alias", "name", "points"}


def test_the_table_is_the_same_file_that_staff_download(program: Program, organization: str, space: str) -> None:
    make_member(space, organization, "=cmd()", "ada@example.org")
    make_objective(space, organization, "Explore", private_criteria=PRIVATE)

    answer = program.get(f"/spaces/{space}/progress.csv", separator="semicolon")

    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Name;Given name;Family name;E-mail;Status;Points;Completed;Explore"
    assert lines[1].startswith("'=cmd();")
    assert answer.mimetype == "text/csv"
    assert f"{datetime.now(UTC):%Y-%m-%d}.csv" in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_separator_that_is_none_is_refused(program: Program, space: str) -> None:
    refused = program.get(f"/spaces/{space}/progress.csv", separator="|")

    assert (refused.status_code, code_of(refused)) == (400, "bad_request")
    assert "separator" in refused.json["error"]["message"]


def test_notes_for_staff_stand_with_the_objective_and_nowhere_else(
    program: Program, organization: str, space: str
) -> None:
    objective = make_objective(space, organization, private_criteria=PRIVATE)
    ada = make_member(space, organization)
    award = program.put(f"/spaces/{space}/objectives/{objective}/completions/{ada}").json["award"]

    elsewhere = [
        program.get(path).text
        for path in (
            f"/spaces/{space}", f"/spaces/{space}/members", f"/spaces/{space}/leaderboard",
            f"/spaces/{space}/progress.csv", "/badges", "/awards", f"/awards/{award}",
        )
    ]  # fmt: skip

    assert program.all_of(f"/spaces/{space}/objectives")[0]["private_criteria"] == PRIVATE
    assert not [text for text in elsewhere if PRIVATE in text]
