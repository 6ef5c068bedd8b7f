"""What can stand in the way of a self-test, in sentences."""

from lti_tool.errors import Entry, catalogue

catalogue(
    {
        "self_test_running": Entry(
            409, "A self-test is under way", "One runs at a time, because it measures this whole installation.",
            "you", "Wait until it has ended; it takes a minute or two. Then start another one.",
        ),
        "self_test_unreachable": Entry(
            503, "The tool does not answer at its own address", "Nothing was tested.",
            "the operator of this installation",
            "Start it with `lti-tool serve`, and see that this machine reaches the address that PUBLIC_URL names.",
        ),
        "self_test_elsewhere": Entry(
            503, "Another installation answers at this address",
            "What answers at PUBLIC_URL does not use this database. Nothing was tested.",
            "the operator of this installation",
            "Run the self-test with the same settings (DATABASE_URL, PUBLIC_URL, DATA_DIR) as the web server has.",
        ),
    }
)  # fmt: skip
