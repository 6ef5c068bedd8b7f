"""The refusals of checking: there is nothing to judge, so there is no verdict either."""

from lti_tool.errors import Entry, catalogue

catalogue(
    {
        "badge_unreadable": Entry(
            422, "This cannot be read as a badge", "What was given is no badge, or is damaged.",
            "you", "Give the picture of an awarded badge, or its public address or JSON. Nothing was changed.",
        ),
        "badge_not_award": Entry(
            422, "This is not an awarded badge",
            "It describes a badge that anybody could earn, and nobody's award is in it.",
            "you", "The picture of an awarded badge, or its public address or JSON, is needed; that of a bare badge is "
            "not enough. Nothing was changed.",
        ),
        "badge_unreachable": Entry(
            422, "Nothing that could be checked is at this address", "The address did not answer with a badge.",
            "you", "Check the address, or give the picture or the JSON of the award instead. Nothing was changed.",
        ),
        "verify_busy": Entry(
            503, "Many badges are being checked right now",
            "As many badges are being checked as this tool takes on at once.",
            "you", "Try again in a moment. Nothing was lost.",
        ),
    }
)  # fmt: skip
