"""What the rooms keep of a person: places in Spaces, what was completed and handed in there, and roles in their staff.

Ended Spaces are no exception. Figures stay: a place becomes one that somebody without a name has left.
"""

from collections.abc import Iterator, Mapping, Sequence
from mimetypes import guess_extension
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, delete, func, or_, select, update

from lti_tool import clock
from lti_tool.badges.personal import kept_file
from lti_tool.db import db
from lti_tool.kept_files import forget_files
from lti_tool.people.names import Names
from lti_tool.people.personal import count, invitation_facts, invitations_of
from lti_tool.people.privacy.keeping import MOST_FILES, MOST_ROWS, Fate, Keeper, Kept, Part, Whose, as_json, table_part
from lti_tool.spaces.evidence.checking import how_it_stands
from lti_tool.spaces.evidence.model import Attachment, FileCheck, Submission
from lti_tool.spaces.groups.model import GroupMember, SpaceGroup
from lti_tool.spaces.model import Completion, Member, Objective, Space
from lti_tool.spaces.pathways.model import PathwayStanding, SpacePathway
from lti_tool.spaces.staffing.model import SpaceInvitation, SpaceStaff
from lti_tool.spaces.standings import hold_space, recount_bands


def tell(of: Whose) -> list[Kept]:
    rows = db.session.execute(_places(of).limit(MOST_ROWS)).all()
    places = [_place_in_words(row) for row in rows]
    files = select(Attachment.id).join(Submission, Submission.id == Attachment.submission_id).where(_handed_in(of))
    return [
        Kept(
            _("Places in Spaces, ended ones too"), len(places), Fate.NAMELESS,
            _("as a place that somebody without a name has left; on no leaderboard any more"), places,
        ),
        Kept(
            _("Completed objectives, and progress on pathways"), count(_done(of)) + count(_standings(of)),
            Fate.NAMELESS, _("totals count them still; what staff wrote about them is deleted"),
        ),
        Kept(_("Attempts that were handed in or begun"), count(_attempts(of)), Fate.NAMELESS,
             _("their texts and the answers to them are deleted; that there was one stays")),
        Kept(_("Files and links that were handed in"), count(files), Fate.GOES, _("deleted")),
        Kept(_("Roles in the staff of Spaces"), count(_roles(of)), Fate.GOES, _("deleted")),
        Kept(_("Groups and sections of their courses"), count(_groups(of)), Fate.GOES, _("deleted")),
        Kept(_("Invitations to Spaces"), count(_invitations(of)), Fate.GOES, _("deleted; their links work no more")),
        Kept(
            _("What they did as staff for others"), sum(count(one) for one in _did(of)), Fate.STAYS,
            _("it is others'; who did it is an opaque number"),
        ),
    ]  # fmt: skip


def parts(of: Whose) -> Iterator[Part]:
    for path, query in (
        ("spaces.json", _places(of)), ("completions.json", _done(of)), ("pathways.json", _standings(of)),
        ("handed-in.json", _attempts(of)), ("space-roles.json", _roles(of)),
        ("space-groups.json", _groups(of)), ("space-invitations.json", _invitations(of)),
    ):  # fmt: skip
        yield table_part(path, query)
    rows = db.session.execute(_files(of).limit(MOST_FILES)).mappings().all()
    yield Part("handed-in-files.json", lambda: as_json([_file_facts(row) for row in rows]))
    for row in rows:
        if row["file_key"] is not None and not how_it_stands(row["check"]):
            yield Part(_path(row), lambda key=row["file_key"]: kept_file(key))  # type: ignore[misc]


def hold(of: Whose) -> None:
    """Their Spaces, as whoever moves many holds them, and in one order. Whoever holds a Space may want scores then,
    which the door erases before the rooms do.
    """
    for space in sorted(set(db.session.scalars(select(Member.space_id).where(_theirs(of))))):
        hold_space(space)


