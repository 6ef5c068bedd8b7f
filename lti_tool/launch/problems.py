"""The door's part of the error catalogue. Every refusal says who can mend it; none repeats what was sent."""

from lti_tool.errors import Entry, catalogue
from lti_tool.words import to_say

_AGAIN = to_say("Go back to the course and open the tool again from there.")
_ADMIN = to_say("the administrator of the LMS")
_SETUP = to_say("Compare the tool's settings in the LMS with the registration here, then open the tool again.")
_LMS = to_say("Open the tool again. If it stays, send the reference below to the administrator of the LMS.")

catalogue(
    {
        "login_iss_missing": Entry(
            400, "The LMS did not say who it is", "The login request carries no issuer.", _ADMIN, _SETUP),
        "login_param_missing": Entry(
            400, "The login request is incomplete", "A required part of the login request is missing.", _ADMIN, _SETUP),
        "login_malformed": Entry(
            400, "The login request is malformed", "A part of the login request is doubled, too long, or not text.",
            _ADMIN, _SETUP),
        "platform_unknown": Entry(
            404, "This LMS is not connected", "No registration fits the issuer and client id that the LMS sent.",
            "the administrator of this tool", "Register the LMS here first, then open the tool again."),
        "client_mismatch": Entry(
            400, "The login request contradicts itself", "The client id does not belong to this login address.",
            _ADMIN, _SETUP),
        "platform_off": Entry(
            403, "This LMS is switched off", "The registration of this LMS was switched off.",
            "the administrator of this tool", "Ask the administrator of this tool to switch it on again."),
        "target_unknown": Entry(
            400, "The link leads nowhere", "The LMS asks for an address that this tool does not offer.",
            _ADMIN, "Enter this tool's launch address as the link's target."),
        "state_missing": Entry(
            400, "The launch is incomplete", "The LMS sent a launch without the state of its login.", _ADMIN, _LMS),
        "state_unknown": Entry(
            401, "This launch did not begin here", "No login is waiting for this launch.", "you", _AGAIN),
        "state_expired": Entry(
            401, "The launch took too long", "More than five minutes passed between login and launch.", "you", _AGAIN),
        "browser_unproven": Entry(
            401, "Your browser did not bring back our cookie",
            "The launch must come from the browser that began it, and this browser could not show that.", "you",
            "Open the tool again from the course, in a window of its own if the course offers one. "
            "If that does not help, allow cookies for this site or use another browser."),
        "replayed": Entry(
            401, "This launch was used before", "Every launch counts once.", "you", _AGAIN),
        "platform_refused": Entry(
            401, "The LMS did not let you in", "The LMS ended the login without a launch.", "you",
            "Sign in to the LMS and open the tool again from the course."),
        "token_missing": Entry(
            400, "The launch is incomplete", "The LMS sent no id_token.", _ADMIN, _LMS),
        "token_too_large": Entry(
            413, "The launch is too large", "The id_token is larger than 64 KiB.", _ADMIN, _LMS),
        "token_malformed": Entry(
            400, "The launch cannot be read", "The id_token is not a well-formed signed token.", _ADMIN, _LMS),
        "algorithm_refused": Entry(
            401, "The launch is signed in a way we do not accept", "Launches are signed with RS256.", _ADMIN, _LMS),
        "kid_missing": Entry(
            401, "The launch does not name its key", "The header of the id_token has no kid.", _ADMIN, _LMS),
        "kid_unknown": Entry(
            401, "The launch names a key that the LMS does not publish", "The kid is not in the LMS's key set.",
            _ADMIN, "Check the LMS's public key set, wait a minute, and open the tool again."),
        "keys_unavailable": Entry(
            503, "The LMS's keys could not be fetched", "Without the LMS's key set no launch can be checked.",
            _ADMIN, "Try again in a minute. If it stays, ask the administrator to check the key set address."),
        "signature_wrong": Entry(
            401, "The signature is wrong", "The LMS did not sign this, or it was changed on its way.", _ADMIN, _LMS),
        "registration_mismatch": Entry(
            401, "The launch comes from another LMS", "Issuer and client do not belong to the login that began.",
            _ADMIN, _AGAIN),
        "audience_wrong": Entry(
            401, "The launch is meant for another tool", "The audience is not this tool alone.", _ADMIN, _SETUP),
        "token_time": Entry(
            401, "The launch's times are wrong", "The id_token's times are missing, contradictory or far off.",
            _ADMIN, "Check the clock of the LMS's server and open the tool again."),
        "token_expired": Entry(
            401, "The launch has expired", "The id_token arrived after its end.", "you", _AGAIN),
        "nonce_wrong": Entry(
            401, "The launch belongs to another login", "Its nonce is missing or of another login.", "you", _AGAIN),
        "not_lti13": Entry(
            400, "This is not an LTI 1.3 launch", "The token carries no LTI 1.3 message.", _ADMIN, _SETUP),
        "version_missing": Entry(
            400, "The launch does not say its LTI version", "The version claim is missing.", _ADMIN, _LMS),
        "version_unsupported": Entry(
            400, "This LTI version is not supported", "This tool speaks LTI 1.3.0.", _ADMIN, _SETUP),
        "claims_missing": Entry(
            400, "The launch is incomplete", "Required claims are missing.", _ADMIN, _LMS),
        "claim_malformed": Entry(
            400, "The launch is malformed", "A claim does not have the form that LTI 1.3 prescribes.", _ADMIN, _LMS),
        "message_unsupported": Entry(
            400, "This kind of launch is not supported", "The tool does not know this message type.", _ADMIN, _SETUP),
        "deployment_mismatch": Entry(
            401, "The launch comes from another deployment", "Login and launch disagree.", "you", _AGAIN),
        "deployment_pending": Entry(
            403, "This is waiting for your administrator",
            "Your LMS uses this tool in a place, called a deployment, that nobody has approved here yet.",
            "the administrator of this tool",
            "Ask the administrator of this tool to approve the deployment: it is one click. Then open the tool again."),
        "deployment_unready": Entry(
            403, "This is not ready yet", "Your school is still setting this tool up.",
            "your teacher", "Come back a little later. If it stays like this, tell your teacher."),
        "deployment_off": Entry(
            403, "This deployment is switched off", "The deployment was switched off here.",
            "the administrator of this tool", "Ask the administrator of this tool to switch it on again."),
        "person_disabled": Entry(
            403, "This account is switched off", "Your account in this tool was switched off.",
            "the administrator of this tool", "Ask the administrator of this tool."),
        "masked": Entry(
            403, "Nothing can be changed here",
            "You are looking through somebody else's account, so this tool changes nothing and records nothing.",
            "you", "Stop acting as this person in the LMS, then open the tool again as yourself."),
        "account_closed": Entry(
            403, "This is not part of what you see here",
            "You are looking through somebody else's account: what lies beyond the course is theirs alone.",
            "you", "Go back to the start page, or stop acting as this person in the LMS."),
        "visit_over": Entry(
            401, "This visit has ended",
            "A visit belongs to one browser. It ends after a while without use, or when that browser is closed.",
            "you", _AGAIN),
        "course_has_space": Entry(
            409, "This course has a Space already", "Somebody created the Space a moment ago.", "you",
            "Go to the start page to see it."),
        "context_ambiguous": Entry(
            409, "Several courses have this context", "More than one course of your organization has this context id.",
            "a teacher of the course", "Let a teacher open the tool in the course and make the Space there."),
    }
)  # fmt: skip
