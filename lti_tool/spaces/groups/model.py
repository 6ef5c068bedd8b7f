"""Rows of groups. They come from the LMS alone and say nothing of what somebody may do."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import ID, Row, new_id

REF_LENGTH = 255
GROUP_NAME_LENGTH = 200


class SpaceGroup(Row):
    """A group or a section of a course. `ref` is what the LMS knows it by."""

    __tablename__ = "space_group"
    __table_args__ = (UniqueConstraint("space_id", "ref"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"))
    ref: Mapped[str] = mapped_column(String(REF_LENGTH))
    name: Mapped[str] = mapped_column(String(GROUP_NAME_LENGTH))


class GroupMember(Row):
    """Somebody's place in a group."""

    __tablename__ = "group_member"
    __table_args__ = (Index(None, "member_id"),)

    group_id: Mapped[str] = mapped_column(ForeignKey("space_group.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), primary_key=True)
