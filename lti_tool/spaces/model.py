"""Rows of the rooms. Standings are kept here, in the member's row, and move with every completion (decision 11)."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id

SPACE_NAME_LENGTH = 200
TITLE_LENGTH = 200
MAX_POINTS = 10_000


class Space(Row):
    """A course's room, or one without a course: members earn badges by completing its objectives until `ends_on` is
    over in its `time_zone`.

    `noticed_days`: so many days before the end its staff were told last. `revision` is compared before the Space itself
    is changed.
    """

    __tablename__ = "space"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"), index=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuer.id"))
    name: Mapped[str] = mapped_column(String(SPACE_NAME_LENGTH))
    ends_on: Mapped[date]
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    noticed_days: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    leaderboard_on: Mapped[bool] = mapped_column(default=False)
    aliases_on: Mapped[bool] = mapped_column(default=True)
    names_allowed: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class Member(Row):
    """A person's place in a Space, or an open place that an e-mail address waits for (decision 6).

    `on_board` is true exactly for active, counted learners who have not left the leaderboard.
    """

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("space_id", "person_id"),
        UniqueConstraint("space_id", "alias"),
        Index(
            "uq_member_open_place", "space_id", "email", unique=True,
            sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_member_open_address", "email",
            sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'"),
        ),
        Index("ix_member_listed", "space_id", "role", "sort_name", "id", "status"),
        Index("ix_member_board", "space_id", "on_board", "points", "alias"),
        Index(None, "person_id"),
        CheckConstraint("role IN ('member', 'staff')", name="role"),
        CheckConstraint("status IN ('active', 'inactive', 'preview', 'open')", name="status"),
        CheckConstraint("(status = 'open') = (person_id IS NULL)", name="open_has_no_person"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    email: Mapped[str | None] = mapped_column(String(254))
    name: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(10), default="member")
    role_from_launch: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(10), default="active")
    sort_name: Mapped[str] = mapped_column(String(200))
    alias: Mapped[str] = mapped_column(String(40))
    hides: Mapped[bool] = mapped_column(default=False)
    shares_name: Mapped[bool] = mapped_column(default=False)
    on_board: Mapped[bool] = mapped_column(default=False)
    points: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    moved_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    joined_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    left_at: Mapped[datetime | None] = mapped_column(Instant)


class StandingBand(Row):
    """How many people on the board have exactly so many points: a rank is a sum over the bands above."""

    __tablename__ = "standing_band"

    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"), primary_key=True)
    points: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    members: Mapped[int]


class Objective(Row):
    """Something to complete. A manual one awards its badge when staff mark a learner complete; a badge objective is
    complete when the learner holds its badge.

    The badge is a class of ours, or a foreign one that `badge_ref` names as the backpack does, with the name and
    picture it had when it was chosen. `checked_at`: when everybody's backpack was last looked at. `revision` is
    compared before it is changed. One that is archived is offered to nobody; one that is deleted is archived too, and
    can be called back for a day. `copied_from` are the ids of those that it was copied from, the nearest first.
    """

    __tablename__ = "objective"
    __table_args__ = (
        Index(None, "space_id", "position"),
        CheckConstraint("kind IN ('manual', 'badge')", name="kind"),
        CheckConstraint("evidence IN ('none', 'allowed', 'required')", name="evidence"),
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint("(badge_id IS NULL) <> (badge_ref IS NULL)", name="one_badge"),
        CheckConstraint("kind = 'badge' OR badge_id IS NOT NULL", name="manual_gives_ours"),
        Index(None, "badge_id"),
        Index(None, "badge_ref"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"))
    kind: Mapped[str] = mapped_column(String(10), default="manual")
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    badge_id: Mapped[str | None] = mapped_column(ForeignKey("badge_class.id"))
    badge_ref: Mapped[str | None] = mapped_column(String(500))
    badge_issuer_ref: Mapped[str | None] = mapped_column(String(500))
    badge_name: Mapped[str | None] = mapped_column(String(200))
    badge_picture_key: Mapped[str | None] = mapped_column(String(64))
    points: Mapped[int]
    public_criteria: Mapped[str] = mapped_column(Text, default="")
    private_criteria: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(String(10), default="none")
    revoke_with_objective: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    copied_from: Mapped[list[str]] = mapped_column(JSON, default=list)


class Completion(Row):
    """What a member has done of an objective. Taking it back keeps the row.

    `how` it became complete: marked by staff, by evidence that was accepted, or by a badge that arrived. `gave_award`
    tells an award made here from one that the person already held.
    """

    __tablename__ = "completion"
    __table_args__ = (
        UniqueConstraint("objective_id", "member_id"),
        Index(None, "space_id", "member_id"),
        CheckConstraint("state IN ('complete', 'taken_back')", name="state"),
        CheckConstraint("how IN ('marked', 'evidence', 'badge')", name="how"),
        Index(None, "award_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"))
    objective_id: Mapped[str] = mapped_column(ForeignKey("objective.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    state: Mapped[str] = mapped_column(String(10))
    how: Mapped[str] = mapped_column(String(10), default="marked")
    points: Mapped[int]
    completed_at: Mapped[datetime] = mapped_column(Instant)
    completed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(Instant)
    taken_back_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    award_id: Mapped[str | None] = mapped_column(ForeignKey("award.id"))
    gave_award: Mapped[bool] = mapped_column(default=False)
