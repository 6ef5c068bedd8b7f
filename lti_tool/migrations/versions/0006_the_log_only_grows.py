"""The audit log only grows: the database itself refuses to change or to delete an entry (decision 56)."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

# An entry goes only with its organization, and a row of audit_removal says so; that row stays for good.
_GONE = "EXISTS (SELECT 1 FROM audit_removal WHERE organization_id = OLD.organization_id)"
_SAID = "the audit log only grows"
_SQLITE = {
    'audit_entry_unchanged': "BEFORE UPDATE ON audit_entry",
    'audit_entry_undeleted': f"BEFORE DELETE ON audit_entry WHEN NOT {_GONE}",
    # INSERT OR REPLACE deletes what is in its way without asking the trigger above.
    'audit_entry_unreplaced': (
        "BEFORE INSERT ON audit_entry WHEN EXISTS"
        " (SELECT 1 FROM audit_entry WHERE id = NEW.id OR rowid = NEW.rowid)"
    ),
    'audit_removal_unchanged': "BEFORE UPDATE ON audit_removal",
    'audit_removal_undeleted': "BEFORE DELETE ON audit_removal",
    'audit_removal_unreplaced': (
        "BEFORE INSERT ON audit_removal WHEN EXISTS"
        " (SELECT 1 FROM audit_removal WHERE organization_id = NEW.organization_id OR rowid = NEW.rowid)"
    ),
}
_POSTGRESQL = {
    'audit_entry_unchanged': "BEFORE UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_to_shrink()",
    'audit_entry_undeleted': "BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_to_shrink_but_whole()",
    'audit_entry_unemptied': "BEFORE TRUNCATE ON audit_entry EXECUTE FUNCTION refuse_to_shrink()",
    'audit_removal_unchanged': "BEFORE UPDATE OR DELETE ON audit_removal FOR EACH ROW EXECUTE FUNCTION refuse_to_shrink()",
    'audit_removal_unemptied': "BEFORE TRUNCATE ON audit_removal EXECUTE FUNCTION refuse_to_shrink()",
}
_REFUSE = f"RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation';"


def upgrade() -> None:
    op.create_table('audit_removal',
    sa.Column('organization_id', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('organization_id', name=op.f('pk_audit_removal'))
    )
    if op.get_bind().dialect.name == 'sqlite':
        for name, when in _SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END")
        return
    op.execute(f"CREATE FUNCTION refuse_to_shrink() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_REFUSE} END $$")
    op.execute(
        "CREATE FUNCTION refuse_to_shrink_but_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_GONE} THEN RETURN OLD; END IF; {_REFUSE} END $$"
    )
    for name, when in _POSTGRESQL.items():
        op.execute(f"CREATE TRIGGER {name} {when}")


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for name in _SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    else:
        for name, when in _POSTGRESQL.items():
            op.execute(f"DROP TRIGGER {name} ON {'audit_entry' if 'ON audit_entry' in when else 'audit_removal'}")
        op.execute("DROP FUNCTION refuse_to_shrink()")
        op.execute("DROP FUNCTION refuse_to_shrink_but_whole()")
    op.drop_table('audit_removal')
