"""Rows of the door: platforms and their keys, logins under way, foreign ids, visits, and roster reads."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id

FOREIGN_ID = String(255)
URL = String(2000)
_READS = text("state IN ('waiting', 'reading')")


class Registration(Row):
    """Our registration with one platform: what the platform is, and where its endpoints lie.

    `keeps_static_key`: the platform holds a copy of our key instead of our key set's address. `granted_scopes` is what
    it said it granted, None when it never said. `clock_skew` is its clock minus ours in seconds, and `launched_at` a
    launch, both as seen at most an hour before the newest one. `seen` holds when else something first really happened,
    for the lamps of the console.
    """

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(URL)
    client_id: Mapped[str] = mapped_column(FOREIGN_ID)
    auth_url: Mapped[str] = mapped_column(URL)
    token_url: Mapped[str] = mapped_column(URL)
    jwks_url: Mapped[str] = mapped_column(URL)
    token_audience: Mapped[str | None] = mapped_column(URL)
    profile: Mapped[str] = mapped_column(String(40), default="default")
    keeps_static_key: Mapped[bool] = mapped_column(default=False)
    granted_scopes: Mapped[list[str] | None] = mapped_column(JSON)
    clock_skew: Mapped[int | None]
    launched_at: Mapped[datetime | None] = mapped_column(Instant)
    seen: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    switched_off_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class Deployment(Row):
    """One placement of the tool in a platform. An unknown one waits in quarantine (`pending`) for an administrator."""

    __tablename__ = "deployment"
    __table_args__ = (
        UniqueConstraint("registration_id", "deployment_id"),
        CheckConstraint("status IN ('active', 'pending', 'off')", name="status"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"))
    deployment_id: Mapped[str] = mapped_column(FOREIGN_ID)
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organization.id"))
    status: Mapped[str] = mapped_column(String(10), default="active")
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class ToolKey(Row):
    """One RSA key pair of ours for one registration; published before it signs, kept after it stops.

    Without `signs_from` it waits until somebody has entered it in the LMS. The private half is deleted a day after the
    key stopped signing; the public one stays, for a kid is never used again.
    """

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), index=True)
    sealed_private_key: Mapped[str | None] = mapped_column(Text)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    signs_from: Mapped[datetime | None] = mapped_column(Instant)
    published_until: Mapped[datetime | None] = mapped_column(Instant)


class PlatformKeys(Row):
    """The last good key set of a platform, so that its outage is not ours."""

    __tablename__ = "platform_keys"

    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    keys: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    fetched_at: Mapped[datetime] = mapped_column(Instant)
    fresh_until: Mapped[datetime] = mapped_column(Instant)


class LoginState(Row):
    """One login under way: binds browser, nonce, registration and target until the launch consumes it (decision 4).

    `proof` says where the browser was asked to show itself: in a `frame`, in a `window` of the LMS's choice, or in a
    `new_window` after our button, since the frame kept no cookie. A launch leaves its visit and the hash of its token
    here, so that the same POST a moment later lands on the same visit.
    """

    __tablename__ = "login_state"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    nonce_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64))
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"))
    deployment_hint: Mapped[str | None] = mapped_column(FOREIGN_ID)
    target: Mapped[str] = mapped_column(URL)
    proof: Mapped[str] = mapped_column(String(10))
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    consumed_at: Mapped[datetime | None] = mapped_column(Instant)
    token_hash: Mapped[str | None] = mapped_column(String(64))
    visit_id: Mapped[str | None] = mapped_column(ID)


class Identity(Row):
    """(registration, sub) is who somebody is; nothing else ever merges two people (decision 6)."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("registration_id", "sub"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"))
    sub: Mapped[str] = mapped_column(FOREIGN_ID)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))


class CourseKey(Row):
    """(deployment, context) is which course it is; it reaches one Space.

    `line_item_url` is the column of a link, kept only where the platform lets us make none of our own. `opened_on` is
    the last day on which anybody came. The roster is read by itself again at `roster_due_at`, was read from end to end
    at `roster_whole_at`, and `roster_changes_url` tells what changed since (NRPS 2.0, `differences`). The columns were
    looked through for those of an earlier course at `columns_looked_at`.
    """

    __tablename__ = "course_key"
    __table_args__ = (
        UniqueConstraint("deployment_id", "context_id"),
        Index(None, "context_id"),
        Index(None, "space_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"))
    context_id: Mapped[str] = mapped_column(FOREIGN_ID)
    title: Mapped[str] = mapped_column(String(200))
    ends_on: Mapped[date | None]
    space_id: Mapped[str | None] = mapped_column(ForeignKey("space.id"))
    roster_url: Mapped[str | None] = mapped_column(URL)
    roster_changes_url: Mapped[str | None] = mapped_column(URL)
    roster_whole_at: Mapped[datetime | None] = mapped_column(Instant)
    roster_due_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    groups_url: Mapped[str | None] = mapped_column(URL)
    opened_on: Mapped[date | None]
    line_items_url: Mapped[str | None] = mapped_column(URL)
    line_item_url: Mapped[str | None] = mapped_column(URL)
    grade_scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    columns_looked_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class Placement(Row):
    """A link in a course. Its id is unique only within the deployment, so it never keys a Space by itself."""

    __tablename__ = "placement"
    __table_args__ = (UniqueConstraint("deployment_id", "course_id", "resource_link_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"))
    course_id: Mapped[str | None] = mapped_column(ForeignKey("course_key.id"))
    resource_link_id: Mapped[str] = mapped_column(FOREIGN_ID)
    title: Mapped[str | None] = mapped_column(String(200))


