"""A group is one of its own Space: named elsewhere, it shows nobody."""

from flask import Flask

from lti_tool.db import db, transaction
from lti_tool.spaces.groups.model import GroupMember, SpaceGroup
from tests.make.person import make_person
from tests.make.space import make_member_of, make_objective, make_space
from tests.make.visit import make_staff_visit


def test_a_group_of_another_space_shows_nobody_of_either(app: Flask, organization: str) -> None:
    own, other = make_space(organization), make_space(organization)
    make_objective(own, organization, "Cut an onion")
    make_member_of(own, make_person(organization, "Ada Own"))
    theirs = make_member_of(other, make_person(organization, "Bo Other"))
    with transaction():
        group = SpaceGroup(space_id=other, ref="red", name="Red")
        db.session.add(group)
        db.session.flush()
        db.session.add(GroupMember(group_id=group.id, member_id=theirs))
        foreign = group.id
    teacher = make_staff_visit(app, organization, own)

    everybody, asked = teacher.get("progress"), teacher.get(f"progress?group={foreign}")

    assert (everybody.status_code, asked.status_code) == (200, 200)
    assert "Ada Own" in everybody.text
    assert not [name for name in ("Ada Own", "Bo Other") if name in asked.text]
