"""What anybody may read: the platform's public keys and its OpenID configuration."""

from typing import Any

from flask import Blueprint, Response, jsonify

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.platform import Platform, this_platform
from lti_tool.sandbox.registration_document import RegistrationRefused
from lti_tool.sandbox.registration_service import registration_token
from lti_tool.sandbox.registrations import SUPPORTED
from lti_tool.sandbox.service import allowed_scopes
from lti_tool.sandbox.variables import VARIABLES

blueprint = Blueprint("discovery", __name__)


@blueprint.get("/jwks.json", endpoint="jwks")
def jwks() -> Response:
    """The key set (RFC 7517), with how long it may be kept."""
    platform = this_platform()
    if platform.faults.jwks_down:
        return Response("<h1>502 Bad Gateway</h1>", status=502, mimetype="text/html")
    answer = jsonify(platform.keys.jwks())
    answer.headers["Cache-Control"] = f"public, max-age={platform.faults.jwks_max_age}"
    return answer


@blueprint.get("/.well-known/openid-configuration", endpoint="openid_configuration")
def openid_configuration() -> Response:
    """The platform's OpenID configuration with its LTI part (LTI Dynamic Registration 1.0, 3.4)."""
    platform = this_platform()
    faults = platform.faults.registration
    if faults.raw_configuration:
        return Response(faults.raw_configuration, mimetype="text/html")
    if faults.configuration_needs_token:
        try:
            registration_token(platform)
        except RegistrationRefused as refusal:
            return Response(refusal.description, status=401, mimetype="text/plain")
    document = _configuration(platform) | faults.configuration
    return jsonify({name: value for name, value in document.items() if value is not None})


def _configuration(platform: Platform) -> dict[str, Any]:
    settings = platform.settings
    return {
        "issuer": settings.url,
        "authorization_endpoint": settings.auth_url,
        "token_endpoint": settings.token_url,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": settings.jwks_url,
        "registration_endpoint": settings.registration_url,
        "scopes_supported": ["openid", *sorted(allowed_scopes(platform))],
        "response_types_supported": ["id_token"],
        "response_modes_supported": ["form_post"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["iss", "sub", "name", "given_name", "family_name", "email", "locale"],
        words.PLATFORM_CONFIGURATION: {
            "product_family_code": "sandbox-lms",
            "version": "1",
            "messages_supported": [
                {"type": kind, **({"placements": list(places)} if places else {})} for kind, places in SUPPORTED.items()
            ],
            "variables": list(VARIABLES),
        },
    }
