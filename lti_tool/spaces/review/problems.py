"""What reviewers are told when a decision does not hold."""

from lti_tool.errors import Entry, catalogue

catalogue(
    {
        "review_decided": Entry(
            409, "This was decided already", "Somebody else decided it before you, or the learner took it back.",
            "you", "Look at what was decided. It can be undone there.",
        ),
        "review_claimed": Entry(
            409, "Somebody else is reviewing this", "A colleague has opened it, so that two do not do the same work.",
            "you", "Go on with the next one; what a colleague leaves undecided comes back after ten minutes.",
        ),
        "review_reason_missing": Entry(
            422, "Say what is missing", "Work that goes back needs a reason, which the learner reads.",
            "you", "Choose a reason or write one. Nothing was decided yet.",
        ),
        "review_moved_on": Entry(
            409, "This cannot be undone any more", "The learner has begun another attempt since.",
            "you", "Review the new attempt when it comes, or mark the objective by hand.",
        ),
        "review_undone": Entry(
            409, "There is nothing to undo", "This was undone before, or never decided.",
            "you", "Open the queue to see what waits.",
        ),
    }
)  # fmt: skip
