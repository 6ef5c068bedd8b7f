"""The gradebook: one column for each Space in the LMS, and scores that arrive once. (AGS 2.0.)"""

import lti_tool.launch.gradebook.problems  # noqa: F401 - its sentences
from lti_tool.launch.gradebook.moving import SEND, SETTLE, on_objective_added, on_objective_moved, on_objectives_moved
from lti_tool.launch.gradebook.pages import gradebook_pages, own_line, panel
from lti_tool.launch.gradebook.read_back import READ_BACK, read_back, read_back_by_schedule
from lti_tool.launch.gradebook.sending import send_scores
from lti_tool.launch.gradebook.settling import settle_course, sweep

__all__ = [
    "READ_BACK", "SEND", "SETTLE", "gradebook_pages", "on_objective_added", "on_objective_moved",
    "on_objectives_moved", "own_line", "panel", "read_back", "read_back_by_schedule", "send_scores", "settle_course",
    "sweep",
]  # fmt: skip
