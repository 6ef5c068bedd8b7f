"""What happens after what, on one page.

REACTIONS run at once, in the transaction that recorded the event. JOBS are what rows ask for outside a request.
SCHEDULE is what happens by itself. PANELS are what the door hangs into the rooms' pages.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import lti_tool.launch.gradebook as gradebook
import lti_tool.launch.roster as roster
import lti_tool.people.admin.mail as mail
from lti_tool.api.tokens import sweep_tokens
from lti_tool.launch.console.lamps import KEPT_EVERY, keep_what_was_seen
from lti_tool.launch.key_care import forget_stopped_keys, reseal_by_schedule
from lti_tool.launch.refusals import sweep_refusals
from lti_tool.launch.selftest.doing import JOB as SELF_TEST
from lti_tool.launch.selftest.doing import run_asked_for, sweep_self_tests
from lti_tool.launch.visits import sweep_visits
from lti_tool.outbox import Reaction
from lti_tool.people.admin.links import sweep_links
from lti_tool.spaces.events import ObjectiveAdded, ObjectiveMoved, SpaceCreated
from lti_tool.spaces.space import archive_ended_spaces

REACTIONS: Mapping[type, Sequence[Reaction]] = {
    SpaceCreated: (roster.on_space_created,),
    ObjectiveMoved: (gradebook.on_objective_moved,),
    ObjectiveAdded: (gradebook.on_objective_added,),
}

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    mail.SEND: mail.send_sign_in,
    "roster.read": roster.read_roster,
    gradebook.SEND: gradebook.send_scores,
    gradebook.SETTLE: gradebook.settle_course,
    SELF_TEST: run_asked_for,
}

SCHEDULE: Mapping[str, tuple[float, Callable[[], None]]] = {
    "spaces.archive": (600.0, archive_ended_spaces),
    "gradebook.sweep": (600.0, gradebook.sweep),
    "visits.sweep": (3600.0, sweep_visits),
    "refusals.sweep": (600.0, sweep_refusals),
    "tokens.sweep": (3600.0, sweep_tokens),
    "links.sweep": (86_400.0, sweep_links),
    "lamps.keep": (KEPT_EVERY.total_seconds(), keep_what_was_seen),
    "keys.forget": (86_400.0, forget_stopped_keys),
    "keys.reseal": (86_400.0, reseal_by_schedule),
    "selftest.sweep": (300.0, sweep_self_tests),
}

PANELS: Mapping[str, Sequence[Callable[[], str]]] = {
    "members": (roster.panel,),
    "progress": (gradebook.panel,),
}
