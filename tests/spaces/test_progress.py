"""Progress pages: the grid, one learner, one cell, marking complete and taking back from each of them."""

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.visit import Role
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.member_reads import Turn, beside, learner_line, learners_page
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.progress_reads import (
    ObjectiveHead,
    cell,
    cells_of,
    grid,
    history,
    objective_heads,
    objectives_beside,
)
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_member, make_member_of, make_objective, make_space
from tests.make.visit import Visitor, make_visit

CROWD = ("Ada A", "Bo B", "Cy C", "Di D", "Ed E")


def staff_visit(app: Flask, organization: str, space: str, name: str = "Tess Teacher") -> Visitor:
    return make_visit(app, organization=organization, person=make_person(organization, name), space=space)


def names(space: str, turn: Turn, limit: int = 2) -> list[str | None]:
    return [line.name for line in learners_page(space, turn, limit).lines]


def test_pages_of_learners_join_forwards_and_backwards(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    for name in reversed(CROWD):
        make_member(space, organization, name)
    first = learners_page(space, Turn(), 2)
    second = learners_page(space, Turn(after=first.next), 2)
    third = learners_page(space, Turn(after=second.next), 2)
    assert [[line.name for line in page.lines] for page in (first, second, third)] == [
        ["Ada A", "Bo B"], ["Cy C", "Di D"], ["Ed E"],
    ]  # fmt: skip
    assert (first.previous, third.next) == (None, None)
    back = learners_page(space, Turn(before=third.previous), 2)
    assert back == learners_page(space, Turn(after=first.next), 2)
    assert learners_page(space, Turn(before=back.previous), 2) == first


def test_people_of_one_name_are_all_listed_in_a_stable_order(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    twins = {make_member(space, organization, "Ada Twin") for _ in range(5)}
    seen, turn = [], Turn()
    while True:
        page = learners_page(space, turn, 2)
        seen += [line.id for line in page.lines]
        if page.next is None:
            break
        turn = Turn(after=page.next)
    assert len(seen) == 5
    assert set(seen) == twins


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("ångström", ["Zoë Ångström"]),
        ("ÅNGSTRÖM zoë", ["Zoë Ångström"]),
        ("zo@exam", ["Zoë Ångström"]),
        ("%", []),
        ("_", ["Under_score X"]),
        ("nobody", []),
    ],
)
def test_a_search_finds_names_in_any_order_and_addresses(app: Flask, search: str, expected: list[str]) -> None:
    organization = make_organization()
    space = make_space(organization)
    make_member(space, organization, "Zoë Ångström", "zo@example.org")
    make_member(space, organization, "Under_score X")
    assert names(space, Turn(search=search)) == expected


