"""Rooms item 9, the leaderboard: off until staff turn it on, aliases, neighbours, leaving, and nothing that leaks."""

import re
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from lti_tool.badges.model import Award, BadgeClass
from lti_tool.db import db
from lti_tool.people.model import Person
from lti_tool.spaces.leaderboard import standing_of, top
from lti_tool.spaces.model import Objective
from tests.make.board import NAMES, open_board, score
from tests.make.evidence import learner_visit, make_evidence_objective, make_handed_in
from tests.make.home import make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_member_of, make_objective, make_space
from tests.make.visit import Visitor, make_staff_visit, make_visit


class Course:
    """Learners with points, as many as asked for, the best first."""

    def __init__(self, app: Flask, count: int = 6) -> None:
        self.app, self.organization = app, make_organization()
        self.space = make_space(self.organization)
        self.persons = [
            make_person(self.organization, name, f"{name.split()[1].lower()}@example.org") for name in NAMES[:count]
        ]
        self.members = [make_member_of(self.space, person) for person in self.persons]
        score(self.space, self.organization, {one: 10 * (count - place) for place, one in enumerate(self.members)})
        self.teacher = make_staff_visit(app, self.organization, self.space)

    def learner(self, place: int) -> Visitor:
        return learner_visit(self.app, self.organization, self.space, self.members[place])

    def board(self, place: int) -> Reader:
        visitor = self.learner(place)
        return Reader(visitor.client).open(f"{visitor.path}/").follow("Leaderboard")


def test_two_clicks_turn_it_on_and_everybody_compares_without_a_name(app: Flask) -> None:
    course = Course(app, 9)
    before = Reader(course.learner(0).client).open(f"{course.learner(0).path}/").says

    staff = Reader(course.teacher.client).open(f"{course.teacher.path}/").follow("Leaderboard")
    staff.press("Turn the leaderboard on")
    near = course.board(4)
    everybody = near.says, near.follow("Show the whole board").says

    assert "Leaderboard" not in before
    assert "The leaderboard is on, with 9 people on it." in staff.says
    aliases = [standing_of(member).alias for member in course.members]
    assert [alias in everybody[0] for alias in aliases] == [False, *[True] * 7, False]  # three above, three below
    assert all(alias in everybody[1] for alias in aliases)
    assert not [name for name in NAMES if name in everybody[1]]


def test_empty_below_five_learners_see_the_own_points_and_nobody_else(app: Flask) -> None:
    course = Course(app, 4)
    open_board(course.space)

    own = course.board(0)

    assert "The leaderboard appears when more people join." in own.says
    assert "40 points" in own.says
    assert not [member for member in course.members[1:] if standing_of(member).alias in own.says]
    staff = Reader(course.teacher.client).open(f"{course.teacher.path}/leaderboard").says
    assert "Learners see it from 5 people on; now there are 4." in staff


def test_whoever_leaves_is_gone_for_others_at_once_and_undo_brings_them_back(app: Flask) -> None:
    course = Course(app, 7)
    open_board(course.space)
    alias, mine = standing_of(course.members[2]).alias, course.board(2)

    left = mine.press("Hide me").says
    seen = course.board(3).follow("Show the whole board").says
    back = mine.press("Undo").says
    again = course.board(3).follow("Show the whole board").says

    assert "You have left the board." in left
    assert "50 points" in left
    assert (alias in seen, alias in again) == (False, True)
    assert "You are on the board again." in back


def test_refused_are_names_that_staff_do_not_allow_and_aliases_of_other_spaces(app: Flask) -> None:
    course, other = Course(app), make_space()
    open_board(course.space)
    stranger = make_staff_visit(app, make_organization("Other School"), other)

    assert course.learner(0).post("leaderboard/me", {"choice": "name"}).status_code == 400
    assert course.learner(0).post(f"leaderboard/aliases/{course.members[1]}").status_code == 403
    assert stranger.post(f"leaderboard/aliases/{course.members[1]}").status_code == 404
    assert not [row for row in top(course.space).rows if row.name]


def test_no_route_tells_a_learner_who_the_others_are(app: Flask) -> None:
    """Every address of the house that answers to looking, with the ids of others, in a visit, at home and outside."""
    course = Course(app)
    open_board(course.space, names=True)
    evidence = make_evidence_objective(course.space, course.organization, "Show it")
    submission = make_handed_in(evidence, course.members[0], "My secret notes")
    objective = make_objective(course.space, course.organization, "Together")
    for member in course.members:
        assert course.teacher.post(f"progress/{member}/{objective}/complete").status_code == 303
    me, secrets = 5, list(_secrets(course, me=5))
    others_award = db.session.scalar(select(Award.id).where(Award.person_id == course.persons[0]))
    ids = {
        "member_id": course.members[0], "objective_id": objective, "person_id": course.persons[0],
        "award_id": str(others_award), "space_id": course.space, "submission_id": submission,
        "badge_id": str(db.session.get_one(Objective, objective).badge_id), "form": "json",
    }  # fmt: skip
    ids["issuer_id"] = db.session.get_one(BadgeClass, ids["badge_id"]).issuer_id
    visit, home = course.learner(me), make_home(app, course.persons[me])
    opened = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        path = _filled(rule, {**ids, "visit_id": visit.path.rsplit("/", 1)[1]})
        client = visit.client if path.startswith("/v/") else home.client
        for query in ("", f"?view=all&after={standing_of(course.members[0]).alias}&done=complete"):
            answer = client.get(path + query)
            said = answer.get_data().decode(errors="replace")  # pictures are among them
            assert not [one for one in secrets if one in said and one not in path], rule.rule
            opened += answer.status_code == 200
    assert opened > 80


def _secrets(course: Course, me: int) -> Iterator[str]:
    """What would tell who another learner is."""
    for place, (person, member) in enumerate(zip(course.persons, course.members, strict=True)):
        if place != me:
            row = db.session.get_one(Person, person)
            yield from (str(row.name), str(row.name).split()[1], str(row.email), person, member)
            yield from db.session.scalars(select(Award.id).where(Award.person_id == person))
    yield "My secret notes"


def _filled(rule: Rule, ids: dict[str, str]) -> str:
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda part: ids.get(part[1], "unknown"), rule.rule)


def test_the_order_of_the_board_is_not_that_of_the_class(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    for name in NAMES:
        make_member_of(space, make_person(organization, name))
    open_board(space)
    visitor = make_visit(app, organization=organization, person=make_person(organization), space=space)

    rows = top(space).rows

    assert [row.alias for row in rows] == sorted((row.alias for row in rows), reverse=True)
    assert {row.rank for row in rows} == {1}
    assert "shared by 9" in visitor.get("leaderboard").text
