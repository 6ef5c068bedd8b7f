"""What happens after what, on one page.

REACTIONS run at once, in the transaction that recorded the event. JOBS are what rows ask for outside a request.
SCHEDULE is what happens by itself. PANELS are what the door hangs into the rooms' pages. USES tell the workshop where
a badge class is in use, PATHWAY_FOLLOWERS who follows a pathway, ISSUERS_HERE whose badges somebody makes there.
ISSUER_TABS hang in its pages, COURSES tell the rooms which Spaces have one, ORIGINS of which Spaces a course is a copy.
INVITATIONS are what people can be invited to. PERSONAL is who keeps what of a person: told, exported and erased in this
order. LANGUAGES tell in which language somebody is written to. RETENTION is what goes after a
time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import lti_tool.badges.awarding.batches as batches
import lti_tool.badges.personal as of_the_workshop
import lti_tool.kept_files as kept_files
import lti_tool.launch.copies.looking as copies
import lti_tool.launch.copies.noting as copies_noted
import lti_tool.launch.copies.origins as origins
import lti_tool.launch.courses as courses
import lti_tool.launch.gradebook as gradebook
import lti_tool.launch.gradebook.inherited as inherited
import lti_tool.launch.notices.acting as notices
import lti_tool.launch.notices.receiving as notices_received
import lti_tool.launch.notices.registering as notice_handlers
import lti_tool.launch.notices.remembering as notice_offers
import lti_tool.launch.personal as of_the_door
import lti_tool.launch.roster as roster
import lti_tool.people.admin.mail as mail
import lti_tool.people.home.mail as home_mail
import lti_tool.people.invitations.inviting as invitations
import lti_tool.people.personal as of_the_guest_book
import lti_tool.spaces.badge_objectives_heard as badge_objectives_heard
import lti_tool.spaces.evidence.checking as file_checks
import lti_tool.spaces.open_places as open_places
import lti_tool.spaces.pathways.heard as pathways_heard
import lti_tool.spaces.personal as of_the_rooms
from lti_tool.api.model import GivenAnswer
from lti_tool.api.tokens import answers_over, sweep_tokens
from lti_tool.badges.awarding.slices import give_batch
from lti_tool.badges.backpack.addressed import on_addresses_moved
from lti_tool.badges.backpack.importing import forget_some_removed, removed_are_over, sweep_removed
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.backpack.rechecking import recheck_by_schedule
from lti_tool.badges.events import AwardCorrected, HoldingChanged, PathwayChanged, PathwayDeleted
from lti_tool.badges.issuer_tabs import IssuerTab
from lti_tool.badges.pathways.followers import Teller as FollowerTeller
from lti_tool.badges.pathways.steps import sweep_removed_steps
from lti_tool.badges.replacing.previews import sweep_previews
from lti_tool.badges.signing.keys import ensure_keys_by_schedule
from lti_tool.badges.staffing.invitations import ISSUER
from lti_tool.badges.staffing.model import IssuerInvitation
from lti_tool.badges.uses import IssuerHere, Teller
from lti_tool.jobs import Job
from lti_tool.jobs.reads import given_up_long_ago
from lti_tool.launch.console.lamps import KEPT_EVERY, keep_what_was_seen
from lti_tool.launch.key_care import forget_stopped_keys, reseal_by_schedule
from lti_tool.launch.last_language import language_of_last_visit
from lti_tool.launch.login import logins_over
from lti_tool.launch.model import LoginState, RefusedLaunch, VisitRow
from lti_tool.launch.notices.model import Notice
from lti_tool.launch.people_gone import are_gone, erase_people_gone, erase_some_gone
from lti_tool.launch.refusals import KEPT_FOR as REFUSALS_KEPT
from lti_tool.launch.refusals import refusals_over, sweep_refusals
from lti_tool.launch.registration.invites import invites_over
from lti_tool.launch.registration.model import RegistrationInvite
from lti_tool.launch.selftest.doing import JOB as SELF_TEST
from lti_tool.launch.selftest.doing import run_asked_for, sweep_self_tests
from lti_tool.launch.visits import kept_for, on_view_chosen, sweep_visits, visits_over
from lti_tool.outbox import Reaction
from lti_tool.people.admin.links import links_over, sweep_links
from lti_tool.people.admin.model import SignInLink
from lti_tool.people.events import AddressesMoved, SignInAsked
from lti_tool.people.home.links import mailed_links_over, sweep_mailed_links
from lti_tool.people.home.model import MailedLink
from lti_tool.people.invitations.kinds import Kind
from lti_tool.people.invitations.mail import send_invitation
from lti_tool.people.languages import Teller as LanguageTeller
from lti_tool.people.model import Person
from lti_tool.people.privacy.keeping import Keeper
from lti_tool.retention import Period, forget_what_is_over
from lti_tool.spaces.badge_uses import issuer_of_space_here, uses_in_spaces
from lti_tool.spaces.corrections import on_award_corrected
from lti_tool.spaces.courses import WithCourse
from lti_tool.spaces.events import (
    MembersCame,
    ObjectiveAdded,
    ObjectiveMoved,
    ObjectivePutAway,
    ObjectivesMoved,
    SpaceBrought,
    SpaceCreated,
    SpaceDeleted,
    ViewChosen,
)
from lti_tool.spaces.evidence.forgetting import checks_are_over, files_are_over, forget_files_over
from lti_tool.spaces.evidence.model import Attachment, FileCheck
from lti_tool.spaces.last_term import Teller as OriginTeller
from lti_tool.spaces.making import SPACES_TAB
from lti_tool.spaces.notices import SEND as SPACE_ENDING
from lti_tool.spaces.notices import notify_of_ends, send_notice
from lti_tool.spaces.objective_places import sweep_deleted_objectives
from lti_tool.spaces.pathways.following import followers_in_spaces
from lti_tool.spaces.space import archive_ended_spaces
from lti_tool.spaces.staffing.invitations import SPACE
from lti_tool.spaces.staffing.model import SpaceInvitation

REACTIONS: Mapping[type, Sequence[Reaction]] = {
    SignInAsked: (invitations.mail_invitations_again,),
    SpaceCreated: (roster.on_space_created, inherited.on_space_created),
    SpaceBrought: (roster.on_space_brought,),
    SpaceDeleted: (courses.on_space_deleted,),
    ObjectiveMoved: (gradebook.on_objective_moved,),
    ObjectiveAdded: (gradebook.on_objective_added,),
    AwardCorrected: (on_award_corrected, pathways_heard.on_award_corrected),
    ViewChosen: (on_view_chosen,),
    AddressesMoved: (open_places.on_addresses_moved, on_addresses_moved),
    HoldingChanged: (badge_objectives_heard.on_holding_changed, pathways_heard.on_holding_changed),
    MembersCame: (badge_objectives_heard.on_members_came, pathways_heard.on_members_came),
    PathwayChanged: (pathways_heard.on_pathway_changed,),
    PathwayDeleted: (pathways_heard.on_pathway_deleted,),
    ObjectivesMoved: (gradebook.on_objectives_moved,),
    ObjectivePutAway: (gradebook.on_objective_added,),
}

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    mail.SEND: mail.send_sign_in,
    home_mail.SEND: home_mail.send_link,
    invitations.SEND: send_invitation,
    batches.JOB: give_batch,
    SPACE_ENDING: send_notice,
    file_checks.JOB: file_checks.check_file,
    kept_files.JOB: kept_files.forget_by_job,
    "roster.read": roster.read_roster,
    gradebook.SEND: gradebook.send_scores,
    gradebook.SETTLE: gradebook.settle_course,
    inherited.INHERIT: inherited.inherit_picked,
    gradebook.READ_BACK: gradebook.read_back,
    copies_noted.LOOK: copies.look,
    notice_offers.REGISTER: notice_handlers.register_handlers,
    notices_received.WORK: notices.work,
    SELF_TEST: run_asked_for,
    open_places.JOB: open_places.fill_by_job,
    badge_objectives_heard.JOB: badge_objectives_heard.look_by_job,
    pathways_heard.JOB: pathways_heard.look_by_job,
    pathways_heard.SETTLE: pathways_heard.settle_by_job,
}

SCHEDULE: Mapping[str, tuple[float, Callable[[], None]]] = {
    "spaces.archive": (600.0, archive_ended_spaces),
    "spaces.notices": (3600.0, notify_of_ends),
    "gradebook.sweep": (600.0, gradebook.sweep),
    "rosters.ask": (300.0, roster.ask_by_schedule),
    "gradebook.read_back": (86_400.0, gradebook.read_back_by_schedule),
    "notices.register": (3600.0, notice_handlers.sweep_handlers),
    "notices.sweep": (86_400.0, notices_received.sweep_notices),
    "visits.sweep": (3600.0, sweep_visits),
    "refusals.sweep": (600.0, sweep_refusals),
    "tokens.sweep": (3600.0, sweep_tokens),
    "links.sweep": (86_400.0, sweep_links),
    "batches.sweep": (3600.0, batches.sweep_batches),
    "home_links.sweep": (3600.0, sweep_mailed_links),
    "lamps.keep": (KEPT_EVERY.total_seconds(), keep_what_was_seen),
    "issuer_keys.ensure": (600.0, ensure_keys_by_schedule),
    "keys.forget": (86_400.0, forget_stopped_keys),
    "keys.reseal": (86_400.0, reseal_by_schedule),
    "selftest.sweep": (300.0, sweep_self_tests),
    "previews.sweep": (600.0, sweep_previews),
    "imported.check": (600.0, recheck_by_schedule),
    "imported.sweep": (3600.0, sweep_removed),
    "objectives.look": (600.0, badge_objectives_heard.look_by_schedule),
    "objectives.sweep": (3600.0, sweep_deleted_objectives),
    "pathways.look": (600.0, pathways_heard.look_by_schedule),
    "pathways.sweep": (3600.0, sweep_removed_steps),
    "files.check": (600.0, file_checks.sweep_checks),
    "retention.sweep": (3600.0, forget_what_is_over),
    "people.gone": (3600.0, erase_people_gone),
    "evidence.files": (86_400.0, forget_files_over),
    "files.of_nobody": (86_400.0, kept_files.forget_unnamed),
}

PANELS: Mapping[str, Sequence[Callable[[], str]]] = {
    "members": (roster.panel,),
    "progress": (gradebook.panel,),
    "own_progress": (gradebook.own_line,),
}

USES: Sequence[Teller] = (uses_in_spaces,)
PATHWAY_FOLLOWERS: Sequence[FollowerTeller] = (followers_in_spaces,)
ISSUERS_HERE: Sequence[IssuerHere] = (issuer_of_space_here,)
INVITATIONS: Sequence[Kind] = (ISSUER, SPACE)
ISSUER_TABS: Sequence[IssuerTab] = (SPACES_TAB,)
COURSES: Sequence[WithCourse] = (courses.spaces_with_course,)
ORIGINS: Sequence[OriginTeller] = (origins.origins_of,)
LANGUAGES: Sequence[LanguageTeller] = (language_of_last_visit,)
PERSONAL: Sequence[Keeper] = (
    of_the_door.KEEPER, of_the_rooms.KEEPER, of_the_workshop.KEEPER, of_the_guest_book.KEEPER
)  # fmt: skip


RETENTION: Sequence[Period] = (
    Period("logins that no launch answered", lambda: "10 minutes", LoginState, logins_over),
    Period("visits", lambda: _days(kept_for()), VisitRow, visits_over, sweep_visits),
    Period("refused launches", lambda: _days(REFUSALS_KEPT), RefusedLaunch, refusals_over, sweep_refusals),
    Period("notices of platforms", lambda: _days(notices_received.KEPT_FOR), Notice, notices_received.notices_over,
           notices_received.sweep_notices),
    Period("invitations of platforms, unused", lambda: "30 days after their end", RegistrationInvite, invites_over),
    Period("invitations to issuers", lambda: "30 days after their end", IssuerInvitation,
           lambda: invitations.invitations_over(IssuerInvitation)),
    Period("invitations to Spaces", lambda: "30 days after their end", SpaceInvitation,
           lambda: invitations.invitations_over(SpaceInvitation)),
    Period("links that sign administrators in", lambda: "7 days after their end", SignInLink, links_over, sweep_links),
    Period("mailed links", lambda: "7 days after their end", MailedLink, mailed_links_over, sweep_mailed_links),
    Period("answers of the API, for repeats", lambda: "24 hours", GivenAnswer, answers_over, sweep_tokens),
    Period("badges from elsewhere that were removed", lambda: "1 day", ImportedBadge, removed_are_over,
           forget_some_removed),
    Period("jobs that gave up", lambda: "FAILED_JOBS_DAYS", Job, given_up_long_ago),
    Period("people whose courses are long over", lambda: "PEOPLE_DAYS", Person, are_gone, erase_some_gone),
    Period("files of evidence of Spaces that ended", lambda: "EVIDENCE_DAYS", Attachment, files_are_over,
           forget_files_over),
    Period("what a scanner said of files", lambda: "as long as the file", FileCheck, checks_are_over),
)  # fmt: skip


def _days(kept: timedelta) -> str:
    return f"{kept.days} days"
