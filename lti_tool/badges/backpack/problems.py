"""What people are told when something in their backpack cannot be."""

from lti_tool.errors import Entry, catalogue

catalogue(
    {
        "backpack_preview": Entry(
            403, "A preview changes no backpack",
            "You look at the course as a student would; this account is nobody's, and nothing is kept for it.",
            "you", "Leave the preview, and open your own backpack from the course.",
        ),
        "backpack_full": Entry(
            409, "The backpack is full", "It holds as many badges from elsewhere as it may.",
            "you", "Take out one that you do not need any more, then bring this one again. Nothing was changed.",
        ),
        "badge_names_unusable": Entry(
            422, "This badge cannot be kept", "An id in it is too long or cannot be read.",
            "whoever issued it", "Ask whoever issued it for a badge that keeps to the standard. Nothing was changed.",
        ),
        "collections_many": Entry(
            409, "These are many collections", "You have as many collections as there may be.",
            "you", "Delete one that you do not need any more. Nothing was changed.",
        ),
        "collection_full": Entry(
            409, "The collection is full", "It holds as many badges as a collection may.",
            "you", "Take a badge out first, or begin another collection. Nothing was changed.",
        ),
    }
)  # fmt: skip
