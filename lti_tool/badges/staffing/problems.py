"""What people are told when something about an issuer's staff cannot be."""

from lti_tool.errors import Entry, catalogue

catalogue(
    {
        "last_owner": Entry(
            409, "An issuer keeps an owner", "This is the only owner, and without one nobody could say who works here.",
            "you", "Make somebody else an owner first. Nothing was changed."),
        "issuer_not_allowed": Entry(
            403, "Your role does not include this", "Your role with this issuer does not allow this step.",
            "an owner of the issuer", "Ask an owner of the issuer, or go back."),
        "staff_unknown": Entry(
            404, "Nobody here by that name", "This person does not work for the issuer, or not any more.",
            "you", "Go back to the list of staff and reload it."),
        "role_unknown": Entry(
            400, "There is no such role", "An issuer has owners, editors and awarders.",
            "you", "Go back and choose one of them. Nothing was changed."),
    }
)  # fmt: skip
