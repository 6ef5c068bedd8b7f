"""The refusals of replacing a badge class."""

from lti_tool.errors import Entry, catalogue

catalogue(
    {
        "replacement_one_source": Entry(
            400, "Give exactly one thing",
            "A badge is replaced by one other badge: by its picture, its address or its JSON.",
            "you", "Fill in one of the three fields and leave the other two empty. Nothing was changed.",
        ),
        "replacement_refused": Entry(
            422, "That badge cannot take the place of this one", "The badge that was given did not pass the checks.",
            "whoever issued that badge",
            "Ask its issuer for a valid award of it, or use another badge. Nothing was changed.",
        ),
        "replacement_over": Entry(
            410, "This preview is not there any more",
            "A preview is kept for an hour. It belongs to one badge, and to whoever made it.",
            "you", "Begin again on the Data Management page of the badge. Nothing was changed.",
        ),
    }
)  # fmt: skip
