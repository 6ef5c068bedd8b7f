"""What happens after what, on one page.

REACTIONS run at once, in the transaction that recorded the event. JOBS are what rows ask for outside a request.
SCHEDULE is what happens by itself. PANELS are what the door hangs into the rooms' pages.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import lti_tool.launch.roster as roster
from lti_tool.api.tokens import sweep_tokens
from lti_tool.launch.visits import sweep_visits
from lti_tool.outbox import Reaction
from lti_tool.spaces.events import SpaceCreated
from lti_tool.spaces.space import archive_ended_spaces

REACTIONS: Mapping[type, Sequence[Reaction]] = {
    SpaceCreated: (roster.on_space_created,),
}

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    "roster.read": roster.read_roster,
}

SCHEDULE: Mapping[str, tuple[float, Callable[[], None]]] = {
    "spaces.archive": (600.0, archive_ended_spaces),
    "visits.sweep": (3600.0, sweep_visits),
    "tokens.sweep": (3600.0, sweep_tokens),
}

PANELS: Mapping[str, Sequence[Callable[[], str]]] = {
    "members": (roster.panel,),
}
