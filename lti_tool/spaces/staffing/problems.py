"""What people are told when something about a Space's staff cannot be."""

from lti_tool.errors import Entry, catalogue

catalogue(
    {
        "last_teacher": Entry(
            409, "A Space keeps a teacher", "This is the only teacher, and without one nobody could run the Space.",
            "you", "Invite another teacher first, and wait until they have accepted. Nothing was changed."),
        "space_staff_unknown": Entry(
            404, "Nobody here by that name", "This person is not on the Space's staff by invitation, or not any more.",
            "you", "Go back to the list of staff and reload it."),
        "space_role_unknown": Entry(
            400, "There is no such role", "The staff of a Space are teachers and assistants.",
            "you", "Go back and choose one of them. Nothing was changed."),
    }
)  # fmt: skip
