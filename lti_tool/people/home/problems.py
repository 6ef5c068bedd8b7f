"""What people are told who come without an LMS, when something cannot be."""

from lti_tool.errors import Entry, catalogue
from lti_tool.words import to_say

_AGAIN = to_say("Sign in again, then repeat the step. Nothing was changed.")

catalogue(
    {
        "home_sign_in_needed": Entry(
            401, "Please sign in", "You are not signed in, or your session has ended.", "you", _AGAIN),
        "home_form_expired": Entry(
            403, "This form could not be accepted", "The form did not come from this page, or the page is too old.",
            "you", "Go back, reload the page and repeat the step. Nothing was changed."),
        "home_link_over": Entry(
            401, "This link is of no use any more", "A link that we mail works once, and only for a while.",
            "you", "Ask for a new one where you asked for this one."),
        "address_unreadable": Entry(
            400, "This is no e-mail address", "What was entered cannot be read as an e-mail address.",
            "you", "Go back and enter it again, such as ada@example.org. Nothing was changed."),
        "mail_not_set_up": Entry(
            409, "This tool sends no mail", "No mail server is set up here, so no link can be mailed.",
            "the operator of this tool", "Ask whoever runs this installation to set up a mail server."),
        "mailed_enough": Entry(
            429, "Enough mails for now", "You asked for several links a moment ago.",
            "you", "Look into the mailboxes, also among unwanted mail, or wait a quarter of an hour and ask again."),
        "person_unclear": Entry(
            409, "Which of your schools?", "Several schools know this address.",
            "you", "Open the link in your mail again and choose one of them. Nothing was changed."),
    }
)  # fmt: skip

# What the house says about courses means nothing to somebody who came without one.
AT_HOME = {
    "not_found": Entry(
        404, "There is nothing here", "The page or record does not exist, or you may not see it.",
        "you", "Go to your start page and look for it from there."),
    "not_allowed": Entry(
        403, "Your role does not include this", "Your role in this Space does not allow this step.",
        "a teacher of the Space", "Ask a teacher of the Space, or go back."),
    "method_not_allowed": Entry(
        405, "This address does not take that kind of request", "The request's method is not offered here.",
        "you", "Go to your start page and begin from there."),
}  # fmt: skip
