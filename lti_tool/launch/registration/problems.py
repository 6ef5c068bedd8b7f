"""Why an LMS could not be registered, in the words of the administrator who reads it inside the LMS.

Each page that shows one of these also shows the manual values: there is always a way on.
"""

from lti_tool.errors import Entry, catalogue
from lti_tool.words import to_say

_OURS = to_say("the administrator of this tool")
_LMS = to_say("the administrator of the LMS")
_NEW_INVITE = to_say("Ask the administrator of this tool for a new invitation. Nothing was changed.")
_AGAIN = to_say("Begin the registration in the LMS once more. If it stays, connect the LMS with the values below.")
_BY_HAND = to_say("Connect the LMS with the values below, or give the sentence above to the LMS's support.")

catalogue(
    {
        "invite_unknown": Entry(
            403, "This invitation does not exist", "The address is not complete, or the invitation was withdrawn.",
            _OURS, "Copy the whole address again, or ask for a new invitation. Nothing was changed."),
        "invite_expired": Entry(
            403, "This invitation has expired", "An invitation lasts for some days, and these are over.",
            _OURS, _NEW_INVITE),
        "invite_used": Entry(
            403, "This invitation was used already", "An invitation connects one LMS, and this one has done so.",
            _OURS, _NEW_INVITE),
        "register_request": Entry(
            400, "The LMS's request cannot be read", "The LMS opened this page in a way that it should not.",
            _LMS, _AGAIN),
        "register_address": Entry(
            422, "The LMS names an address that cannot be used", "An LMS's addresses are public https addresses.",
            _LMS, "Let the LMS name an https address. If it is in your own network, its host must be named in "
            "PRIVATE_HOSTS of this tool."),
        "register_unread": Entry(
            502, "The LMS's configuration could not be read", "The LMS did not answer as it should.", _LMS, _AGAIN),
        "register_configuration": Entry(
            422, "The LMS's configuration is not complete", "Something that registration needs is missing in it.",
            _LMS, _BY_HAND),
        "register_site": Entry(
            422, "The addresses of this LMS do not belong together",
            "An LMS registers itself from one site: its issuer, its configuration and its registration address.",
            _LMS, _BY_HAND),
        "register_stale": Entry(
            409, "This page is too old", "The LMS was looked at again after this page was shown, or the page was sent "
            "before.", "you", _AGAIN),
        "register_under_way": Entry(
            409, "The LMS is being asked already", "The button was pressed twice, and the first press counts.",
            "you", "Wait a moment. The LMS's own list of tools tells whether the registration has succeeded."),
        "register_token_refused": Entry(
            502, "The LMS does not accept this registration any more",
            "The LMS gave a key for one registration, and says that it is over or was used.", "you", _AGAIN),
        "register_refused": Entry(
            502, "The LMS refused the registration", "The LMS did not accept what this tool asked for.", _LMS,
            _BY_HAND),
        "register_unreachable": Entry(
            502, "The LMS did not answer the registration",
            "It is not known whether the LMS has registered this tool: look into its list of tools.", _LMS, _AGAIN),
        "register_answer": Entry(
            502, "The LMS's answer cannot be read",
            "The LMS answered the registration without a client id that can be used.", _LMS,
            "Look into the LMS's list of tools. If this tool is there, connect it here by hand with its client id."),
        "register_known": Entry(
            409, "This LMS is connected already",
            "The LMS answered with a client id that is registered here. Nothing was changed here: a registration is "
            "never overwritten. The LMS, though, has now stored what was registered a moment ago.", "you",
            "Open the tool from a course to see that it works. If it does not, compare the settings on both sides."),
    }
)  # fmt: skip