class VisitRow(Row):
    """One stay after one launch; its secret is in the browser's cookie, its hash here (decision 5).

    `sent` is what the launch said apart from names, addresses and ids: see `launch/trace.py`. `mentees` are the people
    that an observer may see. `masked`: an administrator of the LMS wears this person's account. `about_id` is whom an
    administrator of the LMS asked about. `viewing_as`: staff look at the Space as a student would: `preview`, or the id
    of a member.
    """

    __tablename__ = "visit"
    __table_args__ = (Index(None, "last_seen_at"), Index(None, "registration_id", "created_at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"))
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[str | None] = mapped_column(ForeignKey("course_key.id"))
    about_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(10))
    assistant: Mapped[bool] = mapped_column(default=False)
    preview: Mapped[bool] = mapped_column(default=False)
    masked: Mapped[bool] = mapped_column(default=False)
    viewing_as: Mapped[str | None] = mapped_column(String(32))
    message: Mapped[str] = mapped_column(String(40), default="LtiResourceLinkRequest")
    proof: Mapped[str] = mapped_column(String(10), default="window")
    sent: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    mentees: Mapped[list[str]] = mapped_column(JSON, default=list)
    locale: Mapped[str] = mapped_column(String(20), default="en")
    return_url: Mapped[str | None] = mapped_column(URL)
    frame_ancestors: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class RefusedLaunch(Row):
    """A launch that was refused, as an administrator may read it: no token, no name, no address."""

    __tablename__ = "refused_launch"
    __table_args__ = (Index(None, "registration_id", "at"), Index(None, "at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    registration_id: Mapped[str | None] = mapped_column(ForeignKey("registration.id"))
    code: Mapped[str] = mapped_column(String(40))
    said: Mapped[str | None] = mapped_column(String(300))
    reference: Mapped[str] = mapped_column(String(40))
    message: Mapped[str | None] = mapped_column(String(60))
    proof: Mapped[str | None] = mapped_column(String(10))


class LegacyLink(Row):
    """An LTI 1.1 user id that a launch brought for somebody (LTI 1.3 core, migration, `lti1p1`).

    It counts when its signature verifies with the consumer's secret, or when an administrator says so (`linked`).
    """

    __tablename__ = "legacy_link"
    __table_args__ = (
        UniqueConstraint("registration_id", "legacy_user_id"),
        CheckConstraint("status IN ('waiting', 'linked', 'refused')", name="status"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"))
    identity_id: Mapped[str] = mapped_column(ForeignKey("identity.id"), index=True)
    legacy_user_id: Mapped[str] = mapped_column(FOREIGN_ID)
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    is_signed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class LegacyConsumer(Row):
    """The LTI 1.1 consumer key and secret that a platform used before, to check what its launches claim of old ids."""

    __tablename__ = "legacy_consumer"
    __table_args__ = (UniqueConstraint("registration_id", "consumer_key"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"))
    consumer_key: Mapped[str] = mapped_column(FOREIGN_ID)
    sealed_secret: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class RosterRead(Row):
    """One reading of a course's roster. At most one per course is under way: the database says so.

    `worker` is who reads it now: whoever takes it up later puts the earlier one out. `is_whole`: from end to end, not
    the changes alone. `doubted`: the list would remove `gone` of `before` people, and nobody was removed until staff
    decide (`decided_by`): `kept` as it was, or `taken` over by another reading, which may remove the `agreed` number.
    `left_at` is the moment at which its people left, `undone_at` when they were put back.
    """

    __tablename__ = "roster_read"
    __table_args__ = (
        Index(None, "course_id", "asked_at"),
        Index("uq_roster_read_under_way", "course_id", unique=True, sqlite_where=_READS, postgresql_where=_READS),
        CheckConstraint("state IN ('waiting', 'reading', 'done', 'failed', 'doubted', 'kept', 'taken')", name="state"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    course_id: Mapped[str] = mapped_column(ForeignKey("course_key.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    pages: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    joined: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    gone: Mapped[int] = mapped_column(default=0)
    before: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(ID)
    is_whole: Mapped[bool] = mapped_column(default=True)
    agreed: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str | None] = mapped_column(String(40))
    problem_said: Mapped[str | None] = mapped_column(String(300))
