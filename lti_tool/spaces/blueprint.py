"""Every address of the rooms on one page. `app.py` hangs them under a visit's path."""

from flask import Blueprint

from lti_tool.spaces import (
    badge_pages,
    following,
    home,
    leaderboard_pages,
    member_pages,
    objective_pages,
    progress_pages,
)

room = Blueprint("room", __name__)

room.add_url_rule("/", "home", home.home)
room.add_url_rule("/space", "create_space", home.create, methods=["POST"])
room.add_url_rule("/awards", "my_awards", home.my_awards)

room.add_url_rule("/objectives/new", "new_objective", objective_pages.new, methods=["GET", "POST"])
room.add_url_rule("/objectives/<objective_id>", "objective", objective_pages.show)
room.add_url_rule("/objectives/<objective_id>/edit", "edit_objective", objective_pages.edit, methods=["GET", "POST"])
room.add_url_rule("/objectives/<objective_id>/move", "move_objective", objective_pages.move, methods=["POST"])

room.add_url_rule("/badges/new", "new_badge", badge_pages.new, methods=["GET", "POST"])

room.add_url_rule("/members", "members", member_pages.members)
room.add_url_rule("/members", "add_member", member_pages.add_member, methods=["POST"])

room.add_url_rule("/progress", "progress", progress_pages.progress)
room.add_url_rule("/progress.csv", "progress_csv", progress_pages.progress_file)
room.add_url_rule("/progress/<member_id>", "learner", progress_pages.learner)
room.add_url_rule("/progress/<member_id>/<objective_id>", "completion", progress_pages.completion)
room.add_url_rule(
    "/progress/<member_id>/<objective_id>/complete", "complete", progress_pages.complete, methods=["POST"]
)
room.add_url_rule(
    "/progress/<member_id>/<objective_id>/take-back", "take_back", progress_pages.take_back, methods=["POST"]
)

room.add_url_rule("/following", "following", following.following)
room.add_url_rule("/following/<member_id>", "followed", following.followed)

room.add_url_rule("/leaderboard", "leaderboard", leaderboard_pages.leaderboard)
room.add_url_rule(
    "/leaderboard/options", "leaderboard_options", leaderboard_pages.leaderboard_options, methods=["POST"]
)
room.add_url_rule("/leaderboard/me", "leaderboard_me", leaderboard_pages.leaderboard_me, methods=["POST"])
