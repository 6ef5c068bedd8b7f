"""The gradebook: one column for each Space in the LMS, and scores that arrive once. (AGS 2.0.)"""

import lti_tool.launch.gradebook.problems  # noqa: F401 - its sentences
from lti_tool.launch.gradebook.moving import SEND, SETTLE, on_objective_added, on_objective_moved
from lti_tool.launch.gradebook.pages import gradebook_pages, panel
from lti_tool.launch.gradebook.sending import send_scores
from lti_tool.launch.gradebook.settling import settle_course, sweep

__all__ = [
    "SEND", "SETTLE", "gradebook_pages", "on_objective_added", "on_objective_moved", "panel", "send_scores",
    "settle_course", "sweep",
]  # fmt: skip
