"""What administrators are told when something cannot be."""

from lti_tool.errors import Entry, catalogue
from lti_tool.words import to_say

_SIGN_IN = to_say("Sign in again, then repeat the step. Nothing was changed.")

catalogue(
    {
        "sign_in_needed": Entry(
            401, "Please sign in", "You are not signed in, or your session has ended.", "you", _SIGN_IN),
        "admin_form_expired": Entry(
            403, "This form could not be accepted", "The form did not come from this page, or the page is too old.",
            "you", "Go back, reload the page and repeat the step. Nothing was changed."),
        "sign_in_link_over": Entry(
            401, "This link does not sign anybody in any more", "A sign-in link works once, and only for a while.",
            "you", "Ask for a new one on the sign-in page, or run `lti-tool admin invite` on the server."),
        "administrator_unknown": Entry(
            404, "There is no such administrator", "No administrator has this id or address.",
            "you", "Run `lti-tool admin list` to see who there is."),
    }
)  # fmt: skip
