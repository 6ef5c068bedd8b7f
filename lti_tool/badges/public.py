"""The public addresses of badges: no login, no cookie, no write. (Open Badges 2.0, "Hosted".)

Everybody may read them from anywhere, a script on another site included; what is refused here is refused in the
form that was asked for, so that a verifier never has to read a page.
"""

from flask import Blueprint

from lti_tool.badges import public_credentials as credentials
from lti_tool.badges import public_files as files
from lti_tool.badges import public_pages as pages
from lti_tool.badges.answers import open_to_everybody, refuse_openly
from lti_tool.errors import Entry, Problem, catalogue

catalogue(
    {
        "public_unknown": Entry(
            404,
            "There is nothing at this address",
            "No issuer, badge or award has this address.",
            "whoever gave you the address",
            "Check the address, or ask whoever gave it to you.",
        ),
        "award_revoked": Entry(
            410,
            "This badge was taken back",
            "The award that stood here was revoked by its issuer.",
            "the issuer of the badge",
            "Ask the issuer if you think that this is a mistake.",
        ),
    }
)

public = Blueprint("public", __name__, url_prefix="/public")
public.after_request(open_to_everybody)
public.register_error_handler(Problem, refuse_openly)

public.add_url_rule("/issuers/<issuer_id>", "issuer", pages.issuer)
public.add_url_rule("/badges/<badge_id>", "badge", pages.badge)
public.add_url_rule("/assertions/<award_id>", "assertion", pages.assertion)
public.add_url_rule("/recipients/<recipient_id>", "recipient", pages.recipient)

public.add_url_rule("/issuers/<issuer_id>.json", "issuer_json", files.issuer_json)
public.add_url_rule("/badges/<badge_id>.json", "badge_json", files.badge_json)
public.add_url_rule("/assertions/<award_id>.json", "assertion_json", files.assertion_json)
public.add_url_rule("/issuers/<issuer_id>/image.<any(png, svg):form>", "issuer_image", files.issuer_image)
public.add_url_rule("/badges/<badge_id>/image.<any(png, svg):form>", "badge_image", files.badge_image)
public.add_url_rule("/assertions/<award_id>/image.<any(png, svg):form>", "assertion_image", files.assertion_image)
public.add_url_rule("/revocations/<issuer_id>", "revocations", files.revocations)

public.add_url_rule("/credentials/<award_id>", "credential", credentials.credential)
public.add_url_rule("/credentials/<award_id>.<any(json, jwt):form>", "credential_file", credentials.credential_file)
public.add_url_rule("/achievements/<badge_id>", "achievement", credentials.achievement)
public.add_url_rule("/profiles/<issuer_id>", "profile", credentials.profile)
public.add_url_rule("/keys/<kid>", "key", credentials.key)
public.add_url_rule("/status/<name>", "status", credentials.status)
public.add_url_rule("/revoked-credentials/<issuer_id>", "revoked_credentials", credentials.revoked)
