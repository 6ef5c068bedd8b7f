"""The LMS hears back: the gradebook, platforms that are away, courses that were copied, and notices."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _gradebook()
    _copies()
    _notices()
    _rosters()
    _groups()


def downgrade() -> None:
    _no_groups()
    _no_rosters()
    _no_notices()
    _no_copies()
    _no_gradebook()


def _gradebook() -> None:
    op.create_table('platform_pause',
    sa.Column('registration_id', sa.String(length=32), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_platform_pause_registration_id')),
    sa.PrimaryKeyConstraint('registration_id', name=op.f('pk_platform_pause'))
    )
    with op.batch_alter_table('line_item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('label_there', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('shows', sa.String(length=10), nullable=False, server_default='completed'))
        batch_op.add_column(sa.Column('shown_before', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('by_choice', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('read_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_line_item_shows'), "shows IN ('completed', 'points', 'objectives', 'nothing')")
    op.execute("UPDATE line_item SET shows = 'nothing' WHERE is_off")

    with op.batch_alter_table('score', schema=None) as batch_op:
        for name in ('began_at', 'handed_in_at', 'found_at'):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        for name in ('tried_part', 'sent_part', 'found_score', 'found_maximum'):
            batch_op.add_column(sa.Column(name, sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('drift', sa.String(length=10), nullable=True))
        batch_op.drop_constraint(batch_op.f('ck_score_state'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_score_state'), "state IN ('waiting', 'sent', 'refused', 'held', 'kept')")
    # What was sent before is what the LMS took, for it is the score of then.
    op.execute("UPDATE score SET sent_part = given * 1.0 / maximum WHERE state = 'sent'")


def _no_gradebook() -> None:
    op.execute("UPDATE score SET state = 'refused', problem = 'grade_newer' WHERE state IN ('held', 'kept')")
    with op.batch_alter_table('score', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_score_state'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_score_state'), "state IN ('waiting', 'sent', 'refused')")
        for name in ('drift', 'found_maximum', 'found_score', 'sent_part', 'tried_part', 'found_at', 'handed_in_at', 'began_at'):
            batch_op.drop_column(name)
    with op.batch_alter_table('line_item', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_line_item_shows'), type_='check')
        for name in ('read_at', 'by_choice', 'shown_before', 'shows', 'label_there'):
            batch_op.drop_column(name)
    op.drop_table('platform_pause')


def _copies() -> None:
    op.create_table('course_copy',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('deployment_id', sa.String(length=32), nullable=False),
    sa.Column('context_id', sa.String(length=255), nullable=False),
    sa.Column('known_by', sa.String(length=10), nullable=False),
    sa.Column('origin', sa.String(length=255), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("known_by IN ('notice', 'history', 'link', 'columns')", name=op.f('ck_course_copy_known_by')),
    sa.ForeignKeyConstraint(['deployment_id'], ['deployment.id'], name=op.f('fk_course_copy_deployment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_copy')),
    sa.UniqueConstraint('deployment_id', 'context_id', 'known_by', 'origin', name=op.f('uq_course_copy_deployment_id_context_id_known_by_origin'))
    )
    with op.batch_alter_table('course_key', schema=None) as batch_op:
        batch_op.add_column(sa.Column('columns_looked_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('objective', schema=None) as batch_op:
        batch_op.add_column(sa.Column('copied_from', sa.JSON(), nullable=False, server_default='[]'))


def _no_copies() -> None:
    with op.batch_alter_table('objective', schema=None) as batch_op:
        batch_op.drop_column('copied_from')
    with op.batch_alter_table('course_key', schema=None) as batch_op:
        batch_op.drop_column('columns_looked_at')
    op.drop_table('course_copy')


def _notices() -> None:
    op.create_table('notice_service',
    sa.Column('deployment_id', sa.String(length=32), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('offered', sa.JSON(), nullable=False),
    sa.Column('handler', sa.String(length=2000), nullable=True),
    sa.Column('registered', sa.JSON(), nullable=False),
    sa.Column('problem', sa.String(length=40), nullable=True),
    sa.Column('problem_said', sa.String(length=300), nullable=True),
    sa.Column('troubled_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['deployment_id'], ['deployment.id'], name=op.f('fk_notice_service_deployment_id')),
    sa.PrimaryKeyConstraint('deployment_id', name=op.f('pk_notice_service'))
    )
    op.create_table('notice',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('registration_id', sa.String(length=32), nullable=False),
    sa.Column('deployment_id', sa.String(length=32), nullable=False),
    sa.Column('notice_id', sa.String(length=255), nullable=False),
    sa.Column('nonce_hash', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('context_id', sa.String(length=255), nullable=True),
    sa.Column('origins', sa.JSON(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['deployment_id'], ['deployment.id'], name=op.f('fk_notice_deployment_id')),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_notice_registration_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('registration_id', 'nonce_hash', name=op.f('uq_notice_registration_id_nonce_hash')),
    sa.UniqueConstraint('registration_id', 'notice_id', name=op.f('uq_notice_registration_id_notice_id'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_deployment_id_kind_received_at'), ['deployment_id', 'kind', 'received_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_received_at'), ['received_at'], unique=False)


def _no_notices() -> None:
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_received_at'))
        batch_op.drop_index(batch_op.f('ix_notice_deployment_id_kind_received_at'))
    op.drop_table('notice')
    op.drop_table('notice_service')


def _rosters() -> None:
    with op.batch_alter_table('course_key', schema=None) as batch_op:
        batch_op.add_column(sa.Column('roster_changes_url', sa.String(length=2000), nullable=True))
        batch_op.add_column(sa.Column('roster_whole_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('roster_due_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('groups_url', sa.String(length=2000), nullable=True))
        batch_op.add_column(sa.Column('opened_on', sa.Date(), nullable=True))
        batch_op.create_index(batch_op.f('ix_course_key_roster_due_at'), ['roster_due_at'], unique=False)
    with op.batch_alter_table('roster_read', schema=None) as batch_op:
        batch_op.add_column(sa.Column('before', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('worker', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('is_whole', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('agreed', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('decided_by', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('left_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_roster_read_decided_by'), 'person', ['decided_by'], ['id'])
        batch_op.drop_constraint(batch_op.f('ck_roster_read_state'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_roster_read_state'), "state IN ('waiting', 'reading', 'done', 'failed', 'doubted', 'kept', 'taken')")


def _no_rosters() -> None:
    op.execute("UPDATE roster_read SET state = 'failed', problem = 'roster_empty' WHERE state IN ('doubted', 'kept', 'taken')")
    with op.batch_alter_table('roster_read', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_roster_read_state'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_roster_read_state'), "state IN ('waiting', 'reading', 'done', 'failed')")
        batch_op.drop_constraint(batch_op.f('fk_roster_read_decided_by'), type_='foreignkey')
        for name in ('undone_at', 'left_at', 'decided_at', 'decided_by', 'agreed', 'is_whole', 'worker', 'before'):
            batch_op.drop_column(name)
    with op.batch_alter_table('course_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_course_key_roster_due_at'))
        for name in ('opened_on', 'groups_url', 'roster_due_at', 'roster_whole_at', 'roster_changes_url'):
            batch_op.drop_column(name)


def _groups() -> None:
    op.create_table('space_group',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('space_id', sa.String(length=32), nullable=False),
    sa.Column('ref', sa.String(length=255), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_space_group_space_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_space_group')),
    sa.UniqueConstraint('space_id', 'ref', name=op.f('uq_space_group_space_id_ref'))
    )
    op.create_table('group_member',
    sa.Column('group_id', sa.String(length=32), nullable=False),
    sa.Column('member_id', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['space_group.id'], name=op.f('fk_group_member_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_group_member_member_id')),
    sa.PrimaryKeyConstraint('group_id', 'member_id', name=op.f('pk_group_member'))
    )
    with op.batch_alter_table('group_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_member_member_id'), ['member_id'], unique=False)


def _no_groups() -> None:
    with op.batch_alter_table('group_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_group_member_member_id'))
    op.drop_table('group_member')
    op.drop_table('space_group')
