"""The migrations make exactly the tables that the models describe, and lose nothing on the way."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.awards import Recipient
from lti_tool.badges.model import Award
from lti_tool.db import Row, db, transaction
from lti_tool.spaces.completions import complete
from lti_tool.spaces.model import Completion
from tests.make.award import make_award
from tests.make.organization import make_organization
from tests.make.space import make_badge, make_member, make_objective, make_space


def test_migrations_and_models_agree(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, Row.metadata) == []


def test_awards_that_were_made_before_the_workshop_keep_their_objectives_and_get_numbers(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    objective, member = make_objective(space, organization), make_member(space, organization)
    with transaction():
        complete(objective_id=objective, member_id=member, by=None)
    make_award(make_badge(organization), Recipient(email="ada@example.org"))
    db.session.remove()

    downgrade(revision="0002")
    upgrade()

    assert sorted(db.session.scalars(select(Award.number))) == [1, 2]
    assert db.session.scalars(select(Completion.award_id)).one() is not None
    with transaction():
        assert next_numbers(2) == [3, 4]