def test_the_grid_says_what_each_learner_has_done(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo = (make_member(space, organization, name) for name in CROWD[:2])
    make_member(space, organization, "Tess Teacher", role="staff")
    make_member(space, organization, "Test Student", preview=True)
    first, second = (make_objective(space, organization, title) for title in ("First", "Second"))
    with transaction():
        complete(objective_id=first, member_id=ada, by=None)
        complete(objective_id=second, member_id=bo, by=None)
        take_back(objective_id=second, member_id=bo, by=None)
    seen = grid(space, Turn())
    assert [head.title for head in seen.objectives] == ["First", "Second"]
    assert [line.id for line in seen.learners.lines] == [ada, bo]
    assert [[seen.state(one, other) for other in (first, second)] for one in (ada, bo)] == [
        ["complete", None], [None, "taken_back"],
    ]  # fmt: skip


def test_the_walk_along_learners_and_objectives_stops_at_the_ends(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo, cy = (make_member(space, organization, name) for name in CROWD[:3])
    assert [[one.id if one else None for one in beside(space, member)] for member in (ada, bo, cy)] == [
        [None, bo], [ada, cy], [bo, None],
    ]  # fmt: skip
    heads = [ObjectiveHead(title, title, 1) for title in "abc"]
    assert [objectives_beside(heads, title) for title in "abc"] == [
        (None, heads[1]), (heads[0], heads[2]), (heads[1], None),
    ]  # fmt: skip


def test_the_history_tells_who_did_what_and_why(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    teacher = make_person(organization, "Tess Teacher")
    member = make_member(space, organization, "Ada Able")
    objective = make_objective(space, organization, "First")
    with transaction():
        complete(objective_id=objective, member_id=member, by=teacher)
    with transaction():
        take_back(objective_id=objective, member_id=member, by=teacher, reason="It was somebody else's")
    line = learner_line(space, member)
    told = history(cells_of(space, member), joined_at=line.joined_at, left_at=line.left_at)
    assert [(one.what, one.title, one.by, one.reason) for one in told] == [
        ("taken_back", "First", "Tess Teacher", "It was somebody else's"),
        ("complete", "First", "Tess Teacher", None),
        ("joined", None, None, None),
    ]


def test_a_learner_or_objective_of_another_space_is_not_found(app: Flask) -> None:
    organization = make_organization()
    here, there = make_space(organization), make_space(organization, "Chemistry")
    mine, theirs = make_member(here, organization), make_member(there, organization)
    objective = make_objective(there, organization)
    for ask in (
        lambda: learner_line(here, theirs),
        lambda: cell(here, mine, objective),
        lambda: beside(here, theirs),
        lambda: learners_page(here, Turn(after=theirs)),
    ):
        with pytest.raises(Problem) as refused:
            ask()
        assert refused.value.code == "not_found"


# The pages


def test_an_empty_grid_says_how_people_get_here(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    visitor = staff_visit(app, organization, space)
    assert "no objectives" in visitor.get("progress").text
    make_objective(space, organization)
    assert "Nobody has opened this yet" in visitor.get("progress").text


def test_one_click_in_the_grid_marks_complete_and_the_notice_undoes_it(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member, objective = make_member(space, organization, "Ada Able"), make_objective(space, organization, "First")
    visitor = staff_visit(app, organization, space)
    [action] = re.findall(r'formaction="([^"]*/complete)"', visitor.get("progress").text)
    done = visitor.post(action.removeprefix(visitor.path + "/"), {"back": "grid"}, follow_redirects=True)
    assert done.request.path.endswith("/progress")
    assert cell(space, member, objective).state == "complete"
    [undo] = re.findall(r'formaction="([^"]*/take-back)"', done.text)
    visitor.post(undo.removeprefix(visitor.path + "/"), {"back": "grid"})
    db.session.expire_all()
    assert cell(space, member, objective).state == "taken_back"
    assert learner_line(space, member).points == 0


def test_the_way_back_leads_to_the_page_that_the_button_was_on(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo = (make_member(space, organization, name) for name in CROWD[:2])
    objective = make_objective(space, organization)
    visitor = staff_visit(app, organization, space)
    back = {"back": "grid", "after": ada, "q": "bo"}
    answer = visitor.post(f"progress/{bo}/{objective}/complete", back)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (query["after"], query["q"], query["done"]) == ([ada], ["bo"], ["complete"])
    outside = visitor.post(f"progress/{bo}/{objective}/take-back", {"back": "https://evil.example/"})
    assert urlsplit(outside.headers["Location"]).path == f"{visitor.path}/progress/{bo}/{objective}"


def test_a_notice_that_is_not_so_is_not_shown(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member, objective = make_member(space, organization), make_objective(space, organization)
    visitor = staff_visit(app, organization, space)
    page = visitor.get(f"progress?done=complete&member={member}&objective={objective}").text
    assert "Undo" not in page
    assert visitor.get(f"progress?done=complete&member={member}&objective=nothing").status_code == 404


def test_the_completion_page_takes_back_with_a_reason(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member = make_member(space, organization, "Ada Able")
    objective = make_objective(space, organization, "First", private_criteria="Look twice.")
    visitor = staff_visit(app, organization, space)
    page = visitor.get(f"progress/{member}/{objective}")
    assert "Look twice." in page.text
    assert "Show your notes." in page.text
    done = visitor.post(f"progress/{member}/{objective}/complete", follow_redirects=True)
    award = cell(space, member, objective).award
    assert f"/public/assertions/{award}" in done.text
    gone = visitor.post(f"progress/{member}/{objective}/take-back", {"reason": "Too early"}, follow_redirects=True)
    assert "Too early" in gone.text
    db.session.expire_all()
    assert cell(space, member, objective).award_revoked


def test_the_learner_page_lists_every_objective(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member = make_member(space, organization, "Ada Able")
    objectives = [make_objective(space, organization, title) for title in ("First", "Second")]
    page = staff_visit(app, organization, space).get(f"progress/{member}").text
    for objective in objectives:
        assert f"/progress/{member}/{objective}" in page


def test_pages_of_progress_lead_to_the_neighbours(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo, cy = (make_member(space, organization, name) for name in CROWD[:3])
    first, second = (make_objective(space, organization, title) for title in ("First", "Second"))
    visitor = staff_visit(app, organization, space)
    page = visitor.get(f"progress/{bo}/{first}").text
    for other in (f"{ada}/{first}", f"{cy}/{first}", f"{bo}/{second}"):
        assert f'href="{visitor.path}/progress/{other}"' in page
    assert f'href="{visitor.path}/progress/{ada}"' in visitor.get(f"progress/{bo}").text


def test_somebody_who_left_is_still_there_with_a_tag(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member = make_member(space, organization, "Ada Able")
    make_objective(space, organization)
    with transaction():
        db.session.get_one(Member, member).status = "inactive"
    visitor = staff_visit(app, organization, space)
    for page in ("progress", f"progress/{member}", "members"):
        text = visitor.get(page).text
        assert "Ada Able" in text
        assert re.search(r"\bleft\b", text, re.IGNORECASE)


def test_nothing_can_be_changed_in_a_space_that_has_ended(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member, objective = make_member(space, organization), make_objective(space, organization)
    visitor = staff_visit(app, organization, space)
    with transaction():
        db.session.get_one(Space, space).ends_on = date(2020, 1, 1)
    assert "formaction" not in visitor.get("progress").text
    assert "Mark complete" not in visitor.get(f"progress/{member}/{objective}").text
    refused = visitor.post(f"progress/{member}/{objective}/complete")
    assert refused.status_code == 409
    assert cell(space, member, objective).state is None


def test_another_space_cannot_be_reached_through_a_page(app: Flask) -> None:
    organization = make_organization()
    here, there = make_space(organization), make_space(organization, "Chemistry")
    member, objective = make_member(there, organization), make_objective(there, organization)
    visitor = staff_visit(app, organization, here)
    for page in (f"progress/{member}", f"progress/{member}/{objective}", f"progress?after={member}"):
        assert visitor.get(page).status_code == 404
    assert visitor.post(f"progress/{member}/{objective}/complete").status_code == 404
    assert cell(there, member, objective).state is None


def test_a_learner_sees_no_page_of_progress(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    person = make_person(organization)
    member, objective = make_member_of(space, person), make_objective(space, organization)
    visitor = make_visit(app, organization=organization, person=person, space=space, role=Role.MEMBER)
    for page in ("progress", f"progress/{member}", f"progress/{member}/{objective}", "members"):
        assert visitor.get(page).status_code == 403
    assert visitor.post(f"progress/{member}/{objective}/complete").status_code == 403
    assert not [head for head in objective_heads(space) if cell(space, member, head.id).state]


def test_a_name_with_markup_is_only_text(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member = make_member(space, organization, "<b>Ada</b> O'Neil")
    objective = make_objective(space, organization, "<i>First</i>")
    visitor = staff_visit(app, organization, space)
    for page in ("progress", f"progress/{member}", f"progress/{member}/{objective}", "members"):
        text = visitor.get(page).text
        assert "<b>Ada" not in text
        assert "<i>First" not in text
        assert "&lt;b&gt;Ada" in text
