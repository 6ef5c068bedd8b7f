"""What people are told when an invitation cannot be written, sent or accepted."""

from lti_tool.errors import Entry, catalogue
from lti_tool.people.home import problems as of_home

__all__ = ["of_home"]  # an address that is none is refused in the same words

catalogue(
    {
        "invitation_over": Entry(
            401, "This invitation is of no use any more",
            "An invitation works once, for a week, and not after it was withdrawn.",
            "whoever invited you", "Ask whoever invited you for a new one."),
        "invitation_unknown": Entry(
            404, "There is no such invitation", "It was accepted or withdrawn in the meantime.",
            "you", "Go back to the list of staff and reload it."),
        "invited_enough": Entry(
            409, "Enough invitations for now", "Many invitations from here wait for an answer already.",
            "you", "Withdraw some of them first. Nobody was invited."),
        "invited_often": Entry(
            429, "Enough mails to this address for now", "It was sent several invitations within an hour.",
            "you", "Ask them to look among unwanted mail, or send it again in an hour. No mail was sent."),
        "invitee_unclear": Entry(
            409, "Accept it as whom?", "The invitation can be accepted as one of several people, or not as this one.",
            "you", "Open the invitation again and press one of its buttons. Nothing was changed."),
    }
)  # fmt: skip
