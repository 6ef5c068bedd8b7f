"""What a migration holds up on a large table of PostgreSQL while everybody works: squawk reads the SQL of it."""

import io
import json
import subprocess
import sys
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script

# Of what squawk knows, what keeps others waiting while a table is read or rewritten. What old versions stumble over is
# asked of the database (`catalogue.py`), and matters of taste are ours.
HOLDS_UP = {
    "adding-field-with-default", "adding-foreign-key-constraint", "adding-not-nullable-field",
    "adding-primary-key-constraint", "adding-serial-primary-key-field", "changing-column-type",
    "constraint-missing-not-valid", "disallowed-unique-constraint", "require-concurrent-index-creation",
    "require-concurrent-index-deletion", "ban-concurrent-index-creation-in-transaction", "transaction-nesting",
}  # fmt: skip
_SQUAWK = str(Path(sys.executable).with_name("squawk"))


def sql_of(script: Script) -> str:
    """Every statement of the migration as PostgreSQL gets it, its transactions included."""
    out = io.StringIO()
    options = {"as_sql": True, "output_buffer": out, "transaction_per_migration": True}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    with Operations.context(context), context.begin_transaction(_per_migration=True):
        script.module.upgrade()
    return out.getvalue()


def held_up(script: Script) -> list[str]:
    words = [_SQUAWK, "--reporter", "json", "--pg-version", "15", "--stdin-filepath", f"{script.revision}.sql"]
    found = subprocess.run(words, input=sql_of(script), capture_output=True, text=True)
    assert found.returncode in (0, 1), found.stderr
    return [f"{one['rule_name']}: {one['message']}" for one in json.loads(found.stdout) if _counts(one)]


def _counts(one: dict[str, str]) -> bool:
    assert one["rule_name"] != "syntax-error", one
    return one["rule_name"] in HOLDS_UP
