"""Everything that a run made is deleted, and nothing else.

All of it hangs on the run's organization by foreign keys, so the tables themselves say what belongs to it: whoever adds
a table need not remember this page. What no foreign key holds is named here: jobs, the audit log, and stored files.
"""

from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Table, delete, or_, select
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.db import Row, db, transaction
from lti_tool.jobs import Job
from lti_tool.kept_files import file_columns, forget_now
from lti_tool.launch.model import Registration
from lti_tool.people.audit_removal import remove_log_of
from lti_tool.people.model import Organization

_TRIES = 5
_ORGANIZATION = cast(Table, Organization.__table__)

Ids = dict[Column[Any], set[Any]]


def remove_world(organization_id: str) -> None:
    """Delete the organization of a run with all that hangs on it. Whoever arrives meanwhile is taken along."""
    _close_the_door(organization_id)
    for left in range(_TRIES, 0, -1):
        try:
            with transaction():
                files = _delete(organization_id)
        except IntegrityError:  # a job or a request that was under way wrote a row in between: look again
            if left == 1:
                raise
        else:
            forget_now(files)
            db.session.rollback()
            return


def _close_the_door(organization_id: str) -> None:
    """No launch and no job begins any more."""
    with transaction():
        for registration in db.session.scalars(
            select(Registration).where(Registration.organization_id == organization_id)
        ):
            registration.switched_off_at = clock.now()


def _delete(organization_id: str) -> set[str]:
    """Answers the keys of the files that belonged to it."""
    ids: Ids = {_ORGANIZATION.c.id: {organization_id}}
    tables = Row.metadata.sorted_tables  # parents before their children
    for table in tables:
        _collect(table, ids)
    files = _files(ids)
    _delete_jobs(organization_id, {one for found in ids.values() for one in found if isinstance(one, str)})
    remove_log_of(organization_id)
    for table in reversed(tables):
        condition = _hanging(table, ids)
        if condition is not None:
            db.session.execute(_plainly(delete(table).where(condition)))
    db.session.execute(_plainly(delete(_ORGANIZATION).where(_ORGANIZATION.c.id == organization_id)))
    return files


def _collect(table: Table, ids: Ids) -> None:
    """Note the keys of the rows of `table` that hang on rows that are known already."""
    condition, named = _hanging(table, ids), _keys(table)
    if condition is None or not named:
        return
    found = db.session.execute(select(*named).where(condition)).all()
    for place, column in enumerate(named):
        ids[column] = {row[place] for row in found}


def _hanging(table: Table, ids: Ids) -> ColumnElement[bool] | None:
    parts = [key.parent.in_(sorted(ids[key.column])) for key in table.foreign_keys if ids.get(key.column)]
    return or_(*parts) if parts else None


def _keys(table: Table) -> list[Column[Any]]:
    """What foreign keys and jobs name a row of `table` by."""
    named = {key.column for other in Row.metadata.tables.values() for key in other.foreign_keys}
    return [column for column in table.columns if column in named or column.name == "id"]


def _files(ids: Ids) -> set[str]:
    hanging = ((column, _hanging(column.table, ids)) for column in file_columns())
    named = (select(column).where(condition) for column, condition in hanging if condition is not None)
    return {key for query in named for key in db.session.scalars(query) if key}


def _delete_jobs(organization_id: str, known: set[str]) -> None:
    """Jobs name in their arguments what they are for. None of them is older than the organization."""
    begun = select(Organization.created_at).where(Organization.id == organization_id).scalar_subquery()
    written_since = select(Job.id, Job.arguments).where(Job.created_at >= begun, Job.kind.not_like("schedule.%"))
    doomed = [
        job_id
        for job_id, arguments in db.session.execute(written_since)
        if any(value in known for value in arguments.values() if isinstance(value, str))
    ]
    db.session.execute(_plainly(delete(Job).where(Job.id.in_(doomed))))


def _plainly(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
