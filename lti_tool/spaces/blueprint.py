"""Every address of the rooms on one page. `app.py` hangs them under a visit's path."""

from flask import Blueprint

from lti_tool.badges.verifying.how_often import asks_outside
from lti_tool.limits import limiter
from lti_tool.spaces import (
    badge_pages,
    following,
    home,
    last_term_pages,
    leaderboard_pages,
    member_pages,
    objective_pages,
    objective_place_pages,
    settings_pages,
    viewing_pages,
)
from lti_tool.spaces.bringing import pages as bringing_pages
from lti_tool.spaces.evidence import pages as evidence_pages
from lti_tool.spaces.pathways import pages as pathway_pages
from lti_tool.spaces.progress import acts as progress_acts
from lti_tool.spaces.progress import downloads as progress_files
from lti_tool.spaces.progress import pages as progress_pages
from lti_tool.spaces.review import pages as review_pages
from lti_tool.spaces.staffing import pages as staff_pages

_TRIES = "30 per minute"

room = Blueprint("room", __name__)

room.add_url_rule("/", "home", home.home)
room.add_url_rule("/space", "create_space", home.create, methods=["POST"])
room.add_url_rule("/space/bring", "bring_space", home.bring_here, methods=["POST"])
room.add_url_rule("/space/last-term", "bring_last_term", last_term_pages.bring, methods=["POST"])
room.add_url_rule("/space/last-term/undo", "undo_last_term", last_term_pages.undo, methods=["POST"])
room.add_url_rule("/awards", "my_awards", home.my_awards)

room.add_url_rule("/settings", "space_settings", settings_pages.settings, methods=["GET", "POST"])
room.add_url_rule("/settings/end", "end_space", settings_pages.end, methods=["POST"])
room.add_url_rule("/settings/reopen", "reopen_space", settings_pages.reopen, methods=["POST"])
room.add_url_rule("/settings/copy", "copy_space", settings_pages.copy, methods=["GET", "POST"])
room.add_url_rule("/settings/delete", "delete_space", settings_pages.delete, methods=["GET", "POST"])

room.add_url_rule("/objectives/new", "new_objective", asks_outside(objective_pages.new), methods=["GET", "POST"])
room.add_url_rule("/objectives/archive", "archived_objectives", objective_place_pages.archived)
_objective = "/objectives/<objective_id>"
room.add_url_rule(_objective, "objective", objective_pages.show)
room.add_url_rule(f"{_objective}/picture.png", "objective_picture", objective_pages.picture)
room.add_url_rule(f"{_objective}/edit", "edit_objective", objective_pages.edit, methods=["GET", "POST"])
room.add_url_rule(f"{_objective}/move", "move_objective", objective_place_pages.move, methods=["POST"])
room.add_url_rule(f"{_objective}/archive", "archive_objective", objective_place_pages.archive, methods=["POST"])
room.add_url_rule(f"{_objective}/restore", "restore_objective", objective_place_pages.restore, methods=["POST"])
room.add_url_rule(f"{_objective}/delete", "delete_objective", objective_place_pages.delete, methods=["POST"])

room.add_url_rule("/badges/new", "new_badge", badge_pages.new, methods=["GET", "POST"])

room.add_url_rule("/members", "members", member_pages.members)
room.add_url_rule("/members", "add_member", member_pages.add_member, methods=["POST"])
room.add_url_rule("/members/<member_id>/remove", "remove_member", member_pages.remove_one, methods=["POST"])
room.add_url_rule("/members/<member_id>/put-back", "put_back", member_pages.put_one_back, methods=["POST"])
_table = "/members/table/<token>"
room.add_url_rule("/members/table", "bring_table", bringing_pages.bring)
room.add_url_rule("/members/table", "upload_table", bringing_pages.upload, methods=["POST"])
room.add_url_rule(_table, "table", bringing_pages.table)
room.add_url_rule(f"{_table}/mapping", "map_table", bringing_pages.map_columns, methods=["POST"])
room.add_url_rule(f"{_table}/add", "take_in_table", bringing_pages.take_in, methods=["POST"])
room.add_url_rule(f"{_table}/drop", "drop_table", bringing_pages.drop, methods=["POST"])
room.add_url_rule(f"{_table}/outcomes.csv", "table_outcomes", bringing_pages.outcomes)

