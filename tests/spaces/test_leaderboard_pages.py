"""The leaderboard as learners and staff see it: off until it is switched on, aliases, hiding, the options."""

from flask import Flask

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.people.visit import Role
from lti_tool.spaces.leaderboard import participants, standing_of, top
from lti_tool.spaces.model import Space
from tests.make.board import NAMES, open_board, score
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_member_of, make_space
from tests.make.visit import Visitor, make_staff_visit, make_visit


def learners(space: str, organization: str, count: int = 6) -> list[tuple[str, str]]:
    """(person, member) of so many learners."""
    people = [make_person(organization, name, f"{name.split()[0].lower()}@example.org") for name in NAMES[:count]]
    return [(person, make_member_of(space, person)) for person in people]


def visit_as(app: Flask, organization: str, space: str, person: str, **kwargs: bool) -> Visitor:
    return make_visit(app, organization=organization, person=person, space=space, role=Role.MEMBER, **kwargs)


def test_the_leaderboard_is_absent_until_staff_turn_it_on(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    [(person, _), *_] = learners(space, organization)
    visitor = visit_as(app, organization, space, person)
    assert visitor.get("leaderboard").status_code == 404
    home = visitor.get("")
    assert home.status_code == 200
    assert f"{visitor.path}/leaderboard" not in home.text
    assert visitor.post("leaderboard/me", {"choice": "hide"}).status_code == 404


def test_a_learner_sees_aliases_and_nothing_that_names_anybody(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    crowd = learners(space, organization)
    score(space, organization, {crowd[1][1]: 20, crowd[0][1]: 10})
    open_board(space)
    page = visit_as(app, organization, space, crowd[0][0]).get("leaderboard?view=all").text
    for row in top(space).rows:
        assert row.alias in page
    for name in NAMES[1:6]:
        assert name not in page
        assert name.split()[1] not in page
    assert "@example.org" not in page
    assert not [member for _, member in crowd if member in page]
    assert not [person for person, _ in crowd if person in page]


def test_points_are_said_to_be_no_grade(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    crowd = learners(space, organization)
    open_board(space)
    page = visit_as(app, organization, space, crowd[0][0]).get("leaderboard").text
    assert "Points show activity in this space. They are not your grade." in page


def test_a_small_group_is_not_shown_but_everybody_sees_their_own_points(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    crowd = learners(space, organization, 4)
    score(space, organization, {crowd[0][1]: 70})
    open_board(space)
    page = visit_as(app, organization, space, crowd[0][0]).get("leaderboard").text
    assert "appears when more people join" in page
    assert "70" in page
    assert not [member for _, member in crowd[1:] if standing_of(member).alias in page]


def test_a_learner_hides_and_comes_back(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    crowd = learners(space, organization, 7)
    open_board(space)
    person, member = crowd[0]
    visitor = visit_as(app, organization, space, person)
    hidden = visitor.post("leaderboard/me", {"choice": "hide"}, follow_redirects=True)
    assert "Show me again" in hidden.text
    assert "You have left the board." in hidden.text
    assert ">Undo<" in hidden.text
    assert member not in [row.member for row in top(space).rows]
    back = visitor.post("leaderboard/me", {"choice": "show"}, follow_redirects=True)
    assert "Hide me" in back.text
    assert member in [row.member for row in top(space).rows]


def test_a_learner_shows_the_name_only_while_staff_allow_it(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    crowd = learners(space, organization)
    mine, other = (visit_as(app, organization, space, person) for person, _ in crowd[:2])
    open_board(space)
    assert mine.post("leaderboard/me", {"choice": "name"}).status_code == 400
    open_board(space, names=True)
    assert mine.post("leaderboard/me", {"choice": "name"}).status_code == 303
    assert "Ada Ablett" in other.get("leaderboard?view=all").text
    open_board(space)
    assert "Ada Ablett" not in other.get("leaderboard?view=all").text


def test_a_preview_sees_the_board_and_is_not_on_it(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    learners(space, organization)
    person = make_person(organization, "Test Student")
    make_member_of(space, person, preview=True)
    open_board(space)
    visitor = visit_as(app, organization, space, person, preview=True)
    page = visitor.get("leaderboard")
    assert page.status_code == 200
    assert "preview" in page.text.lower()
    assert "Hide me" not in page.text
    assert participants(space) == 6
    assert visitor.post("leaderboard/me", {"choice": "hide"}).status_code == 404


def test_staff_see_alias_and_name_and_choose_in_one_click(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    crowd = learners(space, organization)
    visitor = make_staff_visit(app, organization, space)
    page = visitor.get("leaderboard").text
    for _, member in crowd:
        assert standing_of(member).alias in page
    assert "Ada Ablett" in page
    for do, names, stored in [
        ("on", "choice", (True, True, True)), ("save", "asked", (True, False, True)),
        ("off", "aliases", (False, True, False)), ("save", "choice", (False, True, True)),
    ]:  # fmt: skip
        saved = visitor.post("leaderboard/options", {"do": do, "names": names}, follow_redirects=True)
        row = db.session.get_one(Space, space, populate_existing=True)
        assert (row.leaderboard_on, row.aliases_on, row.names_allowed) == stored, (do, names)
        assert f'value="{names}" checked' in saved.text
    assert visitor.post("leaderboard/options", {"do": "on", "names": "all"}).status_code == 400
    assert not db.session.get_one(Space, space, populate_existing=True).leaderboard_on


def test_only_a_teacher_changes_the_options(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    [(person, _), *_] = learners(space, organization)
    on = {"do": "on", "names": "aliases"}
    assistant = make_visit(
        app, organization=organization, person=make_person(organization, "Tom"), space=space, assistant=True
    )
    assert assistant.post("leaderboard/options", on).status_code == 403
    assert visit_as(app, organization, space, person).post("leaderboard/options", on).status_code == 403
    assert not db.session.get_one(Space, space).leaderboard_on


def test_an_alias_is_changed_three_times_a_day_by_the_learner_and_at_any_time_by_staff(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    [(person, member), (other, _), *_] = learners(space, organization)
    open_board(space)
    mine, staff = visit_as(app, organization, space, person), make_staff_visit(app, organization, space)
    seen = [standing_of(member).alias]
    for _ in range(3):
        told = mine.post("leaderboard/me", {"choice": "another"}, follow_redirects=True)
        seen.append(standing_of(member).alias)
        assert f"You have another alias now: {seen[-1]}." in told.text
    assert mine.post("leaderboard/me", {"choice": "another"}).status_code == 429
    assert standing_of(member).alias == seen[-1]
    assert len(set(seen)) == 4
    told = staff.post(f"leaderboard/aliases/{member}", follow_redirects=True)
    assert f"Ada Ablett has another alias now: {standing_of(member).alias}." in told.text
    assert standing_of(member).alias not in seen
    assert staff.post(f"leaderboard/aliases/{make_member_of(make_space(organization), other)}").status_code == 404


def test_in_an_ended_space_the_board_stays_and_nobody_becomes_known_but_may_leave(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    crowd = learners(space, organization)
    score(space, organization, {crowd[1][1]: 20, crowd[0][1]: 10})
    open_board(space, names=True)
    with transaction():
        db.session.get_one(Space, space).archived_at = clock.now()
    mine, staff = visit_as(app, organization, space, crowd[0][0]), make_staff_visit(app, organization, space)
    before = top(space).rows
    refused = [mine.post("leaderboard/me", {"choice": choice}) for choice in ("name", "another")]
    refused += [staff.post("leaderboard/options", {"do": "off", "names": "aliases"})]
    refused += [staff.post(f"leaderboard/aliases/{crowd[0][1]}")]
    assert [answer.status_code for answer in refused] == [409] * 4
    assert top(space).rows == before
    page = mine.get("leaderboard?view=all").text
    assert "points and places stay as they are" in page
    assert "Show my name" not in page
    left = mine.post("leaderboard/me", {"choice": "hide"}, follow_redirects=True)
    assert "You have left the board." in left.text
    assert mine.post("leaderboard/me", {"choice": "show"}).status_code == 303
    assert top(space).rows == before


def test_nobody_can_ask_where_somebody_stands_who_has_left_the_board(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    crowd = learners(space, organization, 7)
    open_board(space)
    alias = standing_of(crowd[1][1]).alias
    visitor = visit_as(app, organization, space, crowd[0][0])
    assert visitor.get(f"leaderboard?view=all&after={alias}").status_code == 200
    visit_as(app, organization, space, crowd[1][0]).post("leaderboard/me", {"choice": "hide"})
    assert visitor.get(f"leaderboard?view=all&after={alias}").status_code == 404
