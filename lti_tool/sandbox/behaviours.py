"""How platforms that schools use differ from ours, as the references describe them: one record each.

Sources: `lti-rules.md` 1.8 to 1.10 and 1.17, and for Moodle `moodle.md`, measured on 4.5.6. What no source says of a
platform is as in our own.
"""

from dataclasses import dataclass, field
from typing import Literal

Says = Literal["json", "errors", "reason"]
LinkStyle = Literal["plain", "unquoted", "upper", "relative", "several", "listed", "punctuated", "curly"]


@dataclass(frozen=True)
class Behaviour:
    """One kind of platform.

    Launches: `family` and `version` of the product; `token_seconds`: life of an id_token; `context_type`.
    Assistants are `named` in launch and roster, or `mixed_up`: teachers in the launch, learners in the roster.

    Answers: `says`: refusals in a JSON object, in Canvas's `errors`, or in the reason phrase. `wrong_type`: the status
    for another media type. `throttled` and `throttled_headers`: the answer to too many requests. `needs_user_agent`.
    `token_audience`: whom an assertion must name in the place of the token endpoint.

    Roster: `most`: the most members in a page (None: our own page size), `all_at_once`: everybody without a limit, and
    any limit as asked. `known_roles`: role filters that count, None for all. `next_drops_role`: from the second page
    on the filter is forgotten. `short_roles`, `escapes_names`, `leaves_out_suspended`.

    Gradebook: `stale` and `ungraded`: statuses for an old timestamp and for somebody who is no learner here, `unknown`
    for somebody whom the course does not know. `whole_seconds`: timestamps within one second are equal. `takes_future`:
    a time of tomorrow is kept. `caps`: nobody gets more than the maximum. `unfinished_erases`: a score that is not
    final takes the grade away; `unfinished_is_ignored`: it leaves it. `cleared_by`: the states that delete a grade.
    `new_submissions`: every score is one more attempt, unless it says otherwise. `limit_is_a_page`: results with a
    limit are a page of HTML. `drops_comments`: results of one user have none. `refuses_id`: a line item that is put
    back may not name its id. `links`: spelling of the line items' `Link`. `guards_coupled`: the status for deleting
    the column of a link.
    """

    family: str = "sandbox-lms"
    version: str = "1"
    token_seconds: int = 300
    context_type: str = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"
    assistants: Literal["named", "mixed_up"] = "named"
    says: Says = "json"
    wrong_type: int | None = None
    throttled: int = 429
    throttled_headers: dict[str, str] = field(default_factory=dict)
    needs_user_agent: bool = False
    token_audience: str = ""
    most: int | None = None
    all_at_once: bool = False
    known_roles: tuple[str, ...] | None = None
    next_drops_role: bool = False
    short_roles: bool = False
    escapes_names: bool = False
    leaves_out_suspended: bool = False
    stale: int = 409
    ungraded: int = 422
    unknown: int = 422
    whole_seconds: bool = False
    takes_future: bool = False
    caps: bool = False
    unfinished_erases: bool = False
    unfinished_is_ignored: bool = False
    cleared_by: tuple[str, str] | None = None
    new_submissions: bool = False
    limit_is_a_page: bool = False
    drops_comments: bool = False
    refuses_id: bool = False
    links: LinkStyle = "plain"
    guards_coupled: int | None = None


CANVAS = Behaviour(
    family="canvas",
    version="cloud",
    says="errors",
    throttled=403,
    throttled_headers={"X-Rate-Limit-Remaining": "0.0", "X-Request-Cost": "1.2"},
    needs_user_agent=True,
    most=50,
    links="several",
    stale=400,
    unfinished_is_ignored=True,
    new_submissions=True,
    guards_coupled=401,
)
MOODLE = Behaviour(
    family="moodle",
    version="2024100706",
    token_seconds=60,
    context_type="CourseSection",
    assistants="mixed_up",
    says="reason",
    wrong_type=400,
    needs_user_agent=True,
    all_at_once=True,
    known_roles=("Learner", "Instructor"),
    next_drops_role=True,
    short_roles=True,
    escapes_names=True,
    leaves_out_suspended=True,
    ungraded=400,
    unknown=400,
    whole_seconds=True,
    takes_future=True,
    caps=True,
    unfinished_erases=True,
    limit_is_a_page=True,
    links="curly",
)
BLACKBOARD = Behaviour(
    family="BlackboardLearn",
    version="3900.0",
    ungraded=400,
    unknown=400,
    cleared_by=("Initialized", "NotReady"),
    drops_comments=True,
    refuses_id=True,
)
BRIGHTSPACE = Behaviour(
    family="desire2learn",
    version="20.26",
    token_audience="https://api.brightspace.com/auth/token",  # noqa: S106 - an audience, no secret
    ungraded=403,
    unknown=404,
)
BEHAVIOURS = {
    "sandbox": Behaviour(), "canvas": CANVAS, "moodle": MOODLE, "blackboard": BLACKBOARD, "brightspace": BRIGHTSPACE,
}  # fmt: skip
