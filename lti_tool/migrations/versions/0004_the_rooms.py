"""The rooms: staff of Spaces, evidence, pathways, badge objectives, views as a student, and people who were erased."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pathway',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('issuer_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('completion_badge_id', sa.String(length=32), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.String(length=32), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['completion_badge_id'], ['badge_class.id'], name=op.f('fk_pathway_completion_badge_id')),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_pathway_created_by')),
    sa.ForeignKeyConstraint(['issuer_id'], ['issuer.id'], name=op.f('fk_pathway_issuer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pathway'))
    )
    with op.batch_alter_table('pathway', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pathway_completion_badge_id'), ['completion_badge_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pathway_issuer_id'), ['issuer_id'], unique=False)

    op.create_table('space_invitation',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('space_id', sa.String(length=32), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('given_name', sa.String(length=200), nullable=True),
    sa.Column('family_name', sa.String(length=200), nullable=True),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('by_hand', sa.Boolean(), nullable=False),
    sa.Column('invited_by', sa.String(length=32), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_by', sa.String(length=32), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("role IN ('teacher', 'assistant')", name=op.f('ck_space_invitation_role')),
    sa.ForeignKeyConstraint(['accepted_by'], ['person.id'], name=op.f('fk_space_invitation_accepted_by')),
    sa.ForeignKeyConstraint(['invited_by'], ['person.id'], name=op.f('fk_space_invitation_invited_by')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_space_invitation_space_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_space_invitation')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_space_invitation_secret_hash'))
    )
    with op.batch_alter_table('space_invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_space_invitation_email'), ['email'], unique=False)
        batch_op.create_index(batch_op.f('ix_space_invitation_space_id'), ['space_id'], unique=False)

    op.create_table('space_staff',
    sa.Column('space_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('added_by', sa.String(length=32), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("role IN ('teacher', 'assistant')", name=op.f('ck_space_staff_role')),
    sa.ForeignKeyConstraint(['added_by'], ['person.id'], name=op.f('fk_space_staff_added_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_space_staff_person_id')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_space_staff_space_id')),
    sa.PrimaryKeyConstraint('space_id', 'person_id', name=op.f('pk_space_staff'))
    )
    with op.batch_alter_table('space_staff', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_space_staff_person_id'), ['person_id'], unique=False)

    op.create_table('pathway_element',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('pathway_id', sa.String(length=32), nullable=False),
    sa.Column('parent_id', sa.String(length=32), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('needs', sa.String(length=4), nullable=False),
    sa.Column('needed', sa.Integer(), nullable=True),
    sa.Column('badge_id', sa.String(length=32), nullable=True),
    sa.Column('badge_ref', sa.String(length=500), nullable=True),
    sa.Column('badge_issuer_ref', sa.String(length=500), nullable=True),
    sa.Column('badge_name', sa.String(length=200), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(needs = 'some') = (needed IS NOT NULL)", name=op.f('ck_pathway_element_needed')),
    sa.CheckConstraint("kind = 'badge' OR (badge_id IS NULL AND badge_ref IS NULL)", name=op.f('ck_pathway_element_group_has_no_badge')),
    sa.CheckConstraint("kind = 'group' OR (badge_id IS NULL) <> (badge_ref IS NULL)", name=op.f('ck_pathway_element_one_badge')),
    sa.CheckConstraint("kind IN ('group', 'badge')", name=op.f('ck_pathway_element_kind')),
    sa.CheckConstraint("needs IN ('all', 'any', 'some')", name=op.f('ck_pathway_element_needs')),
    sa.ForeignKeyConstraint(['badge_id'], ['badge_class.id'], name=op.f('fk_pathway_element_badge_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['pathway_element.id'], name=op.f('fk_pathway_element_parent_id')),
    sa.ForeignKeyConstraint(['pathway_id'], ['pathway.id'], name=op.f('fk_pathway_element_pathway_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pathway_element'))
    )
    with op.batch_alter_table('pathway_element', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pathway_element_badge_id'), ['badge_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pathway_element_badge_ref'), ['badge_ref'], unique=False)
        batch_op.create_index(batch_op.f('ix_pathway_element_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pathway_element_pathway_id_position'), ['pathway_id', 'position'], unique=False)

    op.create_table('space_pathway',
    sa.Column('space_id', sa.String(length=32), nullable=False),
    sa.Column('pathway_id', sa.String(length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('added_by', sa.String(length=32), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settles_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['person.id'], name=op.f('fk_space_pathway_added_by')),
    sa.ForeignKeyConstraint(['pathway_id'], ['pathway.id'], name=op.f('fk_space_pathway_pathway_id')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_space_pathway_space_id')),
    sa.PrimaryKeyConstraint('space_id', 'pathway_id', name=op.f('pk_space_pathway'))
    )
    with op.batch_alter_table('space_pathway', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_space_pathway_pathway_id'), ['pathway_id'], unique=False)

    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.create_index('ix_member_open_address', ['email'], unique=False, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))

    op.create_table('submission',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('space_id', sa.String(length=32), nullable=False),
    sa.Column('objective_id', sa.String(length=32), nullable=False),
    sa.Column('member_id', sa.String(length=32), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('shares', sa.Boolean(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_by', sa.String(length=32), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=32), nullable=True),
    sa.Column('reason', sa.String(length=2000), nullable=True),
    sa.CheckConstraint("state IN ('draft', 'waiting', 'returned', 'accepted', 'withdrawn')", name=op.f('ck_submission_state')),
    sa.ForeignKeyConstraint(['claimed_by'], ['person.id'], name=op.f('fk_submission_claimed_by')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_submission_decided_by')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_submission_member_id')),
    sa.ForeignKeyConstraint(['objective_id'], ['objective.id'], name=op.f('fk_submission_objective_id')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_submission_space_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
    sa.UniqueConstraint('objective_id', 'member_id', 'attempt', name=op.f('uq_submission_objective_id_member_id_attempt'))
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_member_id'), ['member_id'], unique=False)
        batch_op.create_index('ix_submission_queue', ['space_id', 'state', 'submitted_at', 'id'], unique=False)
        batch_op.create_index('uq_submission_undecided', ['objective_id', 'member_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'waiting')"), postgresql_where=sa.text("state IN ('draft', 'waiting')"))

    op.create_table('attachment',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('submission_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=4), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('file_key', sa.String(length=64), nullable=True),
    sa.Column('media_type', sa.String(length=100), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint("(kind = 'file') = (file_key IS NOT NULL)", name=op.f('ck_attachment_file_has_a_key')),
    sa.CheckConstraint("kind IN ('link', 'file')", name=op.f('ck_attachment_kind')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_attachment_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_file_key'), ['file_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_submission_id'), ['submission_id'], unique=False)

    op.create_table('pathway_standing',
    sa.Column('space_id', sa.String(length=32), nullable=False),
    sa.Column('pathway_id', sa.String(length=32), nullable=False),
    sa.Column('member_id', sa.String(length=32), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('award_id', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_pathway_standing_award_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_pathway_standing_member_id')),
    sa.ForeignKeyConstraint(['pathway_id'], ['pathway.id'], name=op.f('fk_pathway_standing_pathway_id')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_pathway_standing_space_id')),
    sa.PrimaryKeyConstraint('space_id', 'pathway_id', 'member_id', name=op.f('pk_pathway_standing'))
    )
    with op.batch_alter_table('pathway_standing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pathway_standing_award_id'), ['award_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pathway_standing_member_id'), ['member_id'], unique=False)

    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.add_column(sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('completion', schema=None) as batch_op:
        batch_op.add_column(sa.Column('how', sa.String(length=10), nullable=False, server_default='marked'))
        batch_op.create_check_constraint(batch_op.f('ck_completion_how'), "how IN ('marked', 'evidence', 'badge')")
        batch_op.create_index(batch_op.f('ix_completion_award_id'), ['award_id'], unique=False)

    with op.batch_alter_table('objective', schema=None) as batch_op:
        batch_op.add_column(sa.Column('badge_ref', sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column('badge_issuer_ref', sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column('badge_name', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('badge_picture_key', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column('badge_id',
               existing_type=sa.VARCHAR(length=32),
               nullable=True)
        batch_op.create_check_constraint(batch_op.f('ck_objective_one_badge'), '(badge_id IS NULL) <> (badge_ref IS NULL)')
        batch_op.create_check_constraint(batch_op.f('ck_objective_manual_gives_ours'), "kind = 'badge' OR badge_id IS NOT NULL")
        batch_op.create_index(batch_op.f('ix_objective_badge_id'), ['badge_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_objective_badge_ref'), ['badge_ref'], unique=False)

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('theme', sa.String(length=5), nullable=True))

    with op.batch_alter_table('space', schema=None) as batch_op:
        batch_op.add_column(sa.Column('time_zone', sa.String(length=64), nullable=False, server_default='UTC'))
        batch_op.add_column(sa.Column('noticed_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default='1'))

    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('viewing_as', sa.String(length=32), nullable=True))


def _forget_foreign_badges() -> None:
    """The tables before knew no objective without a badge of ours, nor what stands on one."""
    foreign = "(SELECT id FROM objective WHERE badge_id IS NULL)"
    for table in ('attachment', 'submission'):
        op.execute(f"DELETE FROM {table}")  # noqa: S608 - a name from the line above
    op.execute(f"DELETE FROM completion WHERE objective_id IN {foreign}")
    op.execute("DELETE FROM objective WHERE badge_id IS NULL")


def downgrade() -> None:
    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.drop_index('ix_member_open_address', sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))

    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_column('viewing_as')

    with op.batch_alter_table('space', schema=None) as batch_op:
        batch_op.drop_column('revision')
        batch_op.drop_column('noticed_days')
        batch_op.drop_column('time_zone')

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('theme')
        batch_op.drop_column('erased_at')

    _forget_foreign_badges()
    with op.batch_alter_table('objective', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_objective_manual_gives_ours'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_objective_one_badge'), type_='check')
        batch_op.drop_index(batch_op.f('ix_objective_badge_ref'))
        batch_op.drop_index(batch_op.f('ix_objective_badge_id'))
        batch_op.alter_column('badge_id',
               existing_type=sa.VARCHAR(length=32),
               nullable=False)
        batch_op.drop_column('deleted_at')
        batch_op.drop_column('archived_at')
        batch_op.drop_column('checked_at')
        batch_op.drop_column('revision')
        batch_op.drop_column('badge_picture_key')
        batch_op.drop_column('badge_name')
        batch_op.drop_column('badge_issuer_ref')
        batch_op.drop_column('badge_ref')

    with op.batch_alter_table('completion', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_completion_how'), type_='check')
        batch_op.drop_index(batch_op.f('ix_completion_award_id'))
        batch_op.drop_column('how')

    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.drop_column('erased_at')

    with op.batch_alter_table('pathway_standing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pathway_standing_member_id'))
        batch_op.drop_index(batch_op.f('ix_pathway_standing_award_id'))

    op.drop_table('pathway_standing')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_submission_id'))
        batch_op.drop_index(batch_op.f('ix_attachment_file_key'))

    op.drop_table('attachment')
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_index('uq_submission_undecided', sqlite_where=sa.text("state IN ('draft', 'waiting')"), postgresql_where=sa.text("state IN ('draft', 'waiting')"))
        batch_op.drop_index('ix_submission_queue')
        batch_op.drop_index(batch_op.f('ix_submission_member_id'))

    op.drop_table('submission')
    with op.batch_alter_table('space_pathway', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_space_pathway_pathway_id'))

    op.drop_table('space_pathway')
    with op.batch_alter_table('pathway_element', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pathway_element_pathway_id_position'))
        batch_op.drop_index(batch_op.f('ix_pathway_element_parent_id'))
        batch_op.drop_index(batch_op.f('ix_pathway_element_badge_ref'))
        batch_op.drop_index(batch_op.f('ix_pathway_element_badge_id'))

    op.drop_table('pathway_element')
    with op.batch_alter_table('space_staff', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_space_staff_person_id'))

    op.drop_table('space_staff')
    with op.batch_alter_table('space_invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_space_invitation_space_id'))
        batch_op.drop_index(batch_op.f('ix_space_invitation_email'))

    op.drop_table('space_invitation')
    with op.batch_alter_table('pathway', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pathway_issuer_id'))
        batch_op.drop_index(batch_op.f('ix_pathway_completion_badge_id'))

    op.drop_table('pathway')