def erase(of: Whose) -> None:
    hold(of)  # once more, for a place that came since
    members = list(db.session.scalars(select(Member.id).where(_theirs(of))))
    on_board = set(db.session.scalars(select(Member.space_id).where(Member.id.in_(members), Member.on_board)))
    files = list(db.session.scalars(select(Attachment.file_key).where(Attachment.submission_id.in_(_sent(members)))))
    for statement in (
        delete(Attachment).where(Attachment.submission_id.in_(_sent(members))),
        _emptied(members),
        update(Completion).where(Completion.member_id.in_(members)).values(reason=None),
        delete(GroupMember).where(GroupMember.member_id.in_(members)),
        _left(members),
        delete(SpaceStaff).where(SpaceStaff.person_id == of.person),
        delete(SpaceInvitation).where(_invited(of)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    for space in sorted(on_board):
        recount_bands(space)
    forget_files(files)


def figure(persons: Sequence[str]) -> Mapping[str, int]:
    counted = select(Member.person_id, func.count()).where(Member.person_id.in_(persons), Member.status != "preview")
    return {str(row[0]): row[1] for row in db.session.execute(counted.group_by(Member.person_id))}


def _theirs(of: Whose) -> ColumnElement[bool]:
    """Their places, and those that wait for an address of theirs in their organization."""
    here = select(Space.id).where(Space.organization_id == of.organization)
    waits = and_(Member.status == "open", Member.email.in_(of.own), Member.space_id.in_(here))
    return or_(Member.person_id == of.person, waits)


def _places_of(of: Whose) -> Select[str]:
    return select(Member.id).where(_theirs(of))


def _handed_in(of: Whose) -> ColumnElement[bool]:
    return Submission.member_id.in_(_places_of(of))


def _sent(members: Sequence[str]) -> Select[str]:
    return select(Submission.id).where(Submission.member_id.in_(members))


def _left(members: Sequence[str]) -> Any:
    """An open place waits for nobody from now on."""
    now = clock.now()
    here = Member.status == "active"
    return (
        update(Member)
        .where(Member.id.in_(members))
        .values(
            name=None, email=None, sort_name=Names().sort_name, hides=True, shares_name=False, on_board=False,
            left_at=case((here, now), else_=Member.left_at), status=case((here, "inactive"), else_=Member.status),
        )
    )  # fmt: skip


def _emptied(members: Sequence[str]) -> Any:
    """What nobody has decided waits no more. Whoever reviews it just now is told that it has changed."""
    undecided = Submission.state.in_(("draft", "waiting"))
    return (
        update(Submission)
        .where(Submission.member_id.in_(members))
        .values(
            text="", reason=None, shares=False, claimed_by=None, claimed_until=None, revision=Submission.revision + 1,
            state=case((undecided, "withdrawn"), else_=Submission.state),
        )
    )  # fmt: skip


def _place_in_words(row: Any) -> str:
    if row.role != "member":
        return str(row.space)
    on_board = _("on the leaderboard") if row.on_board else _("not on the leaderboard")
    return str(_("%(space)s: alias “%(alias)s”, %(place)s", space=row.space, alias=row.alias, place=on_board))


def _places(of: Whose) -> Select[*tuple[Any, ...]]:
    one = Member
    return (
        select(
            Space.name.label("space"), one.role, one.status, one.name, one.email, one.alias, one.hides,
            one.shares_name, one.on_board, one.points, one.completed, one.joined_at, one.left_at,
        )
        .join(Space, Space.id == one.space_id)
        .where(_theirs(of))
        .order_by(one.joined_at.desc(), one.id)
    )  # fmt: skip


def _done(of: Whose) -> Select[*tuple[Any, ...]]:
    one = Completion
    return (
        select(
            Space.name.label("space"), Objective.title.label("objective"), one.state, one.how, one.points,
            one.completed_at, one.taken_back_at, one.reason,
        )
        .join(Space, Space.id == one.space_id)
        .join(Objective, Objective.id == one.objective_id)
        .where(one.member_id.in_(_places_of(of)))
        .order_by(one.completed_at.desc(), one.id)
    )  # fmt: skip


def _standings(of: Whose) -> Select[*tuple[Any, ...]]:
    one = PathwayStanding
    return (
        select(Space.name.label("space"), one.done, one.total, one.completed_at)
        .join(Space, Space.id == one.space_id)
        .where(one.member_id.in_(_places_of(of)))
    )


def _attempts(of: Whose) -> Select[*tuple[Any, ...]]:
    one = Submission
    return (
        select(
            Space.name.label("space"), Objective.title.label("objective"), one.attempt, one.state, one.text,
            one.shares, one.saved_at, one.submitted_at, one.decided_at, one.reason,
        )
        .join(Space, Space.id == one.space_id)
        .join(Objective, Objective.id == one.objective_id)
        .where(_handed_in(of))
        .order_by(one.saved_at.desc(), one.id)
    )  # fmt: skip


def _files(of: Whose) -> Select[*tuple[Any, ...]]:
    one = Attachment
    return (
        select(
            one.id, one.name, one.url, one.media_type, one.size, one.file_key, FileCheck.state.label("check"),
            Objective.title.label("objective"), Submission.attempt,
        )
        .join(Submission, Submission.id == one.submission_id)
        .join(Objective, Objective.id == Submission.objective_id)
        .outerjoin(FileCheck, FileCheck.digest == one.file_key)
        .where(_handed_in(of))
        .order_by(one.id.desc())
    )  # fmt: skip


def _file_facts(row: RowMapping) -> dict[str, Any]:
    """A file with the place where it lies in the export, a link with where it leads."""
    facts = {name: value for name, value in row.items() if name not in ("id", "file_key", "check")}
    return facts | {"file": _path(row) if row["file_key"] and not how_it_stands(row["check"]) else None}


def _path(row: RowMapping) -> str:
    return f"handed-in/{row['id']}{guess_extension(row['media_type'] or '') or '.bin'}"


def _roles(of: Whose) -> Select[*tuple[Any, ...]]:
    named = select(Space.name.label("space"), SpaceStaff.role, SpaceStaff.added_at)
    return named.join(Space, Space.id == SpaceStaff.space_id).where(SpaceStaff.person_id == of.person)


def _groups(of: Whose) -> Select[*tuple[Any, ...]]:
    named = select(Space.name.label("space"), SpaceGroup.name.label("group"))
    named = named.join(SpaceGroup, SpaceGroup.space_id == Space.id)
    named = named.join(GroupMember, GroupMember.group_id == SpaceGroup.id)
    return named.where(GroupMember.member_id.in_(_places_of(of)))


def _invitations(of: Whose) -> Select[*tuple[Any, ...]]:
    return invitation_facts(SpaceInvitation, of).where(_invited(of))


def _invited(of: Whose) -> ColumnElement[bool]:
    here = select(Space.id).where(Space.organization_id == of.organization)
    return and_(invitations_of(SpaceInvitation, of), SpaceInvitation.space_id.in_(here))


def _did(of: Whose) -> Iterator[Select[*tuple[Any, ...]]]:
    for column in (
        Space.created_by, Completion.completed_by, Completion.taken_back_by, Submission.claimed_by,
        Submission.decided_by, SpaceStaff.added_by, SpacePathway.added_by,
    ):  # fmt: skip
        yield select(column).where(column == of.person)


_COLUMNS = (
    "space.created_by", "member.person_id", "completion.member_id", "completion.completed_by",
    "completion.taken_back_by", "submission.member_id", "submission.claimed_by", "submission.decided_by",
    "attachment.submission_id", "group_member.member_id",
    "pathway_standing.member_id", "space_staff.person_id", "space_staff.added_by",
    "space_pathway.added_by", "space_invitation.invited_by", "space_invitation.accepted_by",
)  # fmt: skip
KEEPER = Keeper(
    columns=frozenset(_COLUMNS), tell=tell, parts=parts, erase=erase, hold=hold, figure=figure, figure_name="spaces"
)
