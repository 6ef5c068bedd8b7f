"""Every address of the API on one page. `app.py` hangs them under /api/v1."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from lti_tool.api import (
    awards,
    awards_export,
    badges,
    issuers,
    members,
    objectives,
    openapi,
    replacement,
    spaces,
    standings,
    verify,
)
from lti_tool.api import model as model
from lti_tool.api import problems as problems
from lti_tool.api.admission import admit, caller, calls_of_one_address, calls_of_one_caller, seal
from lti_tool.limits import limiter

api = Blueprint("api", __name__)
# Shared: by itself a limit counts each page for itself.
_by_caller = limiter.shared_limit(calls_of_one_caller, "api, by caller", key_func=caller)
_by_address = limiter.shared_limit(calls_of_one_address, "api, by address")
api.before_request(_by_caller(_by_address(admit)))
api.after_request(seal)


def _add(method: str, rule: str, name: str, page: Callable[..., Any]) -> None:
    api.add_url_rule(rule, name, page, methods=[method], provide_automatic_options=False)


_add("GET", "/openapi.json", "openapi", openapi.openapi)

_add("GET", "/spaces", "spaces", spaces.spaces)
_add("POST", "/spaces", "create_space", spaces.create)
_add("GET", "/spaces/<space_id>", "space", spaces.show)
_add("GET", "/spaces/<space_id>/members", "members", members.members)
_add("POST", "/spaces/<space_id>/members", "add_member", members.add)
_add("GET", "/spaces/<space_id>/objectives", "objectives", objectives.objectives)
_add("POST", "/spaces/<space_id>/objectives", "create_objective", objectives.create)
_completion = "/spaces/<space_id>/objectives/<objective_id>/completions/<member_id>"
_add("PUT", _completion, "complete", objectives.mark_complete)
_add("DELETE", _completion, "take_back", objectives.mark_taken_back)
_add("GET", "/spaces/<space_id>/leaderboard", "leaderboard", standings.leaderboard)
_add("GET", "/spaces/<space_id>/progress.csv", "progress", standings.progress)

_add("GET", "/issuers", "issuers", issuers.issuers)
_add("POST", "/issuers", "create_issuer", issuers.create)
_add("GET", "/issuers/<issuer_id>", "issuer", issuers.show)
_add("PATCH", "/issuers/<issuer_id>", "edit_issuer", issuers.edit)
_add("GET", "/badges", "badges", badges.badges)
_add("POST", "/badges", "create_badge", badges.create)
_add("GET", "/badges/<badge_id>", "badge", badges.show)
_add("PATCH", "/badges/<badge_id>", "edit_badge", badges.edit)
_add("DELETE", "/badges/<badge_id>", "delete_badge", badges.delete)

_add("GET", "/awards", "awards", awards.awards)
_add("POST", "/awards", "create_award", awards.create)
_add("GET", "/awards/<award_id>", "award", awards.show)
_add("POST", "/awards/batch", "create_awards", awards.create_many)
_add("POST", "/awards/<award_id>/revocation", "revoke_award", awards.revoke)
_add("POST", "/awards/<award_id>/correction", "correct_award", awards.correct)

_add("POST", "/badges/<badge_id>/replacement", "preview_replacement", replacement.preview)
_add("POST", "/badges/<badge_id>/replacement/<token>", "replace_badge", replacement.replace)
_add("GET", "/issuers/<issuer_id>/awards.csv", "export_awards", awards_export.export)

_add("POST", "/verify", "verify", verify.verify)
