"""Files of evidence wait for a scanner (decision 61)."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('file_check',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'clean', 'refused')", name=op.f('ck_file_check_state')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_file_check'))
    )
    op.create_index('ix_file_check_state_asked_at', 'file_check', ['state', 'asked_at'])


def downgrade() -> None:
    op.drop_index('ix_file_check_state_asked_at', table_name='file_check')
    op.drop_table('file_check')
