"""Groups and sections as a list of the course tells them, kept by set operations: what is the same writes nothing."""

from collections.abc import Iterable, Mapping, Set
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, delete, insert, select, update

from lti_tool.db import db, new_id
from lti_tool.spaces.groups.model import GroupMember, SpaceGroup
from lti_tool.spaces.model import Member

MOST_GROUPS = 1_000
_GROUP = cast(Table, SpaceGroup.__table__)
_PLACE = cast(Table, GroupMember.__table__)
_CHUNK = 5_000

Pair = tuple[str, str]


def keep_groups(space_id: str, named: Mapping[str, str], places: Mapping[str, Set[str]], *, whole: bool) -> None:
    """Inside a transaction that holds the Space.

    `named`: {ref: name}; `places`: {person: refs} for everybody whom the list names. A list that is not `whole` says
    nothing of other people and takes no group away. A group without a name, or with nobody in it, is none.
    """
    refs = _in_use(named, places, whole=whole)
    groups = _keep_names(space_id, {ref: named[ref] for ref in refs}, whole=whole)
    members = _members(space_id)
    wanted = {
        (groups[ref], members[person])
        for person, theirs in places.items() if person in members
        for ref in theirs if ref in groups
    }  # fmt: skip
    told = {members[person] for person in places if person in members}
    there = {pair for pair in _pairs(space_id) if whole or pair[1] in told}
    _remove(there - wanted)
    _add(wanted - there)


def _in_use(named: Mapping[str, str], places: Mapping[str, Set[str]], *, whole: bool) -> list[str]:
    used = {ref for theirs in places.values() for ref in theirs if ref in named}
    return sorted(used)[:MOST_GROUPS] if whole else sorted(used)


def _keep_names(space_id: str, named: Mapping[str, str], *, whole: bool) -> dict[str, str]:
    """{ref: id} of the groups as they are now."""
    rows = db.session.execute(select(_GROUP.c.ref, _GROUP.c.id, _GROUP.c.name).where(_GROUP.c.space_id == space_id))
    there = {ref: (group, name) for ref, group, name in rows}
    new = [{"id": new_id(), "space_id": space_id, "ref": ref, "name": named[ref]} for ref in named if ref not in there]
    renamed = [
        {"of": group, "name": named[ref]} for ref, (group, name) in there.items() if named.get(ref, name) != name
    ]
    gone = [group for ref, (group, _) in there.items() if whole and ref not in named]
    if new:
        db.session.connection().execute(insert(_GROUP), new)
    if renamed:
        change = update(_GROUP).where(_GROUP.c.id == bindparam("of")).values(name=bindparam("name"))
        db.session.connection().execute(change, renamed)
    if gone:
        db.session.execute(delete(_PLACE).where(_PLACE.c.group_id.in_(gone)))
        db.session.execute(delete(_GROUP).where(_GROUP.c.id.in_(gone)))
    kept = {ref: group for ref, (group, _) in there.items() if group not in set(gone)}
    return kept | {str(one["ref"]): str(one["id"]) for one in new}


def _members(space_id: str) -> dict[str, str]:
    found = select(Member.person_id, Member.id).where(Member.space_id == space_id, Member.person_id.is_not(None))
    return {str(person): member for person, member in db.session.execute(found)}


def _pairs(space_id: str) -> set[Pair]:
    found = select(_PLACE.c.group_id, _PLACE.c.member_id).join(_GROUP, _GROUP.c.id == _PLACE.c.group_id)
    return {(group, member) for group, member in db.session.execute(found.where(_GROUP.c.space_id == space_id))}


def _add(pairs: Iterable[Pair]) -> None:
    for chunk in _chunks([{"group_id": group, "member_id": member} for group, member in sorted(pairs)]):
        db.session.connection().execute(insert(_PLACE), chunk)


def _remove(pairs: Iterable[Pair]) -> None:
    gone = delete(_PLACE).where(
        and_(_PLACE.c.group_id == bindparam("group"), _PLACE.c.member_id == bindparam("member"))
    )
    for chunk in _chunks([{"group": group, "member": member} for group, member in sorted(pairs)]):
        db.session.connection().execute(gone, chunk)


def _chunks(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[at : at + _CHUNK] for at in range(0, len(rows), _CHUNK))
