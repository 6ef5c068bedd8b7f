"""The workshop: keys of issuers, their staff, batches of awards, the backpack, and people who come by mail."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(sa.schema.CreateSequence(sa.Sequence('award_number')))
    op.create_table('collection',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('shows_name', sa.Boolean(), nullable=False),
    sa.Column('shared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_collection_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collection'))
    )
    with op.batch_alter_table('collection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_collection_person_id'), ['person_id'], unique=False)

    op.create_table('imported_badge',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('form', sa.String(length=10), nullable=False),
    sa.Column('original_key', sa.String(length=64), nullable=False),
    sa.Column('source_url', sa.String(length=2000), nullable=True),
    sa.Column('standard', sa.String(length=10), nullable=False),
    sa.Column('award_ref', sa.String(length=500), nullable=False),
    sa.Column('badge_ref', sa.String(length=500), nullable=False),
    sa.Column('issuer_ref', sa.String(length=500), nullable=False),
    sa.Column('badge_name', sa.String(length=200), nullable=False),
    sa.Column('issuer_name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('picture_key', sa.String(length=64), nullable=True),
    sa.Column('issued_on', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counts', sa.Boolean(), nullable=False),
    sa.Column('verdict', sa.JSON(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('trouble', sa.String(length=40), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("form IN ('png', 'svg', 'url', 'json', 'jwt')", name=op.f('ck_imported_badge_form')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_imported_badge_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imported_badge')),
    sa.UniqueConstraint('person_id', 'award_ref', name=op.f('uq_imported_badge_person_id_award_ref'))
    )
    with op.batch_alter_table('imported_badge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_imported_badge_badge_ref'), ['badge_ref'], unique=False)
        batch_op.create_index(batch_op.f('ix_imported_badge_tried_at'), ['tried_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_imported_badge_original_key'), ['original_key'], unique=False)

    op.create_table('issuer_invitation',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('issuer_id', sa.String(length=32), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=True),
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
    sa.CheckConstraint("role IN ('owner', 'editor', 'awarder')", name=op.f('ck_issuer_invitation_role')),
    sa.ForeignKeyConstraint(['accepted_by'], ['person.id'], name=op.f('fk_issuer_invitation_accepted_by')),
    sa.ForeignKeyConstraint(['invited_by'], ['person.id'], name=op.f('fk_issuer_invitation_invited_by')),
    sa.ForeignKeyConstraint(['issuer_id'], ['issuer.id'], name=op.f('fk_issuer_invitation_issuer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issuer_invitation')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_issuer_invitation_secret_hash'))
    )
    with op.batch_alter_table('issuer_invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issuer_invitation_email'), ['email'], unique=False)
        batch_op.create_index(batch_op.f('ix_issuer_invitation_issuer_id'), ['issuer_id'], unique=False)

    op.create_table('issuer_key',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('issuer_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('public_jwk', sa.JSON(), nullable=False),
    sa.Column('sealed_private_key', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('Ed25519', 'RSA')", name=op.f('ck_issuer_key_kind')),
    sa.ForeignKeyConstraint(['issuer_id'], ['issuer.id'], name=op.f('fk_issuer_key_issuer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issuer_key'))
    )
    with op.batch_alter_table('issuer_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issuer_key_issuer_id_kind'), ['issuer_id', 'kind'], unique=False)

    op.create_table('issuer_staff',
    sa.Column('issuer_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("role IN ('owner', 'editor', 'awarder')", name=op.f('ck_issuer_staff_role')),
    sa.ForeignKeyConstraint(['issuer_id'], ['issuer.id'], name=op.f('fk_issuer_staff_issuer_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_issuer_staff_person_id')),
    sa.PrimaryKeyConstraint('issuer_id', 'person_id', name=op.f('pk_issuer_staff'))
    )
    with op.batch_alter_table('issuer_staff', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issuer_staff_person_id'), ['person_id'], unique=False)

    op.create_table('mailed_link',
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=True),
    sa.Column('leads_to', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("purpose IN ('sign_in', 'prove')", name=op.f('ck_mailed_link_purpose')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mailed_link_person_id')),
    sa.PrimaryKeyConstraint('secret_hash', name=op.f('pk_mailed_link'))
    )
    with op.batch_alter_table('mailed_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mailed_link_address_created_at'), ['address', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_mailed_link_person_id_created_at'), ['person_id', 'created_at'], unique=False)

    op.create_table('proven_address',
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('proven_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_proven_address_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'address', name=op.f('pk_proven_address'))
    )
    with op.batch_alter_table('proven_address', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proven_address_address'), ['address'], unique=False)

    op.create_table('award_batch',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('badge_id', sa.String(length=32), nullable=False),
    sa.Column('made_by', sa.String(length=32), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('file_key', sa.String(length=64), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('given', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.Column('doubled', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('preview', 'waiting', 'running', 'done', 'undone', 'broken')", name=op.f('ck_award_batch_state')),
    sa.ForeignKeyConstraint(['badge_id'], ['badge_class.id'], name=op.f('fk_award_batch_badge_id')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_award_batch_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_award_batch'))
    )
    with op.batch_alter_table('award_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_award_batch_badge_id_created_at'), ['badge_id', 'created_at'], unique=False)

    op.create_table('collection_entry',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('collection_id', sa.String(length=32), nullable=False),
    sa.Column('award_id', sa.String(length=32), nullable=True),
    sa.Column('imported_id', sa.String(length=32), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint('(award_id IS NULL) <> (imported_id IS NULL)', name=op.f('ck_collection_entry_one_badge')),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_collection_entry_award_id')),
    sa.ForeignKeyConstraint(['collection_id'], ['collection.id'], name=op.f('fk_collection_entry_collection_id')),
    sa.ForeignKeyConstraint(['imported_id'], ['imported_badge.id'], name=op.f('fk_collection_entry_imported_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collection_entry')),
    sa.UniqueConstraint('collection_id', 'award_id', name=op.f('uq_collection_entry_collection_id_award_id')),
    sa.UniqueConstraint('collection_id', 'imported_id', name=op.f('uq_collection_entry_collection_id_imported_id'))
    )
    with op.batch_alter_table('collection_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_collection_entry_award_id'), ['award_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_collection_entry_imported_id'), ['imported_id'], unique=False)

    op.drop_index('uq_award_held', table_name='award')
    op.drop_index('ix_award_badge_id_issued_on', table_name='award')
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.add_column(sa.Column('number', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('recipient_name', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('repeat', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('shows_name', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('revoked_by', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('corrects', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('batch_id', sa.String(length=32), nullable=True))
        batch_op.create_index(batch_op.f('ix_award_badge_id_issued_on_id'), ['badge_id', 'issued_on', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_award_batch_id_number'), ['batch_id', 'number'], unique=False)
        batch_op.create_index(batch_op.f('ix_award_recipient_email'), ['recipient_email'], unique=False)
        batch_op.create_index('uq_award_corrects', ['corrects'], unique=True, sqlite_where=sa.text('corrects IS NOT NULL'), postgresql_where=sa.text('corrects IS NOT NULL'))
        batch_op.create_index('uq_award_held_by_address', ['badge_id', 'recipient_email'], unique=True, sqlite_where=sa.text('revoked_at IS NULL AND NOT repeat AND person_id IS NULL AND recipient_email IS NOT NULL'), postgresql_where=sa.text('revoked_at IS NULL AND NOT repeat AND person_id IS NULL AND recipient_email IS NOT NULL'))
        batch_op.create_foreign_key(batch_op.f('fk_award_batch_id'), 'award_batch', ['batch_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_award_corrects'), 'award', ['corrects'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_award_revoked_by'), 'person', ['revoked_by'], ['id'])
        batch_op.create_index('uq_award_held', ['badge_id', 'person_id'], unique=True, sqlite_where=sa.text('revoked_at IS NULL AND NOT repeat AND person_id IS NOT NULL'), postgresql_where=sa.text('revoked_at IS NULL AND NOT repeat AND person_id IS NOT NULL'))
    _number_the_awards()
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.alter_column('number', existing_type=sa.BigInteger(), nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_award_number'), ['number'])
        batch_op.create_index('ix_award_revoked', ['badge_id', 'number', 'revoked_at'], unique=False, sqlite_where=sa.text('revoked_at IS NOT NULL'), postgresql_where=sa.text('revoked_at IS NOT NULL'))

    op.add_column('person', sa.Column('sessions_from', sa.DateTime(timezone=True), nullable=True))

    op.add_column('audit_entry', sa.Column('scope', sa.String(length=64), nullable=True))
    op.create_index('ix_audit_entry_scope_at', 'audit_entry', ['scope', 'at'])

    with op.batch_alter_table('badge_class', schema=None) as batch_op:
        batch_op.add_column(sa.Column('allows_repeats', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('expires_after_days', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_badge_class_created_by'), ['created_by'], unique=False)

    with op.batch_alter_table('badge_revision', schema=None) as batch_op:
        batch_op.add_column(sa.Column('criteria_url', sa.String(length=2000), nullable=True))
        batch_op.add_column(sa.Column('alignments', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('achievement_type', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('made_by', sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_badge_revision_made_by'), 'person', ['made_by'], ['id'])

    with op.batch_alter_table('issuer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('png_key', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('svg_key', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('time_zone', sa.String(length=64), nullable=False, server_default='UTC'))
        batch_op.add_column(sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE issuer SET changed_at = created_at")
    with op.batch_alter_table('issuer', schema=None) as batch_op:
        batch_op.alter_column('changed_at', existing_type=sa.DateTime(timezone=True), nullable=False)


def _number_the_awards() -> None:
    """Each award that was made before gets its place in the status lists, the earliest first."""
    op.execute(
        "UPDATE award SET number = (SELECT place.number FROM (SELECT id, row_number() OVER (ORDER BY issued_on, id)"
        " AS number FROM award) AS place WHERE place.id = award.id)"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval('award_number', greatest(1, (SELECT max(number) FROM award)), EXISTS (SELECT 1 FROM award))")


def downgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('sessions_from')

    op.drop_index('ix_audit_entry_scope_at', table_name='audit_entry')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_column('scope')

    with op.batch_alter_table('issuer', schema=None) as batch_op:
        batch_op.drop_column('archived_at')
        batch_op.drop_column('changed_at')
        batch_op.drop_column('time_zone')
        batch_op.drop_column('svg_key')
        batch_op.drop_column('png_key')

    with op.batch_alter_table('badge_revision', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_badge_revision_made_by'), type_='foreignkey')
        batch_op.drop_column('made_by')
        batch_op.drop_column('achievement_type')
        batch_op.drop_column('alignments')
        batch_op.drop_column('criteria_url')

    with op.batch_alter_table('badge_class', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_badge_class_created_by'))
        batch_op.drop_column('expires_after_days')
        batch_op.drop_column('allows_repeats')

    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_award_revoked_by'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_award_corrects'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_award_batch_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_award_number'), type_='unique')
        batch_op.drop_index('ix_award_revoked', sqlite_where=sa.text('revoked_at IS NOT NULL'), postgresql_where=sa.text('revoked_at IS NOT NULL'))
        batch_op.drop_index('uq_award_held')
        batch_op.drop_index('uq_award_corrects', sqlite_where=sa.text('corrects IS NOT NULL'), postgresql_where=sa.text('corrects IS NOT NULL'))
        batch_op.drop_index('uq_award_held_by_address', sqlite_where=sa.text('revoked_at IS NULL AND NOT repeat AND person_id IS NULL AND recipient_email IS NOT NULL'), postgresql_where=sa.text('revoked_at IS NULL AND NOT repeat AND person_id IS NULL AND recipient_email IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_award_recipient_email'))
        batch_op.drop_index(batch_op.f('ix_award_batch_id_number'))
        batch_op.drop_index(batch_op.f('ix_award_badge_id_issued_on_id'))
        batch_op.create_index(batch_op.f('ix_award_badge_id_issued_on'), ['badge_id', 'issued_on'], unique=False)
        batch_op.drop_column('batch_id')
        batch_op.drop_column('corrects')
        batch_op.drop_column('revoked_by')
        batch_op.drop_column('shows_name')
        batch_op.drop_column('repeat')
        batch_op.drop_column('recipient_name')
        batch_op.drop_column('number')
        batch_op.create_index('uq_award_held', ['badge_id', 'person_id'], unique=True, sqlite_where=sa.text('revoked_at IS NULL AND person_id IS NOT NULL'), postgresql_where=sa.text('revoked_at IS NULL AND person_id IS NOT NULL'))

    with op.batch_alter_table('collection_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_collection_entry_imported_id'))
        batch_op.drop_index(batch_op.f('ix_collection_entry_award_id'))

    op.drop_table('collection_entry')
    with op.batch_alter_table('award_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_award_batch_badge_id_created_at'))

    op.drop_table('award_batch')
    with op.batch_alter_table('proven_address', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proven_address_address'))

    op.drop_table('proven_address')
    with op.batch_alter_table('mailed_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mailed_link_person_id_created_at'))
        batch_op.drop_index(batch_op.f('ix_mailed_link_address_created_at'))

    op.drop_table('mailed_link')
    with op.batch_alter_table('issuer_staff', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issuer_staff_person_id'))

    op.drop_table('issuer_staff')
    with op.batch_alter_table('issuer_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issuer_key_issuer_id_kind'))

    op.drop_table('issuer_key')
    with op.batch_alter_table('issuer_invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issuer_invitation_issuer_id'))
        batch_op.drop_index(batch_op.f('ix_issuer_invitation_email'))

    op.drop_table('issuer_invitation')
    with op.batch_alter_table('imported_badge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_imported_badge_original_key'))
        batch_op.drop_index(batch_op.f('ix_imported_badge_tried_at'))
        batch_op.drop_index(batch_op.f('ix_imported_badge_badge_ref'))

    op.drop_table('imported_badge')
    with op.batch_alter_table('collection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_collection_person_id'))

    op.drop_table('collection')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(sa.schema.DropSequence(sa.Sequence('award_number')))
