"""The chain from its first revision on, with data in every table of then: each step keeps every fact."""

from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import select

from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.spaces.model import Completion
from tests.make.as_it_stands import columns_there, facts
from tests.make.auditor import differences
from tests.make.house import house
from tests.upgrade.later import chain
from tests.upgrade.releases import load

OLDEST = Path(__file__).with_name("oldest")


def test_every_step_since_the_first_revision_keeps_every_fact(empty: str, tmp_path: Path) -> None:
    load(OLDEST, empty)
    with house(tmp_path, database_url=empty):
        for script in chain()[1:]:
            columns = columns_there()
            before = facts(columns)
            db.session.remove()
            upgrade(revision=script.revision)

            assert sum(map(len, before.values())) > 80
            assert differences(before, facts(columns)) == [], script.revision


def test_awards_that_were_made_before_the_workshop_keep_their_objectives_and_get_numbers(
    empty: str, tmp_path: Path
) -> None:
    load(OLDEST, empty)
    with house(tmp_path, database_url=empty):
        upgrade()
        numbers = sorted(db.session.scalars(select(Award.number)))
        completed = db.session.scalars(select(Completion.award_id)).all()
        with transaction():
            following = next_numbers(2)

    assert numbers == list(range(1, len(numbers) + 1)) != []
    assert any(completed)
    assert following == [len(numbers) + 1, len(numbers) + 2]
