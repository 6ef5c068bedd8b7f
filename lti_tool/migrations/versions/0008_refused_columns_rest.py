"""A column that the LMS refuses for good is asked less and less often."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('line_item', sa.Column('refused_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('line_item', sa.Column('try_again_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('line_item', 'try_again_at')
    op.drop_column('line_item', 'refused_since')
