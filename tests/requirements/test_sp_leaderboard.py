"""The leaderboard: SP-27 to SP-30."""

from flask import Flask

from lti_tool.spaces.leaderboard import standing_of
from tests.make.board import NAMES, score
from tests.make.evidence import learner_visit
from tests.make.reader import Reader
from tests.make.space import make_member
from tests.make.visit import make_staff_visit


class Board:
    """Six learners with points, their browsers, and a teacher's."""

    def __init__(self, app: Flask, organization: str, space: str) -> None:
        self.members = [make_member(space, organization, name) for name in NAMES[:6]]
        score(space, organization, dict(zip(self.members, (30, 20, 20, 10), strict=False)))
        self.learners = [learner_visit(app, organization, space, member) for member in self.members]
        self.teacher = make_staff_visit(app, organization, space)

    def options(self) -> Reader:
        return Reader(self.teacher.client).open(f"{self.teacher.path}/").follow("Leaderboard")

    def seen_by(self, learner: int) -> Reader:
        visitor = self.learners[learner]
        return Reader(visitor.client).open(f"{visitor.path}/").follow("Leaderboard")


def test_sp_27_learners_compare_their_points(app: Flask, organization: str, space: str) -> None:
    """The leaderboard compares the learners' progress by points."""
    board = Board(app, organization, space)
    board.options().press("Turn the leaderboard on")

    everybody = board.seen_by(1).follow("Show the whole board")

    rows = [" ".join(row.text_content().split()) for row in everybody.page.xpath("//table//tbody/tr")]
    assert [row.split()[0] + "…" + row.split()[-1] for row in rows] == ["1…30", "2…20", "2…20", "4…10", "5…0", "5…0"]
    assert "2 shared by 2" in everybody.says


def test_sp_28_staff_turn_it_on_and_off(app: Flask, organization: str, space: str) -> None:
    """Under the Leaderboard tab staff edit its options: they turn it on and off."""
    board = Board(app, organization, space)
    learner = board.learners[0]
    before = learner.get("leaderboard").status_code

    options = board.options()
    assert "Edit options" in options.says
    options.press("Turn the leaderboard on")
    on = learner.get("leaderboard").status_code
    options.press("Turn the leaderboard off")

    assert (before, on, learner.get("leaderboard").status_code) == (404, 200, 404)


def test_sp_29_aliases_stand_for_names(app: Flask, organization: str, space: str) -> None:
    """Aliases can be used on the leaderboard."""
    board = Board(app, organization, space)
    board.options().press("Turn the leaderboard on", names="aliases")
    seen = board.seen_by(0).follow("Show the whole board").says

    board.options().press("Save", names="asked")

    assert all(standing_of(member).alias in seen for member in board.members)
    assert not [name for name in NAMES if name in seen]
    assert "Names are welcome on this board." in board.seen_by(0).says


def test_sp_30_whoever_wants_to_shows_the_name(app: Flask, organization: str, space: str) -> None:
    """Single learners may be allowed to show their real names; each decides, and it holds while staff allow it."""
    board = Board(app, organization, space)
    board.options().press("Turn the leaderboard on", names="choice")
    hidden = board.seen_by(1).says
    board.seen_by(0).press("Show my name")
    shown = board.seen_by(1).says
    board.options().press("Save", names="aliases")

    seen = (NAMES[0] in hidden, NAMES[0] in shown, NAMES[2] in shown, NAMES[0] in board.seen_by(1).says)
    assert seen == (False, True, False, False)
