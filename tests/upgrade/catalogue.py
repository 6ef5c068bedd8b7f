"""What a database says of its tables, and what of a change a version would stumble over that knows only the old ones.

Read from the database after the migration, so it does not matter by which operation or SQL it came.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True)
class ColumnThere:
    kind: str
    required: bool
    filled_in: bool


@dataclass(frozen=True)
class Rule:
    """A constraint: the columns that it reads, and what it says of them."""

    columns: frozenset[str]
    says: str


@dataclass(frozen=True)
class TableThere:
    columns: dict[str, ColumnThere]
    rules: dict[str, Rule]


Catalogue = dict[str, TableThere]


def catalogue(engine: sa.Engine) -> Catalogue:
    looking = sa.inspect(engine)
    names = set(looking.get_table_names()) - {"alembic_version"}
    return {name: _table(looking, name) for name in names}


def stumbles(before: Catalogue, after: Catalogue) -> Iterator[str]:
    """Sentences; none where a version that knows `before` goes on reading and writing in `after`."""
    for name, table in sorted(before.items()):
        if name not in after:
            yield f"table {name} is gone"
            continue
        yield from _columns_stumble(name, table, after[name])
        yield from _rules_stumble(name, table, after[name])


def _columns_stumble(name: str, before: TableThere, after: TableThere) -> Iterator[str]:
    for column, was in before.columns.items():
        now = after.columns.get(column)
        if now is None:
            yield f"{name}.{column} is gone"
        elif now.kind != was.kind:
            yield f"{name}.{column} was {was.kind} and is {now.kind}"
        elif now.required and not was.required:
            yield f"{name}.{column} may be empty no more"
        elif was.required and not now.required:
            yield f"{name}.{column} may be empty now, which its readers do not expect"
        elif was.filled_in and not now.filled_in:
            yield f"{name}.{column} has no default any more"
    for column in after.columns.keys() - before.columns.keys():
        if after.columns[column].required and not after.columns[column].filled_in:
            yield f"{name}.{column} must be filled in by whoever does not know it"


def _rules_stumble(name: str, before: TableThere, after: TableThere) -> Iterator[str]:
    for rule, now in after.rules.items():
        was = before.rules.get(rule)
        if was == now or (was and _allows_more(was.says, now.says)):
            continue
        if known := sorted(now.columns & before.columns.keys()):
            yield f"{name}: {rule} is a new rule for {', '.join(known)}"


def _allows_more(was: str, now: str) -> bool:
    """A list of words that has grown."""
    words = [set(re.findall(r"'([^']*)'", says)) for says in (was, now)]
    shape = [re.sub(r"'[^']*'(?:::[\w ]+)?,?\s*", "", says) for says in (was, now)]
    return words[0] <= words[1] and shape[0] == shape[1]


def _table(looking: sa.Inspector, name: str) -> TableThere:
    columns = {
        column["name"]: ColumnThere(str(column["type"]), not column["nullable"], column["default"] is not None)
        for column in looking.get_columns(name)
    }
    return TableThere(columns, dict(_rules(looking, name, set(columns))))


def _rules(looking: sa.Inspector, name: str, columns: set[str]) -> Iterator[tuple[str, Rule]]:
    key = looking.get_pk_constraint(name)
    yield str(key["name"]), Rule(frozenset(key["constrained_columns"]), "primary key")
    for one in looking.get_unique_constraints(name):
        yield str(one["name"]), Rule(frozenset(one["column_names"]), "unique")
    for index in looking.get_indexes(name):
        if index["unique"] and not index.get("duplicates_constraint"):
            where = index.get("dialect_options", {}).get(f"{looking.dialect.name}_where", "")
            yield str(index["name"]), Rule(frozenset(filter(None, index["column_names"])), f"unique where {where}")
    for check in looking.get_check_constraints(name):
        said = check["sqltext"]
        yield str(check["name"]), Rule(frozenset(columns & set(re.findall(r"\w+", said))), said)
    for foreign in looking.get_foreign_keys(name):
        yield str(foreign["name"]), Rule(frozenset(foreign["constrained_columns"]), f"in {foreign['referred_table']}")