_invitation = "/staff/invitations/<invitation_id>"
room.add_url_rule("/staff", "staff", staff_pages.staff)
room.add_url_rule("/staff/<person_id>/role", "change_staff", staff_pages.change, methods=["POST"])
room.add_url_rule("/staff/<person_id>/removal", "remove_staff", staff_pages.remove, methods=["GET", "POST"])
room.add_url_rule("/staff/invitations", "invite_staff", limiter.limit(_TRIES)(staff_pages.invite), methods=["POST"])
room.add_url_rule(f"{_invitation}/again", "invite_again", limiter.limit(_TRIES)(staff_pages.again), methods=["POST"])
room.add_url_rule(f"{_invitation}/withdrawal", "withdraw_invitation", staff_pages.withdraw, methods=["POST"])

room.add_url_rule("/progress", "progress", progress_pages.progress)
room.add_url_rule("/progress.csv", "progress_csv", progress_files.progress_file)
room.add_url_rule("/archive.zip", "archive", progress_files.archive_file)
room.add_url_rule("/progress/chart", "progress_chart", progress_pages.progress_chart)
room.add_url_rule("/progress/complete-many", "complete_for_many", progress_acts.complete_for_many, methods=["POST"])
room.add_url_rule("/progress/undo-many", "undo_for_many", progress_acts.undo_for_many, methods=["POST"])
room.add_url_rule("/objectives/<objective_id>/learners", "objective_learners", progress_pages.objective_learners)
_cell = "/progress/<member_id>/<objective_id>"
room.add_url_rule("/progress/<member_id>", "learner", progress_pages.learner)
room.add_url_rule(_cell, "completion", progress_pages.completion)
room.add_url_rule(f"{_cell}/complete", "complete", progress_acts.complete, methods=["POST"])
room.add_url_rule(f"{_cell}/take-back", "take_back", progress_acts.take_back, methods=["POST"])

room.add_url_rule("/following", "following", following.following)
room.add_url_rule("/following/<member_id>", "followed", following.followed)

room.add_url_rule("/leaderboard", "leaderboard", leaderboard_pages.leaderboard)
room.add_url_rule(
    "/leaderboard/options", "leaderboard_options", leaderboard_pages.leaderboard_options, methods=["POST"]
)
room.add_url_rule("/leaderboard/me", "leaderboard_me", leaderboard_pages.leaderboard_me, methods=["POST"])
room.add_url_rule(
    "/leaderboard/aliases/<member_id>", "leaderboard_alias", leaderboard_pages.leaderboard_alias, methods=["POST"]
)

room.add_url_rule("/view-as", "view_as", viewing_pages.view_as, methods=["POST"])
room.add_url_rule("/view-as/leave", "leave_view", viewing_pages.leave_view, methods=["POST"])

_evidence = "/objectives/<objective_id>/evidence"
room.add_url_rule(_evidence, "evidence", evidence_pages.evidence, methods=["GET", "POST"])
room.add_url_rule(f"{_evidence}/withdraw", "withdraw_evidence", evidence_pages.withdraw_evidence, methods=["POST"])
room.add_url_rule("/evidence/<attachment_id>", "evidence_file", evidence_pages.evidence_file)

room.add_url_rule("/review", "review", review_pages.review)
room.add_url_rule("/review/next", "review_next", review_pages.review_next, methods=["POST"])
room.add_url_rule("/review/<submission_id>", "review_item", review_pages.review_item)
room.add_url_rule("/review/<submission_id>/claim", "review_claim", review_pages.review_claim, methods=["POST"])
room.add_url_rule("/review/<submission_id>/decide", "review_decide", review_pages.review_decide, methods=["POST"])
room.add_url_rule("/review/<submission_id>/undo", "review_undo", review_pages.review_undo, methods=["POST"])

room.add_url_rule("/pathways", "pathways", pathway_pages.pathways)
room.add_url_rule("/pathways/add", "add_pathway", pathway_pages.add, methods=["GET", "POST"])
_pathway = "/pathways/<pathway_id>"
room.add_url_rule(_pathway, "pathway", pathway_pages.pathway)
room.add_url_rule(f"{_pathway}/<member_id>", "pathway_learner", pathway_pages.learner)
room.add_url_rule(f"{_pathway}/remove", "remove_pathway", pathway_pages.remove, methods=["POST"])
room.add_url_rule(f"{_pathway}/look", "look_at_pathway", pathway_pages.look_now, methods=["POST"])
