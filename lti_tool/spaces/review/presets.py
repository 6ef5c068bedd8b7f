"""Reasons to begin with: chosen, changed and sent; what the learner reads is what was sent."""

from flask_babel import gettext as _


def presets() -> list[str]:
    return [
        _("Not everything that the objective asks for is here yet. Please add what is missing: …"),
        _("I cannot open the file or the link. Please check it, or hand it in as a PDF or a picture."),
        _("Please say in your own words what you did, and what came of it."),
        _("Please say where this comes from, and which part of it is yours."),
        _("This seems to belong to another objective. Please hand it in there."),
    ]
