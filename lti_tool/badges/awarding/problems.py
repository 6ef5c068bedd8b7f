"""What is refused while awards are given many at once."""

from lti_tool.errors import Entry, catalogue

catalogue(
    {
        "table_given_before": Entry(
            409, "This very table was given before", "Everybody in it was given this badge from the same table.",
            "you", "Open the preview again. There you can say that everybody shall get the badge once more.",
        ),
        "table_gone": Entry(
            409, "The table itself is not kept any more", "Files with recipients are forgotten after a while.",
            "you", "Upload the table again. Whoever holds the badge already is left out.",
        ),
        "batch_settled": Entry(
            409, "This table is not waiting any more", "Its awards were given, taken back or dropped in the meantime.",
            "you", "Go back to the badge's tables and look at how it stands now.",
        ),
    }
)  # fmt: skip
