"""Is a deep linking response the answer to its request, to the letter? (Deep Linking 2.0, section 4.5.)"""

from typing import Any

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.addresses import origin_of
from lti_tool.sandbox.content_items import read_items, refuse
from lti_tool.sandbox.deep_linking import DeepLinkRequest
from lti_tool.sandbox.tool_keys import RefusedSignatureError, signed_claims
from lti_tool.sandbox.tools import InstalledTool

_D = words.DEEP_LINKING_CLAIM
_REQUIRED = ("iss", "aud", "exp", "iat", "nonce")
_LONGEST = 255
_ANYWHERE = 20  # levels of a document: nobody nests deeper than this in good faith


def read_response(token: str, request: DeepLinkRequest, issuer: str) -> dict[str, Any]:
    """The claims of a good response; BadItemError with the first rule that it breaks."""
    try:
        claims = signed_claims(token, request.tool.keys, audience=issuer, required=_REQUIRED)
    except RefusedSignatureError as error:
        refuse(str(error))
    _check_parties(claims, request.tool, issuer)
    _check_nothing_null(claims, "the response", _ANYWHERE)
    said = {name: claims.get(words.CLAIM + name) for name in ("message_type", "version", "deployment_id")}
    if said["message_type"] != "LtiDeepLinkingResponse":
        refuse("message_type must be LtiDeepLinkingResponse")
    if said["version"] != "1.3.0":
        refuse("version must be 1.3.0")
    if said["deployment_id"] != request.deployment_id:
        refuse("deployment_id is not that of the request")
    _check_data(claims, request)
    for name in ("msg", "log", "errormsg", "errorlog"):
        if not isinstance(claims.get(_D + name, ""), str):
            refuse(f"{name} must be text")
    if _D + "content_items" not in claims:
        refuse("content_items is missing")
    _check_addresses(read_items(claims[_D + "content_items"], request.settings), request.tool)
    return claims


def _check_parties(claims: dict[str, Any], tool: InstalledTool, issuer: str) -> None:
    if claims["iss"] != tool.client_id:
        refuse("iss must be the client id")
    if claims["aud"] not in (issuer, [issuer]):
        refuse("aud must be the platform's issuer and nobody else")
    if claims.get("azp", issuer) != issuer:
        refuse("azp is somebody else")
    nonce = claims["nonce"]
    if not isinstance(nonce, str) or not 0 < len(nonce) <= _LONGEST:
        refuse(f"nonce must be text of 1 to {_LONGEST} characters")


def _check_nothing_null(value: object, name: str, levels: int) -> None:
    if value is None:
        refuse(f"{name} is null")
    if not levels:
        refuse("the response is nested too deeply")
    if isinstance(value, dict):
        for member, one in value.items():
            _check_nothing_null(one, member, levels - 1)
    elif isinstance(value, list):
        for one in value:
            _check_nothing_null(one, f"an entry of {name}", levels - 1)


def _check_data(claims: dict[str, Any], request: DeepLinkRequest) -> None:
    """`data` comes back as it was sent, and only if it was."""
    if "data" not in request.settings:
        if _D + "data" in claims:
            refuse("data came, but none was sent")
    elif claims.get(_D + "data") != request.settings["data"]:
        refuse("data is not what was sent")


def _check_addresses(items: list[dict[str, Any]], tool: InstalledTool) -> None:
    """A resource link must lead to the tool that returned it."""
    for item in items:
        if item["type"] == "ltiResourceLink" and origin_of(item["url"]) not in tool.origins:
            refuse("url leads to somebody who is not the tool")

